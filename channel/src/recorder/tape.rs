//! The audio of a session on its way to the journal.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::desk::lock;
use super::{RecorderError, keep_within};
use crate::journal::{JournalError, LiveSession};
use crate::media::{Channels, FRAME_SAMPLES, SAMPLE_RATE};
use crate::store::metadata::SessionRecord;
use crate::store::{Part, Store};

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
    /// How many parts are full of which the recorder knows.
    full: AtomicU32,
    /// The parts that are full, as they were hashed at the seam. Locked while one is.
    pub(super) hashed: Mutex<BTreeMap<u32, Part>>,
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
            full: AtomicU32::new(0),
            hashed: Mutex::default(),
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

    /// Whether another part has begun since this was asked the last time.
    pub(super) fn has_passed_seam(&self) -> bool {
        let full = self.parts().saturating_sub(1);
        self.full.swap(full, Ordering::Relaxed) < full
    }

    /// Hashes the parts that are full and were not hashed, blocking. So no more than the last is to be read when the
    /// session ends, and what is changed since is found.
    pub(super) fn hash_full_parts(&self, store: &Store) -> Result<(), RecorderError> {
        let mut hashed = lock(&self.hashed);
        let first = u32::try_from(hashed.len()).unwrap_or(u32::MAX);
        let full = self.parts().saturating_sub(1);
        if first >= full {
            return Ok(());
        }
        self.catch_up()?;
        self.live.settle()?;
        for index in first..full {
            let part = (store).close_full_part(
                self.live.id(),
                index,
                self.samples_per_part,
                self.channels,
            )?;
            let Some(part) = part else {
                break;
            };
            hashed.insert(index, part);
        }
        Ok(())
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
