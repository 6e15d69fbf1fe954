//! Several bots that are one: a chain of bots, and the parts of one bot.

use crate::bot::Bot;
use crate::error::Result;
use crate::hook::HookTable;
use crate::keys::Walk;
use crate::outcome::Outcome;
use crate::part::Blocks;
use crate::rank::Rank;
use crate::sides::Sides;
use crate::turn::Turn;

/// Two bots in a chain, made by [`Bot::or`].
#[derive(Clone, Copy, Debug)]
pub struct Or<A, B> {
    first: A,
    second: B,
}

impl<A, B> Or<A, B> {
    pub(crate) fn new(first: A, second: B) -> Or<A, B> {
        Or { first, second }
    }
}

/// Two parts of one bot: as a chain, but that only one handler is asked, as within a block.
#[derive(Clone, Copy, Debug)]
pub struct Joined<A, B>(pub A, pub B);

/// What the narrowest handler of a chain makes of the activity. If `falls`, the next narrowest is asked for what it
/// leaves.
///
/// Each key of several, and each side of two, finds its own handler.
async fn narrowest<B: Bot>(chain: &B, turn: &Turn, falls: bool) -> Result<Outcome> {
    // It lives to the end: what nobody takes as a key is dispatched as what it is.
    let mut keys = Walk::of(turn);
    if let Some(keys) = &mut keys {
        let mut taken = None;
        loop {
            let next = between(chain, turn, None, Rank::AnyKey, falls).await?;
            taken = both(taken, next);
            if !keys.next() {
                break;
            }
        }
        if keys.is_step() || is_final(taken.as_ref(), falls) {
            return Ok(taken.unwrap_or_default());
        }
        keys.spend();
    }
    let mut after = None;
    if let Some(mut sides) = Sides::of(turn) {
        let mut taken = None;
        while sides.next() {
            let next = between(chain, turn, None, Rank::Exact, falls).await?;
            taken = both(taken, next);
        }
        if is_final(taken.as_ref(), falls) {
            return Ok(taken.unwrap_or_default());
        }
        after = Some(Rank::Exact);
    }
    let outcome = between(chain, turn, after, Rank::Anything, falls).await?;
    Ok(outcome.unwrap_or_default())
}

/// The outcome of the narrowest handler whose rank is wider than `after` and no wider than `up_to`; `None` if there is
/// no such handler.
async fn between<B: Bot>(
    chain: &B,
    turn: &Turn,
    after: Option<Rank>,
    up_to: Rank,
    falls: bool,
) -> Result<Option<Outcome>> {
    let mut taken = None;
    let mut rank = chain.rank_after(turn, after);
    while rank <= up_to {
        taken = Some(chain.dispatch_at(turn, rank).await?);
        if is_final(taken.as_ref(), falls) {
            break;
        }
        rank = chain.rank_after(turn, Some(rank));
    }
    Ok(taken)
}

fn both(earlier: Option<Outcome>, later: Option<Outcome>) -> Option<Outcome> {
    match (earlier, later) {
        (Some(earlier), Some(later)) => Some(earlier.and(later)),
        (earlier, later) => earlier.or(later),
    }
}

fn is_final(taken: Option<&Outcome>, falls: bool) -> bool {
    taken.is_some_and(|outcome| !falls || outcome.is_handled())
}

/// The rank of two bots; unknown if one of them is.
fn rank_of_both(first: Rank, second: Rank) -> Rank {
    if first == Rank::Unknown {
        first
    } else if second == Rank::Unknown {
        second
    } else {
        first.min(second)
    }
}

async fn before<A: Bot, B: Bot>(first: &A, second: &B, turn: &Turn) -> Result<Outcome> {
    match first.before_turn(turn).await? {
        Outcome::Unhandled => second.before_turn(turn).await,
        outcome => Ok(outcome),
    }
}

/// Both run, also if the first fails: each may have something to close.
async fn after<A: Bot, B: Bot>(first: &A, second: &B, turn: &Turn) -> Result<Outcome> {
    let earlier = first.after_turn(turn).await;
    let later = second.after_turn(turn).await;
    Ok(earlier?.and(later?))
}

async fn on_error<A: Bot, B: Bot>(first: &A, second: &B, turn: &Turn) -> Result<Outcome> {
    match first.on_error(turn).await {
        Ok(outcome) if outcome.is_handled() => Ok(outcome),
        // One that fails has not taken care of the error.
        Ok(_) | Err(_) => second.on_error(turn).await,
    }
}

/// What a chain and joined parts have in common; the expressions are the two bots.
macro_rules! bot_of_two {
    ($this:ident => $first:expr, $second:expr) => {
        const HOOKS: HookTable = HookTable::chain(&A::HOOKS, &B::HOOKS);

        fn rank(&self, turn: &Turn) -> Rank {
            let $this = self;
            rank_of_both($first.rank(turn), $second.rank(turn))
        }

        fn rank_after(&self, turn: &Turn, after: Option<Rank>) -> Rank {
            let $this = self;
            $first
                .rank_after(turn, after)
                .min($second.rank_after(turn, after))
        }

        async fn dispatch_at(&self, turn: &Turn, rank: Rank) -> Result<Outcome> {
            let $this = self;
            match $first.dispatch_at(turn, rank).await? {
                Outcome::Unhandled => $second.dispatch_at(turn, rank).await,
                outcome => Ok(outcome),
            }
        }

        async fn before_turn(&self, turn: &Turn) -> Result<Outcome> {
            let $this = self;
            before(&$first, &$second, turn).await
        }

        async fn after_turn(&self, turn: &Turn) -> Result<Outcome> {
            let $this = self;
            after(&$first, &$second, turn).await
        }

        async fn on_error(&self, turn: &Turn) -> Result<Outcome> {
            let $this = self;
            on_error(&$first, &$second, turn).await
        }
    };
}

#[diagnostic::do_not_recommend]
impl<A: Bot, B: Bot> Bot for Or<A, B> {
    bot_of_two!(this => this.first, this.second);

    async fn dispatch(&self, turn: &Turn) -> Result<Outcome> {
        if self.rank(turn) != Rank::Unknown {
            return narrowest(self, turn, true).await;
        }
        match self.first.dispatch(turn).await? {
            Outcome::Unhandled => self.second.dispatch(turn).await,
            outcome => Ok(outcome),
        }
    }
}

impl<A: Bot, B: Bot> Bot for Joined<A, B> {
    const BLOCKS: Blocks = Blocks::Chain(&A::BLOCKS, &B::BLOCKS);

    bot_of_two!(this => this.0, this.1);

    async fn dispatch(&self, turn: &Turn) -> Result<Outcome> {
        narrowest(self, turn, false).await
    }
}
