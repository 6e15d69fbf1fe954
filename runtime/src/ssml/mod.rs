//! Speech Synthesis Markup Language 1.0 (W3C): writing what a bot says, and reading what a channel speaks.
//!
//! ```
//! use std::time::Duration;
//! use onhook::ssml::{self, InterpretAs, Segment, Ssml};
//!
//! let speech = Ssml::new()
//!     .text("Call me at ")
//!     .say_as(InterpretAs::Telephone, "+1 425 555 0100")
//!     .pause(Duration::from_millis(300))
//!     .text("if 5 < 6");
//! assert_eq!(speech.plain_text(), "Call me at +1 425 555 0100 if 5 < 6");
//!
//! let segments = ssml::read(&speech.to_document("en-US"))?;
//! assert_eq!(
//!     segments,
//!     [
//!         Segment::Text("Call me at +1 425 555 0100".into()),
//!         Segment::Break(Duration::from_millis(300)),
//!         Segment::Text("if 5 < 6".into()),
//!     ]
//! );
//! # Ok::<(), ssml::SsmlError>(())
//! ```

use std::time::Duration;

mod builder;
mod characters;
mod content;
mod delivery;
mod element;
mod markup;
mod number;
mod pace;
mod pause;
mod reader;
mod speech;

pub use builder::Ssml;
pub use delivery::{Emphasis, InterpretAs, Rate};
pub use markup::{Problem, SsmlError};
pub use speech::{Segment, read};

/// The longest pause of one `<break>`; longer ones are cut to it by the speech service.
pub const LONGEST_BREAK: Duration = Duration::from_secs(5);
