//! The result of a command.

use serde::Serialize;

use super::{Command, Envelope};
use crate::activity::{Activity, Json};
use crate::command_error::CommandError;
use crate::extract::FromTurn;
use crate::hook;
use crate::rejection::Rejection;
use crate::turn::Turn;

/// The result of a command that the bot sent, typed by the command.
///
/// A failed command is not a rejection: [`outcome`](CommandResult::outcome) has the channel's error.
///
/// ```
/// use onhook::prelude::*;
///
/// #[on_command_result("recording_pause")]
/// async fn paused(turn: &Turn, result: CommandResult<RecordingPause>) -> Result<()> {
///     match result.outcome() {
///         Ok(_status) => turn.say("Please read me the card number.").await?,
///         Err(error) => turn.say(format!("I cannot take cards now: {}", error.message)).await?,
///     };
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct CommandResult<C: Command> {
    name: String,
    command_id: Option<String>,
    outcome: Result<C::Result, CommandError>,
    malformed: Option<Rejection>,
}

impl<C: Command> CommandResult<C> {
    /// What the command came to: its data, or the channel's error (A11300: an error is there if and only if
    /// the command failed; `null` is none, everything else is one, an empty object and `false` too).
    ///
    /// Data of another shape than `C::Result` are an error too, of the code
    /// [`MALFORMED_RESULT`](CommandError::MALFORMED_RESULT).
    pub fn outcome(&self) -> Result<&C::Result, &CommandError> {
        self.outcome.as_ref()
    }

    /// The same, owned.
    ///
    /// # Errors
    /// The channel's error, if the command failed.
    pub fn into_outcome(self) -> Result<C::Result, CommandError> {
        self.outcome
    }

    /// The id that the command was sent with, if the channel echoed it.
    pub fn command_id(&self) -> Option<&str> {
        self.command_id.as_deref()
    }

    /// The name that the result carries: the name that the command was sent under (A6413).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads the result; a missing value and one that is not an object are rejected (A6421, A6422).
    pub(crate) fn read(activity: &Activity) -> Result<CommandResult<C>, Rejection> {
        let value = activity
            .value
            .as_ref()
            .ok_or_else(|| Rejection::absent("value"))?;
        if !value.is_object() {
            return Err(Rejection::malformed(
                "value",
                "expected an object with `commandId`, `data` or `error`",
            ));
        }
        let envelope =
            Envelope::read(value).map_err(|error| Rejection::malformed("value", error))?;
        let mut malformed = None;
        let outcome = match envelope.error {
            Some(error) => Err(error.parse().unwrap_or_else(|unreadable| {
                CommandError::new("", format!("The error cannot be read: {unreadable}"))
            })),
            None => C::read_result(envelope.data.as_ref()).map_err(|error| {
                let rejection = Rejection::malformed("value.data", error);
                let why = rejection.complaint().to_string();
                malformed = Some(rejection);
                CommandError::new(CommandError::MALFORMED_RESULT, why)
            }),
        };
        let name = activity.name.clone().unwrap_or_else(|| C::NAME.to_owned());
        Ok(CommandResult {
            name,
            command_id: envelope.command_id,
            outcome,
            malformed,
        })
    }

    /// What is wrong with the data, if that is all that is wrong.
    pub(crate) fn malformed(&self) -> Option<&Rejection> {
        self.malformed.as_ref()
    }
}

/// `{ commandId, data, error }` on the wire.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CommandResultValue {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) command_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<CommandError>,
}

impl<'t, C: Command> FromTurn<'t, hook::on_command_result<C>> for CommandResult<C> {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        CommandResult::read(turn.activity())
    }
}

impl<'t, C: Command> FromTurn<'t, hook::on_command_result<hook::any>> for CommandResult<C> {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        match &turn.activity().name {
            Some(name) if !C::is_named(name) => Err(Rejection::absent(C::NAME)),
            _ => CommandResult::read(turn.activity()),
        }
    }
}
