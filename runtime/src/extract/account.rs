//! Who, where, and in which language.

use std::ops::Deref;

use super::FromTurn;
use crate::activity::ChannelAccount;
use crate::rejection::Rejection;
use crate::turn::Turn;

/// Who sent the activity; on a telephone call the caller, whose id is the telephone number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sender<'t>(pub &'t ChannelAccount);

impl<'t, H> FromTurn<'t, H> for Sender<'t> {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        turn.activity()
            .from
            .as_ref()
            .map(Sender)
            .ok_or_else(|| Rejection::absent("from"))
    }
}

impl Deref for Sender<'_> {
    type Target = ChannelAccount;

    fn deref(&self) -> &ChannelAccount {
        self.0
    }
}

macro_rules! borrowed {
    ($(#[$doc:meta])* $name:ident, $path:literal, |$turn:ident| $take:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name<'t>(pub &'t str);

        impl<'t, H> FromTurn<'t, H> for $name<'t> {
            fn from_turn($turn: &'t Turn) -> Result<Self, Rejection> {
                $take.map($name).ok_or_else(|| Rejection::absent($path))
            }
        }

        impl Deref for $name<'_> {
            type Target = str;

            fn deref(&self) -> &str {
                self.0
            }
        }
    };
}

borrowed! {
    /// The id of the conversation; derefs to `str`.
    ConversationId, "conversation.id", |turn| turn.activity().conversation_id()
}

borrowed! {
    /// The language of the activity, such as `en-US`; derefs to `str`.
    Locale, "locale", |turn| turn.activity().locale.as_deref()
}
