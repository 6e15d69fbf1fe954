//! What a host has for the dialogs of its bot.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::failure::Signal;
use super::input::Input;
use super::record::Record;
use super::session::{Handle, Session};
use super::timers::Timers;
use super::volatile::Volatile;
use crate::activity::{Activity, ConversationReference};
use crate::clock::Clock;
use crate::connector::Connector;
use crate::error::Result;
use crate::state::{MemoryStore, StateStore};
use crate::turn::Turn;

/// Gives the connector to a conversation where nobody has called.
pub(crate) type Connectors =
    Arc<dyn Fn(&ConversationReference) -> Option<Arc<dyn Connector>> + Send + Sync>;

/// The most conversations of which this process knows what is not written down.
const VOLATILE: usize = 100_000;

/// Store, clock, timers, and what is known in memory only.
pub(crate) struct Dialogs {
    pub(crate) store: Arc<dyn StateStore>,
    /// Whether the store may have records of another process.
    pub(crate) shared: bool,
    pub(crate) clock: Clock,
    pub(crate) timers: Timers,
    pub(crate) connectors: OnceLock<Connectors>,
    volatile: Mutex<HashMap<String, Volatile>>,
}

impl Dialogs {
    /// With `store`, or in memory.
    pub(crate) fn new(store: Option<Arc<dyn StateStore>>, clock: Clock) -> Dialogs {
        Dialogs {
            shared: store.is_some(),
            store: store.unwrap_or_else(|| Arc::new(MemoryStore::with_clock(clock.clone()))),
            clock,
            timers: Timers::default(),
            connectors: OnceLock::new(),
            volatile: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Volatile>> {
        self.volatile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what is not written down, or forgets it.
    pub(super) fn keep(&self, key: &str, volatile: Option<&Volatile>) {
        let mut known = self.lock();
        match volatile.filter(|volatile| !volatile.is_empty()) {
            None => drop(known.remove(key)),
            Some(volatile) => {
                if known.len() >= VOLATILE && !known.contains_key(key) {
                    // A caller whose keys are forgotten is asked again.
                    let some = known.keys().next().cloned();
                    some.map(|some| known.remove(&some));
                }
                known.insert(key.to_owned(), volatile.clone());
            }
        }
    }

    /// Keeps an input for the next question.
    pub(super) fn push_ahead(&self, key: &str, activity: Arc<Activity>) {
        let mut volatile = self.lock().get(key).cloned().unwrap_or_default();
        volatile.push_ahead(activity);
        self.keep(key, Some(&volatile));
    }

    /// Loads the record of the turn's conversation. One that cannot be read is none: its dialog is over.
    pub(super) async fn load(self: &Arc<Self>, key: &str, turn: &Turn) -> Result<Arc<Session>> {
        let stored = self.store.get(key).await?;
        let (record, etag) = match stored {
            Some(stored) => (
                Record::read(&stored.bytes).unwrap_or_else(Record::empty),
                Some(stored.etag),
            ),
            None => (Record::empty(), None),
        };
        let volatile = self.lock().get(key).cloned().unwrap_or_default();
        let speaker = turn.upon(turn.shared_activity());
        let session = Session::new(
            Arc::clone(self),
            key.to_owned(),
            speaker,
            (record, etag),
            volatile,
        );
        Ok(Arc::new(session))
    }

    /// What a time-out of the record under `key` needs: the wait that is open, and where its conversation is.
    pub(crate) async fn overdue(&self, key: &str) -> Option<(u64, ConversationReference)> {
        let stored = self.store.get(key).await.ok()??;
        let running = Record::read(&stored.bytes)?.dialog?;
        Some((running.wait?.id, running.began.conversation_reference()))
    }
}

impl fmt::Debug for Dialogs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialogs")
            .field("shared", &self.shared)
            .finish_non_exhaustive()
    }
}

/// A time-out has passed: the turn is about this wait.
pub(crate) struct Fired {
    pub(crate) wait: u64,
    /// Another process has committed it, and has perhaps not sent what belongs to it.
    pub(crate) orphaned: bool,
}

/// The key of the record of an activity's conversation: `conversation/telephony/call-7`.
pub(crate) fn key(activity: &Activity) -> Option<String> {
    let channel = activity.channel_id.as_deref().unwrap_or_default();
    let id = activity.conversation_id().filter(|id| !id.is_empty())?;
    Some(format!("conversation/{}/{id}", channel.replace('/', "%2F")))
}

impl Session {
    /// Puts itself into the bag of a turn that is dispatched.
    pub(super) fn accompany(self: &Arc<Self>, turn: &Turn) {
        turn.insert(Handle(Arc::clone(self)));
    }

    /// The turn is one of the dialog that is open, and brings this.
    pub(super) fn resume_with(&self, input: Input) {
        let mut state = self.lock();
        state.resumed = true;
        state.input = Some(input);
    }

    /// Whether the store's record is not the one that this turn has seen.
    pub(super) fn is_conflict(error: &crate::error::Error) -> bool {
        error.downcast_ref::<Signal>() == Some(&Signal::Conflict)
    }
}
