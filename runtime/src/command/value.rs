//! The value of a command.

use serde::{Deserialize, Serialize};

use super::Command;
use crate::activity::Json;
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

/// `{ commandId, data }` on the wire.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) command_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Json>,
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
        let wire: Wire = value
            .parse()
            .map_err(|error| Rejection::malformed("value", error))?;
        let data = match &wire.data {
            Some(data) => data.parse(),
            None => serde_json::from_str("null"),
        };
        let data = data.map_err(|error| Rejection::malformed("value.data", error))?;
        Ok(CommandValue {
            command_id: wire.command_id,
            data,
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
