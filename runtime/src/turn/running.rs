//! A turn as the handles of its conversation see it: it runs, or is over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Whether the turn from which a handle was taken still runs, and what was sent for it with a handle.
#[derive(Debug, Default)]
pub(crate) struct Running {
    over: Mutex<bool>,
    responded: AtomicBool,
    answered: AtomicBool,
}

impl Running {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `act` gives, if the turn still runs; it does not end before that has been done.
    pub(crate) fn while_open<T>(&self, act: impl FnOnce() -> T) -> Option<T> {
        let over = self.lock();
        (!*over).then(act)
    }

    pub(super) fn has_sent(&self, trace: bool, result: bool) {
        self.responded.fetch_or(!trace, Ordering::Relaxed);
        self.answered.fetch_or(result, Ordering::Relaxed);
    }
}

/// The turn's own end of it. Most turns are never asked for a handle, and it costs them nothing.
#[derive(Debug, Default)]
pub(super) struct Own(OnceLock<Arc<Running>>);

impl Own {
    pub(super) fn shared(&self) -> &Arc<Running> {
        self.0.get_or_init(Arc::default)
    }

    pub(super) fn responded(&self) -> bool {
        let shared = self.0.get();
        shared.is_some_and(|running| running.responded.load(Ordering::Relaxed))
    }

    pub(super) fn answered(&self) -> bool {
        let shared = self.0.get();
        shared.is_some_and(|running| running.answered.load(Ordering::Relaxed))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(running) = self.0.get() {
            *running.lock() = true;
        }
    }
}
