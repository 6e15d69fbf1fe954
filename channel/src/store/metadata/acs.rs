use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Extension;
use crate::media::{Channels, SAMPLE_RATE};
use crate::store::rfc3339;

/// The metadata of a recording: the latest documented form of Azure's ("Call recording overview", chunk metadata),
/// and [`Extension`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The resource that recorded: whose channel this is.
    pub resource_id: String,
    /// The call.
    pub call_id: String,
    /// The document that can be downloaded.
    pub chunk_document_id: String,
    /// The number of the chunk in the recording, from 0.
    pub chunk_index: u32,
    /// When the recording began.
    #[serde(with = "rfc3339")]
    pub chunk_start_time: OffsetDateTime,
    /// Milliseconds of audio.
    pub chunk_duration: u64,
    /// When nothing was recorded.
    pub pause_resume_intervals: Vec<PauseResumeInterval>,
    /// What was recorded, and how.
    pub recording_info: RecordingInfo,
    /// Who was in the call.
    pub participants: Vec<Participant>,
    /// What Azure does not say.
    pub onhook: Extension,
}

/// A time in which nothing was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PauseResumeInterval {
    /// When it began.
    #[serde(with = "rfc3339")]
    pub start_time: OffsetDateTime,
    /// Milliseconds.
    pub duration: u64,
}

/// What was recorded, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingInfo {
    /// `audio`.
    pub content_type: String,
    /// `mixed` or `unmixed`.
    pub channel_type: String,
    /// `wav`.
    pub format: String,
    /// The shape of the audio.
    pub audio_configuration: AudioConfiguration,
}

impl From<Channels> for RecordingInfo {
    fn from(channels: Channels) -> Self {
        let count = u32::from(channels.count());
        let channel_type = match channels {
            Channels::Mixed => "mixed",
            Channels::Unmixed { .. } => "unmixed",
        };
        let audio_configuration = AudioConfiguration {
            sample_rate: SAMPLE_RATE,
            bit_rate: SAMPLE_RATE * 16 * count,
            channels: count,
        };
        Self {
            content_type: "audio".to_owned(),
            channel_type: channel_type.to_owned(),
            format: "wav".to_owned(),
            audio_configuration,
        }
    }
}

impl Default for RecordingInfo {
    fn default() -> Self {
        Channels::default().into()
    }
}

/// The shape of the audio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudioConfiguration {
    /// Samples per second.
    pub sample_rate: u32,
    /// Bits per second.
    pub bit_rate: u32,
    /// Channels.
    pub channels: u32,
}

/// Somebody in the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    /// The id of the account.
    pub participant_id: String,
    /// The channel of an unmixed recording, from 0; absent as long as nobody was heard, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<u32>,
}
