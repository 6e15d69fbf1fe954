//! What a dialog fails with.

use std::fmt;
use std::panic::Location;

use serde::{Deserialize, Serialize};

/// Why a question has no answer. `?` carries it up, so that what to do about it is written once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Unanswered {
    /// The caller said nothing, after the last attempt or until the time was over.
    #[error("the caller said nothing")]
    NoInput,
    /// What the caller said was not understood, or not accepted, after the last attempt.
    #[error("the caller was not understood")]
    NoMatch,
    /// A handler that interrupts has cancelled the question, or another dialog has begun.
    #[error("the question was cancelled")]
    Cancelled,
    /// The call is over. Steps still run; nothing that is said is heard.
    #[error("the caller has hung up")]
    HungUp,
    /// The dialog was changed since it began, and cannot go on.
    #[error("the dialog was changed while it was under way")]
    Changed,
}

/// A step failed: the closure's error, as text. The text is what the journal keeps, so that a replay sees the same.
///
/// For an error to be told apart in a `match`, let the step succeed with a `Result` of your own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the step `{step}` failed: {message}")]
#[non_exhaustive]
pub struct StepError {
    /// The step's name.
    pub step: String,
    /// The error's text, with its causes.
    pub message: String,
}

/// What is wrong with a dialog itself. Each ends the dialog, and reaches `#[on_error]`.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DialogError {
    /// The dialog waited for something that a replay cannot repeat.
    #[error(
        "the dialog `{dialog}` waits for something that is not `call`'s, after {place}: put it into `call.run(\"..\", |key| ..)`"
    )]
    ForeignAwait {
        /// The dialog.
        dialog: String,
        /// The last question or step before it.
        place: Place,
    },
    /// Replayed, the dialog did something else than before.
    #[error(
        "the dialog `{dialog}` does not do what it did before: its journal has {found} where {place} has {asked}. What is between two waits may depend on arguments and answers only: take time from `call.now()`, chance from `call.random()`, and everything else from `call.run(..)`. If the code was changed, count up `#[bot(version = ..)]`"
    )]
    Diverged {
        /// The dialog.
        dialog: String,
        /// The question or step that does not match.
        place: Place,
        /// What the journal has.
        found: String,
        /// What the code asks for.
        asked: String,
    },
    /// The journal has as many entries as it may have.
    #[error(
        "the dialog `{dialog}` has {entries} entries in its journal at {place}, and may not have more: a loop there does not end. Write an endless dialog with `call.restart_with(..)`"
    )]
    TooLong {
        /// The dialog.
        dialog: String,
        /// The question or step that is one too many.
        place: Place,
        /// Entries in the journal.
        entries: usize,
    },
    /// The record is larger than it may be.
    #[error(
        "the dialog `{dialog}` has a record of {bytes} bytes at {place}, and may have 256 KiB: keep less of what steps give, or write an endless dialog with `call.restart_with(..)`"
    )]
    TooLarge {
        /// The dialog.
        dialog: String,
        /// The last question or step.
        place: Place,
        /// Bytes of the record.
        bytes: usize,
    },
    /// The dialog began again and again without waiting.
    #[error(
        "the dialog `{dialog}` has restarted {restarts} times without waiting, at {place}: ask something before `call.restart_with(..)`"
    )]
    Restarts {
        /// The dialog.
        dialog: String,
        /// The last question or step.
        place: Place,
        /// How often it has restarted.
        restarts: u32,
    },
    /// A step did not come to its end several times: its process ended while it ran.
    #[error(
        "the step `{step}` of the dialog `{dialog}`, at {place}, did not come to its end in {tries} tries"
    )]
    Unfinished {
        /// The dialog.
        dialog: String,
        /// The step.
        step: String,
        /// The step's place.
        place: Place,
        /// How often it was begun.
        tries: u32,
    },
    /// A value could not be written to the journal.
    #[error("the dialog `{dialog}` cannot keep what {place} gives: {message}")]
    Unwritable {
        /// The dialog.
        dialog: String,
        /// The question or step.
        place: Place,
        /// What the serialiser says.
        message: String,
    },
    /// Somebody else has changed the conversation each time that this turn wanted to.
    #[error(
        "the conversation was changed by somebody else, {0} times in a row. Nothing of this turn was said"
    )]
    Contended(u32),
    /// The activity names no conversation, so a dialog has nothing to belong to.
    #[error("the dialog `{0}` needs an activity with `conversation.id`")]
    NoConversation(&'static str),
}

/// A place in the source: file and line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub(super) Option<&'static Location<'static>>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(place) => write!(f, "{}:{}", place.file(), place.line()),
            None => f.write_str("its begin"),
        }
    }
}

/// How a turn of a dialog is left before its end; not seen outside of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Signal {
    /// The record was changed by somebody else: load it and try again.
    #[error("the record was changed by somebody else")]
    Conflict,
    /// The dialog begins again from its journal as it is now.
    #[error("the dialog is replayed")]
    Replay,
    /// Another dialog is open, which has to be cancelled before this one begins.
    #[error("another dialog is open")]
    Takeover,
}
