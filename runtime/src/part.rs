//! The blocks of one bot: `#[bot(part = billing)]` blocks, and the block that joins them.

use std::future::Future;

use crate::bot::Bot;
use crate::error::Result;
use crate::hook::HookTable;
use crate::key::{Key, Row};
use crate::outcome::Outcome;
use crate::rank::Rank;
use crate::turn::Turn;

/// One block of a bot, where `NAME` is the digest of its name. Like [`Bot`], but that a type may have several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no such part",
    label = "no block of `{Self}` is this part",
    note = "a part is another `impl` block of the type, in any module: `#[bot(part = name)] impl {Self} {{ .. }}`"
)]
#[expect(missing_docs, reason = "as in `Bot`")]
pub trait Part<const NAME: u64>: Send + Sync {
    const HOOKS: HookTable;
    const NAME: &'static str;
    const ROWS: &'static [Row];

    fn dispatch(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send;
    fn rank(&self, turn: &Turn) -> Rank;

    fn before_turn(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = turn;
        std::future::ready(Ok(Outcome::Unhandled))
    }

    fn after_turn(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = turn;
        std::future::ready(Ok(Outcome::Unhandled))
    }

    fn on_error(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = turn;
        std::future::ready(Ok(Outcome::Unhandled))
    }
}

/// A part as a bot.
#[derive(Debug)]
pub struct PartOf<'b, B, const NAME: u64>(pub &'b B);

impl<B: Part<NAME>, const NAME: u64> Bot for PartOf<'_, B, NAME> {
    const HOOKS: HookTable = B::HOOKS;
    const BLOCKS: Blocks = Blocks::Of(B::NAME, B::ROWS);

    fn dispatch(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        self.0.dispatch(turn)
    }

    fn rank(&self, turn: &Turn) -> Rank {
        self.0.rank(turn)
    }

    fn before_turn(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        self.0.before_turn(turn)
    }

    fn after_turn(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        self.0.after_turn(turn)
    }

    fn on_error(&self, turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send {
        self.0.on_error(turn)
    }
}

/// The block that joins its parts, where `NAME` is the digest of all their names.
pub trait Whole<const NAME: u64> {
    /// All of them as one bot.
    fn joined(&self) -> impl Bot;
}

/// The table of handlers of what `joined` gives.
pub const fn hooks_of<'b, W, B: Bot>(joined: fn(&'b W) -> B) -> HookTable {
    let _ = joined;
    B::HOOKS
}

/// The blocks of what `joined` gives.
pub const fn blocks_of<'b, W, B: Bot>(joined: fn(&'b W) -> B) -> Blocks {
    let _ = joined;
    B::BLOCKS
}

/// The blocks of a joined bot, for the check for duplicates.
#[derive(Clone, Copy, Debug)]
pub enum Blocks {
    /// It is not joined.
    None,
    /// A block's name and handlers; the one that joins the others has no name.
    Of(&'static str, &'static [Row]),
    /// Those of the first come before those of the second.
    Chain(&'static Blocks, &'static Blocks),
}

impl Blocks {
    /// Fails to compile unless the part is among the blocks of the bot; called from constants only.
    ///
    /// # Panics
    /// If it is not, which is the point.
    #[track_caller]
    pub const fn joined(&self, part: &str) {
        assert!(
            self.rows(part).is_some(),
            "no `#[bot(parts = [..])]` block joins this part: name it there"
        );
    }

    /// Fails to compile if a block before the part has a handler that shares a name with the part's handler in this
    /// row; called from constants only. A part that is not joined is another mistake.
    ///
    /// # Panics
    /// On a duplicate, which is the point.
    #[track_caller]
    pub const fn claim(&self, part: &str, row: usize) {
        let Some(rows) = self.rows(part) else {
            return;
        };
        let mut index = 0;
        while index < rows.len() {
            if rows[index].0 == row {
                self.claim_before(part, rows[index].1);
            }
            index += 1;
        }
    }

    /// The handlers of a part.
    const fn rows(&self, part: &str) -> Option<&'static [Row]> {
        match self {
            Blocks::None => None,
            Blocks::Of(name, rows) => {
                if crate::key::same(name, part) {
                    Some(*rows)
                } else {
                    None
                }
            }
            Blocks::Chain(first, second) => match first.rows(part) {
                Some(rows) => Some(rows),
                None => second.rows(part),
            },
        }
    }

    /// Compares the key with the blocks before the part; whether the part was reached.
    #[track_caller]
    const fn claim_before(&self, part: &str, key: Key) -> bool {
        match self {
            Blocks::None => false,
            Blocks::Of(name, rows) => {
                let reached = crate::key::same(name, part);
                if !reached {
                    Key::claim_among(rows, key);
                }
                reached
            }
            Blocks::Chain(first, second) => {
                first.claim_before(part, key) || second.claim_before(part, key)
            }
        }
    }
}

/// What the parts of a bot are checked against: the blocks of the bot that joins them.
#[diagnostic::on_unimplemented(
    message = "no `#[bot]` joins this part of `{Self}`",
    label = "a part of no bot",
    note = "write `#[bot(parts = [..])]` with its name above another `impl` block of the type"
)]
pub trait Joins {
    /// All of them.
    const BLOCKS: Blocks;
}

#[diagnostic::do_not_recommend]
impl<B: Bot> Joins for B {
    const BLOCKS: Blocks = B::BLOCKS;
}
