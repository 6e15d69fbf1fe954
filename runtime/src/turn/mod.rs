//! One activity on its way through the bot, and everything that the bot may answer.

mod bag;
mod recording;
mod running;
mod send;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::activity::{Activity, ActivityType};
use crate::connector::Connector;
use crate::conversation::Conversation;
use crate::error::Error;
use crate::host::{ConversationHandle, Registry};
use crate::ids::Ids;
use crate::keys::Place;
use crate::recording::Dialect;
use crate::sides::Shown;

pub(crate) use running::Running;

/// One activity and the means to answer it. Every handler may take `&Turn`.
///
/// A turn cannot outlive its handler. [`conversation`](Turn::conversation) gives what can, to say something later.
pub struct Turn {
    activity: Arc<Activity>,
    connector: Arc<dyn Connector>,
    conversation: Arc<Conversation>,
    settings: Arc<Settings>,
    /// Dispatch and extraction both ask for the key; it stands in a list of entities.
    place: Place,
    shown: Shown,
    responded: AtomicBool,
    /// A command result has been sent.
    answered: AtomicBool,
    /// The mark of the handler that it has come to, or 0.
    #[cfg(feature = "http")]
    handler: std::sync::atomic::AtomicU32,
    error: OnceLock<Error>,
    bag: bag::Bag,
    /// There if a handle has been asked for.
    running: running::Own,
    /// The turn that this one has joined: what is sent here is sent there too.
    within: Option<Arc<Running>>,
    /// The bot has begun it: its receipts may outlive it.
    is_proactive: bool,
}

/// What a host sets for all of its turns, and what they share.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) ids: Ids,
    pub(crate) dialect: Dialect,
    pub(crate) result_timeout: Duration,
    pub(crate) queue_limit: usize,
    pub(crate) registry: Arc<Registry>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            ids: Ids::random(),
            dialect: Dialect::Current,
            result_timeout: Duration::from_secs(30),
            queue_limit: 256,
            registry: Arc::default(),
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
            place: Place::of(&activity),
            shown: Shown::both(),
            activity,
            connector,
            conversation,
            settings,
            responded: AtomicBool::new(false),
            answered: AtomicBool::new(false),
            #[cfg(feature = "http")]
            handler: std::sync::atomic::AtomicU32::new(0),
            error: OnceLock::new(),
            bag: bag::Bag::default(),
            running: running::Own::default(),
            within: None,
            is_proactive: false,
        }
    }

    /// The turn as one that the bot has begun, within another one if it has joined that.
    pub(crate) fn proactive(self, within: Option<Arc<Running>>) -> Turn {
        Turn {
            within,
            is_proactive: true,
            ..self
        }
    }

    /// The conversation, to say and send something when this turn is over: for timers, and for work that takes longer
    /// than a caller waits for an answer.
    ///
    /// A handler that sleeps keeps all other turns of its conversation waiting. Leave the turn instead, and come back
    /// with a handle:
    ///
    /// ```
    /// use std::time::Duration;
    /// use onhook::prelude::*;
    ///
    /// #[on_message(text = "hold on")]
    /// async fn hold(turn: &Turn) -> Result<()> {
    ///     let conversation = turn.conversation();
    ///     tokio::spawn(async move {
    ///         tokio::time::sleep(Duration::from_secs(30)).await;
    ///         // An error says that the call is over, or that the channel does not answer.
    ///         let _ = conversation.say("Are you still there?").await;
    ///     });
    ///     turn.say("Take your time.").await
    /// }
    /// ```
    pub fn conversation(&self) -> ConversationHandle {
        ConversationHandle::of(
            self.activity.conversation_reference(),
            Arc::clone(&self.connector),
            Arc::clone(&self.settings),
            Arc::clone(self.running.shared()),
            *self.kind() == ActivityType::EndOfConversation,
        )
    }

    pub(crate) fn shared_conversation(&self) -> &Arc<Conversation> {
        &self.conversation
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

    /// The telephone key that was pressed, if the activity is about one. Where it carries several, each is the key
    /// while its handler runs; before them it is the first, and after them the last that a handler took.
    #[inline]
    pub fn digit(&self) -> Option<char> {
        self.place.key()
    }

    /// Where the turn stands among the keys of its activity.
    #[inline]
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Which sides of the activity are shown to a dispatch.
    #[inline]
    pub(crate) fn shown(&self) -> &Shown {
        &self.shown
    }

    /// What failed in this turn; set while `#[on_error]` runs, and the `#[after_turn]` after it.
    pub fn error(&self) -> Option<&Error> {
        self.error.get()
    }

    /// Whether the bot has sent anything in this turn; traces do not count.
    #[inline]
    pub fn responded(&self) -> bool {
        self.responded.load(Ordering::Relaxed) || self.running.responded()
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

    /// Takes note that something was sent.
    fn has_sent(&self, trace: bool, result: bool) {
        self.responded.fetch_or(!trace, Ordering::Relaxed);
        self.answered.fetch_or(result, Ordering::Relaxed);
        if let Some(running) = &self.within {
            running.has_sent(trace, result);
        }
    }

    pub(crate) fn fail(&self, error: Error) {
        // The first failure is the one to report; `on_error` itself may fail after it.
        let _ = self.error.set(error);
    }

    /// Whether a command result has been sent in this turn.
    pub(crate) fn answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed) || self.running.answered()
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
