//! Having the journal let go of what was erased.
//!
//! Segments hold the audio and the metadata of all sessions for a while after they are in the sessions' files, and files
//! that are to be written over hold old ones for longer. When somebody is erased, all that is in the journal by then is
//! brought to the sessions' files and removed at once: others lose nothing by it.

use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::shared::{Shared, lock};
use super::{JournalError, Settings};

/// The journals of this process that are scrubbed at each erasure.
static OPEN: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());

/// How long an erasure waits for the journal: it takes as long as two checkpoints.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A wish to have everything gone that is in the journal.
#[derive(Debug)]
pub(super) struct Scrub {
    /// The last segment that is to go.
    pub(super) mark: u64,
    pub(super) reply: Sender<()>,
}

/// What a journal has of what was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scrubbed {
    /// Nothing.
    Clean,
    /// It lets go of it in this time.
    Later(Duration),
    /// No journal of this folder is open in this process.
    NotOpen,
}

fn open() -> MutexGuard<'static, Vec<Weak<Shared>>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has a journal known to those who erase.
pub(super) fn register(shared: &Arc<Shared>) {
    let mut open = open();
    open.retain(|journal| journal.strong_count() > 0);
    open.push(Arc::downgrade(shared));
}

/// Has the journal of the store in this folder let go of everything that it has now, blocking.
pub(crate) fn scrub(root: &Path) -> Scrubbed {
    let canonical = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let root = canonical(root);
    let journals: Vec<_> = open().iter().filter_map(Weak::upgrade).collect();
    let journal = journals.into_iter().find(|journal| {
        let is_over = lock(&journal.state).closing;
        !is_over && canonical(journal.files.store.root()) == root
    });
    journal.map_or(Scrubbed::NotOpen, |journal| match journal.scrub(PATIENCE) {
        Ok(()) => Scrubbed::Clean,
        Err(_) => Scrubbed::Later(longest(&journal.settings)),
    })
}

/// How long a journal with these settings keeps audio at most, if its disk does not fail.
pub(crate) fn longest(settings: &Settings) -> Duration {
    let (segment, checkpoint) = (settings.segment_interval, settings.checkpoint_interval);
    segment
        .saturating_mul(2)
        .saturating_add(checkpoint.saturating_mul(2))
}

impl Shared {
    pub(super) fn scrub(&self, patience: Duration) -> Result<(), JournalError> {
        let (reply, done) = mpsc::channel();
        {
            let mut state = lock(&self.state);
            state.check_open()?;
            let mark = state.durable().segment.max(state.last_begun);
            state.rotate = state.rotate.max(mark);
            state.scrubs.push(Scrub { mark, reply });
            state.urgent = true;
        }
        self.work.notify_all();
        self.progress.notify_all();
        done.recv_timeout(patience)
            .map_err(|_| self.death().unwrap_or(JournalError::Closed))
    }
}
