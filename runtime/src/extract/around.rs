//! What belongs to the turn rather than to the activity, and how things end.

use std::ops::Deref;
use std::sync::Arc;

use super::{FromTurn, available};
use crate::activity::{ActivityType, EndOfConversationCode, HandoffStatus, Json};
use crate::error::Error;
use crate::hook;
use crate::rejection::Rejection;
use crate::turn::Turn;

/// A value that something earlier in the turn left with [`Turn::insert`]; derefs to `T`.
///
/// ```
/// use onhook::prelude::*;
///
/// struct Customer(&'static str);
///
/// #[before_turn]
/// async fn look_up(turn: &Turn) { turn.insert(Customer("Ada")); }
///
/// #[on_message]
/// async fn greet(turn: &Turn, customer: Local<Customer>) -> Result<()> {
///     turn.say(format!("Hello {}.", customer.0)).await
/// }
/// ```
#[derive(Debug)]
pub struct Local<T>(Arc<T>);

impl<'t, H, T: Send + Sync + 'static> FromTurn<'t, H> for Local<T> {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        turn.get()
            .map(Local)
            .ok_or(Rejection::absent(std::any::type_name::<T>()))
    }
}

impl<T> Deref for Local<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'t> FromTurn<'t, hook::on_error> for &'t Error {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        turn.error().ok_or_else(|| Rejection::absent("error"))
    }
}

/// What failed in the turn: `Option<&Error>`, as most turns do not fail.
impl<'t> FromTurn<'t, hook::after_turn> for &'t Error {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        turn.error().ok_or_else(|| Rejection::absent("error"))
    }
}

/// How the conversation ended, as `endOfConversation` says it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Ending<'t> {
    /// The code, if the channel gave one.
    pub code: Option<&'t EndOfConversationCode>,
    /// The text, if the channel gave one.
    pub text: Option<&'t str>,
}

available!(Ending<'t>, in on_end_of_conversation on_activity before_turn after_turn on_error, |turn| {
    if *turn.kind() != ActivityType::EndOfConversation {
        return Err(Rejection::absent("code"));
    }
    Ok(Ending {
        code: turn.activity().code.as_ref(),
        text: turn.activity().text.as_deref(),
    })
});

available!(HandoffStatus, in on_handoff_status, |turn| {
    let json = turn.activity().value.as_ref().ok_or_else(|| Rejection::absent("value"))?;
    Json::parse(json).map_err(|error| Rejection::malformed("value", error))
});
