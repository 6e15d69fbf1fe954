//! The Telephony channel on one machine: it answers calls, mixes their audio, and keeps their recordings.
//!
//! The bot is called through the same seams as over the network, [`Host`](onhook::Host) and
//! [`Connector`](onhook::Connector). All time is tokio's, so that a call of minutes runs in milliseconds on a
//! runtime whose time is paused, and in its own time on any other.
//!
//! ```
//! use onhook::prelude::*;
//! use onhook_channel::{Channel, Dial};
//!
//! #[on_members_added]
//! async fn record(turn: &Turn) -> Result<()> {
//!     turn.start_recording(RecordingStart::new().metadata("queue", "billing")).await?.detach();
//!     turn.say("This call may be recorded.").await
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! # let recordings = std::env::temp_dir().join("onhook-doc-lib");
//! let channel = Channel::builder(handlers![record]).recordings(recordings).build();
//! let call = channel.dial(Dial::new());
//! call.listens().await;
//! let report = call.hangs_up().await;
//! println!("{}", report.transcript);
//! assert_eq!(report.recordings.len(), 1);
//! # }
//! ```

pub mod events;
pub mod journal;
pub mod media;
pub mod store;
pub mod testing;
pub mod vcon;
pub mod voice;
pub mod wav;

mod call;
mod channel;
mod journals;
mod leftover;
mod recorder;

pub use call::{
    Call, CallOver, CallReport, CommandFailed, Dial, EndedBy, Event, Line, Notice, RecogniserStyle,
    RecordingReport, Standin, Transcript, Transfer, Utterance, UtteranceError,
};
pub use channel::{Channel, ChannelBuilder};
