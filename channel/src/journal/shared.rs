//! What the calls, the committer and the copier have in common.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::checkpoint::Synchronised;
use super::committer::Answer;
use super::place::Anchor;
use super::scrub::Scrub;
use super::segment::{self, Position};
use super::session::Inbox;
use super::{JournalError, Refused, Settings};
use crate::store::{Disk, FileIdentity, SessionId, Store};

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) files: Files,
    pub(super) settings: Settings,
    pub(super) anchor: Anchor,
    pub(super) state: Mutex<State>,
    /// For the committer.
    pub(super) work: Condvar,
    /// For the copier, and for those who wait for relief.
    pub(super) progress: Condvar,
    pub(super) next_key: AtomicU64,
    /// The sessions whose files nobody else may end.
    pub(super) owned: Mutex<HashSet<SessionId>>,
    pending: AtomicUsize,
    closed: AtomicBool,
}

/// The disk and where things lie on it.
#[derive(Clone)]
pub(super) struct Files {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) store: Store,
    pub(super) folder: PathBuf,
}

#[derive(Debug, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are notes from one thread to another, each for itself"
)]
pub(super) struct State {
    /// Sessions that the committer does not know yet.
    pub(super) newcomers: Vec<Arc<Inbox>>,
    /// Somebody waits for a commit.
    pub(super) urgent: bool,
    /// No more is to come.
    pub(super) closing: bool,
    /// The last batches are synchronised, or could not be.
    pub(super) segment_synced: Option<Answer>,
    /// The numbers of the segments that are ready.
    pub(super) spares: VecDeque<u64>,
    /// How many are being made.
    pub(super) spares_asked: usize,
    /// How many were begun since the last release.
    pub(super) begun: usize,
    /// The committer has ended.
    pub(super) committed_all: bool,
    /// The segments, and up to where each of them is on disk.
    pub(super) segments: BTreeMap<u64, Extent>,
    pub(super) settles: Vec<Settle>,
    /// Who waits until what is in the journal now has gone.
    pub(super) scrubs: Vec<Scrub>,
    /// Segments up to this number are not to be written to any more.
    pub(super) rotate: u64,
    /// The number of the segment that was begun last.
    pub(super) last_begun: u64,
    /// A checkpoint's files are synchronised, or could not be.
    pub(super) synchronised: Vec<Synchronised>,
    /// A segment that need not be kept if nobody is being recorded.
    pub(super) retire: Option<u64>,
    /// Such a segment that is not written to any more.
    pub(super) retired: Option<u64>,
    /// Sessions whose files cannot be written, and why.
    pub(super) failing: Vec<(u64, JournalError)>,
    /// Why the journal has ended by itself.
    pub(super) died: Option<JournalError>,
    /// Commits so far, attempts included.
    pub(super) commits: u64,
    /// Sessions that were not finished when the journal was closed.
    pub(super) unfinished: usize,
    /// What has gone wrong lately.
    pub(super) troubles: Vec<JournalError>,
}

/// How much of a segment is on disk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) end: u64,
    /// Which file it is.
    pub(super) identity: Option<FileIdentity>,
}

/// A wish to have a session's own files say what is in the journal up to a place.
#[derive(Debug)]
pub(super) struct Settle {
    pub(super) key: u64,
    pub(super) position: Position,
    pub(super) reply: Sender<Result<(), JournalError>>,
}

/// A lock that a panic elsewhere does not take away: what it guards is whole between statements.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Files {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Files")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Files {
    pub(super) fn segment(&self, number: u64) -> PathBuf {
        self.folder.join(segment::name(number))
    }

    /// What was a segment and will be one again.
    pub(super) fn spare(&self, number: u64) -> PathBuf {
        self.folder.join(segment::spare_name(number))
    }

    /// Makes a folder if it is missing; says whether it was.
    pub(super) fn ensure_dir(&self, path: &Path) -> Result<bool, JournalError> {
        match self.disk.create_dir(path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            made => made
                .map(|()| true)
                .map_err(JournalError::disk("create", path)),
        }
    }

    pub(super) fn sync_dir(&self, path: &Path) -> Result<(), JournalError> {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        self.disk
            .sync_dir(path)
            .map_err(JournalError::disk("synchronise", path))
    }
}

impl State {
    /// Up to where the journal is on disk.
    pub(super) fn durable(&self) -> Position {
        let last = self.segments.last_key_value();
        last.map_or_else(Position::default, |(segment, extent)| Position {
            segment: *segment,
            offset: extent.end,
        })
    }

    pub(super) fn check_open(&self) -> Result<(), JournalError> {
        match &self.died {
            Some(error) => Err(error.clone()),
            None if self.closing => Err(JournalError::Closed),
            None => Ok(()),
        }
    }

    pub(super) fn trouble(&mut self, error: JournalError) {
        // The latest say enough, and memory is not for grievances.
        const MOST: usize = 64;
        if self.troubles.len() == MOST {
            self.troubles.remove(0);
        }
        self.troubles.push(error);
    }
}

impl Shared {
    pub(super) fn new(files: Files, settings: Settings, anchor: Anchor) -> Self {
        Self {
            files,
            settings,
            anchor,
            state: Mutex::default(),
            work: Condvar::new(),
            progress: Condvar::new(),
            next_key: AtomicU64::new(1),
            owned: Mutex::default(),
            pending: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Takes room in memory for so many bytes of audio.
    pub(super) fn reserve(&self, bytes: usize) -> Result<(), Refused> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Refused::Closed);
        }
        let before = self.pending.fetch_add(bytes, Ordering::Relaxed);
        let after = before + bytes;
        if after > self.settings.pending_bytes {
            self.pending.fetch_sub(bytes, Ordering::Relaxed);
            return Err(Refused::Full);
        }
        if before < self.settings.batch_bytes && after >= self.settings.batch_bytes {
            let _state = lock(&self.state);
            self.work.notify_one();
        }
        Ok(())
    }

    pub(super) fn release(&self, bytes: usize) {
        self.pending.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(super) fn pending(&self) -> usize {
        self.pending.load(Ordering::Relaxed)
    }

    pub(super) fn is_pressed(&self) -> bool {
        self.pending() > self.settings.pending_bytes / 2
    }

    pub(super) fn relief(&self) {
        let mut state = lock(&self.state);
        let before = state.commits;
        state.urgent = true;
        self.work.notify_one();
        // One attempt is enough to wait for: a disk that refuses gives no relief.
        while self.is_pressed() && !state.committed_all && state.commits == before {
            state = self
                .progress
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Has a new session known to the committer.
    pub(super) fn enter(&self, inbox: Arc<Inbox>) -> Result<(), JournalError> {
        let mut state = lock(&self.state);
        state.check_open()?;
        state.newcomers.push(inbox);
        state.urgent = true;
        self.work.notify_one();
        Ok(())
    }

    /// Has everything committed that is pending now.
    pub(super) fn hurry(&self) -> Result<(), JournalError> {
        let mut state = lock(&self.state);
        state.check_open()?;
        state.urgent = true;
        self.work.notify_one();
        Ok(())
    }

    pub(super) fn durable(&self) -> Position {
        lock(&self.state).durable()
    }

    pub(super) fn settle(&self, settle: Settle) -> Result<(), JournalError> {
        let mut state = lock(&self.state);
        state.check_open()?;
        state.settles.push(settle);
        self.progress.notify_all();
        Ok(())
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        lock(&self.state).closing = true;
        self.work.notify_all();
        self.progress.notify_all();
    }
}
