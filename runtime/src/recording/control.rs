//! The data of the commands on a recording that has been started.

use serde::{Deserialize, Serialize};

use super::PauseMode;

/// Pauses a recording: nothing said from here on is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<PauseData>")]
#[non_exhaustive]
#[must_use = "a command does nothing unless it is sent"]
pub struct RecordingPause {
    /// Why, for the recording's timeline: `payment-card`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What stands in the recording for the time of the pause; the channel decides when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<PauseMode>,
}

#[derive(Deserialize)]
struct PauseData {
    reason: Option<String>,
    mode: Option<PauseMode>,
}

impl From<Option<PauseData>> for RecordingPause {
    fn from(data: Option<PauseData>) -> Self {
        data.map_or_else(Self::default, |data| Self {
            reason: data.reason,
            mode: data.mode,
        })
    }
}

impl RecordingPause {
    /// A pause without a reason.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says why.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Chooses what stands in the recording for the time of the pause.
    ///
    /// ```
    /// use onhook::recording::{PauseMode, RecordingPause};
    ///
    /// let pause = RecordingPause::new().mode(PauseMode::Silence);
    /// assert_eq!(serde_json::to_string(&pause)?, r#"{"mode":"silence"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn mode(mut self, mode: PauseMode) -> Self {
        self.mode = Some(mode);
        self
    }
}

/// Resumes a recording, appending to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<NoData>")]
#[non_exhaustive]
#[must_use = "a command does nothing unless it is sent"]
pub struct RecordingResume {}

/// Stops a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<NoData>")]
#[non_exhaustive]
#[must_use = "a command does nothing unless it is sent"]
pub struct RecordingStop {}

#[derive(Deserialize)]
struct NoData {}

impl From<Option<NoData>> for RecordingResume {
    fn from(_: Option<NoData>) -> Self {
        Self {}
    }
}

impl From<Option<NoData>> for RecordingStop {
    fn from(_: Option<NoData>) -> Self {
        Self {}
    }
}

impl RecordingResume {
    /// A resume.
    pub fn new() -> Self {
        Self::default()
    }
}

impl RecordingStop {
    /// A stop.
    pub fn new() -> Self {
        Self::default()
    }
}
