//! What a dialog asks: questions, what was heard, and what it means.
//!
//! [`Answer`] understands what a caller says or presses; it is pure and can be tested as a table. [`Ask`] is an answer
//! with everything around it: the prompt, what is said upon silence, how often it is asked. Constructors of answers
//! give an [`Ask`] at once, so that a question is one chain: `Confirm::new("Shall I send a receipt?").attempts(2)`.

mod answer;
mod ask;
mod heard;
mod kept;
mod prompt;
mod verdict;

mod cardinal;
mod collected;
mod reader;

pub(crate) mod choice;
mod confirm;
mod digits;

mod amount;
mod date;
mod free;
mod number;
mod spelled;
mod time_of_day;

pub use answer::{Answer, Timing};
pub use ask::Ask;
pub use choice::{Choice, Menu};
pub use confirm::Confirm;
pub use digits::Digits;

pub use amount::{Amount, Money};
pub use date::Date;
pub use free::Free;
pub use heard::{Heard, Partial};
pub use kept::{EventOr, Keep, Kept, Optional, OrEvent, Plain, Secretly};
pub use number::Number;
pub use prompt::Prompt;
pub use spelled::Spelled;
pub use time_of_day::Time;
pub use verdict::Verdict;

pub use crate::attributes::Choice;

#[cfg(test)]
mod bounds;
