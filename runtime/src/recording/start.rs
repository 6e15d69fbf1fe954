//! The data of a start command.

use std::collections::BTreeMap;
use std::time::Duration;

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
#[must_use = "a command does nothing unless it is sent"]
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
    /// The most audio the recording may have, in whole milliseconds; the channel decides when left out. It ends then, with
    /// [`EndReason::MaxDurationExceeded`](super::EndReason::MaxDurationExceeded).
    #[serde(
        rename = "maxDurationMs",
        skip_serializing_if = "Option::is_none",
        serialize_with = "as_millis"
    )]
    pub max_duration: Option<Duration>,
}

#[allow(clippy::ref_option, reason = "serde hands a reference to the field")]
fn as_millis<S: serde::Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let millis = duration.unwrap_or_default().as_millis();
    serializer.serialize_u64(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// What may stand in the JSON; clients in .NET may write the names of its properties as they stand in the source.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartData {
    #[serde(alias = "Metadata")]
    metadata: Option<BTreeMap<String, String>>,
    #[serde(alias = "RecordingContentType")]
    recording_content_type: Option<ContentType>,
    #[serde(alias = "RecordingChannelType")]
    recording_channel_type: Option<ChannelType>,
    #[serde(alias = "RecordingFormatType")]
    recording_format_type: Option<RecordingFormat>,
    #[serde(alias = "PauseOnStart")]
    pause_on_start: Option<bool>,
    #[serde(alias = "MaxDurationMs")]
    max_duration_ms: Option<u64>,
}

impl From<Option<StartData>> for RecordingStart {
    fn from(data: Option<StartData>) -> Self {
        data.map_or_else(Self::default, |data| Self {
            metadata: data.metadata.unwrap_or_default(),
            content_type: data.recording_content_type,
            channel_type: data.recording_channel_type,
            format: data.recording_format_type,
            pause_on_start: data.pause_on_start.unwrap_or_default(),
            max_duration: data.max_duration_ms.map(Duration::from_millis),
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
    ///
    /// ```
    /// use onhook::recording::{ChannelType, RecordingStart};
    ///
    /// let start = RecordingStart::new().channel_type(ChannelType::Stereo);
    /// assert_eq!(serde_json::to_string(&start)?, r#"{"recordingChannelType":"stereo"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
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

    /// Limits how much audio the recording may have; a fraction of a millisecond is dropped.
    pub fn max_duration(mut self, duration: Duration) -> Self {
        self.max_duration = Some(duration);
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
