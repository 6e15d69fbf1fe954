//! What a recording command's result says.

use serde::{Deserialize, Serialize};

use super::Phase;

/// Where the recording stands after a command: the `data` of its result.
///
/// Channels may leave out all of it (A11200); missing data and `null` are the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Option<StatusData>")]
#[non_exhaustive]
pub struct RecordingStatus {
    /// The id of the recording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording_id: Option<String>,
    /// The number of the session, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<u32>,
    /// The state after the command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Phase>,
    /// When the command took effect: milliseconds of media since the call was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_at_ms: Option<u64>,
    /// Milliseconds of audio kept in the session so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusData {
    recording_id: Option<String>,
    session: Option<u32>,
    state: Option<Phase>,
    effective_at_ms: Option<u64>,
    recorded_ms: Option<u64>,
}

impl From<Option<StatusData>> for RecordingStatus {
    fn from(data: Option<StatusData>) -> Self {
        data.map_or_else(Self::default, |data| Self {
            recording_id: data.recording_id,
            session: data.session,
            state: data.state,
            effective_at_ms: data.effective_at_ms,
            recorded_ms: data.recorded_ms,
        })
    }
}

impl RecordingStatus {
    /// A status that says nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}
