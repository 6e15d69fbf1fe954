//! The journals that are open in this process: one for a folder of recordings, whoever asks.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::journal::{Journal, JournalError, LiveSession, Recovery, Settings};
use crate::store::metadata::Metadata;
use crate::store::{SessionId, Store};

/// By their folder. One whose journal is gone is being opened or closed.
static OPEN: Mutex<Option<HashMap<PathBuf, Weak<OpenJournal>>>> = Mutex::new(None);
static CHANGED: Condvar = Condvar::new();

/// A journal, which is closed when nobody has it any more.
#[derive(Debug)]
pub(crate) struct OpenJournal {
    root: PathBuf,
    journal: Option<Journal>,
}

fn lock() -> MutexGuard<'static, Option<HashMap<PathBuf, Weak<OpenJournal>>>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the journal of a store, or takes the one that is open. Blocks as long as the recovery takes, or the closing
/// of the one before.
pub(crate) fn open(
    store: &Store,
    retention: Duration,
) -> Result<(Arc<OpenJournal>, Recovery), JournalError> {
    // What is not there yet has no other name.
    match store.disk().create_dir(store.root()) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(JournalError::disk("create", store.root())(error));
        }
        _ => {}
    }
    let root = std::fs::canonicalize(store.root()).unwrap_or_else(|_| store.root().to_owned());
    let mut journals = lock();
    loop {
        let known = journals.get_or_insert_default();
        match known.get(&root).map(Weak::upgrade) {
            Some(Some(open)) => return Ok((open, Recovery::default())),
            Some(None) => {
                journals = CHANGED
                    .wait(journals)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            None => {
                known.insert(root.clone(), Weak::new());
                break;
            }
        }
    }
    drop(journals);
    // Takes itself off the list if it is not opened.
    let mut opening = OpenJournal {
        root,
        journal: None,
    };
    let settings = Settings {
        retention: Some(retention),
        ..Settings::default()
    };
    let (journal, recovery) = Journal::open_with(store.shared_disk(), store.root(), settings)?;
    opening.journal = Some(journal);
    let root = opening.root.clone();
    let open = Arc::new(opening);
    lock()
        .get_or_insert_default()
        .insert(root, Arc::downgrade(&open));
    CHANGED.notify_all();
    Ok((open, recovery))
}

impl OpenJournal {
    /// Whether it takes nothing any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.journal.as_ref().is_none_or(Journal::is_closed)
    }

    pub(crate) fn begin(
        &self,
        id: SessionId,
        metadata: &Metadata,
    ) -> Result<LiveSession, JournalError> {
        let journal = self.journal.as_ref().ok_or(JournalError::Closed)?;
        journal.begin(id, metadata)
    }
}

impl Drop for OpenJournal {
    fn drop(&mut self) {
        drop(self.journal.take());
        lock().get_or_insert_default().remove(&self.root);
        CHANGED.notify_all();
    }
}
