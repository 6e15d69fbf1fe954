//! What generated code calls. No stability: only code written by this version's macros may use it.

use crate::activity::ActivityType;
pub use crate::choice::Choice;
#[cfg(feature = "dialog")]
pub use crate::dialog::DialogTurn;
pub use crate::key::{Key, KeyKind, Row};
pub use crate::scopes::Scopes;
use crate::{ChannelAccount, Error, Rejection, Turn};

/// The turn has come to the handler whose mark this is. Only who observes turns keeps it.
#[inline]
pub fn entered(turn: &Turn, mark: u32) {
    #[cfg(feature = "http")]
    turn.enter(mark);
    #[cfg(not(feature = "http"))]
    let _ = (turn, mark);
}

/// Whether the activity's text is `text`, without regard to case and surrounding white space.
#[inline]
pub fn text_is(turn: &Turn, text: &str) -> bool {
    let Some(said) = turn.activity().text.as_deref() else {
        return false;
    };
    let (said, text) = (said.trim(), text.trim());
    if said.is_ascii() && text.is_ascii() {
        return said.eq_ignore_ascii_case(text);
    }
    said.chars()
        .flat_map(char::to_lowercase)
        .eq(text.chars().flat_map(char::to_lowercase))
}

/// The telephone key of a DTMF message.
#[inline]
pub fn dtmf(turn: &Turn) -> Option<char> {
    turn.digit()
}

/// Whether someone other than the bot joined.
#[inline]
pub fn has_members_added(turn: &Turn) -> bool {
    others(turn, turn.activity().members_added())
}

/// Whether someone other than the bot left.
#[inline]
pub fn has_members_removed(turn: &Turn) -> bool {
    others(turn, turn.activity().members_removed())
}

#[inline]
fn others(turn: &Turn, members: &[ChannelAccount]) -> bool {
    let bot = turn.activity().recipient_id();
    members.iter().any(|member| member.id.as_deref() != bot)
}

/// Whether a reaction was added.
#[inline]
pub fn has_reactions_added(turn: &Turn) -> bool {
    !turn.activity().reactions_added().is_empty()
}

/// Whether a reaction was taken back.
#[inline]
pub fn has_reactions_removed(turn: &Turn) -> bool {
    !turn.activity().reactions_removed().is_empty()
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
