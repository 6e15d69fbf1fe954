//! Reading errors as channels send them, which is not always as the protocol says.
//!
//! Whatever is there is an error (A11300), and nothing about it is refused: an error in a shape of its own still says
//! that the command failed. What can be read of it becomes the code and the message.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{CommandError, InnerHttpError};

/// Members of an error without code and message that have them, the first that is there: the envelope and the inner
/// error of `OData`, and lists of errors.
const NESTED: [&str; 4] = ["error", "innerError", "errors", "details"];

impl<'de> Deserialize<'de> for CommandError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::read)
    }
}

impl<'de> Deserialize<'de> for InnerHttpError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::read)
    }
}

impl CommandError {
    fn read(value: Value) -> Self {
        match value {
            Value::Object(members) => Self::of_members(members),
            // Some write the object as JSON, and that as a string.
            Value::String(text) => match serde_json::from_str(&text) {
                Ok(Value::Object(members)) => Self::of_members(members),
                _ => Self::new("", text),
            },
            Value::Number(code) => Self::new(code.to_string(), ""),
            Value::Array(errors) => {
                let says_something =
                    |error: &Self| !error.code.is_empty() || !error.message.is_empty();
                let mut read = errors.iter().cloned().map(Self::read);
                let first = read.find(says_something).unwrap_or_default();
                let mut error = Self::new(first.code, first.message);
                error
                    .extra
                    .insert("errors".to_owned(), Value::Array(errors));
                error
            }
            Value::Null | Value::Bool(_) => Self::default(),
        }
    }

    fn of_members(mut members: Map<String, Value>) -> Self {
        let mut error = Self {
            code: text(take(&mut members, "code")),
            message: text(take(&mut members, "message")),
            inner_http_error: take(&mut members, "innerHttpError").map(InnerHttpError::read),
            extra: members,
        };
        if error.code.is_empty() && error.message.is_empty() {
            let nested = NESTED.iter().find_map(|name| find(&error.extra, name));
            if let Some(nested) = nested.and_then(|name| error.extra.get(&name)).cloned() {
                let nested = Self::read(nested);
                (error.code, error.message) = (nested.code, nested.message);
                error.inner_http_error = error.inner_http_error.or(nested.inner_http_error);
            }
        }
        error
    }
}

impl InnerHttpError {
    /// What is not read as a status or a body is the body as a whole.
    fn read(value: Value) -> Self {
        let Value::Object(mut members) = value else {
            let status_code = status_code(&value);
            let body = Some(value).filter(|_| status_code.is_none());
            return Self { status_code, body };
        };
        let body = take(&mut members, "body");
        let status = find(&members, "statusCode").and_then(|name| members.get(&name));
        let status_code = status.and_then(status_code);
        let unread = status.is_some() && status_code.is_none() && body.is_none();
        Self {
            status_code,
            body: body.or_else(|| unread.then_some(Value::Object(members))),
        }
    }
}

/// The name under which a member stands that is not null: the name as it is, else in another letter case.
fn find(members: &Map<String, Value>, name: &str) -> Option<String> {
    if members.get(name).is_some_and(|value| !value.is_null()) {
        return Some(name.to_owned());
    }
    let found = members
        .iter()
        .find(|(own, value)| !value.is_null() && own.eq_ignore_ascii_case(name));
    found.map(|(own, _)| own.clone())
}

/// Takes the member out; null is the same as absent.
fn take(members: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let taken = find(members, name).and_then(|own| members.remove(&own));
    // What is null under the name itself says nothing, and would be written twice.
    if members.get(name).is_some_and(Value::is_null) {
        members.remove(name);
    }
    taken
}

/// A code or message that is not a string is its JSON; of `OData`'s `{lang, value}` it is the value.
fn text(value: Option<Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(Value::Object(members)) => match members.get("value") {
            Some(Value::String(text)) => text.clone(),
            _ => Value::Object(members).to_string(),
        },
        Some(other) => other.to_string(),
    }
}

/// A status as a number, also one in a string.
fn status_code(value: &Value) -> Option<i32> {
    match value {
        Value::Number(number) => number.as_i64().and_then(|status| status.try_into().ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes in, and what it says as it is written again.
    #[test]
    fn every_shape_of_an_error_is_read_as_far_as_it_can_be() {
        for (json, written) in [
            // No object.
            (r#""no disk""#, r#"{"code":"","message":"no disk"}"#),
            (r#""""#, r#"{"code":"","message":""}"#),
            ("true", r#"{"code":"","message":""}"#),
            ("false", r#"{"code":"","message":""}"#),
            ("0", r#"{"code":"0","message":""}"#),
            ("503", r#"{"code":"503","message":""}"#),
            ("[]", r#"{"code":"","message":"","errors":[]}"#),
            (
                r#"[{},null,{"code":"A"},{"code":"B"}]"#,
                r#"{"code":"A","message":"","errors":[{},null,{"code":"A"},{"code":"B"}]}"#,
            ),
            (
                r#"["full"]"#,
                r#"{"code":"","message":"full","errors":["full"]}"#,
            ),
            (
                r#""{\"Code\":\"A\",\"message\":\"b\"}""#,
                r#"{"code":"A","message":"b"}"#,
            ),
            (r#""{full}""#, r#"{"code":"","message":"{full}"}"#),
            // Members of other types, and in other cases.
            (
                r#"{"code":503,"message":true}"#,
                r#"{"code":"503","message":"true"}"#,
            ),
            (
                r#"{"Code":"A","Message":"b","Details":[1]}"#,
                r#"{"code":"A","message":"b","Details":[1]}"#,
            ),
            (
                r#"{"code":null,"CODE":"A","Message":null}"#,
                r#"{"code":"A","message":"","Message":null}"#,
            ),
            (
                r#"{"code":["A"],"message":{"lang":"en","value":"b"}}"#,
                r#"{"code":"[\"A\"]","message":"b"}"#,
            ),
            // The code and the message deeper inside.
            (
                r#"{"error":{"code":"A","message":"b"}}"#,
                r#"{"code":"A","message":"b","error":{"code":"A","message":"b"}}"#,
            ),
            (
                r#"{"innererror":{"Code":"A","innererror":{"code":"B"}}}"#,
                r#"{"code":"A","message":"","innererror":{"Code":"A","innererror":{"code":"B"}}}"#,
            ),
            (
                r#"{"code":"A","innererror":{"code":"B"}}"#,
                r#"{"code":"A","message":"","innererror":{"code":"B"}}"#,
            ),
            // The HTTP error.
            (
                r#"{"innerHttpError":{"statusCode":"503","body":null,"x":1}}"#,
                r#"{"code":"","message":"","innerHttpError":{"statusCode":503}}"#,
            ),
            (
                r#"{"InnerHttpError":{"StatusCode":503,"Body":"b"}}"#,
                r#"{"code":"","message":"","innerHttpError":{"statusCode":503,"body":"b"}}"#,
            ),
            (
                r#"{"innerHttpError":{"statusCode":"down"}}"#,
                r#"{"code":"","message":"","innerHttpError":{"body":{"statusCode":"down"}}}"#,
            ),
            (
                r#"{"innerHttpError":"503"}"#,
                r#"{"code":"","message":"","innerHttpError":{"statusCode":503}}"#,
            ),
            (
                r#"{"innerHttpError":["down"]}"#,
                r#"{"code":"","message":"","innerHttpError":{"body":["down"]}}"#,
            ),
        ] {
            let error: CommandError = serde_json::from_str(json).unwrap();
            let value: Value = serde_json::to_value(&error).unwrap();
            assert_eq!(
                value,
                serde_json::from_str::<Value>(written).unwrap(),
                "{json}"
            );
            let again: CommandError = serde_json::from_value(value).unwrap();
            assert_eq!(again, error, "{json}");
        }
    }
}
