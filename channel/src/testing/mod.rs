//! Testing a bot with whole calls: a caller who speaks, listens and insists, in milliseconds.
//!
//! Time is tokio's and paused, ids come from a seed, the voice is made of tones, and the recordings go to a folder that
//! is gone afterwards: a call is the same in every run, and is found sample by sample in what was recorded.
//!
//! ```
//! use onhook::prelude::*;
//! use onhook_channel::testing::{TestCall, contains};
//!
//! # #[on_members_added]
//! # async fn greet(turn: &Turn) -> Result<()> {
//! #     turn.start_recording(RecordingStart::new()).await?.detach();
//! #     turn.say("This call may be recorded.").await
//! # }
//! # #[on_message(text = "my card, please")]
//! # async fn card(turn: &Turn) -> Result<()> {
//! #     turn.pause_recording().await?.detach();
//! #     turn.say("What is its number?").await
//! # }
//! # #[on_dtmf('#')]
//! # async fn taken(turn: &Turn) -> Result<()> { turn.end_call().await }
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! // In a test: #[tokio::test(start_paused = true)]
//! let mut call = TestCall::dial(handlers![greet, card, taken]);
//! call.hears("This call may be recorded.").await;
//! call.says("my card, please").await;
//! call.hears(contains("number")).await;
//! call.presses("4929#").await;
//! let call = call.is_hung_up_on().await;
//! call.assert_recorded("my card, please");
//! call.assert_not_recorded("4929");
//! # }
//! ```
//!
//! Tests need the features `macros`, `rt` and `test-util` of tokio.
//!
//! A step that fails panics at the line of the test, and shows what was expected, what was heard, and the call so far.
//!
//! [`Fault`]s make results late, lost or doubled, commands fail and the disk full. A call's [`SavedCall`] can be saved
//! and [replayed](SavedCall::replay) against the bot of another day.

mod builder;
mod command;
mod difference;
mod ended;
mod ending;
mod exchange;
mod expected;
mod failure;
mod fault;
mod folder;
mod hearing;
mod interrupting;
mod listening;
mod passage;
mod replay;
mod rig;
mod saved_call;
mod span;
mod step;
mod test_call;
mod uttered;

pub use builder::TestCallBuilder;
pub use ended::{EndedCall, TestRecording};
pub use expected::{Expected, contains};
pub use fault::Fault;
pub use passage::Passage;
pub use replay::Replay;
pub use saved_call::{SavedCall, SavedCallError};
pub use test_call::TestCall;
