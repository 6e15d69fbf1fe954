//! The time-outs of the dialogs that wait in this process.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::connector::Connector;

/// One entry for each conversation that waits; one task, which the host runs, for all of them.
#[derive(Default)]
pub(crate) struct Timers {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Default)]
struct Inner {
    by_time: BTreeMap<(Instant, u64), Timer>,
    by_key: HashMap<Arc<str>, (Instant, u64)>,
    count: u64,
    closed: bool,
}

/// A time-out that has passed.
pub(crate) struct Timer {
    /// The key of the conversation's record.
    pub(crate) key: Arc<str>,
    /// The wait that it is about.
    pub(crate) wait: u64,
    /// By which the conversation was reached last, where there is no other way to it.
    pub(crate) connector: Option<Arc<dyn Connector>>,
}

impl Timers {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the time-out of a conversation, in place of the one that it has.
    pub(super) fn arm(
        &self,
        key: &str,
        wait: u64,
        after: Duration,
        connector: Option<Arc<dyn Connector>>,
    ) {
        let mut inner = self.lock();
        inner.remove(key);
        inner.count += 1;
        let now = Instant::now();
        let at = now.checked_add(after).unwrap_or(now);
        let (place, key): (_, Arc<str>) = ((at, inner.count), key.into());
        inner.by_key.insert(Arc::clone(&key), place);
        let timer = Timer {
            key,
            wait,
            connector,
        };
        inner.by_time.insert(place, timer);
        drop(inner);
        self.changed.notify_one();
    }

    pub(super) fn disarm(&self, key: &str) {
        self.lock().remove(key);
    }

    /// No time-out passes any more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    /// Whether the host is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Waits until the next time-out passes; `None` when the host is gone.
    pub(crate) async fn next(&self) -> Option<Timer> {
        loop {
            let first = {
                let mut inner = self.lock();
                if inner.closed {
                    return None;
                }
                let first = inner.by_time.first_key_value().map(|((at, _), _)| *at);
                if first.is_some_and(|at| at <= Instant::now())
                    && let Some((_, timer)) = inner.by_time.pop_first()
                {
                    inner.by_key.remove(&timer.key);
                    return Some(timer);
                }
                first
            };
            match first {
                Some(at) => {
                    // Whichever comes first, it looks again.
                    let _ = tokio::time::timeout_at(at, self.changed.notified()).await;
                }
                None => self.changed.notified().await,
            }
        }
    }
}

impl Inner {
    fn remove(&mut self, key: &str) {
        if let Some(place) = self.by_key.remove(key) {
            self.by_time.remove(&place);
        }
    }
}
