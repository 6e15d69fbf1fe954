//! The journals that are open in this process: one for a folder of recordings, whoever asks.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, Weak};
use std::time::Duration;

use crate::journal::{Journal, JournalError, LiveSession, Recovery, Settings};
use crate::store::metadata::Metadata;
use crate::store::{SessionId, Store};

/// By their folder, with a number that only one of them has. One whose journal is gone is being opened or closed.
static OPEN: Mutex<Option<Journals>> = Mutex::new(None);
static NEXT: AtomicU64 = AtomicU64::new(0);
static CHANGED: Condvar = Condvar::new();

type Journals = HashMap<PathBuf, (u64, Weak<OpenJournal>)>;

/// A journal, which is closed when nobody has it any more.
#[derive(Debug)]
pub(crate) struct OpenJournal {
    number: u64,
    root: PathBuf,
    /// None if it has died, and another was opened.
    journal: RwLock<Option<Journal>>,
}

fn lock() -> MutexGuard<'static, Option<Journals>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the journal of a store, or takes the one that is open, without a recovery then. Blocks as long as the recovery
/// takes, or the closing of the one before.
pub(crate) fn open(
    store: &Store,
    retention: Duration,
) -> Result<(Arc<OpenJournal>, Option<Recovery>), JournalError> {
    // What is not there yet has no other name.
    match store.disk().create_dir(store.root()) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(JournalError::disk("create", store.root())(error));
        }
        _ => {}
    }
    let root = std::fs::canonicalize(store.root()).unwrap_or_else(|_| store.root().to_owned());
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut journals = lock();
    let mut has_died = false;
    loop {
        let known = journals.get_or_insert_default();
        match known.get(&root).map(|(_, open)| open.upgrade()) {
            Some(Some(open)) if !open.is_closed() => return Ok((open, None)),
            Some(Some(open)) => {
                // One of its threads has died. Others may have it for long; what it had is free at once.
                known.insert(root.clone(), (number, Weak::new()));
                drop(journals);
                open.give_up();
                has_died = true;
                break;
            }
            Some(None) => {
                journals = CHANGED
                    .wait(journals)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            None => {
                known.insert(root.clone(), (number, Weak::new()));
                drop(journals);
                break;
            }
        }
    }
    // Takes itself off the list if it is not opened.
    let mut opening = OpenJournal {
        number,
        root,
        journal: RwLock::default(),
    };
    let settings = Settings {
        retention: Some(retention),
        ..Settings::default()
    };
    let disk = store.shared_disk();
    let (journal, recovery) = Journal::open_after(disk, store.root(), settings, has_died)?;
    journal.join_erasures();
    opening.journal = RwLock::new(Some(journal));
    let root = opening.root.clone();
    let open = Arc::new(opening);
    lock()
        .get_or_insert_default()
        .insert(root, (number, Arc::downgrade(&open)));
    CHANGED.notify_all();
    Ok((open, Some(recovery)))
}

impl OpenJournal {
    /// Whether it takes nothing any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.read().as_ref().is_none_or(Journal::is_closed)
    }

    fn read(&self) -> RwLockReadGuard<'_, Option<Journal>> {
        self.journal.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the threads have ended, and lets go of the folder.
    fn give_up(&self) {
        let journal = self.journal.write();
        drop(journal.unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Seals a recording that was left without an end. Says whether it was one; what fails is found the next time.
    pub(crate) fn seal_orphan(&self, id: &SessionId) -> bool {
        let journal = self.read();
        let journal = journal.as_ref().filter(|journal| !journal.is_closed());
        journal.is_some_and(|journal| journal.seal_orphan(id).unwrap_or(false))
    }

    pub(crate) fn begin(
        &self,
        id: SessionId,
        metadata: &Metadata,
    ) -> Result<LiveSession, JournalError> {
        let journal = self.read();
        let journal = journal.as_ref().ok_or(JournalError::Closed)?;
        journal.begin(id, metadata)
    }
}

impl Drop for OpenJournal {
    fn drop(&mut self) {
        self.give_up();
        let mut journals = lock();
        let known = journals.get_or_insert_default();
        // Another may have taken its place.
        if known
            .get(&self.root)
            .is_some_and(|(number, _)| *number == self.number)
        {
            known.remove(&self.root);
        }
        CHANGED.notify_all();
    }
}
