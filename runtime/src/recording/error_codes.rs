//! The codes and messages with which recording commands are refused.

/// A known `error.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The conversation is being recorded already.
    RecordingAlreadyInProgress,
    /// There is no recording in progress.
    RecordingNotStarted,
    /// The recording is paused already.
    RecordingAlreadyPaused,
    /// The call is over.
    ConversationEnded,
    /// The storage refused the recording.
    RecordingStorageFailed,
    /// The command id was used before, for something else.
    CommandIdConflict,
    /// The command's data cannot be used.
    BadArgument,
    /// The command is unknown.
    UnsupportedCommand,
    /// The command is not carried out here.
    NotSupported,
}

/// The rows in the order of the variants: code, message.
///
/// The first two messages are documented by the Telephony channel (`CallRecording.md`), and their codes stand
/// in its 2020 draft of the telephony controls. `NotSupported` is the protocol's own (rejecting commands).
const ROWS: [(&str, &str); 9] = [
    (
        "RecordingAlreadyInProgress",
        "Recording is already in progress",
    ),
    ("RecordingNotStarted", "Recording has not started"),
    ("RecordingAlreadyPaused", "Recording is already paused"),
    ("ConversationEnded", "The conversation has ended"),
    ("RecordingStorageFailed", "Recording could not be stored"),
    (
        "CommandIdConflict",
        "The command id was already used for a different command",
    ),
    ("BadArgument", "The data of the command is not valid"),
    ("UnsupportedCommand", "The command is not known"),
    ("NotSupported", "The command is not supported here"),
];

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 9] = [
        Self::RecordingAlreadyInProgress,
        Self::RecordingNotStarted,
        Self::RecordingAlreadyPaused,
        Self::ConversationEnded,
        Self::RecordingStorageFailed,
        Self::CommandIdConflict,
        Self::BadArgument,
        Self::UnsupportedCommand,
        Self::NotSupported,
    ];

    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        ROWS[self as usize].0
    }

    /// The message; for `BadArgument` and `UnsupportedCommand` the general one, which a result makes precise.
    pub const fn message(self) -> &'static str {
        ROWS[self as usize].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_variants() {
        for code in ErrorCode::ALL {
            assert_eq!(code.as_str(), format!("{code:?}"));
        }
    }
}
