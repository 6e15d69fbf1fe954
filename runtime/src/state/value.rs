//! Values that belong to a conversation or to a user.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::activity::Json;

/// To what a value belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// To the conversation: it is gone when the call is over.
    Conversation,
    /// To the user, across conversations. It has a record of its own: a turn that changes both scopes writes two
    /// records, and the second write may fail after the first has happened.
    User,
}

/// A value that is kept between turns. Derive it:
///
/// ```
/// use onhook::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize, State)]
/// #[state(name = "cart")]
/// struct CartV1 { items: u32 }
///
/// #[derive(Default, Serialize, Deserialize, State)]
/// #[state(name = "cart", version = 2, from = CartV1)]
/// struct Cart { items: Vec<String> }
///
/// impl From<CartV1> for Cart {
///     fn from(old: CartV1) -> Cart {
///         Cart { items: (1..=old.items).map(|number| format!("item {number}")).collect() }
///     }
/// }
/// ```
///
/// A value that was written by an older version is read by the `from` type and converted, along a chain of any
/// length. A value that no version can read becomes the default, and that is [reported](super::ValueError::Reset).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the state of a conversation",
    label = "does not derive `State`",
    note = "derive it: `#[derive(Default, serde::Serialize, serde::Deserialize, State)] #[state(name = \"..\")]`"
)]
pub trait StateValue: Serialize + DeserializeOwned + Default + Send + Sync + 'static {
    /// The name of the value in its record; unique within the scope.
    const NAME: &'static str;

    /// Counts up when the type changes in a way that serde does not bridge.
    const VERSION: u32 = 1;

    /// To what it belongs.
    const SCOPE: Scope = Scope::Conversation;

    /// Reads a value that an older version has written, by the `from` type.
    #[must_use]
    fn older(version: u32, value: &Json) -> Option<Self> {
        let _ = (version, value);
        None
    }

    /// Reads a value of this version or an older one; none if no version can read it.
    #[must_use]
    fn read(version: u32, value: &Json) -> Option<Self> {
        let same = (version == Self::VERSION).then(|| value.parse().ok());
        same.flatten().or_else(|| Self::older(version, value))
    }
}

/// Fails to compile if `Old` is not an older version of `New`; called from constants only.
///
/// # Panics
/// If it is not, which is the point.
#[track_caller]
pub const fn is_older<Old: StateValue, New: StateValue>() {
    let (old, new) = (Old::NAME.as_bytes(), New::NAME.as_bytes());
    let mut same = old.len() == new.len();
    let mut index = 0;
    while same && index < old.len() {
        same = old[index] == new[index];
        index += 1;
    }
    assert!(same, "`from` names a state of another name");
    assert!(
        Old::VERSION < New::VERSION,
        "`from` names a state whose version is not older: count up `version = ..`"
    );
}

/// A value as it is written down.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Versioned {
    pub(crate) version: u32,
    pub(crate) value: Json,
}

impl Versioned {
    pub(crate) fn of<T: StateValue>(value: &T) -> Result<Versioned, serde_json::Error> {
        Ok(Versioned {
            version: T::VERSION,
            value: Json::of(value)?,
        })
    }
}

/// What went wrong with the state of a turn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Somebody else has changed the record since the turn began. The turn's changes are lost. What it said is not:
    /// tell the caller, or run what has to be atomic in a dialog, which speaks after its commit.
    #[error(
        "the state of the {scope} was changed by somebody else during this turn: its changes are not saved, and {sent} of its activities were already sent"
    )]
    Conflict {
        /// `conversation` or `user`.
        scope: &'static str,
        /// How many activities the turn had sent.
        sent: u32,
    },
    /// What is kept is larger than a record may be.
    #[error(
        "the state of the {scope} has {bytes} bytes and may have 256 KiB: keep less, or keep what identifies it"
    )]
    TooLarge {
        /// `conversation` or `user`.
        scope: &'static str,
        /// Bytes of the record.
        bytes: usize,
    },
    /// The value has no JSON.
    #[error("the state `{name}` cannot be written: {message}")]
    Unwritable {
        /// The state's name.
        name: &'static str,
        /// What the serialiser says.
        message: String,
    },
    /// No version of the type can read what was kept, so the handler was given the default. With the feature `http`
    /// this is a warning in the log; without, the turn ends with it after its changes were saved.
    #[error(
        "the state `{name}` was written by version {found} and cannot be read by version {version} or those that it is `from`: the default was taken"
    )]
    Reset {
        /// The state's name.
        name: &'static str,
        /// The version that has written it.
        found: u32,
        /// The version that the bot has.
        version: u32,
    },
}
