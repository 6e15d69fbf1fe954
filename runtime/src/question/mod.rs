//! What a dialog asks: questions, what was heard, and what it means.
//!
//! [`Answer`] understands what a caller says or presses; it is pure and can be tested as a table. [`Ask`] is an answer
//! with everything around it: the prompt, what is said upon silence, how often it is asked. Constructors of answers
//! give an [`Ask`] at once, so that a question is one chain: `Confirm::new("Shall I send a receipt?").attempts(2)`.

mod answer;
mod ask;
mod confirm;
mod heard;
mod kept;
mod prompt;
mod verdict;

pub use answer::{Answer, Timing};
pub use ask::Ask;
pub use confirm::Confirm;
pub use heard::{Heard, Partial};
pub use kept::{EventOr, Keep, Kept, Optional, OrEvent, Plain, Secretly};
pub use prompt::Prompt;
pub use verdict::Verdict;
