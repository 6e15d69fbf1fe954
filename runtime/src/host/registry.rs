//! The conversations that are in memory, and when they leave it.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::ending::Endings;
use crate::conversation::Conversation;

/// How long after its last turn a conversation stays whose commands have no results yet. A result that comes
/// later is still dispatched by its name.
const LINGER: Duration = Duration::from_secs(10 * 60);

/// How many such conversations stay at most; the one that has been quiet longest goes first.
const LINGERING: usize = 10_000;

/// The conversations of a host: those with turns that run or wait, and those whose commands wait for results.
#[derive(Default)]
pub(crate) struct Registry {
    inner: Mutex<Inner>,
    endings: Arc<Endings>,
}

#[derive(Debug, Default)]
struct Inner {
    entries: HashMap<Arc<str>, Entry>,
    /// Conversations to look at again, and when, in the order of time.
    lingering: VecDeque<(Instant, Arc<str>)>,
}

#[derive(Debug)]
struct Entry {
    conversation: Arc<Conversation>,
    /// Turns that run or wait.
    visits: usize,
    /// When the conversation goes although commands wait for results.
    until: Instant,
    /// It stands in `lingering`.
    lingers: bool,
}

/// A turn under way or waiting; dropped, however the turn ended, it may be the last to leave.
#[derive(Debug)]
pub(crate) struct Visit {
    registry: Arc<Registry>,
    key: Option<Arc<str>>,
    conversation: Arc<Conversation>,
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is told when a conversation ends.
    pub(crate) fn endings(&self) -> &Arc<Endings> {
        &self.endings
    }

    /// How many conversations are in memory.
    pub(super) fn len(&self) -> usize {
        self.lock().entries.len()
    }

    /// Visits the conversation; an activity that names none is alone in its own.
    pub(crate) fn visit(self: &Arc<Self>, key: Option<String>) -> Visit {
        let registry = Arc::clone(self);
        let Some(key) = key else {
            return Visit {
                registry,
                key: None,
                conversation: Arc::default(),
            };
        };
        let now = Instant::now();
        let mut inner = self.lock();
        inner.sweep(now);
        let key: Arc<str> = key.into();
        let entry = inner
            .entries
            .entry(Arc::clone(&key))
            .or_insert_with(|| Entry {
                conversation: Arc::default(),
                visits: 0,
                until: now,
                lingers: false,
            });
        entry.visits += 1;
        let conversation = Arc::clone(&entry.conversation);
        drop(inner);
        Visit {
            registry,
            key: Some(key),
            conversation,
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} conversations", self.len())
    }
}

impl Inner {
    /// Forgets the conversations whose time is over.
    fn sweep(&mut self, now: Instant) {
        while let Some((at, _)) = self.lingering.front() {
            if *at > now && self.lingering.len() <= LINGERING {
                return;
            }
            let crowded = self.lingering.len() > LINGERING;
            let Some((_, key)) = self.lingering.pop_front() else {
                return;
            };
            let Some(entry) = self.entries.get_mut(&key) else {
                continue;
            };
            if entry.visits > 0 {
                // Its last visit will look at it.
                entry.lingers = false;
            } else if crowded || entry.until <= now || entry.conversation.pending().is_idle() {
                self.forget(&key);
            } else {
                let until = entry.until;
                self.lingering.push_back((until, key));
            }
        }
    }

    fn leave(&mut self, key: &Arc<str>, now: Instant) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        entry.visits = entry.visits.saturating_sub(1);
        if entry.visits > 0 {
            return;
        }
        if entry.conversation.pending().is_idle() {
            self.forget(key);
            return;
        }
        entry.until = now + LINGER;
        if !std::mem::replace(&mut entry.lingers, true) {
            let until = entry.until;
            self.lingering.push_back((until, Arc::clone(key)));
        }
        self.sweep(now);
    }

    fn forget(&mut self, key: &str) {
        self.entries.remove(key);
        // What a busy hour took is given back when it is over.
        if self.entries.capacity() > 1024 && self.entries.len() < self.entries.capacity() / 8 {
            self.entries.shrink_to(self.entries.len() * 2);
        }
    }
}

impl Visit {
    pub(crate) fn conversation(&self) -> &Arc<Conversation> {
        &self.conversation
    }

    /// The conversation is over: who waits for a result and who holds a handle learns it.
    pub(super) fn end(&self) {
        self.conversation.pending().end();
        if let Some(key) = &self.key {
            self.registry.endings.end(key);
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let Some(key) = &self.key {
            self.registry.lock().leave(key, Instant::now());
        }
    }
}
