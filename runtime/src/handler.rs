//! A free function that is bound to a hook.

use std::future::Future;

use crate::error::Result;
use crate::hook::Hook;
use crate::key::Key;
use crate::outcome::Outcome;
use crate::turn::Turn;

/// A free function under a hook attribute, as [`handlers!`](crate::handlers) lists it.
///
/// The attribute implements it, for a type that has the function's name; there is no reason to implement
/// it by hand.
///
/// ```
/// use onhook::prelude::*;
/// use onhook::Handler;
///
/// /// Says it again.
/// #[on_message]
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
///
/// assert_eq!(echo::HOOK.attribute, "on_message");
/// assert_eq!(echo::HOOK.doc, "Says it again.");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not a handler",
    note = "`handlers![…]` lists functions that are marked with a hook, such as `#[on_message]`"
)]
pub trait Handler {
    /// What it takes.
    #[doc(hidden)]
    const KEY: Key;

    /// Its row in the table of hooks.
    const HOOK: Hook;

    /// Extracts the arguments and calls the function.
    fn call(turn: &Turn) -> impl Future<Output = Result<Outcome>> + Send;
}
