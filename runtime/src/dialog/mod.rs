//! Dialogs: conversations that wait for a caller and outlive their process.
//!
//! A handler that takes `call: &mut Dialog<'_>` in place of `&Turn` is a dialog. It is an ordinary `async fn` with
//! loops, `match`, `?` and helpers. Each turn loads its journal, runs it again from the start with the answers that it
//! already has, and drops it where it waits. What it says and sends is committed first, and heard after that.
//!
//! ```
//! use onhook::prelude::*;
//! use onhook::question::Confirm;
//! use onhook::testing::TestDialog;
//!
//! struct Contoso;
//!
//! #[bot]
//! impl Contoso {
//!     #[on_members_added]
//!     async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
//!         while call.ask(Confirm::new("Shall I tell you a joke?")).await? {
//!             call.say("A bot walks into a bar.").await?;
//!         }
//!         call.end_call().await
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let call = TestDialog::begin(Contoso).await;
//! call.says("yes").await;
//! call.says("no").await;
//! assert_eq!(call.heard(), ["Shall I tell you a joke?", "A bot walks into a bar.", "Shall I tell you a joke?"]);
//! assert!(call.is_over());
//! # }
//! ```
//!
//! # The rules
//!
//! The code between two waits runs again in every turn, so it must do the same again:
//!
//! 1. It depends on arguments and answers only. `&self` holds configuration and services, not what changes.
//! 2. Time is [`Dialog::now`], chance is [`Dialog::random`].
//! 3. Everything that waits, has an effect, or may differ the next time is a step: [`Dialog::run`].
//! 4. Nothing is compared or numbered in the order of a `HashMap`.
//! 5. What it logs, it logs at every replay: log in a step. With the feature `http`, a replay stands in the span `replay` of
//!    the target `onhook::dialog`, by which a subscriber can leave it out.
//!
//! What does not keep them is found at the second question of the first test: a foreign `.await`, a journal that does not
//! match, a loop without end are each an error that names the dialog, the file and the line ([`DialogError`]).
//!
//! # What is persisted
//!
//! One record for each conversation, in a [`StateStore`](crate::state::StateStore): the activity that began the dialog,
//! the journal (answers, results of steps and commands; no prompts, and of a [`Secret`] only that it was answered), what
//! it waits for and until when, and the ids of the last activities. It is JSON, at most 256 KiB, gone 24 hours after its
//! last turn, and deleted at the end of the conversation.

mod ask;
mod call;
mod dialogs;
mod drive;
mod failure;
mod input;
mod journal;
mod record;
mod redaction;
#[cfg(feature = "http")]
mod replay;
mod route;
mod secret;
mod session;
mod speaking;
mod step;
mod timers;
mod values;
mod volatile;
mod wait;
mod within;

pub use call::Dialog;
pub(crate) use dialogs::{Connectors, Dialogs, Fired};
pub use drive::DialogTurn;
pub use failure::{DialogError, Place, StepError, Unanswered};
pub(crate) use route::dispatch;
pub use secret::Secret;
pub(crate) use session::Session;
pub use step::{Durable, Run, RunWith, StepKey};
pub(crate) use values::{finish, give_up, load, save};
pub use wait::WaitForEvent;
pub use within::Within;
