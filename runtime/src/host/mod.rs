//! The host: takes activities in, keeps the turns of a conversation in order, and runs them.

mod protocol;
mod run;

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use protocol::Verdict;
pub(crate) use run::run;

use crate::activity::{Activity, ActivityType};
use crate::bot::Bot;
use crate::connector::{BoxFuture, Connector};
use crate::conversation::{Conversation, Slot};
use crate::error::Error;
use crate::ids::Ids;
use crate::outcome::InvokeResponse;
use crate::recording::Dialect;
use crate::turn::{Settings, Turn};

/// Runs a bot: turns of one conversation in order of arrival, conversations side by side.
///
/// Cheap to clone; clones share the conversations.
///
/// ```
/// use onhook::prelude::*;
/// use onhook::testing::Outbox;
/// use onhook::{ConversationAccount, Host, TurnOutcome};
///
/// #[on_message]
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await.map(drop) }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (host, outbox) = (Host::new(handlers![echo]), Outbox::new());
/// let mut hello = Activity::message("hello");
/// hello.conversation = Some(ConversationAccount::new("call-7"));
/// let outcome = host.accept(hello, outbox.clone()).unwrap().await.unwrap();
/// assert!(matches!(outcome, TurnOutcome::Handled));
/// assert_eq!(outbox.spoken(), ["hello"]);
/// # }
/// ```
pub struct Host<B>(Arc<Inner<B>>);

struct Inner<B> {
    bot: B,
    settings: Arc<Settings>,
    queue_limit: usize,
    conversations: Mutex<HashMap<String, Arc<Conversation>>>,
}

/// Sets up a [`Host`].
#[derive(Debug)]
#[must_use]
pub struct HostBuilder<B> {
    bot: B,
    settings: Settings,
    queue_limit: usize,
}

impl<B> HostBuilder<B> {
    /// The dialect in which recording commands go out; results are understood in both.
    pub fn dialect(mut self, dialect: Dialect) -> HostBuilder<B> {
        self.settings.dialect = dialect;
        self
    }

    /// Where command ids come from; random unless set.
    pub fn ids(mut self, ids: Ids) -> HostBuilder<B> {
        self.settings.ids = ids;
        self
    }

    /// How long a receipt waits for a result unless it says otherwise; 30 seconds unless set.
    pub fn result_timeout(mut self, timeout: Duration) -> HostBuilder<B> {
        self.settings.result_timeout = timeout;
        self
    }

    /// How many activities of one conversation may wait while a turn runs; 256 unless set.
    pub fn queue_limit(mut self, limit: usize) -> HostBuilder<B> {
        self.queue_limit = limit;
        self
    }

    /// The host.
    pub fn build(self) -> Host<B> {
        Host(Arc::new(Inner {
            bot: self.bot,
            settings: Arc::new(self.settings),
            queue_limit: self.queue_limit,
            conversations: Mutex::default(),
        }))
    }
}

/// How a turn ended that did not fail.
#[derive(Debug)]
#[non_exhaustive]
pub enum TurnOutcome {
    /// A handler took the activity.
    Handled,
    /// No handler took it.
    Unhandled,
    /// An invoke handler answered it.
    Invoke(InvokeResponse),
    /// The result of a command went to the handler that waited for it.
    Claimed,
    /// The protocol says to ignore it; the text names the rule.
    Ignored(&'static str),
    /// Something failed, and the bot's `#[on_error]` took care of it.
    ErrorHandled,
}

/// Why an activity was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Too many activities of this conversation are waiting; the sender may try again later.
    #[error("{0} activities of this conversation are waiting already")]
    QueueFull(usize),
    /// A command result must have a value that is an object; one without is rejected (A6421, A6422).
    #[error(
        "A6422: `value` of a command result must be an object with `commandId`, `data` or `error`"
    )]
    ResultWithoutValue,
}

/// A turn that was accepted: a future that runs it. Dropped, the turn is given up and the next one runs.
#[must_use = "the turn runs when this is awaited"]
pub struct Delivery(BoxFuture<'static, Result<TurnOutcome, Error>>);

impl Future for Delivery {
    type Output = Result<TurnOutcome, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Delivery")
    }
}

/// A host whose bot's type is forgotten, for channels that take any bot.
pub trait AnyHost: Send + Sync {
    /// Accepts an activity for a turn; see [`Host::accept`].
    ///
    /// # Errors
    /// [`Refused`] says why not.
    fn accept(
        &self,
        activity: Activity,
        connector: Arc<dyn Connector>,
    ) -> Result<Delivery, Refused>;
}

impl<B: Bot + 'static> AnyHost for Host<B> {
    fn accept(
        &self,
        activity: Activity,
        connector: Arc<dyn Connector>,
    ) -> Result<Delivery, Refused> {
        Host::accept(self, activity, connector)
    }
}

impl<B: Bot> Host<B> {
    /// A host as [`builder`](Host::builder) makes it when nothing is set.
    pub fn new(bot: B) -> Host<B> {
        Host::builder(bot).build()
    }

    /// Sets up a host.
    pub fn builder(bot: B) -> HostBuilder<B> {
        HostBuilder {
            bot,
            settings: Settings::default(),
            queue_limit: 256,
        }
    }

    /// Accepts an activity: takes its place among the turns of its conversation now, in the order of the
    /// calls, and runs the turn when the [`Delivery`] is polled and the turns before it are over.
    ///
    /// The result of a command passes the queue if a handler waits for it.
    ///
    /// # Errors
    /// [`Refused`] if the queue is full or the protocol demands that the activity be rejected.
    pub fn accept(
        &self,
        activity: Activity,
        connector: Arc<dyn Connector>,
    ) -> Result<Delivery, Refused>
    where
        B: 'static,
    {
        let key = key(&activity);
        let conversation = self.conversation(key.as_deref());
        let place = conversation
            .enter(self.0.queue_limit)
            .ok_or(Refused::QueueFull(self.0.queue_limit))?;

        let (mut arrival, mut correlated) = (None, false);
        let activity = match activity.kind {
            ActivityType::CommandResult => {
                let (entered, known) = conversation.pending().arrived(activity);
                let activity = Arc::clone(&entered.activity);
                (arrival, correlated) = (Some(entered), known);
                activity
            }
            ActivityType::EndOfConversation => {
                conversation.pending().end();
                Arc::new(activity)
            }
            _ => Arc::new(activity),
        };
        let verdict = protocol::judge(&activity, correlated)?;

        let host = Host(Arc::clone(&self.0));
        Ok(Delivery(Box::pin(async move {
            let Some(slot) = place.turn().await else {
                return Err(run::gone());
            };
            let visit = Visit {
                host,
                key,
                conversation,
                slot: Some(slot),
            };
            if arrival.is_some_and(|arrival| !arrival.take()) {
                return Ok(TurnOutcome::Claimed);
            }
            if let Verdict::Ignore(rule) = verdict {
                return Ok(TurnOutcome::Ignored(rule));
            }
            let Inner { bot, settings, .. } = &*visit.host.0;
            let turn = Turn::new(
                activity,
                connector,
                Arc::clone(&visit.conversation),
                Arc::clone(settings),
            );
            let outcome = run(bot, &turn).await;
            outcome.ok_or_else(|| turn.into_error().unwrap_or_else(run::gone))
        })))
    }

    fn conversations(&self) -> MutexGuard<'_, HashMap<String, Arc<Conversation>>> {
        self.0
            .conversations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The conversation; an activity that names none is alone in its own.
    fn conversation(&self, key: Option<&str>) -> Arc<Conversation> {
        let Some(key) = key else {
            return Arc::default();
        };
        let mut conversations = self.conversations();
        match conversations.get(key) {
            Some(conversation) => Arc::clone(conversation),
            None => Arc::clone(conversations.entry(key.to_owned()).or_default()),
        }
    }
}

impl<B> Clone for Host<B> {
    fn clone(&self) -> Host<B> {
        Host(Arc::clone(&self.0))
    }
}

impl<B> fmt::Debug for Host<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}

/// Conversation ids are unique within a channel. NUL occurs in no channel's name.
fn key(activity: &Activity) -> Option<String> {
    let channel = activity.channel_id.as_deref().unwrap_or_default();
    activity
        .conversation_id()
        .map(|id| format!("{channel}\0{id}"))
}

/// A turn under way. When it goes, the next one may run, or the conversation's memory is given back.
struct Visit<B> {
    host: Host<B>,
    key: Option<String>,
    conversation: Arc<Conversation>,
    slot: Option<Slot>,
}

impl<B> Drop for Visit<B> {
    fn drop(&mut self) {
        drop(self.slot.take());
        let Some(key) = &self.key else { return };
        let mut conversations = self
            .host
            .0
            .conversations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Two owners: the map and this visit. Others are a queued turn or a receipt that still waits.
        if Arc::strong_count(&self.conversation) == 2 && self.conversation.is_idle() {
            conversations.remove(key);
        }
    }
}
