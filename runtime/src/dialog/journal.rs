//! What a dialog has done so far: a straight line of entries.

use serde::{Deserialize, Serialize};

use super::failure::Unanswered;
use crate::activity::Json;

/// The most entries of a journal.
pub(super) const ENTRIES: usize = 1_000;

/// The most bytes of a record.
pub(super) const BYTES: usize = 256 * 1024;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    Say,
    Ask,
    Run,
    Now,
    Random,
    Command,
    Event,
    Transfer,
    EndCall,
    State,
    StateChange,
}

impl Kind {
    /// The method of a dialog that writes such an entry.
    pub(super) fn method(self) -> &'static str {
        match self {
            Kind::Say => "say",
            Kind::Ask => "ask",
            Kind::Run => "run",
            Kind::Now => "now",
            Kind::Random => "random",
            Kind::Command => "command",
            Kind::Event => "wait_for_event",
            Kind::Transfer => "transfer_to",
            Kind::EndCall => "end_call",
            Kind::State => "state",
            Kind::StateChange => "change of the state",
        }
    }
}

/// One thing that was done, under which name, and what came of it. Kind and name are the fingerprint.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Entry(pub(super) Kind, pub(super) Box<str>, pub(super) Outcome);

/// What came of it. Not `Debug`: it is what the caller said.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Outcome {
    /// It was done, and there is nothing to know of it.
    Done,
    /// An answer, a step's result, the value of a command result.
    Is(Json),
    /// A secret was answered.
    Secret,
    /// A question without answer that may be without.
    Nothing,
    /// A question without answer, an event or a command result that did not come.
    Unanswered(Unanswered),
    /// A step failed, with these words.
    Failed(Box<str>),
    /// An event, as it came.
    Event(Json),
}

impl Entry {
    /// `ask(Menu)`, for people.
    pub(super) fn describe(kind: Kind, name: &str) -> String {
        if name.is_empty() {
            format!("`{}`", kind.method())
        } else {
            format!("`{}` of `{name}`", kind.method())
        }
    }
}
