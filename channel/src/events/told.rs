//! Which events this process has published lately.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many are remembered: those that are closed while older ones are looked for.
const MOST: usize = 16 * 1024;

/// The ids of events that were published, or are being, so that nobody else does.
#[derive(Clone, Debug, Default)]
pub(super) struct Told(Arc<Mutex<Ids>>);

#[derive(Debug, Default)]
struct Ids {
    known: HashSet<String>,
    order: VecDeque<String>,
}

impl Told {
    fn lock(&self) -> MutexGuard<'_, Ids> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this event is still to be published, by whoever asks first.
    pub(super) fn claim(&self, id: &str) -> bool {
        let mut ids = self.lock();
        if !ids.known.insert(id.to_owned()) {
            return false;
        }
        ids.order.push_back(id.to_owned());
        if ids.order.len() > MOST
            && let Some(oldest) = ids.order.pop_front()
        {
            ids.known.remove(&oldest);
        }
        true
    }

    /// It could not be published.
    pub(super) fn forget(&self, id: &str) {
        let mut ids = self.lock();
        ids.known.remove(id);
        ids.order.retain(|other| other != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_claimed_once_until_it_is_forgotten_or_old() {
        let told = Told::default();
        assert!(told.claim("a") && !told.claim("a"));
        told.forget("a");
        assert!(told.claim("a"));
        for number in 0..MOST {
            assert!(told.claim(&number.to_string()));
        }
        assert_eq!(told.lock().known.len(), MOST);
        assert!(told.claim("a"));
    }
}
