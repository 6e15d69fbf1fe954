//! What understands an answer.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Heard, Partial, Verdict};

/// Understands what a caller says or presses in answer to a question.
///
/// It is pure: it does not wait, knows no time, and gives the same verdict for the same input. Implement it for your
/// own kinds of answers and ask with [`Ask::new`](super::Ask::new):
///
/// ```
/// use onhook::question::{Answer, Ask, Heard, Partial, Verdict};
///
/// /// A ticket of ours: `T` and four digits.
/// struct TicketNumber;
///
/// impl Answer for TicketNumber {
///     type Value = u16;
///
///     fn hear(&self, heard: &Heard<'_>, _so_far: &mut Partial) -> Verdict<u16> {
///         let Some(text) = heard.text() else { return Verdict::NoMatch };
///         match text.trim().strip_prefix(['T', 't']).map(str::trim) {
///             Some(digits) if digits.len() == 4 => digits.parse().map_or(Verdict::NoMatch, Verdict::Answer),
///             _ => Verdict::Invalid("A ticket is the letter T and four digits.".into()),
///         }
///     }
/// }
///
/// let mut so_far = Partial::default();
/// assert_eq!(TicketNumber.hear(&Heard::speech("T 0815"), &mut so_far), Verdict::Answer(815));
/// assert_eq!(TicketNumber.hear(&Heard::key('1'), &mut so_far), Verdict::NoMatch);
/// let _question = Ask::new(TicketNumber).prompt("What is the number of your ticket?");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be asked for",
    label = "not an answer",
    note = "ask for a `Confirm`, `Digits`, `Free` …, derive `Choice` for a menu, or implement `Answer`"
)]
pub trait Answer: Send + Sync {
    /// What the answer means. The dialog's journal keeps it, so that it survives a restart.
    type Value: Serialize + DeserializeOwned + Send;

    /// Judges one input. `so_far` is what earlier inputs of the same attempt have left: keys come one by one.
    ///
    /// Silence comes here too, when a time-out passes: [`Heard::is_silence`]. An answer that has enough by then says so;
    /// [`Verdict::NoMatch`] or [`Verdict::More`] upon silence count as no input.
    fn hear(&self, heard: &Heard<'_>, so_far: &mut Partial) -> Verdict<Self::Value>;

    /// The name under which the journal keeps it, by which a dialog that was changed is recognised. Without type
    /// parameters, the last segment of the type's name unless set.
    fn name(&self) -> &'static str {
        let name = std::any::type_name::<Self>();
        let name = name.split('<').next().unwrap_or(name);
        name.rsplit("::").next().unwrap_or(name)
    }

    /// How a value is said when the caller is asked to confirm it. `None`: what was heard is said as it was heard.
    fn say(&self, value: &Self::Value, locale: &str) -> Option<String> {
        let _ = (value, locale);
        None
    }

    /// How long it waits for keys and for speech.
    fn timing(&self) -> Timing {
        Timing::default()
    }
}

/// The time-outs of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// From the end of the prompt to the first input; 5 seconds unless set.
    pub first: Duration,
    /// From one key to the next; 3 seconds unless set.
    pub between_keys: Duration,
}

impl Default for Timing {
    fn default() -> Timing {
        Timing {
            first: Duration::from_secs(5),
            between_keys: Duration::from_secs(3),
        }
    }
}
