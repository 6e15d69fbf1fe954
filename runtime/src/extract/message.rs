//! What was said, pressed, or named.

use std::fmt;
use std::ops::Deref;

use super::{FromTurn, available};
use crate::hook;
use crate::keys;
use crate::rejection::Rejection;
use crate::turn::Turn;

/// The text of the activity, as it came; derefs to `str`.
///
/// In `on_dtmf` it is the key, also where the activity carries several, or carries them without a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'t>(pub &'t str);

available!(Text<'t>, in on_dtmf, |turn| {
    let key = turn.digit().filter(|_| turn.place().carries());
    let text = key.and_then(keys::text).or(turn.activity().text.as_deref());
    text.map(Text).ok_or_else(|| Rejection::absent("text"))
});

available!(Text<'t>, in on_message on_message_update on_end_of_conversation on_typing
    on_activity before_turn after_turn on_error,
    |turn| turn.activity().text.as_deref().map(Text).ok_or_else(|| Rejection::absent("text")));

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The telephone key that was pressed: `0` to `9`, `*`, `#`, or `A` to `D`.
///
/// Where the activity carries several, it is the one that the handler is for ([`Turn::digit`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digit(pub char);

available!(Digit, in on_dtmf on_message on_activity before_turn after_turn on_error,
    |turn| turn.digit().map(Digit).ok_or_else(|| Rejection::absent("entities[type=DTMF]")));

impl fmt::Display for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The name of the event, invoke, command or command result; derefs to `str`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'t>(pub &'t str);

#[inline]
fn name(turn: &Turn) -> Result<Name<'_>, Rejection> {
    turn.activity()
        .name
        .as_deref()
        .map(Name)
        .ok_or_else(|| Rejection::absent("name"))
}

available!(Name<'t>, in on_event on_invoke on_handoff_status on_activity before_turn after_turn on_error,
    |turn| name(turn));

impl<'t, C> FromTurn<'t, hook::on_command<C>> for Name<'t> {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        name(turn)
    }
}

impl<'t, C> FromTurn<'t, hook::on_command_result<C>> for Name<'t> {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        name(turn)
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Deref for Name<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}
