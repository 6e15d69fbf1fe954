//! Voice bots for the Bot Framework / Microsoft 365 *Activity protocol*, with programmable call recording.
//!
//! Annotate the functions that answer a call; the macros generate a static dispatch and typed
//! extraction, and check at compile time what can be checked: names, arguments, results, duplicates.
//!
//! ```
//! use onhook::prelude::*;
//!
//! struct Contoso { company: &'static str }
//!
//! #[bot]
//! impl Contoso {
//!     #[on_members_added]
//!     async fn greet(&self, turn: &Turn, joined: MembersAdded<'_>) -> Result<()> {
//!         for _caller in joined.others() {
//!             turn.start_recording(RecordingStart::new().metadata("queue", "billing")).await?.detach();
//!             turn.say(format!("Welcome to {}! This call may be recorded.", self.company)).await?;
//!         }
//!         Ok(())
//!     }
//!
//!     #[on_command_result("recording_start")]
//!     async fn recording_started(&self, turn: &Turn, result: CommandResult<RecordingStart>) -> Result<()> {
//!         if result.outcome().is_err() {
//!             turn.say("Recording has failed, but your call will continue.").await?;
//!         }
//!         Ok(())
//!     }
//! }
//! # use onhook::testing::TestTurn;
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let turn = TestTurn::members_added(["caller"]);
//! turn.run(&Contoso { company: "Contoso" }).await.unwrap();
//! assert_eq!(turn.spoken(), ["Welcome to Contoso! This call may be recorded."]);
//! # }
//! ```
//!
//! An activity takes this way: [`Host`] puts it into the mailbox of its conversation, where turns run
//! one at a time; a [`Turn`] carries it through [`Bot::dispatch`], the extractors ([`FromTurn`]) and your
//! handler; what the handler sends leaves through the [`Connector`].

pub mod activity;
pub mod command_error;
pub mod recording;
pub mod ssml;

mod clock;
mod ids;
mod phone_number;
mod speech;

mod connector;
mod turn;

mod command;

pub mod extract;
mod rejection;

mod error;
pub mod hook;
mod outcome;

mod attributes;
mod bot;
mod choice;
mod handler;
mod key;
mod keys;
mod or;
mod part;
mod rank;
mod sides;

mod conversation;
mod host;
mod pause;

#[cfg(feature = "http")]
pub mod http;

pub mod testing;

#[doc(hidden)]
pub mod __private;
pub mod prelude;

pub use activity::{
    Activity, ActivityError, ActivityType, ChannelAccount, ConversationAccount,
    ConversationReference, InputHint, Json, ResourceResponse,
};
pub use attributes::*;
pub use bot::Bot;
pub use clock::Clock;
pub use command::{
    Command, CommandName, CommandReply, CommandResult, CommandValue, Receipt, ResultError,
};
pub use command_error::{CommandError, InnerHttpError};
pub use connector::{BoxFuture, Connector, SendError};
pub use error::{Error, Result};
pub use extract::FromTurn;
pub use handler::Handler;
pub use hook::{Hook, HookTable};
pub use host::{
    AnyHost, ConversationHandle, Delivery, Host, HostBuilder, ProactiveTurn, Refused, TurnOutcome,
};
#[cfg(feature = "http")]
pub use http::serve;
pub use ids::Ids;
pub use or::Or;
pub use outcome::{Flow, IntoOutcome, InvokeResponse, Outcome};
pub use pause::{NotPaused, NotResumed};
pub use phone_number::{NotE164, PhoneNumber};
pub use rank::Rank;
pub use recording::{
    Dialect, RecordingPause, RecordingResume, RecordingStart, RecordingStatus, RecordingStop,
};
pub use rejection::{Reason, Rejection};
pub use speech::Speech;
pub use turn::Turn;
