//! Turns that the bot begins.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::registry::Visit;
use super::{Host, Refused, current, id_limit, key};
use crate::activity::{Activity, ConversationReference};
use crate::bot::Bot;
use crate::connector::Connector;
use crate::conversation::Slot;
use crate::turn::{Running, Settings, Turn};

/// A turn that the bot has begun by itself: a [`Turn`] to send with. As long as it lives, the turns of the
/// conversation wait, so drop it when you have sent what you wanted to send.
///
/// Errors are those of the calls on it; no hook runs.
#[must_use = "the turn ends when this is dropped"]
pub struct ProactiveTurn {
    turn: Turn,
    // In this order: who leaves last must have left.
    _slot: Slot,
    _visit: Visit,
}

impl<B: Bot> Host<B> {
    /// Goes on with a conversation, where nobody has spoken: waits until the turns before are over, and gives a turn
    /// of the bot's own, upon the event [`Activity::continuation`].
    ///
    /// In a handler of the same conversation it does not wait: the new turn joins the handler's, and the next turn
    /// waits for both. Only a task that the handler has spawned *and waits for* would wait for the handler in turn;
    /// there, use [`Turn::conversation`].
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook::testing::Outbox;
    /// use onhook::{ConversationReference, ConversationAccount, Host};
    ///
    /// # #[on_message]
    /// # async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<()> {
    /// let (host, outbox) = (Host::new(handlers![echo]), Outbox::new());
    /// let mut reference = ConversationReference::default();
    /// reference.conversation = Some(ConversationAccount::new("call-7"));
    ///
    /// let turn = host.continue_conversation(reference, outbox.clone()).await?;
    /// turn.say("An agent is free now.").await?;
    /// assert_eq!(outbox.spoken(), ["An agent is free now."]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Refused`] if too many turns of the conversation wait, or an id of the reference is too long.
    pub async fn continue_conversation(
        &self,
        reference: ConversationReference,
        connector: Arc<dyn Connector>,
    ) -> Result<ProactiveTurn, Refused> {
        let activity = Activity::continuation(reference);
        id_limit::check(&activity)?;
        ProactiveTurn::begin(Arc::new(activity), connector, &self.0.settings, 0).await
    }
}

impl ProactiveTurn {
    /// Takes the next place in the mailbox of the activity's conversation, and waits for the turn. Within a turn of
    /// that conversation it does not wait, which would be for ever, but joins it. `reserve` is the number of places
    /// beyond the limit that it may take.
    pub(super) async fn begin(
        activity: Arc<Activity>,
        connector: Arc<dyn Connector>,
        settings: &Arc<Settings>,
        reserve: usize,
    ) -> Result<ProactiveTurn, Refused> {
        let visit = settings.registry.visit(key(&activity));
        let slot = if current::is_within(visit.conversation()) {
            visit.conversation().join()
        } else {
            let limit = settings.queue_limit;
            let place = visit.conversation().enter(limit.saturating_add(reserve));
            let slot = place.ok_or(Refused::QueueFull(limit))?.turn().await;
            // A mailbox hands its slot on as long as it lives, and the visit keeps it alive.
            slot.ok_or(Refused::QueueFull(limit))?
        };
        let conversation = Arc::clone(visit.conversation());
        let turn = Turn::new(activity, connector, conversation, Arc::clone(settings));
        Ok(ProactiveTurn {
            turn: turn.proactive(None),
            _slot: slot,
            _visit: visit,
        })
    }

    /// Joins the turn that `running` is of, unless that is over: what is sent counts as sent by it, and the next turn
    /// waits for both.
    pub(super) fn join(
        activity: impl FnOnce() -> Activity,
        connector: &Arc<dyn Connector>,
        settings: &Arc<Settings>,
        running: &Arc<Running>,
    ) -> Option<ProactiveTurn> {
        running.while_open(|| {
            let activity = Arc::new(activity());
            let visit = settings.registry.visit(key(&activity));
            let slot = visit.conversation().join();
            let conversation = Arc::clone(visit.conversation());
            let connector = Arc::clone(connector);
            let turn = Turn::new(activity, connector, conversation, Arc::clone(settings));
            ProactiveTurn {
                turn: turn.proactive(Some(Arc::clone(running))),
                _slot: slot,
                _visit: visit,
            }
        })
    }
}

impl Deref for ProactiveTurn {
    type Target = Turn;

    fn deref(&self) -> &Turn {
        &self.turn
    }
}

impl fmt::Debug for ProactiveTurn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.turn.fmt(f)
    }
}
