//! One activity on its way through the bot, and everything that the bot may answer.

mod bag;
#[cfg(feature = "dialog")]
mod dialog;
mod recording;
mod send;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::activity::{Activity, ActivityType};
use crate::connector::Connector;
use crate::conversation::Conversation;
use crate::error::Error;
use crate::ids::Ids;
use crate::recording::Dialect;

/// One activity and the means to answer it. Every handler may take `&Turn`.
///
/// A turn cannot outlive its handler: what is sent later is sent in a turn of its own.
pub struct Turn {
    activity: Arc<Activity>,
    connector: Arc<dyn Connector>,
    conversation: Arc<Conversation>,
    settings: Arc<Settings>,
    /// Dispatch and extraction both ask for the key; it stands in a list of entities.
    digit: Option<char>,
    /// How many activities were sent, traces apart.
    sent: AtomicU32,
    /// A command result has been sent.
    answered: AtomicBool,
    /// The mark of the handler that it has come to, or 0.
    #[cfg(feature = "http")]
    handler: std::sync::atomic::AtomicU32,
    error: OnceLock<Error>,
    bag: bag::Bag,
}

/// What a host sets for all of its turns.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) ids: Ids,
    pub(crate) dialect: Dialect,
    pub(crate) result_timeout: Duration,
    #[cfg(feature = "dialog")]
    pub(crate) dialogs: Option<Arc<crate::dialog::Dialogs>>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            ids: Ids::random(),
            dialect: Dialect::Current,
            result_timeout: Duration::from_secs(30),
            #[cfg(feature = "dialog")]
            dialogs: None,
        }
    }
}

impl Turn {
    pub(crate) fn new(
        activity: Arc<Activity>,
        connector: Arc<dyn Connector>,
        conversation: Arc<Conversation>,
        settings: Arc<Settings>,
    ) -> Turn {
        Turn {
            digit: activity.dtmf(),
            activity,
            connector,
            conversation,
            settings,
            sent: AtomicU32::new(0),
            answered: AtomicBool::new(false),
            #[cfg(feature = "http")]
            handler: std::sync::atomic::AtomicU32::new(0),
            error: OnceLock::new(),
            bag: bag::Bag::default(),
        }
    }

    /// The activity that this turn is about.
    #[inline]
    pub fn activity(&self) -> &Activity {
        &self.activity
    }

    /// The activity's type.
    #[inline]
    pub fn kind(&self) -> &ActivityType {
        &self.activity.kind
    }

    /// The activity's name, or an empty string.
    #[inline]
    pub fn name(&self) -> &str {
        self.activity.name.as_deref().unwrap_or_default()
    }

    /// The telephone key that was pressed, if the activity is about one.
    pub fn digit(&self) -> Option<char> {
        self.digit
    }

    /// What failed in this turn; set while `#[on_error]` runs.
    pub fn error(&self) -> Option<&Error> {
        self.error.get()
    }

    /// Whether the bot has sent anything in this turn; traces do not count.
    #[inline]
    pub fn responded(&self) -> bool {
        self.sent.load(Ordering::Relaxed) > 0
    }

    /// How many activities the bot has sent in this turn; traces do not count.
    #[cfg(feature = "dialog")]
    pub(crate) fn sent(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    #[cfg(feature = "http")]
    #[inline]
    pub(crate) fn enter(&self, mark: u32) {
        self.handler.store(mark, Ordering::Relaxed);
    }

    /// The mark of the handler that the turn has come to last.
    #[cfg(feature = "http")]
    pub(crate) fn handler_mark(&self) -> u32 {
        self.handler.load(Ordering::Relaxed)
    }

    pub(crate) fn fail(&self, error: Error) {
        // The first failure is the one to report; `on_error` itself may fail after it.
        let _ = self.error.set(error);
    }

    /// Whether a command result has been sent in this turn.
    pub(crate) fn answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("kind", self.kind())
            .field("conversation", &self.activity.conversation_id())
            .field("responded", &self.responded())
            .finish_non_exhaustive()
    }
}
