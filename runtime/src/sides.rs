//! The two sides of an activity that says two things: who joined and who left, which reactions came and went.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::__private as facts;
use crate::activity::ActivityType;
use crate::turn::Turn;

/// Which sides of its activity a turn shows to a dispatch.
#[derive(Debug)]
pub(crate) struct Shown(AtomicU8);

const FIRST: u8 = 1;
const SECOND: u8 = 2;
const BOTH: u8 = FIRST | SECOND;

impl Shown {
    pub(crate) const fn both() -> Shown {
        Shown(AtomicU8::new(BOTH))
    }

    /// Members added, reactions added.
    #[inline]
    pub(crate) fn first(&self) -> bool {
        self.0.load(Ordering::Relaxed) & FIRST != 0
    }

    /// Members removed, reactions removed.
    #[inline]
    pub(crate) fn second(&self) -> bool {
        self.0.load(Ordering::Relaxed) & SECOND != 0
    }
}

/// Shows one side of an activity that has both, and then the other.
pub(crate) struct Sides<'t> {
    turn: &'t Turn,
    next: u8,
}

impl<'t> Sides<'t> {
    /// `None`: the activity has not both of them, or not both are shown.
    pub(crate) fn of(turn: &'t Turn) -> Option<Sides<'t>> {
        let both = match turn.kind() {
            ActivityType::ConversationUpdate => {
                facts::has_members_added(turn) && facts::has_members_removed(turn)
            }
            ActivityType::MessageReaction => {
                facts::has_reactions_added(turn) && facts::has_reactions_removed(turn)
            }
            _ => false,
        };
        // Not made if it is not needed: its drop shows both sides.
        both.then(|| Sides { turn, next: FIRST })
    }

    /// Goes on to the next side.
    pub(crate) fn next(&mut self) -> bool {
        let side = self.next;
        let there = side & BOTH != 0;
        if there {
            self.turn.shown().0.store(side, Ordering::Relaxed);
            self.next = side << 1;
        }
        there
    }
}

impl Drop for Sides<'_> {
    fn drop(&mut self) {
        self.turn.shown().0.store(BOTH, Ordering::Relaxed);
    }
}
