use std::collections::BTreeMap;

use onhook::recording::BillingPolicy;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Manifest, Retention, TimelineEntry};
use crate::store::{Part, rfc3339};

/// The version of [`Extension`].
pub const SCHEMA: &str = "onhook.recording/1";

/// What this channel knows about a recording beyond Azure's metadata.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Extension {
    /// [`SCHEMA`].
    pub schema: String,
    /// The id of the recording.
    pub recording_id: String,
    /// The id of the conversation.
    pub conversation_id: String,
    /// The number of the session in the conversation, from 1.
    pub session: u32,
    /// The number of the call's first session; absent if it is 1. Another call of that day had the same conversation id
    /// before then, as ids can come again, and has the sessions before. Each call has a chain of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_session: Option<u32>,
    /// How often this metadata was published: a recording that is resumed after a stop is published again.
    pub revision: u32,
    /// How far the recording is.
    pub state: SessionState,
    /// Why the session ended: `CallEnded` and others, an open set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_end_reason: Option<String>,
    /// What made it start.
    pub start_reason: StartReason,
    /// Who called whom.
    pub direction: Direction,
    /// The caller's number or account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The number or account that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The language of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// What happened, in order.
    pub timeline: Vec<TimelineEntry>,
    /// Samples of each channel in an audio file before the next is begun; absent if there is only one, however long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples_per_part: Option<u64>,
    /// The audio files.
    pub parts: Vec<Part>,
    /// Milliseconds of audio.
    pub recorded_ms: u64,
    /// Milliseconds in which recording was interrupted.
    pub paused_ms: u64,
    /// Milliseconds from the start to the end of recording.
    pub wall_ms: u64,
    /// What it costs.
    pub billing: Billing,
    /// How those who were recorded were told of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consent: Vec<Consent>,
    /// What went wrong, if it was watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// How long it is kept; absent as long as the recording may go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// What the bot has added.
    pub custom: BTreeMap<String, String>,
    /// What ties this file to itself and to the recording before; the last field of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Manifest>,
}

/// How far a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SessionState {
    /// Audio is being added.
    Recording,
    /// Audio is not being added for now.
    Paused,
    /// Ended by the bot; may be resumed as long as the call is up.
    Stopped,
    /// Ended for good.
    Sealed,
    /// Ended for good without a single sample.
    Empty,
    /// Ended by a fault: the beginning is there.
    Partial,
}

/// What made a recording start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartReason {
    /// The command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<String>,
    /// The activity that carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<String>,
    /// The bot that sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot_id: Option<String>,
}

/// Who called whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Somebody called the bot.
    #[default]
    Inbound,
    /// The bot called somebody.
    Outbound,
}

/// What a recording costs: integers only, divided once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Billing {
    /// Millionths of a dollar for a recorded minute.
    pub rate_micro_usd_per_minute: u64,
    /// Milliseconds that are paid for: what was recorded, no pause.
    pub billable_ms: u64,
    /// Millionths of a dollar, a string, as numbers in JSON are not exact everywhere.
    pub micro_usd: String,
}

impl Billing {
    /// The price of so many milliseconds.
    pub fn new(policy: BillingPolicy, billable_ms: u64) -> Self {
        Self {
            rate_micro_usd_per_minute: policy.micro_usd(60_000),
            billable_ms,
            micro_usd: policy.micro_usd(billable_ms).to_string(),
        }
    }
}

/// Evidence that somebody was told of the recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// Who was told, as an index into the participants.
    pub party: u32,
    /// When, by the clock on the wall: for display.
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
    /// How, and how it was answered: `announcement+continue`, `beep+continue`, an open set.
    pub how: String,
    /// Where in the recording, in milliseconds of its audio.
    pub evidence_offset_ms: u64,
}

/// What went wrong with a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quality {
    /// Frames of 20 ms that should have been recorded and were not.
    pub lost_frames: u64,
}
