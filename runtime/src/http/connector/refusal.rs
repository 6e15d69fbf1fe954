//! What a channel says when it does not do what was asked.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::LOCATION;
use http::{Response, StatusCode};
use serde_json::Value;

use super::ConnectorError;
use super::retry_after::retry_after;

/// A channel's answer that it did not do what was asked: its `ErrorResponse`, as far as it sent one.
///
/// Its texts come from outside: they are bounded in length and have no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The channel's code, such as `BotNotInConversationRoster`, or the HTTP status; at most 128 characters.
    pub code: String,
    /// The channel's words; at most 1,024 characters.
    pub message: String,
    /// The status of another service on which the channel depends.
    pub inner_status: Option<u16>,
    /// How long the channel asks to be left alone.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refusal {
            status,
            code,
            message,
            ..
        } = self;
        write!(f, "status {status}: {code}: {message}")
    }
}

const LONGEST_CODE: usize = 128;
const LONGEST_MESSAGE: usize = 1024;
const LONGEST_LOCATION: usize = 2048;

/// The error that `response`, which is no success, stands for.
pub(super) fn refused(response: &Response<Bytes>) -> ConnectorError {
    let status = response.status();
    if status.is_redirection() {
        let location = response.headers().get(LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        return ConnectorError::Moved {
            status: status.as_u16(),
            location: location
                .filter(|location| location.len() <= LONGEST_LOCATION)
                .map(str::to_owned),
        };
    }
    ConnectorError::Refused(Box::new(refusal(response)))
}

fn refusal(response: &Response<Bytes>) -> Refusal {
    let status = response.status();
    let mut refusal = Refusal {
        status: status.as_u16(),
        code: status.as_str().to_owned(),
        message: String::new(),
        inner_status: None,
        retry_after: retry_after(response.headers()),
    };
    if let Ok(body) = serde_json::from_slice::<Value>(response.body()) {
        // Gateways before the channel leave out the `error` around it.
        let error = body.get("error").filter(|error| error.is_object());
        let error = error.unwrap_or(&body);
        match error.get("code") {
            Some(Value::String(code)) if !code.trim().is_empty() => {
                refusal.code = printable(code, LONGEST_CODE);
            }
            Some(Value::Number(code)) => refusal.code = code.to_string(),
            _ => {}
        }
        if let Some(message) = error.get("message").and_then(Value::as_str) {
            refusal.message = printable(message, LONGEST_MESSAGE);
        }
        let inner = error.pointer("/innerHttpError/statusCode");
        refusal.inner_status = inner
            .and_then(Value::as_u64)
            .and_then(|status| status.try_into().ok());
    } else {
        // Enough for a person to see who answered; the rest of a page in HTML is not worth keeping.
        let text = response.body().get(..4 * LONGEST_MESSAGE);
        let text = String::from_utf8_lossy(text.unwrap_or(response.body()));
        refusal.message = printable(text.trim(), LONGEST_MESSAGE);
    }
    if refusal.message.is_empty() {
        let reason = StatusCode::canonical_reason(&status);
        reason
            .unwrap_or("no reason given")
            .clone_into(&mut refusal.message);
    }
    refusal
}

fn printable(text: &str, longest: usize) -> String {
    let signs = text.chars().take(longest);
    signs
        .map(|sign| if sign.is_control() { ' ' } else { sign })
        .collect()
}

#[cfg(test)]
mod tests {
    use http::header::RETRY_AFTER;

    use super::*;

    fn of(status: u16, body: &str) -> Refusal {
        let mut response = Response::new(Bytes::from(body.to_owned()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        refusal(&response)
    }

    #[test]
    fn a_refusal_says_what_the_channel_said() {
        for (status, body, code, message, inner) in [
            (
                403,
                r#"{"error":{"code":"BotNotInConversationRoster","message":"The bot is not part of it."}}"#,
                "BotNotInConversationRoster",
                "The bot is not part of it.",
                None,
            ),
            (
                502,
                r#"{"error":{"code":"ServiceError","message":"m","innerHttpError":{"statusCode":503,"body":{}}}}"#,
                "ServiceError",
                "m",
                Some(503),
            ),
            (
                401,
                r#"{"message":"Authorization has been denied."}"#,
                "401",
                "Authorization has been denied.",
                None,
            ),
            (
                400,
                r#"{"error":{"code":7,"message":null}}"#,
                "7",
                "Bad Request",
                None,
            ),
            (
                400,
                r#"{"error":{"code":" ","message":[]}}"#,
                "400",
                "Bad Request",
                None,
            ),
            (
                400,
                r#"{"error":"invalid_request"}"#,
                "400",
                "Bad Request",
                None,
            ),
            (
                400,
                r#"{"error":{"innerHttpError":{"statusCode":99999}}}"#,
                "400",
                "Bad Request",
                None,
            ),
            (500, "[]", "500", "Internal Server Error", None),
            (500, "", "500", "Internal Server Error", None),
            (599, "", "599", "no reason given", None),
            (
                502,
                "<html>\n<h1>Bad\tGateway</h1>\u{1b}",
                "502",
                "<html> <h1>Bad Gateway</h1> ",
                None,
            ),
        ] {
            let refusal = of(status, body);
            assert_eq!(
                (
                    refusal.status,
                    &*refusal.code,
                    &*refusal.message,
                    refusal.inner_status
                ),
                (status, code, message, inner),
                "{body}"
            );
        }
    }

    #[test]
    fn texts_are_bounded() {
        let long = "ä".repeat(100_000);
        for body in [
            long.clone(),
            format!(r#"{{"error":{{"code":"{long}","message":"{long}"}}}}"#),
        ] {
            let refusal = of(400, &body);
            assert!(refusal.code.chars().count() <= LONGEST_CODE);
            assert_eq!(refusal.message.chars().count(), LONGEST_MESSAGE);
        }
    }

    #[test]
    fn a_redirection_is_reported_and_not_followed() {
        let long = "x".repeat(LONGEST_LOCATION + 1);
        for (location, expected) in [
            (Some("https://elsewhere/"), Some("https://elsewhere/")),
            (Some(&*long), None),
            (None, None),
        ] {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::FOUND;
            if let Some(location) = location {
                response
                    .headers_mut()
                    .insert(LOCATION, location.parse().unwrap());
            }
            let ConnectorError::Moved { status, location } = refused(&response) else {
                panic!("it has moved");
            };
            assert_eq!((status, location.as_deref()), (302, expected));
        }
    }

    #[test]
    fn a_refusal_says_how_long_to_wait() {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response
            .headers_mut()
            .insert(RETRY_AFTER, "7".parse().unwrap());
        assert_eq!(refusal(&response).retry_after, Some(Duration::from_secs(7)));
    }
}
