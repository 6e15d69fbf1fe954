//! The sessions that a recorder is working on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::tape::Tape;
use crate::store::SessionId;

/// What the recorder is working on.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// The sessions of the call that are not finished: one, or two while one takes the place of the other.
    pub(super) tapes: Vec<Arc<Tape>>,
    /// The one that gets the audio.
    pub(super) current: Option<Arc<Tape>>,
    /// The numbers of the call's sessions, once there is one.
    pub(super) numbers: Option<Numbers>,
}

/// The numbers of a call's sessions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    /// See [`SessionRecord::first_session`](crate::store::metadata::SessionRecord::first_session).
    pub(super) first: Option<u32>,
    pub(super) last: u32,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    pub(super) fn find(&self, id: &SessionId) -> Option<Arc<Tape>> {
        self.tapes.iter().find(|tape| tape.live.id() == id).cloned()
    }

    pub(super) fn forget(&mut self, id: &SessionId) {
        self.tapes.retain(|tape| tape.live.id() != id);
        self.current.take_if(|tape| tape.live.id() == id);
    }
}
