//! What a handler returns, and what a dispatch makes of it.

use serde::Serialize;

use crate::activity::Json;
use crate::command::CommandReply;
use crate::error::{Error, Result};
use crate::hook;

/// What a dispatch did with an activity.
#[derive(Debug, Default)]
#[non_exhaustive]
pub enum Outcome {
    /// No handler took it.
    #[default]
    Unhandled,
    /// A handler took it.
    Handled,
    /// An invoke handler answered it.
    Invoke(InvokeResponse),
    /// A command handler answered it.
    Reply(CommandReply),
}

impl Outcome {
    /// Whether a handler took the activity.
    pub fn is_handled(&self) -> bool {
        !matches!(self, Outcome::Unhandled)
    }

    /// The outcome of two handlers that saw the same activity: handled if one of them took it.
    #[inline]
    pub fn and(self, other: Outcome) -> Outcome {
        match (self, other) {
            (Outcome::Unhandled, other) => other,
            (outcome, _) => outcome,
        }
    }
}

impl From<Flow> for Outcome {
    fn from(flow: Flow) -> Outcome {
        match flow {
            Flow::Handled => Outcome::Handled,
            Flow::Unhandled => Outcome::Unhandled,
        }
    }
}

/// What a handler may return to say whether it took the activity.
///
/// From `#[before_turn]`, `Handled` ends the turn before anything is dispatched. From any other handler,
/// `Unhandled` leaves the activity to the next narrowest handler of another bot of an [`or`](crate::Bot::or) chain. `()` stands for
/// `Unhandled` in `#[before_turn]`, where it means "go on", and for `Handled` elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a flow decides nothing unless the handler returns it"]
pub enum Flow {
    /// The activity is dealt with.
    Handled,
    /// Let the next one have it.
    Unhandled,
}

/// The answer to an `invoke` activity: an HTTP status and a body.
///
/// ```
/// use onhook::prelude::*;
///
/// #[on_invoke("application/search")]
/// async fn search() -> Result<InvokeResponse> { Ok(InvokeResponse::ok(&["one", "two"])?) }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[must_use = "an invoke is answered with the response that its handler returns"]
pub struct InvokeResponse {
    /// The HTTP status, 200 to 599.
    pub status: u16,
    /// The body, if any.
    pub body: Option<Json>,
}

impl InvokeResponse {
    /// A status without a body.
    pub fn status(status: u16) -> InvokeResponse {
        InvokeResponse { status, body: None }
    }

    /// Status 200 with `body` as JSON.
    ///
    /// # Errors
    /// Fails if `body` cannot be written as JSON.
    pub fn ok(body: &impl Serialize) -> Result<InvokeResponse, serde_json::Error> {
        InvokeResponse::status(200).with_body(body)
    }

    /// The same status with `body` as JSON.
    ///
    /// # Errors
    /// Fails if `body` cannot be written as JSON.
    pub fn with_body(self, body: &impl Serialize) -> Result<InvokeResponse, serde_json::Error> {
        Ok(InvokeResponse {
            body: Some(Json::of(body)?),
            ..self
        })
    }
}

/// What a handler of hook `H` may return: `()`, [`Flow`], a `Result` of these, and where the hook has an
/// answer, that answer: [`InvokeResponse`] from `#[on_invoke]`, [`CommandReply`] from `#[on_command]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a return type of handlers of `{H}`",
    label = "cannot be returned from this handler",
    note = "return `()`, `Flow`, or `Result<_, E>` of these, where `E` converts into `onhook::Error` (every `std::error::Error` does)",
    note = "`#[on_invoke]` handlers may also return `InvokeResponse`, `#[on_command]` handlers `CommandReply`"
)]
pub trait IntoOutcome<H> {
    /// The outcome for the dispatch.
    ///
    /// # Errors
    /// The handler's own error.
    fn into_outcome(self) -> Result<Outcome>;
}

impl<H> IntoOutcome<H> for Flow {
    fn into_outcome(self) -> Result<Outcome> {
        Ok(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl<H, T, E> IntoOutcome<H> for Result<T, E>
where
    T: IntoOutcome<H>,
    E: Into<Error>,
{
    fn into_outcome(self) -> Result<Outcome> {
        self.map_err(Into::into)?.into_outcome()
    }
}

impl IntoOutcome<hook::on_invoke> for InvokeResponse {
    fn into_outcome(self) -> Result<Outcome> {
        Ok(Outcome::Invoke(self))
    }
}

impl<C> IntoOutcome<hook::on_command<C>> for CommandReply {
    fn into_outcome(self) -> Result<Outcome> {
        Ok(Outcome::Reply(self))
    }
}

macro_rules! unit {
    ($outcome:expr => $($hook:ident $(<$c:ident>)?)*) => {$(
        impl$(<$c>)? IntoOutcome<hook::$hook$(<$c>)?> for () {
            #[inline]
            fn into_outcome(self) -> Result<Outcome> {
                Ok($outcome)
            }
        }
    )*};
}

unit!(Outcome::Unhandled => before_turn after_turn);
unit!(Outcome::Handled =>
    on_message on_dtmf on_message_update on_message_delete
    on_members_added on_members_removed on_conversation_update
    on_reactions_added on_reactions_removed
    on_event on_handoff_status on_installation_add on_installation_remove
    on_end_of_conversation on_typing on_activity on_error
    on_command<C> on_command_result<C>
);

impl IntoOutcome<hook::on_invoke> for () {
    fn into_outcome(self) -> Result<Outcome> {
        Ok(Outcome::Invoke(InvokeResponse::status(200)))
    }
}
