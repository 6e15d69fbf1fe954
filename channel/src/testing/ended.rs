//! A call of a test that is over, and what was recorded of it.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;
use std::time::Duration;

use super::builder::beginning;
use super::failure::message;
use super::passage::Passage;
use super::rig::Rig;
use super::saved_call::{Kept, SavedCall};
use super::test_call::results;
use crate::store::Sha512Hex;
use crate::store::metadata::Metadata;
use crate::wav::{self, Audio};
use crate::{CallReport, RecordingReport};

/// A call of a test that is over. Its recordings go with it, unless the test brought its own store.
pub struct EndedCall {
    report: CallReport,
    recordings: Vec<TestRecording>,
    rig: Rig,
}

/// A recording, read back from its files.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TestRecording {
    /// What the channel says about it.
    pub report: RecordingReport,
    /// The audio, as it is in the files: everybody, mixed if they are on channels of their own.
    pub audio: Audio,
    /// The channels of the files, as they are.
    pub channels: Vec<Audio>,
    /// What is known about it, as it is in the file.
    pub metadata: Metadata,
}

impl TestRecording {
    /// What the caller is heard with alone, on a channel of their own; `None` in a mixed recording, and if nobody was
    /// heard.
    pub fn caller(&self) -> Option<&Audio> {
        self.party(0)
    }

    /// What is heard from the bot's end alone, as [`caller`](Self::caller).
    pub fn bot(&self) -> Option<&Audio> {
        self.party(1)
    }

    fn party(&self, index: usize) -> Option<&Audio> {
        let channel = self.metadata.participants.get(index)?.channel?;
        self.channels.get(usize::try_from(channel).ok()?)
    }

    /// All in which something can be heard: everybody together, and each alone.
    pub(super) fn tracks(&self) -> impl Iterator<Item = &[i16]> {
        let alone = self.channels.iter().filter(|_| self.channels.len() > 1);
        let all = std::iter::once(&self.audio).chain(alone);
        all.map(|track| track.samples.as_slice())
    }
}

impl EndedCall {
    pub(super) fn new(report: CallReport, rig: Rig) -> EndedCall {
        let recordings: Vec<TestRecording> = report.recordings.iter().map(read_back).collect();
        for recording in &recordings {
            rig.log.recording(kept(&recording.report));
        }
        EndedCall {
            report,
            recordings,
            rig,
        }
    }

    /// What became of the call: the transcript, who ended it, how long it was.
    pub fn report(&self) -> &CallReport {
        &self.report
    }

    /// The recordings in the order of their sessions.
    pub fn recordings(&self) -> &[TestRecording] {
        &self.recordings
    }

    /// The one recording of the call.
    ///
    /// # Panics
    /// If there is none, or more than one.
    #[track_caller]
    pub fn recording(&self) -> &TestRecording {
        match self.recordings.as_slice() {
            [recording] => recording,
            [] => self.fails("one recording", "there is none"),
            recordings => self.fails("one recording", &format!("there are {}", recordings.len())),
        }
    }

    /// The results that the channel gave the bot: the command's name on the wire and the error, if it failed.
    pub fn results(&self) -> Vec<(String, Option<String>)> {
        results(&self.report.transcript)
    }

    /// The call, to be saved and replayed.
    pub fn saved(&self) -> SavedCall {
        self.rig.log.saved()
    }

    /// Somebody must be heard in a recording saying this, word for word in one go; or pressing these keys, if it is
    /// made of them. A time of the call must be in the recordings from its first to its last moment.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn assert_recorded(&self, passage: impl Into<Passage>) {
        let passage = passage.into();
        if let Err(found) = passage.is_recorded(self) {
            self.fails(&format!("{passage} to be recorded"), &found);
        }
    }

    /// Nobody may be heard in any recording saying any of these words, or pressing any of these keys; nothing of a
    /// time of the call may be in a recording.
    ///
    /// Looks for the sounds in the samples of every file, whatever the metadata say. So choose words that are said
    /// nowhere else.
    ///
    /// # Panics
    /// If something of it is recorded, or if it was never said: that it is not recorded would prove nothing.
    #[track_caller]
    pub fn assert_not_recorded(&self, passage: impl Into<Passage>) {
        let passage = passage.into();
        if let Err(found) = passage.is_not_recorded(self) {
            self.fails(&format!("{passage} not to be recorded"), &found);
        }
    }

    /// Whether it is known how words sound.
    pub(super) fn speaks_in_tones(&self) -> bool {
        self.rig.speaks_in_tones
    }

    /// When audio began to flow, by the clock of the call.
    pub(super) fn answered(&self) -> time::OffsetDateTime {
        let rang = Duration::from_millis(self.saved().header.rings_for_ms);
        beginning() + rang
    }

    #[track_caller]
    fn fails(&self, expected: &str, found: &str) -> ! {
        let transcript = &self.report.transcript;
        panic!(
            "{}",
            message(expected, found, transcript, transcript.lines.len())
        );
    }
}

impl fmt::Debug for EndedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.report)
    }
}

/// Reads a recording back; a test whose recordings cannot be read has failed.
fn read_back(report: &RecordingReport) -> TestRecording {
    let mut channels: Vec<Audio> = Vec::new();
    for part in &report.parts {
        let path = part.display();
        let file = File::open(part);
        let file = file.unwrap_or_else(|error| panic!("{path} cannot be opened: {error}"));
        let more = wav::read_channels(BufReader::new(file))
            .unwrap_or_else(|error| panic!("{path} cannot be read: {error}"));
        channels.resize(more.len(), Audio::default());
        for (channel, more) in channels.iter_mut().zip(more) {
            channel.samples.extend(more.samples);
        }
    }
    let mut all = channels.iter();
    let mut audio = all.next().cloned().unwrap_or_default();
    for channel in all {
        let both = audio.samples.iter_mut().zip(&channel.samples);
        both.for_each(|(sum, sample)| *sum = sum.saturating_add(*sample));
    }
    let path = report.metadata.display();
    let text = std::fs::read(&report.metadata)
        .unwrap_or_else(|error| panic!("{path} cannot be opened: {error}"));
    let metadata = serde_json::from_slice(&text)
        .unwrap_or_else(|error| panic!("{path} cannot be read: {error}"));
    TestRecording {
        report: report.clone(),
        audio,
        channels,
        metadata,
    }
}

fn kept(report: &RecordingReport) -> Kept {
    let hash = |paths: &[PathBuf]| {
        let mut bytes: Box<dyn Read> = Box::new(std::io::empty());
        for path in paths {
            match File::open(path) {
                Ok(file) => bytes = Box::new(bytes.chain(BufReader::new(file))),
                Err(_) => return String::new(),
            }
        }
        let hash = Sha512Hex::of(bytes);
        hash.map(|hash| hash.to_string()).unwrap_or_default()
    };
    Kept {
        id: report.recording_id.clone(),
        content: hash(&report.parts),
        metadata: hash(std::slice::from_ref(&report.metadata)),
    }
}
