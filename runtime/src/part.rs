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

/// A block of a joined bot, for the check for duplicates.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    name: &'static str,
    rows: &'static [Row],
}

impl Block {
    /// The block that is called `name`; the one that joins the others has no name.
    pub const fn new(name: &'static str, rows: &'static [Row]) -> Block {
        Block { name, rows }
    }

    /// Fails to compile unless the part is among the blocks of the bot; called from constants only.
    ///
    /// # Panics
    /// If it is not, which is the point.
    #[track_caller]
    pub const fn joined(blocks: &[Block], part: &str) {
        assert!(
            position(blocks, part).is_some(),
            "no `#[bot(parts = [..])]` block joins this part: name it there"
        );
    }

    /// Fails to compile if a block before the part has a handler that shares a name with the part's handler in this
    /// row; called from constants only. A part that is not joined is another mistake.
    ///
    /// # Panics
    /// On a duplicate, which is the point.
    #[track_caller]
    pub const fn claim(blocks: &[Block], part: &str, row: usize) {
        let Some(own) = position(blocks, part) else {
            return;
        };
        let rows = blocks[own].rows;
        let mut index = 0;
        while index < rows.len() {
            if rows[index].0 == row {
                let mut earlier = 0;
                while earlier < own {
                    Key::claim_among(blocks[earlier].rows, rows[index].1);
                    earlier += 1;
                }
            }
            index += 1;
        }
    }
}

const fn position(blocks: &[Block], name: &str) -> Option<usize> {
    let mut index = 0;
    while index < blocks.len() {
        if crate::key::same(blocks[index].name, name) {
            return Some(index);
        }
        index += 1;
    }
    None
}

/// What the parts of a bot are checked against: the blocks of the bot that joins them.
#[diagnostic::on_unimplemented(
    message = "no `#[bot]` joins this part of `{Self}`",
    label = "a part of no bot",
    note = "write `#[bot(parts = [..])]` with its name above another `impl` block of the type"
)]
pub trait Joins {
    /// All of them.
    const BLOCKS: &'static [Block];
}

#[diagnostic::do_not_recommend]
impl<B: Bot> Joins for B {
    const BLOCKS: &'static [Block] = B::BLOCKS;
}
