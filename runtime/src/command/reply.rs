//! The bot's answer to a command that it received.

use serde::Serialize;

use super::CommandResultValue;
use super::envelope::Envelope;
use crate::activity::{Activity, Json};
use crate::command_error::CommandError;

/// The result of a command that the bot carried out or refused; an `#[on_command]` handler returns it.
///
/// The result that goes out echoes the command's name and id (A6413, A11100).
#[derive(Clone, Debug, PartialEq)]
pub struct CommandReply(Result<Option<Json>, CommandError>);

impl CommandReply {
    /// The command succeeded; `data` is what its result says.
    ///
    /// # Errors
    /// Fails if `data` cannot be written as JSON.
    pub fn success(data: &impl Serialize) -> Result<CommandReply, serde_json::Error> {
        Ok(CommandReply(Ok(Some(Json::of(data)?))))
    }

    /// The command succeeded; there is nothing more to say.
    pub fn done() -> CommandReply {
        CommandReply(Ok(None))
    }

    /// The command failed or is refused.
    pub fn failure(error: CommandError) -> CommandReply {
        CommandReply(Err(error))
    }

    /// The `commandResult` that answers `command`.
    pub(crate) fn answering(self, command: &Activity) -> Result<Activity, serde_json::Error> {
        let command_id = Envelope::command_id(command.value.as_ref());
        let (data, error) = match self.0 {
            Ok(data) => (data, None),
            Err(error) => (None, Some(error)),
        };
        let mut result = Activity::command_result(command.name.as_deref().unwrap_or_default());
        result.value = Some(Json::of(&CommandResultValue {
            command_id,
            data,
            error,
        })?);
        Ok(result)
    }
}
