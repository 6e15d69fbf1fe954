//! What generated code calls. No stability: only code written by this version's macros may use it.

use crate::activity::ActivityType;
pub use crate::choice::Choice;
pub use crate::key::{Key, KeyKind, Row};
pub use crate::keys::{are_several, first as first_key, is_taken, next as next_key};
pub use crate::or::Joined;
pub use crate::part::{Blocks, Joins, Part, PartOf, Whole, blocks_of, hooks_of};
use crate::{ChannelAccount, Error, Rejection, Turn};
pub use onhook_text::Said;

/// The turn has come to the handler whose mark this is. Only who observes turns keeps it.
#[inline]
pub fn entered(turn: &Turn, mark: u32) {
    #[cfg(feature = "http")]
    turn.enter(mark);
    #[cfg(not(feature = "http"))]
    let _ = (turn, mark);
}

/// The activity's text, to be compared with texts in their normal form. Without a text it is none of them.
#[inline]
pub fn said(turn: &Turn) -> Said<'_> {
    Said::new(turn.activity().text.as_deref().unwrap_or_default())
}

/// The key that the turn is at, if it is still to be dispatched as one.
#[inline]
pub fn key(turn: &Turn) -> Option<char> {
    turn.digit().filter(|_| turn.place().is_open())
}

/// Whether someone other than the bot joined.
#[inline]
pub fn has_members_added(turn: &Turn) -> bool {
    turn.shown().first() && others(turn, turn.activity().members_added())
}

/// Whether someone other than the bot left.
#[inline]
pub fn has_members_removed(turn: &Turn) -> bool {
    turn.shown().second() && others(turn, turn.activity().members_removed())
}

#[inline]
fn others(turn: &Turn, members: &[ChannelAccount]) -> bool {
    let bot = turn.activity().recipient_id();
    members.iter().any(|member| member.id.as_deref() != bot)
}

/// Whether a reaction was added.
#[inline]
pub fn has_reactions_added(turn: &Turn) -> bool {
    turn.shown().first() && !turn.activity().reactions_added().is_empty()
}

/// Whether a reaction was taken back.
#[inline]
pub fn has_reactions_removed(turn: &Turn) -> bool {
    turn.shown().second() && !turn.activity().reactions_removed().is_empty()
}

/// Whether the bot was installed or upgraded.
#[inline]
pub fn installation_added(turn: &Turn) -> bool {
    installation(turn, ["add", "add-upgrade"])
}

/// Whether the bot was removed, for good or for an upgrade.
#[inline]
pub fn installation_removed(turn: &Turn) -> bool {
    installation(turn, ["remove", "remove-upgrade"])
}

#[inline]
fn installation(turn: &Turn, actions: [&str; 2]) -> bool {
    *turn.kind() == ActivityType::InstallationUpdate
        && turn
            .activity()
            .action
            .as_deref()
            .is_some_and(|action| actions.contains(&action))
}

/// The extracted `argument`, or the error of a handler that did not run because it could not be extracted.
///
/// # Errors
/// The rejection, which then says where it happened.
#[inline]
pub fn taken<T>(
    extracted: Result<T, Rejection>,
    hook: &'static str,
    handler: &'static str,
    argument: &'static str,
) -> Result<T, Error> {
    extracted.map_err(|rejection| rejected(rejection, hook, handler, argument))
}

/// The error of a handler that did not run because `argument` could not be extracted.
pub fn rejected(
    rejection: Rejection,
    hook: &'static str,
    handler: &'static str,
    argument: &'static str,
) -> Error {
    rejection.of(hook, handler, argument).into()
}
