use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::store::rfc3339;

/// The unsigned form of a vCon, as far as a recorded call needs it (sections 4.1 to 4.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vcon {
    /// `0.4.0`; deprecated by the draft, asked for by those who read its versions.
    pub vcon: String,
    /// The same for the same conversation.
    pub uuid: String,
    /// When the last recording was sealed.
    #[serde(with = "rfc3339")]
    pub created_at: OffsetDateTime,
    /// Who was in the call; the caller first.
    pub parties: Vec<Party>,
    /// The recordings in order, and the set of them.
    pub dialog: Vec<Dialog>,
    /// What happened in the recordings that the history of the parties has no word for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub analysis: Vec<Analysis>,
    /// That those who were recorded were told of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// Somebody in the call (section 4.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tel: Option<String>,
    /// An account that is no telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `none` beside a name: nobody has looked whether it is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<String>,
    /// `bot` for the bot.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A recording or the set of them (section 4.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dialog {
    /// Which of both.
    #[serde(rename = "type")]
    pub kind: DialogType,
    /// When it began.
    #[serde(with = "rfc3339")]
    pub start: OffsetDateTime,
    /// Seconds: of audio for a recording, from beginning to end for a set.
    pub duration: f64,
    /// Who was mixed into its one channel, or who is in each of its channels, as indices into the parties; none for a
    /// channel in which nobody was heard (section 4.3.4).
    pub parties: Vec<Option<usize>>,
    /// The recordings of a set, as indices into the dialogs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recordings: Option<Vec<usize>>,
    /// The set of a recording, as an index into the dialogs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_set: Option<usize>,
    /// `audio/x-wav`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mediatype: Option<String>,
    /// The name of the audio file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Where the audio is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `sha512-` and the hash of the audio file in base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// What the parties did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub party_history: Vec<PartyHistory>,
}

/// What a dialog is (section 4.3.1); a channel writes two of the five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DialogType {
    /// An audio file.
    Recording,
    /// All recordings of a call.
    RecordingSet,
}

/// Something that a party did (section 4.3.13.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyHistory {
    /// Who, as an index into the parties.
    pub party: usize,
    /// When.
    #[serde(with = "rfc3339")]
    pub time: OffsetDateTime,
    /// What.
    #[serde(flatten)]
    pub event: PartyEvent,
}

/// What a party did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum PartyEvent {
    /// It came into the call.
    Join,
    /// It left the call.
    Drop,
    /// The recording was paused.
    Hold,
    /// The recording went on.
    Unhold,
    /// It pressed a key.
    KeyDown {
        /// Which.
        button: String,
    },
}

/// A report on a dialog (section 4.5): where the caller interrupted the bot.
///
/// A party's history has no such event, and its events are a closed set (section 4.3.13.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// `report`.
    #[serde(rename = "type")]
    pub kind: String,
    /// On what, as an index into the dialogs.
    pub dialog: usize,
    /// `application/json`.
    pub mediatype: String,
    /// `onhook`.
    pub vendor: String,
    /// `onhook-channel`.
    pub product: String,
    /// `onhook.barge-in/1`.
    pub schema: String,
    /// `json`: the body is part of the document.
    pub encoding: String,
    /// The interruptions, in order.
    pub body: Vec<BargedIn>,
}

/// Somebody spoke into what the bot said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BargedIn {
    /// Who, as an index into the parties.
    pub party: usize,
    /// When.
    #[serde(with = "rfc3339")]
    pub time: OffsetDateTime,
    /// Where in the dialog's audio, in seconds.
    pub offset: f64,
    /// Seconds of it that were heard.
    pub played: f64,
    /// Seconds that it would have had.
    pub planned: f64,
}

/// A document of the call (section 4.4): that somebody was told of the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// `consent`.
    pub purpose: String,
    /// When it was told.
    #[serde(with = "rfc3339")]
    pub start: OffsetDateTime,
    /// Whose side of the line told it, as an index into the parties.
    pub party: usize,
    /// Which recording has it, as an index into the dialogs.
    pub dialog: usize,
    /// `application/json`.
    pub mediatype: String,
    /// `json`: the body is part of the document.
    pub encoding: String,
    /// What was told.
    pub body: Evidence,
}

/// Evidence that somebody was told of the recording; whether that is consent is for a lawyer to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who was told, as an index into the parties.
    pub party: usize,
    /// How, and how it was answered: `announcement+continue`, `beep+continue`, an open set.
    pub how: String,
    /// Where in the dialog's audio, in seconds.
    pub offset: f64,
}

impl Vcon {
    /// The same with absolute addresses: those of the audio are appended to `base`, which stands for the folder of
    /// the call, such as `https://recordings.example/2026/11/22/conv-7/`.
    #[must_use]
    pub fn with_base(mut self, base: &str) -> Self {
        for url in self
            .dialog
            .iter_mut()
            .filter_map(|dialog| dialog.url.as_mut())
        {
            *url = format!("{}/{url}", base.trim_end_matches('/'));
        }
        self
    }
}
