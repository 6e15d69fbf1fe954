//! Turns that the bot begins.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::registry::Visit;
use super::{Host, Refused, key};
use crate::activity::{Activity, ConversationReference};
use crate::bot::Bot;
use crate::connector::Connector;
use crate::conversation::Slot;
use crate::turn::Turn;

/// A turn that the bot has begun by itself: a [`Turn`] to send with. As long as it lives, the turns of the
/// conversation wait.
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
    /// [`Refused`] if too many turns of the conversation wait.
    pub async fn continue_conversation(
        &self,
        reference: ConversationReference,
        connector: Arc<dyn Connector>,
    ) -> Result<ProactiveTurn, Refused> {
        let activity = Arc::new(Activity::continuation(reference));
        let visit = self.0.registry.visit(key(&activity));
        let limit = self.0.queue_limit;
        let place = visit.conversation().enter(limit);
        let slot = place.ok_or(Refused::QueueFull(limit))?.turn().await;
        // A mailbox hands its slot on as long as it lives, and the visit keeps it alive.
        let slot = slot.ok_or(Refused::QueueFull(limit))?;
        let conversation = Arc::clone(visit.conversation());
        let settings = Arc::clone(&self.0.settings);
        Ok(ProactiveTurn {
            turn: Turn::new(activity, connector, conversation, settings),
            _slot: slot,
            _visit: visit,
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
