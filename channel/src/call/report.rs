//! What is left of a call.

use std::path::PathBuf;
use std::time::Duration;

use onhook::recording::MicroUsd;

use super::transcript::{EndedBy, Transcript};

/// What is left of a call that is over.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallReport {
    /// The id of the conversation.
    pub conversation_id: String,
    /// Who said what when.
    pub transcript: Transcript,
    /// The recordings, in the order of their sessions.
    pub recordings: Vec<RecordingReport>,
    /// Who hung up.
    pub ended_by: EndedBy,
    /// How long audio flowed.
    pub duration: Duration,
}

/// One recording of a call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordingReport {
    /// Its id, `{conversation id}-{session}`.
    pub recording_id: String,
    /// The number of the session, from 1.
    pub session: u32,
    /// The folder with its files.
    pub folder: PathBuf,
    /// The audio.
    pub content: PathBuf,
    /// What is known about it.
    pub metadata: PathBuf,
    /// How much audio it has.
    pub duration: Duration,
    /// How many samples that are.
    pub samples: u64,
    /// The size of the audio file.
    pub bytes: u64,
    /// What it costs.
    pub price: MicroUsd,
    /// Why it ended.
    pub end_reason: String,
}
