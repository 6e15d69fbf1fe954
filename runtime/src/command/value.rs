//! The value of a command.

use super::Command;
use super::envelope::Envelope;
use crate::extract::FromTurn;
use crate::hook;
use crate::rejection::Rejection;
use crate::turn::Turn;

/// A command that reached the bot: its id and its data.
///
/// ```
/// use onhook::prelude::*;
/// # #[derive(Command, serde::Serialize, serde::Deserialize)]
/// # #[command(name = "application/vnd.contoso.open-ticket", result = u32)]
/// # struct OpenTicket { subject: String }
///
/// #[on_command(OpenTicket)]
/// async fn open(turn: &Turn, command: CommandValue<OpenTicket>) -> Result<CommandReply> {
///     turn.say(format!("A ticket about {}.", command.data.subject)).await?;
///     Ok(CommandReply::success(&17)?)
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CommandValue<C> {
    /// The sender's id for this command, echoed by every result (A11100).
    pub command_id: Option<String>,
    /// The data.
    pub data: C,
}

impl<C: Command> CommandValue<C> {
    fn read(turn: &Turn) -> Result<CommandValue<C>, Rejection> {
        let activity = turn.activity();
        if !activity.name.as_deref().is_some_and(C::is_named) {
            return Err(Rejection::absent(C::NAME));
        }
        let value = activity
            .value
            .as_ref()
            .ok_or_else(|| Rejection::absent("value"))?;
        let envelope =
            Envelope::read(value).map_err(|error| Rejection::malformed("value", error))?;
        let data = envelope.data.unwrap_or_default().parse();
        Ok(CommandValue {
            command_id: envelope.command_id,
            data: data.map_err(|error| Rejection::malformed("value.data", error))?,
        })
    }
}

impl<'t, C: Command> FromTurn<'t, hook::on_command<C>> for CommandValue<C> {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        CommandValue::read(turn)
    }
}

impl<'t, C: Command> FromTurn<'t, hook::on_command<hook::any>> for CommandValue<C> {
    fn from_turn(turn: &'t Turn) -> Result<Self, Rejection> {
        CommandValue::read(turn)
    }
}
