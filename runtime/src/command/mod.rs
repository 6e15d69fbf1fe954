//! Commands: what a bot asks of the channel, or the channel of a bot, and the results.
//!
//! A command is an activity of type `command` whose value is `{ commandId, data }`; its result is a
//! `commandResult` with the same name and command id, and `error` if it failed (Activity protocol,
//! A6310 to A6430, A10100 to A11301).

mod envelope;
mod name;
pub(crate) mod pending;
mod receipt;
mod reply;
mod result;
mod value;

pub(crate) use envelope::Envelope;
pub use name::CommandName;
pub use receipt::{Receipt, ResultError};
pub use reply::CommandReply;
pub use result::CommandResult;
pub(crate) use result::CommandResultValue;
pub use value::CommandValue;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::activity::Json;
use crate::connector::SendError;
use crate::recording::{
    ANNOTATE, Action, Dialect, RecordingAnnotate, RecordingPause, RecordingResume, RecordingStart,
    RecordingStatus, RecordingStop,
};

/// A command, as the type of its data; `#[derive(Command)]` writes the implementation.
///
/// ```
/// use onhook::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Command, Serialize, Deserialize)]
/// #[command(name = "application/vnd.contoso.open-ticket", result = Ticket)]
/// struct OpenTicket { subject: String }
///
/// #[derive(Serialize, Deserialize)]
/// struct Ticket { number: u32 }
///
/// assert_eq!(OpenTicket::NAME, "application/vnd.contoso.open-ticket");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command",
    label = "not a command",
    note = "derive it: `#[derive(Command, Serialize, Deserialize)] #[command(name = \"application/…\", result = …)]`"
)]
pub trait Command: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name on the wire, such as `application/vnd.contoso.open-ticket` (A6301, A6311).
    const NAME: &'static str;

    /// Other names of the same command, understood and never sent unless a dialect is chosen.
    const ALIASES: &'static [&'static str] = &[];

    /// The data of a result without error.
    type Result: DeserializeOwned + Send + Sync;

    /// Reads the result's data; absent data are read as `null`.
    ///
    /// # Errors
    /// Fails if the data have another shape than `Self::Result`.
    fn read_result(data: Option<&Json>) -> Result<Self::Result, serde_json::Error> {
        match data {
            Some(data) => data.parse(),
            None => serde_json::from_str("null"),
        }
    }

    /// Checks the data before anything is sent.
    ///
    /// # Errors
    /// Fails if the channel would refuse the data.
    fn check(&self) -> Result<(), SendError> {
        Ok(())
    }

    /// Whether `name` is one of this command's names.
    fn is_named(name: &str) -> bool {
        name == Self::NAME || Self::ALIASES.contains(&name)
    }
}

macro_rules! recording_commands {
    ($($ty:ty = $action:ident $(, checked by $check:path)?;)*) => {$(
        impl Command for $ty {
            const NAME: &'static str = Action::$action.wire_name(Dialect::Current);
            const ALIASES: &'static [&'static str] = &[Action::$action.wire_name(Dialect::Preview)];
            type Result = RecordingStatus;

            fn read_result(data: Option<&Json>) -> Result<RecordingStatus, serde_json::Error> {
                // A result's data may be missing (A11200), and the public service's are.
                data.map_or_else(|| Ok(RecordingStatus::default()), Json::parse)
            }

            $(fn check(&self) -> Result<(), SendError> {
                Ok($check(self)?)
            })?
        }
    )*};
}

recording_commands! {
    RecordingStart = Start, checked by RecordingStart::check;
    RecordingPause = Pause;
    RecordingResume = Resume;
    RecordingStop = Stop;
}

impl Command for RecordingAnnotate {
    const NAME: &'static str = ANNOTATE;
    type Result = RecordingStatus;

    fn check(&self) -> Result<(), SendError> {
        Ok(RecordingAnnotate::check(self)?)
    }
}
