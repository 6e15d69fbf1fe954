//! From the body of a request to an activity.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::StatusCode;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError};

use super::head::too_large;
use super::problem::Problem;
use crate::activity::Activity;

/// How deep a document may nest: as deep as the parser reads it.
const DEPTH: usize = 128;

/// A boxed error, as bodies have it.
pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How much of a refused body is read all the same, in bytes.
const PASSED_OVER: usize = 16 * 1024 * 1024;

/// Reads a body of at most `limit` bytes within `time`.
pub(super) async fn read<R>(
    body: Pin<&mut R>,
    limit: usize,
    time: Duration,
) -> Result<Bytes, Problem>
where
    R: Body<Data: Buf, Error: Into<BoxError>>,
{
    // Most bodies have come with their head; those need no timer.
    let mut reading = pin!(whole(body, limit));
    match poll_fn(|context| Poll::Ready(reading.as_mut().poll(context))).await {
        Poll::Ready(read) => read,
        Poll::Pending => tokio::time::timeout(time, reading)
            .await
            .unwrap_or_else(|_late| {
                Err(Problem::new(
                    StatusCode::REQUEST_TIMEOUT,
                    "RequestTimeout",
                    format!("the body did not come within {time:?}"),
                ))
            }),
    }
}

/// The whole body. A body in one piece is not copied; the pieces of one in many are, for each would keep the memory
/// it was read into, and a byte can be a piece.
async fn whole<R>(mut body: Pin<&mut R>, limit: usize) -> Result<Bytes, Problem>
where
    R: Body<Data: Buf, Error: Into<BoxError>>,
{
    let (mut first, mut all) = (Bytes::new(), BytesMut::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| unreadable(&*error.into(), limit))?;
        let Ok(mut piece) = frame.into_data() else {
            continue;
        };
        let length = piece.remaining();
        if length > limit.saturating_sub(first.len() + all.len()) {
            return Err(too_large(limit));
        }
        if first.is_empty() && all.is_empty() {
            first = piece.copy_to_bytes(length);
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.put(piece);
        }
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

fn unreadable(error: &(dyn std::error::Error + 'static), limit: usize) -> Problem {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    // A layer of the application may have a limit of its own.
    if causes.any(<dyn std::error::Error>::is::<LengthLimitError>) {
        return too_large(limit);
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "BadSyntax",
        format!("the body cannot be read: {error}"),
    )
}

/// Reads what comes of a body that is refused, and keeps nothing of it: a connection that is closed while its peer
/// still sends is reset, and the peer never sees why.
pub(super) async fn pass_over<R: Body<Data: Buf>>(mut body: Pin<&mut R>, time: Duration) {
    if body.is_end_stream() {
        return;
    }
    let passing = async {
        let mut left = PASSED_OVER;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.into_data().map_or(0, |piece| piece.remaining());
            let Some(rest) = left.checked_sub(length) else {
                return;
            };
            left = rest;
        }
    };
    // One that does not come in time is given up.
    let _ = tokio::time::timeout(time, passing).await;
}

/// Reads the activity that the bytes are.
pub(super) fn activity(bytes: &[u8]) -> Result<Activity, Problem> {
    // RFC 8259, 8.1: a byte order mark may be ignored.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(at) = too_deep(bytes) {
        return Err(Problem::bad_activity(
            "",
            format!("nested deeper than {DEPTH} at byte {at}"),
        ));
    }
    let activity = Activity::from_slice(bytes)?;
    if activity.kind.as_str().trim().is_empty() {
        return Err(Problem::bad_activity("type", "type: must not be empty"));
    }
    if activity.conversation_id().is_none_or(str::is_empty) {
        return Err(Problem::bad_activity(
            "conversation.id",
            "conversation.id: missing or empty",
        ));
    }
    Ok(activity)
}

/// Where the document nests too deep. What the schema leaves open is kept as text, and whoever reads it later shall
/// not fail for its depth.
fn too_deep(bytes: &[u8]) -> Option<usize> {
    // `[` and `{` differ in one bit. Few of them cannot nest deep; counted in bytes, which compiles to vectors.
    let opening = bytes.chunks(255).map(|chunk| {
        let opening = chunk.iter().map(|byte| u8::from(byte | 0x20 == b'{'));
        usize::from(opening.sum::<u8>())
    });
    let opening: usize = opening.sum();
    if opening <= DEPTH {
        return None;
    }
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > DEPTH {
                    return Some(at);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize, within: &str) -> String {
        let value = "[".repeat(depth) + within + &"]".repeat(depth);
        format!(r#"{{"type":"message","conversation":{{"id":"c"}},"channelData":{value}}}"#)
    }

    #[test]
    fn nesting_has_a_bound() {
        assert!(activity(nested(DEPTH - 1, "").as_bytes()).is_ok());
        assert!(activity(nested(DEPTH, "").as_bytes()).is_err());
        assert!(activity(nested(100_000, "").as_bytes()).is_err());
        // Brackets in a string, behind an escaped quote too, nest nothing.
        let text = format!(r#""\"{}\\""#, "[{".repeat(1000));
        assert!(activity(nested(1, &text).as_bytes()).is_ok());
        let wide = "[1],".repeat(1000) + "2";
        assert!(activity(nested(1, &wide).as_bytes()).is_ok());
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        let text = "\u{feff}".to_owned() + &nested(0, "1");
        assert!(activity(text.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_no_activity_is_refused_where_it_is_wrong() {
        for (text, target, message) in [
            ("", "", "EOF"),
            ("[]", "", "expected an activity"),
            ("null", "", "expected an activity"),
            (r#"{"conversation":{"id":"c"}}"#, "type", "missing"),
            (r#"{"type":"","conversation":{"id":"c"}}"#, "type", "empty"),
            (r#"{"type":5,"conversation":{"id":"c"}}"#, "type", "string"),
            (r#"{"type":"message"}"#, "conversation.id", "missing"),
            (
                r#"{"type":"message","conversation":{}}"#,
                "conversation.id",
                "missing",
            ),
            (
                r#"{"type":"message","conversation":{"id":""}}"#,
                "conversation.id",
                "empty",
            ),
            (
                r#"{"type":"message","conversation":{"id":"c"},"text":NaN}"#,
                "text",
                "expected",
            ),
            (
                r#"{"type":"message","conversation":{"id":"c"}} x"#,
                "",
                "trailing",
            ),
            (
                r#"{"type":"message","conversation":{"id":"c"},"membersAdded":[{},{"name":5}]}"#,
                "membersAdded[1].name",
                "string",
            ),
        ] {
            let problem = activity(text.as_bytes()).unwrap_err();
            let said = format!("{problem:?}");
            assert_eq!(problem.status(), 400, "{text}");
            assert!(problem.message().contains(message), "{text}: {said}");
            let found = format!("target: {:?}", (!target.is_empty()).then_some(target));
            assert!(said.contains(&found), "{text}: {said}");
        }
    }
}
