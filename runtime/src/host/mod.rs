//! The host: takes activities in, keeps the turns of a conversation in order, and runs them.

mod current;
mod ending;
mod handle;
mod id_limit;
mod limit;
#[cfg(feature = "otel")]
mod meters;
mod proactive;
mod protocol;
mod registry;
mod run;
#[cfg(feature = "http")]
mod telemetry;

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

pub use handle::ConversationHandle;
pub(crate) use id_limit::LONGEST_ID;
pub use proactive::ProactiveTurn;
use protocol::Verdict;
pub(crate) use registry::{Registry, Visit};
pub(crate) use run::run;

use crate::activity::{Activity, ActivityType, ConversationReference};
use crate::bot::Bot;
use crate::connector::{BoxFuture, Connector};
use crate::conversation::Place;
use crate::error::Error;
use crate::ids::Ids;
use crate::outcome::InvokeResponse;
use crate::recording::Dialect;
use crate::turn::{Settings, Turn};

/// Places beyond the queue limit for results that are waited for and for the end of a conversation.
const RESERVE: usize = 64;

/// How long a result waits for a receipt that is used beside the turns, to be waited for or detached.
const IN_HAND: Duration = Duration::from_secs(5);

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
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
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
    turn_timeout: Option<Duration>,
}

/// Sets up a [`Host`].
#[derive(Debug)]
#[must_use]
pub struct HostBuilder<B> {
    bot: B,
    settings: Settings,
    turn_timeout: Option<Duration>,
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
        self.settings.queue_limit = limit;
        self
    }

    /// How long a turn may take before it is ended with an error, upon which `#[on_error]` and `#[after_turn]` run; as
    /// long as it likes unless set.
    pub fn turn_timeout(mut self, timeout: Duration) -> HostBuilder<B> {
        self.turn_timeout = Some(timeout);
        self
    }

    /// The host.
    pub fn build(self) -> Host<B> {
        Host(Arc::new(Inner {
            bot: self.bot,
            settings: Arc::new(self.settings),
            turn_timeout: self.turn_timeout,
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
    /// An id, or the `serviceUrl`, is longer than anybody needs. Ids may have 1,024 bytes, the URL 2,048.
    #[error("`{path}` is longer than {limit} bytes")]
    IdTooLong {
        /// The JSON path of the id: `conversation.id`.
        path: &'static str,
        /// How many bytes it may have.
        limit: usize,
    },
}

/// A turn that was accepted: a future that runs it. Dropped, the turn is given up and the next one runs.
#[must_use = "the turn runs when this is awaited"]
pub struct Delivery {
    turn: BoxFuture<'static, Result<TurnOutcome, Error>>,
    queued: bool,
}

impl Delivery {
    /// The turn that `turn` runs: for hosts that are no [`Host`].
    pub fn new(
        turn: impl Future<Output = Result<TurnOutcome, Error>> + Send + 'static,
    ) -> Delivery {
        Delivery {
            turn: Box::pin(turn),
            queued: false,
        }
    }

    /// Whether another turn of the conversation was under way when this one was accepted. Who sent its activity may
    /// be what that turn waits for, and should not be kept waiting for this one.
    #[must_use]
    pub fn is_queued(&self) -> bool {
        self.queued
    }
}

impl Future for Delivery {
    type Output = Result<TurnOutcome, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.turn.as_mut().poll(context)
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
            turn_timeout: None,
        }
    }

    /// Accepts an activity: takes its place among the turns of its conversation now, in the order of the
    /// calls, and runs the turn when the [`Delivery`] is polled and the turns before it are over.
    ///
    /// The result of a command passes the queue if a handler waits for it.
    ///
    /// # Errors
    /// [`Refused`] if the queue is full, an id is too long, or the protocol demands that the activity be rejected.
    pub fn accept(
        &self,
        activity: Activity,
        connector: Arc<dyn Connector>,
    ) -> Result<Delivery, Refused>
    where
        B: 'static,
    {
        self.accept_shared(Arc::new(activity), connector)
    }

    /// The same for an activity, some kilobytes, that need not be moved any more.
    pub(crate) fn accept_shared(
        &self,
        activity: Arc<Activity>,
        connector: Arc<dyn Connector>,
    ) -> Result<Delivery, Refused>
    where
        B: 'static,
    {
        id_limit::check(&activity)?;
        let verdict = protocol::judge(&activity)?;
        let visit = self.0.settings.registry.visit(key(&activity));
        let pending = visit.conversation().pending();

        // What a running turn may be waiting for must not be refused because that turn holds up the queue.
        let awaited = match activity.kind {
            ActivityType::CommandResult => pending.awaits(&activity),
            ActivityType::EndOfConversation => {
                visit.end();
                true
            }
            _ => false,
        };
        let limit = self.0.settings.queue_limit;
        let room = limit.saturating_add(if awaited { RESERVE } else { 0 });
        let place = visit.conversation().enter(room);
        let place = place.ok_or(Refused::QueueFull(limit))?;
        let queued = matches!(place, Place::Queued(_));

        let (activity, arrival) = if activity.kind == ActivityType::CommandResult {
            let arrival = pending.arrived(activity);
            (Arc::clone(&arrival.activity), Some(arrival))
        } else {
            (activity, None)
        };

        let host = Host(Arc::clone(&self.0));
        let turn = async move {
            // Dropped after the slot: who leaves last must have left.
            let visit = visit;
            let closed = || Error::msg("the mailbox of the conversation was closed");
            let mut slot = place.turn().await.ok_or_else(closed)?;
            if let Some(arrival) = &arrival
                && visit.conversation().pending().keeps(arrival)
            {
                // Whose receipt it is does not hold up the turns, and must not be held up by them. If it is detached,
                // the hook has the result; if it is kept for later, so is the result.
                drop(slot);
                let released = visit.conversation().pending().released(arrival);
                if tokio::time::timeout(IN_HAND, released).await.is_err() {
                    return Ok(TurnOutcome::Claimed);
                }
                let place = visit.conversation().enter(usize::MAX).ok_or_else(closed)?;
                slot = place.turn().await.ok_or_else(closed)?;
            }
            let _slot = slot;
            if arrival.as_ref().is_some_and(|arrival| !arrival.take()) {
                return Ok(TurnOutcome::Claimed);
            }
            let activity = match verdict {
                Verdict::Dispatch => activity,
                Verdict::Ignore(rule) => return Ok(TurnOutcome::Ignored(rule)),
                Verdict::Correlate => {
                    let Some(name) = arrival.as_ref().and_then(|arrival| arrival.command()) else {
                        return Ok(TurnOutcome::Ignored(protocol::NAMELESS_RESULT));
                    };
                    drop(arrival);
                    let mut activity = Arc::unwrap_or_clone(activity);
                    activity.name.get_or_insert_with(|| name.to_owned());
                    Arc::new(activity)
                }
            };
            let Inner { bot, settings, .. } = &*host.0;
            let limit = host.0.turn_timeout;
            let conversation = Arc::clone(visit.conversation());
            let turn = Turn::new(activity, connector, conversation, Arc::clone(settings));
            let running = pin!(run(bot, &turn, limit));
            #[cfg(feature = "http")]
            return telemetry::observed::<B>(&turn, running).await;
            #[cfg(not(feature = "http"))]
            running.await
        };
        Ok(Delivery {
            turn: Box::pin(turn),
            queued,
        })
    }
}

impl<B> Host<B> {
    /// How many conversations are in memory: those with a turn that runs or waits, and for at most ten
    /// minutes after their last turn those with a command that has no result yet.
    pub fn conversations(&self) -> usize {
        self.0.settings.registry.len()
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
pub(crate) fn key(activity: &Activity) -> Option<String> {
    let id = activity.conversation_id();
    id.map(|id| joined(activity.channel_id.as_deref(), id))
}

/// The key of the conversation that the reference is to.
fn key_of(reference: &ConversationReference) -> Option<String> {
    let id = reference.conversation.as_ref()?.id.as_deref()?;
    Some(joined(reference.channel_id.as_deref(), id))
}

fn joined(channel: Option<&str>, conversation: &str) -> String {
    [channel.unwrap_or_default(), "\0", conversation].concat()
}
