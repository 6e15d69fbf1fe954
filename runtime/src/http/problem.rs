//! Answers that say what is wrong.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use super::printable::printable;
use super::reply::ReplyBody;
use crate::activity::ActivityError;
use crate::host::Refused;

/// Why a request is not answered with a success: an HTTP status, a code and words, as the connector's REST API writes
/// its errors: `{"error": {"code": …, "message": …}}`, with the JSON path as `target` where there is one.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    target: Option<String>,
    header: Option<(HeaderName, &'static str)>,
}

#[derive(Serialize)]
struct Document<'p> {
    error: Error<'p>,
}

#[derive(Serialize)]
struct Error<'p> {
    code: &'static str,
    message: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'p str>,
}

impl Problem {
    pub(super) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
    ) -> Problem {
        Problem {
            status,
            code,
            message: message.into(),
            target: None,
            header: None,
        }
    }

    /// The activity is none, for the reason that stands at the JSON path `target`.
    pub(super) fn bad_activity(target: &str, message: impl Into<String>) -> Problem {
        Problem {
            target: (!target.is_empty()).then(|| target.to_owned()),
            ..Problem::new(StatusCode::BAD_REQUEST, "BadSyntax", message)
        }
    }

    pub(super) fn with_header(self, name: HeaderName, value: &'static str) -> Problem {
        Problem {
            header: Some((name, value)),
            ..self
        }
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Leaves a record. What is wrong with an activity is told by its place alone: the words may be its own.
    pub(super) fn tell(&self) {
        let of_activity = self.status == StatusCode::BAD_REQUEST;
        tracing::debug!(
            target: "onhook::http",
            status = self.status.as_u16(),
            code = self.code,
            at = self.target.as_deref().map(printable).as_deref(),
            reason = (!of_activity).then(|| printable(&self.message)).as_deref(),
            "request refused",
        );
    }

    /// The error object.
    pub(super) fn document(&self) -> impl Serialize + '_ {
        Document {
            error: Error {
                code: self.code,
                message: &self.message,
                target: self.target.as_deref(),
            },
        }
    }

    pub(super) fn into_response(self) -> Response<ReplyBody> {
        // Strings always have a JSON text.
        let text = serde_json::to_vec(&self.document()).unwrap_or_default();
        let mut response = ReplyBody::json(self.status, Bytes::from(text));
        if let Some((name, value)) = self.header {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<ActivityError> for Problem {
    fn from(error: ActivityError) -> Problem {
        Problem::bad_activity(error.path(), error.to_string())
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        match refused {
            Refused::QueueFull(_) => Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "TooManyRequests",
                refused.to_string(),
            )
            .with_header(header::RETRY_AFTER, "1"),
            Refused::ResultWithoutValue => Problem::bad_activity("value", refused.to_string()),
            Refused::IdTooLong { path, .. } => Problem::bad_activity(path, refused.to_string()),
        }
    }
}
