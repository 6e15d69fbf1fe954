//! What an earlier process has left of its recordings, and that it is made whole before the first call.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::journal::JournalError;
use crate::recorder::Shelf;

/// The recovery that a channel begins when it is built, on a thread of its own.
#[derive(Debug, Default)]
pub(crate) struct Leftover {
    outcome: Mutex<Option<Result<(), JournalError>>>,
    changed: Condvar,
}

impl Leftover {
    /// Begins the recovery if there is a journal; a folder in which nothing was recorded yet stays as it is.
    pub(crate) fn recover(shelf: Shelf) -> Arc<Leftover> {
        let leftover = Arc::new(Leftover::default());
        if !shelf.has_journal() {
            leftover.end(Ok(()));
            return leftover;
        }
        let ends = Ends(Arc::clone(&leftover));
        let thread = thread::Builder::new().name("onhook-recovery".to_owned());
        let started = thread.spawn(move || ends.0.end(shelf.recover()));
        if let Err(error) = started {
            leftover.end(Err(JournalError::disk("start a thread for", "")(error)));
        }
        leftover
    }

    fn lock(&self) -> MutexGuard<'_, Option<Result<(), JournalError>>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, outcome: Result<(), JournalError>) {
        self.lock().get_or_insert(outcome);
        self.changed.notify_all();
    }

    /// Waits, blocking, until it is over.
    pub(crate) fn wait(&self) -> Result<(), JournalError> {
        let mut outcome = self.lock();
        loop {
            if let Some(outcome) = &*outcome {
                return outcome.clone();
            }
            let woken = self.changed.wait(outcome);
            outcome = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Has nobody wait for a recovery that has panicked.
struct Ends(Arc<Leftover>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.end(Err(JournalError::Closed));
    }
}
