//! A bot: something that takes activities, and the chain of two.

use std::future::{Future, ready};

use crate::error::Result;
use crate::hook::HookTable;
use crate::outcome::Outcome;
use crate::scopes::Scopes;
use crate::turn::Turn;

/// Something that takes activities. `#[bot]` and `handlers![…]` write it; there is rarely a reason to
/// implement it by hand.
///
/// ```
/// use onhook::prelude::*;
///
/// #[on_message]
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
///
/// #[on_typing]
/// async fn patience(turn: &Turn) -> Result<()> { turn.say("Take your time.").await }
///
/// let bot = handlers![echo].or(handlers![patience]);
/// # fn is_bot(_: impl Bot) {} is_bot(bot);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a bot",
    label = "not a bot",
    note = "write `#[bot]` above an `impl` block with handlers, or list functions: `handlers![…]`"
)]
pub trait Bot: Send + Sync {
    /// The handlers, for people, tests and documentation.
    const HOOKS: HookTable;

    /// Gives the activity to the handler that it belongs to; [`Outcome::Unhandled`] if there is none.
    fn dispatch(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send;

    /// Runs before the dispatch; a handled outcome ends the turn there.
    fn before_turn(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = turn;
        ready(Ok(Outcome::Unhandled))
    }

    /// Runs after a dispatch that did not fail, also when no handler took the activity.
    fn after_turn(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = turn;
        ready(Ok(Outcome::Unhandled))
    }

    /// Runs when something in the turn failed; the error is [`Turn::error`]. Unhandled: the host reports it.
    fn on_error(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = turn;
        ready(Ok(Outcome::Unhandled))
    }

    /// Whether one of the handlers is a dialog: a turn then loads the state of its conversation.
    const DIALOGS: bool = false;

    /// Which state the handlers take: a turn loads it before anything of it runs.
    #[doc(hidden)]
    const STATE: Scopes = Scopes::NONE;

    /// Goes on with the dialog of this name, upon the activity that began it; [`Outcome::Unhandled`] if there is none.
    fn resume(&self, turn: &Turn, dialog: &str) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = (turn, dialog);
        ready(Ok(Outcome::Unhandled))
    }

    /// Gives the activity to the handler that interrupts a dialog with it; [`Outcome::Unhandled`] if there is none.
    fn interrupt(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = turn;
        ready(Ok(Outcome::Unhandled))
    }

    /// A bot that asks `self` first and gives `other` what `self` does not handle.
    ///
    /// `before_turn` runs in this order until one ends the turn, both `after_turn` run in this order, and an
    /// error goes to the first `on_error` that handles it.
    fn or<B: Bot>(self, other: B) -> Or<Self, B>
    where
        Self: Sized,
    {
        Or {
            first: self,
            second: other,
        }
    }
}

/// Two bots in a chain, made by [`Bot::or`].
#[derive(Clone, Copy, Debug)]
pub struct Or<A, B> {
    first: A,
    second: B,
}

#[diagnostic::do_not_recommend]
impl<A: Bot, B: Bot> Bot for Or<A, B> {
    const HOOKS: HookTable = HookTable::chain(&A::HOOKS, &B::HOOKS);

    async fn dispatch(&self, turn: &Turn) -> Result<Outcome> {
        match self.first.dispatch(turn).await? {
            Outcome::Unhandled => self.second.dispatch(turn).await,
            outcome => Ok(outcome),
        }
    }

    const DIALOGS: bool = A::DIALOGS || B::DIALOGS;
    const STATE: Scopes = A::STATE.and(B::STATE);

    async fn resume(&self, turn: &Turn, dialog: &str) -> Result<Outcome> {
        match self.first.resume(turn, dialog).await? {
            Outcome::Unhandled => self.second.resume(turn, dialog).await,
            outcome => Ok(outcome),
        }
    }

    async fn interrupt(&self, turn: &Turn) -> Result<Outcome> {
        match self.first.interrupt(turn).await? {
            Outcome::Unhandled => self.second.interrupt(turn).await,
            outcome => Ok(outcome),
        }
    }

    async fn before_turn(&self, turn: &Turn) -> Result<Outcome> {
        match self.first.before_turn(turn).await? {
            Outcome::Unhandled => self.second.before_turn(turn).await,
            outcome => Ok(outcome),
        }
    }

    async fn after_turn(&self, turn: &Turn) -> Result<Outcome> {
        let first = self.first.after_turn(turn).await?;
        Ok(first.and(self.second.after_turn(turn).await?))
    }

    async fn on_error(&self, turn: &Turn) -> Result<Outcome> {
        match self.first.on_error(turn).await {
            Ok(outcome) if outcome.is_handled() => Ok(outcome),
            // One that fails has not taken care of the error.
            Ok(_) | Err(_) => self.second.on_error(turn).await,
        }
    }
}

/// A bot behind a reference or an [`Arc`](std::sync::Arc) is the same bot.
macro_rules! forward {
    ($($owner:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<B: Bot> Bot for $owner {
            const HOOKS: HookTable = B::HOOKS;
            const DIALOGS: bool = B::DIALOGS;
            const STATE: Scopes = B::STATE;

            fn resume(&self, turn: &Turn, dialog: &str) -> impl Future<Output = Result<Outcome>> + Send {
                B::resume(self, turn, dialog)
            }

            fn interrupt(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
                B::interrupt(self, turn)
            }

            fn dispatch(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
                B::dispatch(self, turn)
            }

            fn before_turn(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
                B::before_turn(self, turn)
            }

            fn after_turn(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
                B::after_turn(self, turn)
            }

            fn on_error(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
                B::on_error(self, turn)
            }
        }
    )*};
}

forward!(&B, std::sync::Arc<B>);
