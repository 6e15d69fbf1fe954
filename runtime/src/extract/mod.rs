//! What a handler may take: typed views of the activity, chosen by the argument's type.
//!
//! | argument | gives | in handlers of |
//! |---|---|---|
//! | `&Turn`, `&Activity` | the turn, the whole activity | every hook |
//! | [`Text`] | the text that was said or typed | message, dtmf, message update, end of conversation, typing |
//! | [`Digit`] | the telephone key | dtmf, message |
//! | [`MembersAdded`], [`MembersRemoved`] | who joined, who left | members added, members removed, conversation update |
//! | [`ReactionsAdded`], [`ReactionsRemoved`] | the reactions | reactions added, reactions removed |
//! | [`Value<T>`] | the activity's `value` as a `T` | every hook |
//! | [`ChannelData<T>`] | the activity's `channelData` as a `T` | every hook |
//! | [`Name`] | the name of the event, invoke, command or result | event, handoff status, invoke, command, command result |
//! | [`CommandValue<C>`](crate::CommandValue) | a command that the channel sent | command |
//! | [`CommandResult<C>`](crate::CommandResult) | the result of a command that the bot sent | command result |
//! | [`HandoffStatus`](crate::activity::HandoffStatus) | how a transfer went | handoff status |
//! | [`Ending`] | why the conversation ended | end of conversation |
//! | [`Sender`], [`ConversationId`], [`Locale`] | who, where, in which language | every hook |
//! | [`Local<T>`] | a value that something earlier in the turn left | every hook |
//! | `&Error` | what failed | on error; `Option<&Error>` in after turn |
//!
//! `on_activity`, `before_turn`, `after_turn` and `on_error` see activities of any kind and may take all but
//! the commands, their results and the handoff status. Each may be wrapped: `Option<_>` is `None` where the activity lacks it,
//! `Result<_, Rejection>` also gives the reason where it has another shape.

mod account;
mod around;
mod members;
mod message;
mod value;

pub use account::{ConversationId, Locale, Sender};
pub use around::{Ending, Local};
pub use members::{MembersAdded, MembersRemoved, ReactionsAdded, ReactionsRemoved};
pub use message::{Digit, Name, Text};
pub use value::{ChannelData, Value};

use crate::activity::Activity;
use crate::rejection::Rejection;
use crate::turn::Turn;

/// An argument that handlers of hook `H` may take.
///
/// Extraction borrows from the activity, does not wait and does not allocate unless it deserialises.
/// Implement it for one's own argument type, for one hook or, generic over `H`, for all:
///
/// ```
/// use onhook::prelude::*;
/// use onhook::FromTurn;
///
/// struct Queue<'t>(&'t str);
///
/// impl<'t, H> FromTurn<'t, H> for Queue<'t> {
///     fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
///         turn.activity().topic_name.as_deref().map(Queue).ok_or(Rejection::absent("topicName"))
///     }
/// }
///
/// #[on_message]
/// async fn route(turn: &Turn, queue: Queue<'_>) -> Result<()> { turn.say(queue.0).await }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not available to handlers of `{H}`",
    label = "cannot be taken from this activity",
    note = "every handler may take `&Turn`, `&Activity`, `Value<T>`, `Sender`, `Local<T>`, and `Option<_>` or `Result<_, Rejection>` of what its hook has",
    note = "what was said is `Text<'_>`, a key is `Digit`, who joined is `MembersAdded<'_>`, a result is `CommandResult<C>`: `onhook::extract` has the table of arguments and hooks"
)]
pub trait FromTurn<'t, H>: Sized {
    /// Takes the argument from the turn.
    ///
    /// # Errors
    /// The [`Rejection`] says what is missing or malformed.
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection>;
}

impl<'t, H> FromTurn<'t, H> for &'t Turn {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        Ok(turn)
    }
}

impl<'t, H> FromTurn<'t, H> for &'t Activity {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        Ok(turn.activity())
    }
}

#[diagnostic::do_not_recommend]
impl<'t, H, T: FromTurn<'t, H>> FromTurn<'t, H> for Option<T> {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        match T::from_turn(turn) {
            Ok(argument) => Ok(Some(argument)),
            Err(rejection) if rejection.is_absent() => Ok(None),
            Err(rejection) => Err(rejection),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<'t, H, T: FromTurn<'t, H>> FromTurn<'t, H> for Result<T, Rejection> {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        Ok(T::from_turn(turn))
    }
}

/// Writes `FromTurn` for one argument type and the hooks that have it; the expression sees the turn.
macro_rules! available {
    ($ty:ty, in $($hook:ident)*, |$turn:ident| $take:expr) => {$(
        impl<'t> $crate::extract::FromTurn<'t, $crate::hook::$hook> for $ty {
            // Not generic, and so not inlined into the handler's crate unless asked to: the rejection's 100
            // bytes would go through memory for each argument.
            #[inline]
            fn from_turn($turn: &'t $crate::Turn) -> Result<Self, $crate::Rejection> {
                $take
            }
        }
    )*};
}
use available;
