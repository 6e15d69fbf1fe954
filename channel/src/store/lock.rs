//! The store's lock: one at a time, of all threads and processes, changes what several share.
//!
//! Whoever holds, releases or deletes a recording, or writes to the files of lines, has it meanwhile. So a hold and a
//! deletion never pass each other between looking and writing, and a line that one process appends is not lost to
//! another that writes the file anew. A process that records needs it for single lines only, and waits for it.

use std::io::ErrorKind;
use std::sync::{MutexGuard, PoisonError};

use super::disk::{DiskLock, EntryKind};
use super::{Store, StoreError};

/// The file that stands for the lock; it is empty, and stays.
const LOCK: &str = "lock";

/// That nobody else changes what is shared, as long as it is there.
#[derive(Debug)]
pub(crate) struct Alone<'s> {
    // Let go in this order: the next thread must not find its own process in its way.
    _processes: DiskLock,
    _threads: MutexGuard<'s, ()>,
}

impl Store {
    /// Waits until nobody else changes what is shared. Makes the store's folder if it is missing.
    ///
    /// Not to be called by who has it already.
    pub(crate) fn alone(&self) -> Result<Alone<'_>, StoreError> {
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.root().join(LOCK);
        let is_there = match self.kind(&path)? {
            Some(EntryKind::File) => true,
            None => {
                // Not even this on a full disk, if it need not be.
                if self.kind(self.root())?.is_none() {
                    self.create_missing(self.root())?;
                }
                false
            }
            Some(_) => return Err(StoreError::Foreign(path)),
        };
        let processes = match self.disk().lock_waiting(&path) {
            // What cannot be made because the disk is full nobody else has, and deleting must go on then.
            Err(error) if !is_there && is_full(error.kind()) => DiskLock::default(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                return Err(StoreError::Busy(self.root().to_owned()));
            }
            locked => locked.map_err(StoreError::disk("lock", &path))?,
        };
        Ok(Alone {
            _processes: processes,
            _threads: threads,
        })
    }
}

fn is_full(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}
