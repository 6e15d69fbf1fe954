use onhook::recording::PauseMode;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::store::rfc3339;

/// Something that happened to a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// When, by the clock on the wall: for display.
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
    /// Where in the recording, in milliseconds of its audio.
    pub offset_ms: u64,
    /// What.
    #[serde(flatten)]
    pub event: TimelineEvent,
}

/// What happened to a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum TimelineEvent {
    /// It was started.
    Start {
        /// The command that did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command_id: Option<String>,
    },
    /// It was paused.
    Pause {
        /// The command that did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command_id: Option<String>,
        /// Why, in the bot's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What stands in the recording for the time of the pause.
        mode: PauseMode,
    },
    /// It went on, after a pause or a stop.
    Resume {
        /// The command that did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command_id: Option<String>,
        /// Milliseconds in which nothing was recorded.
        gap_ms: u64,
    },
    /// It was stopped.
    Stop {
        /// The command that did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command_id: Option<String>,
    },
    /// It ended for good.
    End {
        /// Why: `CallEnded` and others, an open set.
        reason: String,
    },
    /// The bot has put a note here.
    Annotation {
        /// What it is about.
        name: String,
        /// What there is to say of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
    },
    /// A key was pressed.
    Dtmf {
        /// Who did, as an index into the participants.
        party: u32,
        /// Which; null when it must not be known, as while recording is paused.
        value: Option<String>,
    },
    /// The caller spoke into what the bot said.
    BargeIn {
        /// Milliseconds of it that were heard.
        played_ms: u64,
        /// Milliseconds that it would have had.
        planned_ms: u64,
    },
}
