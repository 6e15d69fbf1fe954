//! The `error` of a command result.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

mod reading;

use crate::recording::ErrorCode;

/// Why a command failed: the `error` object of a `commandResult` (A11300, A11301).
///
/// `code` and `message` are always written, because clients print `"{code}: {message}"` without asking
/// whether they are there. Both may be missing or `null` when read; they are then empty. Fields this type
/// does not know survive in [`extra`](Self::extra).
///
/// Reading never fails for the shape: a string is the message, a number the code, the names of members are found in
/// every letter case, and an error without code and message has those of its `error`, `innererror`, `errors` or
/// `details`.
///
/// ```
/// use onhook::command_error::CommandError;
/// use onhook::recording::ErrorCode;
///
/// let error = CommandError::recording_not_started();
/// assert_eq!(error.to_string(), "RecordingNotStarted: Recording has not started");
/// assert_eq!(error.known(), Some(ErrorCode::RecordingNotStarted));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CommandError {
    /// The name of the error for programs, as in [`ErrorCode::as_str`].
    pub code: String,
    /// The sentence for people.
    pub message: String,
    /// The HTTP answer of another service that made the command fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner_http_error: Option<InnerHttpError>,
    /// Fields this type does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The HTTP answer behind a [`CommandError`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InnerHttpError {
    /// The HTTP status, for example 503.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<i32>,
    /// The body of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

impl CommandError {
    /// The code of a result that says it succeeded and whose data cannot be read: whether the command was carried out
    /// is then not known. The message says what is wrong with the data.
    pub const MALFORMED_RESULT: &'static str = "MalformedResult";

    /// An error with a code and message of one's own.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            ..Self::default()
        }
    }

    /// `RecordingAlreadyInProgress`: a start or resume while the conversation is being recorded.
    pub fn recording_already_in_progress() -> Self {
        Self::of(ErrorCode::RecordingAlreadyInProgress)
    }

    /// `RecordingNotStarted`: a pause, resume or stop without a recording.
    pub fn recording_not_started() -> Self {
        Self::of(ErrorCode::RecordingNotStarted)
    }

    /// `RecordingAlreadyPaused`: a pause of a paused recording.
    pub fn recording_already_paused() -> Self {
        Self::of(ErrorCode::RecordingAlreadyPaused)
    }

    /// `ConversationEnded`: a start after the call.
    pub fn conversation_ended() -> Self {
        Self::of(ErrorCode::ConversationEnded)
    }

    /// `RecordingStorageFailed`: the storage refused the recording; the call continues.
    pub fn recording_storage_failed() -> Self {
        Self::of(ErrorCode::RecordingStorageFailed)
    }

    /// `CommandIdConflict`: the command id has been used for another command, or with other data.
    pub fn command_id_conflict() -> Self {
        Self::of(ErrorCode::CommandIdConflict)
    }

    /// `BadArgument`: the data of the command cannot be used; `why` is the message.
    pub fn bad_argument(why: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadArgument.as_str(), why)
    }

    /// `UnsupportedCommand`: nobody here knows a command of this name.
    pub fn unsupported_command(name: &str) -> Self {
        Self::new(
            ErrorCode::UnsupportedCommand.as_str(),
            format!("{}: {name}", ErrorCode::UnsupportedCommand.message()),
        )
    }

    /// `NotSupported`: the command is known, and is not carried out here.
    pub fn not_supported() -> Self {
        Self::of(ErrorCode::NotSupported)
    }

    /// Which of the codes of the recording commands this is.
    ///
    /// Channels document messages only; so an error without a code is known by its message. Letter case is
    /// of no account.
    pub fn known(&self) -> Option<ErrorCode> {
        ErrorCode::ALL.into_iter().find(|known| {
            if self.code.is_empty() {
                known
                    .message()
                    .eq_ignore_ascii_case(self.message.trim().trim_end_matches('.'))
            } else {
                known.as_str().eq_ignore_ascii_case(&self.code)
            }
        })
    }

    fn of(code: ErrorCode) -> Self {
        Self::new(code.as_str(), code.message())
    }
}

/// `code: message`, or the one that is there.
impl fmt::Display for CommandError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code.as_str(), self.message.as_str()) {
            ("", "") => formatter.write_str("the command failed without a reason"),
            ("", only) | (only, "") => formatter.write_str(only),
            (code, message) => write!(formatter, "{code}: {message}"),
        }
    }
}

impl std::error::Error for CommandError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> CommandError {
        serde_json::from_str(json).expect("the text of the test is an error object")
    }

    #[test]
    fn nothing_is_required_when_reading_and_both_are_written() {
        for json in [
            "{}",
            r#"{"code":null,"message":null}"#,
            r#"{"innerHttpError":null}"#,
            "null",
        ] {
            let error = read(json);
            assert_eq!(error, CommandError::default(), "{json}");
            assert_eq!(
                serde_json::to_string(&error).unwrap(),
                r#"{"code":"","message":""}"#,
                "{json}"
            );
        }
    }

    #[test]
    fn unknown_fields_and_the_inner_error_survive() {
        let json = r#"{"code":"A","message":"b","innerHttpError":{"statusCode":503,"body":{"x":[1]}},"details":[{"y":null}]}"#;
        assert_eq!(serde_json::to_string(&read(json)).unwrap(), json);
    }

    #[test]
    fn an_error_without_code_is_known_by_its_message() {
        let error = read(r#"{"message":"Recording is already in progress."}"#);
        assert_eq!(error.known(), Some(ErrorCode::RecordingAlreadyInProgress));
        assert_eq!(read(r#"{"message":"no"}"#).known(), None);
        assert_eq!(read("{}").known(), None);
        assert_eq!(
            read(r#"{"code":"other","message":"Recording has not started"}"#).known(),
            None
        );
    }

    #[test]
    fn display_prints_what_is_there() {
        let printed = |code, message| CommandError::new(code, message).to_string();
        assert_eq!(printed("A", "b"), "A: b");
        assert_eq!(printed("A", ""), "A");
        assert_eq!(printed("", "b"), "b");
        assert_eq!(printed("", ""), "the command failed without a reason");
    }
}
