//! The audio of a session on its way to the journal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{RecorderError, keep_within};
use crate::journal::{JournalError, LiveSession};
use crate::media::{Channels, FRAME_SAMPLES, SAMPLE_RATE};
use crate::store::metadata::SessionRecord;

/// Seconds of audio that may wait for the disk. What is more is a failure, not a silent gap.
pub(super) const WAITING: u64 = 30;

/// Samples that wait for the disk before the recorder asks what keeps it: in real time only a disk in trouble has so
/// many wait, and in virtual time the call waits with the recorder.
pub(super) const BEHIND: u64 = SAMPLE_RATE as u64;

/// The audio of a session on its way to the journal. The journal counts the samples of all channels, everybody else
/// those of each.
#[derive(Debug)]
pub(super) struct Tape {
    pub(super) live: LiveSession,
    channels: u64,
    samples_per_part: u64,
    /// Samples that the journal has taken.
    samples: AtomicU64,
    /// Samples that were not written.
    pub(super) lost: AtomicU64,
    /// Audio was lost: nothing is appended behind the gap.
    pub(super) broken: AtomicBool,
    /// Whether the recorder is asking what keeps the disk.
    pub(super) asking: AtomicBool,
}

impl Tape {
    pub(super) fn new(
        live: LiveSession,
        channels: Channels,
        samples_per_part: Option<u64>,
    ) -> Arc<Tape> {
        Arc::new(Tape {
            live,
            channels: channels.count().into(),
            samples_per_part: samples_per_part.unwrap_or(u64::MAX).max(1),
            samples: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            broken: AtomicBool::new(false),
            asking: AtomicBool::new(false),
        })
    }

    pub(super) fn samples(&self) -> u64 {
        self.samples.load(Ordering::Relaxed) / self.channels
    }

    /// How many files that makes.
    pub(super) fn parts(&self) -> u32 {
        let full = self.samples().saturating_sub(1) / self.samples_per_part;
        u32::try_from(full).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Samples that are not on disk yet.
    pub(super) fn waiting(&self) -> u64 {
        let samples = self.samples.load(Ordering::Relaxed);
        samples.saturating_sub(self.live.committed()) / self.channels
    }

    /// Takes all of it or nothing; a failure only the first time.
    pub(super) fn take(&self, samples: &[i16]) -> Result<(), Option<RecorderError>> {
        let count = samples.len() as u64;
        let refused = if self.broken.load(Ordering::Relaxed)
            || self.waiting() + count / self.channels > WAITING * u64::from(SAMPLE_RATE)
        {
            true
        } else {
            self.live.append(samples).is_err()
        };
        if !refused {
            self.samples.fetch_add(count, Ordering::Relaxed);
            return Ok(());
        }
        self.lost.fetch_add(count, Ordering::Relaxed);
        let first = !self.broken.swap(true, Ordering::Relaxed);
        Err(first.then(|| match self.live.failure() {
            Some(error) => RecorderError::Journal(error),
            None => RecorderError::Behind,
        }))
    }

    /// Waits, blocking, until all that was taken is on disk.
    pub(super) fn catch_up(&self) -> Result<(), RecorderError> {
        Ok(self.live.commit()?.wait()?)
    }

    /// Writes down what was lost.
    pub(super) fn account(&self, session: &mut SessionRecord) {
        let lost = self.lost.load(Ordering::Relaxed);
        if lost > 0 {
            let lost = lost.div_ceil(self.channels);
            session.lost_frames = Some(lost.div_ceil(FRAME_SAMPLES as u64));
            keep_within(session);
        }
    }
}

/// Has others read what was committed. If the disk does not let us, the journal has it and goes on trying; not so if the
/// files are gone, as nobody will find what is written to them.
pub(super) fn settle(tape: &Tape) -> Result<(), RecorderError> {
    match tape.live.settle() {
        Err(error @ (JournalError::Lost(_) | JournalError::Removed(_))) => Err(error.into()),
        _ => Ok(()),
    }
}
