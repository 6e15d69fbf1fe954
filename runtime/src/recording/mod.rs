//! Recording a call: the commands, the state machine behind them, and what a result says.
//!
//! Everything here is pure: no I/O, no clock, no task. A channel asks the [`Machine`] what a command
//! would do, does it, and commits; a bot builds the command data and reads the [`RecordingStatus`].
//!
//! ```
//! use onhook::recording::{Action, Effect, Machine, ResumePolicy, StartOptions, State};
//!
//! let mut recording = Machine::new(ResumePolicy::default());
//! let started = recording.apply(Action::Start, StartOptions::default())?;
//! assert_eq!(started.effect, Effect::OpenSession { session: 1, paused: false });
//!
//! let refused = recording.apply(Action::Start, StartOptions::default()).unwrap_err();
//! assert_eq!(refused.message, "Recording is already in progress");
//! assert_eq!(recording.state(), State::Recording(1));
//! # Ok::<(), onhook::command_error::CommandError>(())
//! ```

mod open_words;

mod action;
mod annotate;
mod billing;
mod command_id;
mod control;
mod end_reason;
mod error_codes;
mod ledger;
mod machine;
mod media_type;
mod metadata;
mod start;
mod state;
mod status;

pub use action::{Action, Dialect};
pub(crate) use annotate::ANNOTATE;
pub use annotate::RecordingAnnotate;
pub use billing::{BillingPolicy, MicroUsd};
pub use command_id::{CommandId, Fingerprint};
pub use control::{RecordingPause, RecordingResume, RecordingStop};
pub use end_reason::EndReason;
pub use error_codes::ErrorCode;
pub use ledger::{Ledger, Seen};
pub use machine::{Effect, Machine, ResumePolicy, StaleTransition, StartOptions, Transition};
pub use media_type::{ChannelType, ContentType, PauseMode, RecordingFormat};
pub use metadata::{MAX_METADATA_BYTES, MAX_METADATA_KEYS, MetadataError, check_metadata};
pub use start::RecordingStart;
pub use state::{Phase, State};
pub use status::RecordingStatus;
