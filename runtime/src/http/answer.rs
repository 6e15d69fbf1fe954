//! How a turn ended, as far as an HTTP response can say it.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::event;
use super::outgoing::{Mode, Outgoing};
use super::problem::Problem;
use super::reply::ReplyBody;
use crate::activity::Json;
use crate::error::Error;
use crate::host::TurnOutcome;
use crate::outcome::InvokeResponse;

/// The answer to an activity. It can be given again, also to a request that asks for it in another mode.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) kind: Kind,
    pub(super) content: Content,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An invoke, by its handler.
    Invoke,
    /// An invoke that no handler took.
    Unhandled,
    /// Any other activity.
    Activity,
    /// A turn that failed, when no error hook took care of it.
    Failed,
}

/// What the answer carries beside its status. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Empty,
    /// The JSON body of an invoke's answer.
    Body(Bytes),
    /// A JSON object `ExpectedReplies`.
    Replies(Bytes),
    /// There was some, which is not kept any more.
    Gone,
}

impl Content {
    pub(super) fn bytes(&self) -> usize {
        match self {
            Content::Empty | Content::Gone => 0,
            Content::Body(bytes) | Content::Replies(bytes) => bytes.len(),
        }
    }
}

impl Answer {
    /// What `ran` came to, and the body of an invoke's answer. The words of an error are for the bot's log and not for
    /// the caller.
    pub(super) fn of(
        ran: &Result<TurnOutcome, Error>,
        invoke: bool,
        outgoing: &Outgoing,
    ) -> (Answer, Option<Json>) {
        let Ok(outcome) = ran else {
            return (Answer::failed(), None);
        };
        let (status, kind, body) = if invoke {
            match outgoing.invoke_response(outcome) {
                Some(InvokeResponse { status, body }) => (valid(status), Kind::Invoke, body),
                None => (StatusCode::NOT_IMPLEMENTED, Kind::Unhandled, None),
            }
        } else {
            (StatusCode::OK, Kind::Activity, None)
        };
        let text = body.as_ref().map(Json::as_str);
        let content = match (outgoing.collected(), text) {
            (None, _) => Content::Gone,
            (Some(activities), None) if activities.is_empty() => Content::Empty,
            (Some(activities), Some(body)) if activities.is_empty() => {
                Content::Body(Bytes::copy_from_slice(body.as_bytes()))
            }
            (Some(activities), body) => Content::Replies(replies(&activities, body)),
        };
        let answer = Answer {
            status,
            kind,
            content,
        };
        (answer, body)
    }

    /// The answer of a turn that failed.
    pub(super) fn failed() -> Answer {
        Answer {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            kind: Kind::Failed,
            content: Content::Empty,
        }
    }

    /// Whether the same activity is to be answered so when it comes again. It is not if the answer says that the
    /// sender should try again: then the turn has to run again.
    pub(super) fn is_final(&self) -> bool {
        let status = self.status;
        let asks_again = status.is_server_error()
            || matches!(
                status,
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
            );
        self.kind == Kind::Unhandled || !asks_again
    }

    /// The response to a request of this mode.
    pub(super) fn response(self, mode: Mode) -> Result<Response<ReplyBody>, Problem> {
        let Answer {
            status,
            kind,
            content,
        } = self;
        if kind == Kind::Failed {
            return Err(failed());
        }
        if matches!(content, Content::Gone) {
            return Err(gone());
        }
        Ok(match mode {
            Mode::Normal => match (kind, content) {
                (Kind::Unhandled, _) => return Err(unhandled()),
                (Kind::Invoke, Content::Replies(document)) => match Document::of(&document).body {
                    Some(body) => json(status, body.get()),
                    None => ReplyBody::empty(status),
                },
                // The replies of an activity that asked for them, for one that does not: they are nowhere else.
                (_, Content::Body(document) | Content::Replies(document)) => {
                    ReplyBody::json(status, document)
                }
                (_, Content::Empty | Content::Gone) => ReplyBody::empty(status),
            },
            Mode::ExpectReplies => {
                let document = match content {
                    Content::Replies(document) => document,
                    Content::Body(body) => replies(b"", std::str::from_utf8(&body).ok()),
                    Content::Empty | Content::Gone => replies(b"", None),
                };
                ReplyBody::json(status, document)
            }
            Mode::Stream => ReplyBody::all_events(events(status, kind, &content)),
        })
    }
}

fn json(status: StatusCode, document: &str) -> Response<ReplyBody> {
    ReplyBody::json(status, Bytes::copy_from_slice(document.as_bytes()))
}

/// The whole stream of an answer.
fn events(status: StatusCode, kind: Kind, content: &Content) -> Bytes {
    let document = match content {
        Content::Replies(document) => Document::of(document),
        Content::Body(body) => Document {
            activities: Vec::new(),
            body: serde_json::from_slice(body).ok(),
        },
        Content::Empty | Content::Gone => Document::default(),
    };
    let mut events = Vec::new();
    for activity in document.activities {
        events.extend_from_slice(&event::activity(activity.get()));
    }
    if matches!(kind, Kind::Invoke | Kind::Unhandled) {
        let body = document.body.and_then(|body| body.get().parse().ok());
        events.extend(event::invoke_response(status, body).into_iter().flatten());
    }
    events.into()
}

/// The parts of an object `ExpectedReplies`.
#[derive(Default, Deserialize)]
struct Document<'d> {
    #[serde(borrow)]
    activities: Vec<&'d RawValue>,
    #[serde(borrow)]
    body: Option<&'d RawValue>,
}

impl Document<'_> {
    fn of(document: &[u8]) -> Document<'_> {
        // It was written here.
        serde_json::from_slice(document).unwrap_or_default()
    }
}

/// The JSON object `ExpectedReplies`; `activities` are the elements of its array.
fn replies(activities: &[u8], body: Option<&str>) -> Bytes {
    let body = body.unwrap_or_default();
    let mut document = Vec::with_capacity(activities.len() + body.len() + 32);
    document.extend_from_slice(b"{\"activities\":[");
    document.extend_from_slice(activities);
    document.push(b']');
    if !body.is_empty() {
        document.extend_from_slice(b",\"body\":");
        document.extend_from_slice(body.as_bytes());
    }
    document.push(b'}');
    document.into()
}

/// The problem of a turn that failed, when no error hook took care of it.
pub(super) fn failed() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "BotError",
        "the bot failed to handle the activity",
    )
}

fn unhandled() -> Problem {
    Problem::new(
        StatusCode::NOT_IMPLEMENTED,
        "NotImplemented",
        "the bot does not handle this invoke",
    )
}

fn gone() -> Problem {
    Problem::new(
        StatusCode::GONE,
        "AnswerNotKept",
        "the activity was handled before, and the content of its answer is not kept any more",
    )
}

/// The status of an invoke's answer; a number that is none is the bot's mistake.
fn valid(status: u16) -> StatusCode {
    match StatusCode::from_u16(status) {
        Ok(status) if !status.is_informational() => status,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
