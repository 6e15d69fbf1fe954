//! A bot: something that takes activities.

use std::future::{Future, ready};

use crate::error::Result;
use crate::hook::HookTable;
use crate::or::Or;
use crate::outcome::Outcome;
use crate::part::Blocks;
use crate::rank::Rank;
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

    /// How narrowly the handler is bound that takes the activity.
    ///
    /// A chain of bots asks for it, nobody else. A bot that wraps another one passes it on; one that does not say keeps
    /// its place in the chain, see [`or`](Bot::or).
    fn rank(&self, turn: &Turn) -> Rank {
        let _ = turn;
        Rank::Unknown
    }

    /// The narrowest rank of a bot within that is wider than `after`.
    #[doc(hidden)]
    fn rank_after(&self, turn: &Turn, after: Option<Rank>) -> Rank {
        let rank = self.rank(turn);
        if Some(rank) > after {
            rank
        } else {
            Rank::Nothing
        }
    }

    /// Dispatches to the bots within that have this rank.
    #[doc(hidden)]
    fn dispatch_at(&self, turn: &Turn, rank: Rank) -> impl Future<Output = Result<Outcome>> + Send {
        async move {
            if self.rank(turn) == rank {
                self.dispatch(turn).await
            } else {
                Ok(Outcome::Unhandled)
            }
        }
    }

    /// The blocks of handlers that the bot is joined of, for the check for duplicates.
    #[doc(hidden)]
    const BLOCKS: Blocks = Blocks::None;

    /// Runs before the dispatch; a handled outcome ends the turn there.
    fn before_turn(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = turn;
        ready(Ok(Outcome::Unhandled))
    }

    /// Runs at the end of every turn that `before_turn` has not ended: also when no handler took the activity, and
    /// when something failed, after `on_error`. The error is [`Turn::error`].
    fn after_turn(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = turn;
        ready(Ok(Outcome::Unhandled))
    }

    /// Runs when something in the turn failed; the error is [`Turn::error`]. Unhandled: the host reports it.
    fn on_error(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = turn;
        ready(Ok(Outcome::Unhandled))
    }

    /// A bot of two: the narrowest handler of both takes an activity, as within one bot. Where both have one that is
    /// equally narrow, that of `self` does.
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook::testing::TestTurn;
    ///
    /// #[on_message]
    /// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
    ///
    /// #[on_message(text = "agent")]
    /// async fn agent(turn: &Turn) -> Result<()> { turn.say("One moment, please.").await }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let bot = handlers![echo].or(handlers![agent]);
    /// let turn = TestTurn::message("Agent!");
    /// turn.run(&bot).await.unwrap();
    /// assert_eq!(turn.spoken(), ["One moment, please."]);
    /// # }
    /// ```
    ///
    /// What a handler leaves with [`Flow::Unhandled`](crate::Flow::Unhandled) goes to the next narrowest of the other
    /// bots; one bot is asked once. The keys of an activity that carries several, and the sides of one where members
    /// (reactions) were added *and* removed, each find their own handler.
    ///
    /// Of the hooks around a turn, `before_turn` runs in this order until one ends the turn, both `after_turn` run in
    /// this order, and an error goes to the first `on_error` that handles it.
    ///
    /// A bot that was written by hand and has no [`rank`](Bot::rank) keeps its place: it is asked after what stands
    /// before it and before what stands behind it, whatever these would take.
    fn or<B: Bot>(self, other: B) -> Or<Self, B>
    where
        Self: Sized,
    {
        Or::new(self, other)
    }
}

/// A bot behind a reference or an [`Arc`](std::sync::Arc) is the same bot.
macro_rules! forward {
    ($($owner:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<B: Bot> Bot for $owner {
            const HOOKS: HookTable = B::HOOKS;
            const BLOCKS: Blocks = B::BLOCKS;

            fn rank(&self, turn: &Turn) -> Rank {
                B::rank(self, turn)
            }

            fn rank_after(&self, turn: &Turn, after: Option<Rank>) -> Rank {
                B::rank_after(self, turn, after)
            }

            fn dispatch_at(&self, turn: &Turn, rank: Rank) -> impl Future<Output = Result<Outcome>> + Send {
                B::dispatch_at(self, turn, rank)
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
