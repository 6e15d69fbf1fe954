//! What is left of a call.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use onhook::recording::MicroUsd;

use super::transcript::{EndedBy, Event, Line, Transcript};

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

impl CallReport {
    /// What is known of a call whose task was lost: the runtime went down, or it panicked.
    pub(super) fn lost(
        conversation_id: String,
        mut transcript: Transcript,
        error: &tokio::task::JoinError,
    ) -> CallReport {
        let at = transcript.lines.last().map(|line| line.at);
        let duration = at.unwrap_or_default();
        transcript.lines.push(Line {
            at: duration,
            what: Event::Trouble(format!("the call was lost: {error}")),
        });
        CallReport {
            conversation_id,
            transcript,
            recordings: Vec::new(),
            ended_by: EndedBy::Channel,
            duration,
        }
    }
}

/// The transcript, and a line for each recording.
impl fmt::Display for CallReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transcript.fmt(f)?;
        self.recordings
            .iter()
            .try_for_each(|recording| writeln!(f, "{recording}"))
    }
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
    /// The audio; of several files the first.
    pub content: PathBuf,
    /// All audio files, in order.
    pub parts: Vec<PathBuf>,
    /// What is known about it.
    pub metadata: PathBuf,
    /// How much audio it has.
    pub duration: Duration,
    /// How many samples that are, of each channel.
    pub samples: u64,
    /// The size of the audio files.
    pub bytes: u64,
    /// What it costs.
    pub price: MicroUsd,
    /// Why it ended.
    pub end_reason: String,
}

/// `00:31.200     998444 bytes  $0.0052  recordings/2026/11/22/conv-7/0001/content.wav`
impl fmt::Display for RecordingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.duration.as_secs(), self.duration.subsec_millis());
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        let (bytes, price, path) = (self.bytes, self.price.to_string(), self.content.display());
        write!(
            f,
            "{minutes:02}:{seconds:02}.{millis:03} {bytes:>10} bytes  {price:<9} {path}"
        )
    }
}
