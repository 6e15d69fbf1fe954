//! Testing a handler without a server: a turn on a scripted activity, and a connector that keeps what was sent.
//!
//! ```
//! use onhook::prelude::*;
//! use onhook::testing::TestTurn;
//!
//! #[on_message]
//! async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
//!     turn.say(format!("You said {text}.")).await
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let turn = TestTurn::message("pay my bill");
//! echo(&turn, Text("pay my bill")).await.unwrap(); // a handler is a function …
//! turn.run(&handlers![echo]).await.unwrap(); // … and the bot dispatches to it
//! assert_eq!(turn.spoken(), ["You said pay my bill."; 2]);
//! # }
//! ```

#[cfg(feature = "dialog")]
#[doc(hidden)]
pub mod conformance;
#[cfg(feature = "dialog")]
mod dialog;
mod outbox;
mod turn;

#[cfg(feature = "dialog")]
pub use dialog::TestDialog;
pub use outbox::Outbox;
pub use turn::TestTurn;
