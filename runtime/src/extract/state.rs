//! Values that are kept between turns.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::FromTurn;
use crate::dialog::{Place, Session};
use crate::rejection::Rejection;
use crate::scopes::Scopes;
use crate::state::{Scope, StateValue};
use crate::turn::Turn;

/// A value of the conversation or the user that is kept between turns; derefs to `T`, whose type derives
/// [`State`](derive@crate::State).
///
/// The record is loaded before the turn; a value that is not there is the default. Whoever borrows the value mutably
/// changes it. Changes are saved when the turn's handlers have succeeded and are dropped if one of them has failed. A
/// value that nobody has changed is not written. `before_turn`, the handler and `after_turn` of one turn see one
/// record.
///
/// ```
/// use onhook::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize, State)]
/// #[state(name = "cart")]
/// struct Cart { items: Vec<String> }
///
/// #[on_message]
/// async fn add(turn: &Turn, text: Text<'_>, mut cart: State<'_, Cart>) -> Result<()> {
///     cart.items.push(text.to_string());
///     turn.say(format!("You have {} items.", cart.items.len())).await
/// }
/// ```
///
/// # Conflicts
/// A plain handler sends at once. If another process has changed the record meanwhile, the turn fails with
/// [`ValueError::Conflict`](crate::state::ValueError::Conflict), which says how many activities were sent, and
/// `#[on_error]` sees it. A dialog commits first and speaks afterwards: there a conflict costs a second try.
///
/// # Users
/// A value with `scope = "user"` is kept under the sender of the activity, in a record of its own for 30 days after
/// its last change. An id that holds a telephone number is hashed. It is saved after the conversation's record and not
/// in one step with it.
///
/// # Errors
/// A turn without a conversation, or without a sender for a value of the user, has no state: take
/// `Option<State<'_, T>>`. One value is taken by one handler at a time: a second argument of the same type is refused.
pub struct State<'s, T: StateValue> {
    value: T,
    changed: bool,
    home: Home<'s>,
}

/// Where the value goes when it was changed.
enum Home<'s> {
    Turn(Arc<Session>, PhantomData<&'s Turn>),
    Dialog(&'s Session, Place),
}

impl<'s, T: StateValue> State<'s, T> {
    /// The value as a dialog sees it.
    pub(crate) fn of_dialog(session: &'s Session, place: Place, value: T) -> State<'s, T> {
        State {
            value,
            changed: false,
            home: Home::Dialog(session, place),
        }
    }
}

impl<'t, H, T: StateValue> FromTurn<'t, H> for State<'t, T> {
    const STATE: Scopes = Scopes {
        conversation: matches!(T::SCOPE, Scope::Conversation),
        user: matches!(T::SCOPE, Scope::User),
    };

    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        let session = Session::of(turn).ok_or_else(|| Rejection::absent("conversation.id"))?;
        Ok(State {
            value: session.lend_value()?,
            changed: false,
            home: Home::Turn(session, PhantomData),
        })
    }
}

impl<T: StateValue> Deref for State<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: StateValue> DerefMut for State<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.changed = true;
        &mut self.value
    }
}

impl<T: StateValue> Drop for State<'_, T> {
    fn drop(&mut self) {
        // A handler that panics has failed.
        let changed = (self.changed && !std::thread::panicking()).then_some(&self.value);
        match &self.home {
            Home::Turn(session, _) => session.return_value::<T>(changed),
            Home::Dialog(session, place) => {
                if let Some(value) = changed {
                    session.change_state(value, *place);
                }
            }
        }
    }
}

impl<T: StateValue + fmt::Debug> fmt::Debug for State<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("State").field(&self.value).finish()
    }
}
