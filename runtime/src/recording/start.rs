//! The data of a start command.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::metadata::check_metadata;
use super::{ChannelType, ContentType, MetadataError, RecordingFormat, StartOptions};

/// Starts recording a conversation: the `data` of the command.
///
/// Everything may be left out. In JSON `null` counts as left out, for a field and for the whole; unknown fields are
/// ignored.
/// ```
/// use onhook::recording::RecordingStart;
///
/// let start = RecordingStart::new().metadata("queue", "billing").pause_on_start();
/// assert_eq!(serde_json::to_string(&start)?, r#"{"metadata":{"queue":"billing"},"pauseOnStart":true}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Option<StartData>")]
#[non_exhaustive]
pub struct RecordingStart {
    /// What the bot attaches to the recording; see [`check`](Self::check) for the limits.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Audio, or audio and video; the channel decides when left out.
    #[serde(
        rename = "recordingContentType",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_type: Option<ContentType>,
    /// One channel for everyone, or one for each; the channel decides when left out.
    #[serde(
        rename = "recordingChannelType",
        skip_serializing_if = "Option::is_none"
    )]
    pub channel_type: Option<ChannelType>,
    /// The file format; the channel decides when left out.
    #[serde(
        rename = "recordingFormatType",
        skip_serializing_if = "Option::is_none"
    )]
    pub format: Option<RecordingFormat>,
    /// Open the session paused, so that nothing is kept before the first resume.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pause_on_start: bool,
}

/// What may stand in the JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartData {
    metadata: Option<BTreeMap<String, String>>,
    recording_content_type: Option<ContentType>,
    recording_channel_type: Option<ChannelType>,
    recording_format_type: Option<RecordingFormat>,
    pause_on_start: Option<bool>,
}

impl From<Option<StartData>> for RecordingStart {
    fn from(data: Option<StartData>) -> Self {
        data.map_or_else(Self::default, |data| Self {
            metadata: data.metadata.unwrap_or_default(),
            content_type: data.recording_content_type,
            channel_type: data.recording_channel_type,
            format: data.recording_format_type,
            pause_on_start: data.pause_on_start.unwrap_or_default(),
        })
    }
}

impl RecordingStart {
    /// A start with everything left to the channel.
    pub fn new() -> Self {
        Self::default()
    }

    /// Attaches a value to the recording; a later one replaces an earlier one of the same key.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Chooses audio, or audio and video.
    pub fn content_type(mut self, content_type: ContentType) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// Chooses one channel for everyone, or one for each.
    pub fn channel_type(mut self, channel_type: ChannelType) -> Self {
        self.channel_type = Some(channel_type);
        self
    }

    /// Chooses the file format.
    pub fn format(mut self, format: RecordingFormat) -> Self {
        self.format = Some(format);
        self
    }

    /// Opens the session paused.
    pub fn pause_on_start(mut self) -> Self {
        self.pause_on_start = true;
        self
    }

    /// Whether the metadata keeps within its limits: 64 keys, none of them empty, and 16 KiB of UTF-8 in keys
    /// and values together.
    pub fn check(&self) -> Result<(), MetadataError> {
        check_metadata(&self.metadata)
    }
}

impl From<&RecordingStart> for StartOptions {
    fn from(start: &RecordingStart) -> Self {
        Self {
            pause_on_start: start.pause_on_start,
        }
    }
}
