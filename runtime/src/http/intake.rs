//! From the body of a request to an activity.

use std::pin::pin;
use std::time::Duration;

use bytes::{Buf, Bytes};
use http::StatusCode;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::head::too_large;
use super::problem::Problem;
use crate::activity::Activity;

/// How deep a document may nest: as deep as the parser reads it.
const DEPTH: usize = 128;

/// A boxed error, as bodies have it.
pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Reads a body of at most `limit` bytes within `time`.
pub(super) async fn read<R>(body: R, limit: usize, time: Duration) -> Result<Bytes, Problem>
where
    R: Body<Data: Buf, Error: Into<BoxError>>,
{
    // Most bodies have come with their head; those need no timer.
    let mut reading = pin!(Limited::new(body, limit).collect());
    let first =
        std::future::poll_fn(|context| std::task::Poll::Ready(reading.as_mut().poll(context)));
    let read = match first.await {
        std::task::Poll::Ready(read) => read,
        std::task::Poll::Pending => tokio::time::timeout(time, reading).await.map_err(|_late| {
            Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "RequestTimeout",
                format!("the body did not come within {time:?}"),
            )
        })?,
    };
    match read {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Err(error) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "BadSyntax",
            format!("the body cannot be read: {error}"),
        )),
    }
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
    // `[` and `{` differ in one bit. Few of them cannot nest deep, and this loop takes 16 bytes at a time.
    let opening = bytes.iter().filter(|byte| **byte | 0x20 == b'{').count();
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
        let wide = format!(r#"{}"#, "[1],".repeat(1000) + "2");
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
            (r#"{"conversation":{"id":"c"}}"#, "", "type"),
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
