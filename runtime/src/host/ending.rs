//! Who is told when a conversation ends: the handles that have left their turns.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The conversations of which there are handles. It has an entry as long as there is one, and no longer than until
/// the conversation ends.
#[derive(Debug, Default)]
pub(crate) struct Endings(Mutex<HashMap<Arc<str>, Watched>>);

#[derive(Debug)]
struct Watched {
    ended: Arc<AtomicBool>,
    watches: usize,
}

/// Sees whether a conversation has ended.
#[derive(Debug)]
pub(super) struct Watch {
    endings: Arc<Endings>,
    key: Option<Arc<str>>,
    ended: Arc<AtomicBool>,
}

impl Endings {
    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Watched>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches the conversation. An activity that names none is alone in its own, which nobody can end.
    pub(super) fn watch(self: &Arc<Self>, key: Option<String>) -> Watch {
        let key: Option<Arc<str>> = key.map(Arc::from);
        let ended = key.as_ref().map(|key| {
            let mut all = self.lock();
            let watched = all.entry(Arc::clone(key)).or_insert_with(|| Watched {
                ended: Arc::default(),
                watches: 0,
            });
            watched.watches += 1;
            Arc::clone(&watched.ended)
        });
        Watch {
            endings: Arc::clone(self),
            key,
            ended: ended.unwrap_or_default(),
        }
    }

    /// The conversation ends. If it begins again under the same id, handles that are made then are of the new one.
    pub(super) fn end(&self, key: &str) {
        if let Some(watched) = self.lock().remove(key) {
            watched.ended.store(true, Ordering::Release);
        }
    }
}

impl Watch {
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(key) = &self.key else { return };
        let mut all = self.endings.lock();
        // After an end the entry is gone, or that of a conversation which has begun again.
        let own = |watched: &&mut Watched| Arc::ptr_eq(&watched.ended, &self.ended);
        if let Some(watched) = all.get_mut(key).filter(own) {
            watched.watches -= 1;
            if watched.watches == 0 {
                all.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(endings: &Arc<Endings>) -> Watch {
        endings.watch(Some("call-1".to_owned()))
    }

    #[test]
    fn all_who_watch_a_conversation_learn_its_end() {
        let endings = Arc::new(Endings::default());
        let watches = [watch(&endings), watch(&endings)];
        endings.end("call-2");
        assert!(!watches.iter().any(Watch::has_ended));
        endings.end("call-1");
        assert!(watches.iter().all(Watch::has_ended));
        let again = watch(&endings);
        assert!(!again.has_ended(), "it has begun again");
        drop(watches);
        endings.end("call-1");
        assert!(again.has_ended());
    }

    #[test]
    fn nothing_is_kept_of_what_nobody_watches() {
        let endings = Arc::new(Endings::default());
        let (first, second) = (watch(&endings), watch(&endings));
        drop(first);
        assert_eq!(endings.lock().len(), 1);
        drop(second);
        assert_eq!(endings.lock().len(), 0);
        let ended = watch(&endings);
        endings.end("call-1");
        assert_eq!(endings.lock().len(), 0);
        drop(ended);
    }
}
