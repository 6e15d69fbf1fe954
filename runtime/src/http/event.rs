//! Server-sent events: the form of a streamed answer.

use bytes::Bytes;
use http::StatusCode;

use crate::activity::{InvokeResponseValue, Json};

/// One server-sent event. The only line breaks in the text of a JSON value stand between its tokens.
fn event(name: &str, json: &str) -> Bytes {
    let data = json.replace(['\r', '\n'], " ");
    Bytes::from(format!("event: {name}\r\ndata: {data}\r\n\r\n"))
}

/// An activity that the bot has sent.
pub(super) fn activity(json: &str) -> Bytes {
    event("activity", json)
}

/// What went wrong after the stream had begun.
pub(super) fn error(json: &Json) -> Bytes {
    event("error", json.as_str())
}

/// How an invoke was answered.
pub(super) fn invoke_response(status: StatusCode, body: Option<Json>) -> Option<Bytes> {
    let value = InvokeResponseValue {
        status: Json::of(&status.as_u16())
            .ok()
            .and_then(|status| status.parse().ok()),
        body,
        ..InvokeResponseValue::default()
    };
    let value = Json::of(&value).ok()?;
    Some(event("invokeResponse", value.as_str()))
}
