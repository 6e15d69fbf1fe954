//! Anything that is said.

use super::{Answer, Ask, Heard, Keep, Partial, Prompt, Verdict};

/// The most characters, unless set.
const LONGEST: usize = 1_000;

/// Anything that is said, as it was heard: a `String` of at most 1,000 characters. A longer text is cut. Keys and
/// silence are no match.
///
/// ```
/// use onhook::question::{Answer, Free, Heard, Partial, Verdict};
///
/// let _question = Free::new("What is it about?").at_most(200);
///
/// let heard = Heard::speech(" My bill is wrong. ");
/// let verdict = Free::default().hear(&heard, &mut Partial::default());
/// assert_eq!(verdict, Verdict::Answer("My bill is wrong.".to_owned()));
/// ```
#[derive(Clone, Debug)]
pub struct Free {
    longest: usize,
}

impl Default for Free {
    fn default() -> Free {
        Free { longest: LONGEST }
    }
}

impl Free {
    /// Asks this.
    #[allow(clippy::new_ret_no_self, reason = "what is made is the question")]
    pub fn new<'q>(prompt: impl Into<Prompt>) -> Ask<'q, Free> {
        Ask::new(Free::default()).prompt(prompt)
    }
}

impl<K: Keep> Ask<'_, Free, K> {
    /// How many characters of a text are kept, from 1 to 10,000; 1,000 unless set.
    pub fn at_most(mut self, characters: usize) -> Self {
        self.answer.longest = characters.clamp(1, 10_000);
        self
    }
}

impl Answer for Free {
    type Value = String;

    fn hear(&self, heard: &Heard<'_>, _so_far: &mut Partial) -> Verdict<String> {
        match heard.text() {
            Some(text) if !text.is_empty() => {
                Verdict::Answer(text.chars().take(self.longest).collect())
            }
            _ => Verdict::NoMatch,
        }
    }

    fn say(&self, value: &String, _locale: &str) -> Option<String> {
        Some(value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_taken_up_to_its_length() {
        let hear = |heard| Free { longest: 3 }.hear(&heard, &mut Partial::default());
        assert_eq!(
            hear(Heard::speech("äöüß")),
            Verdict::Answer("äöü".to_owned())
        );
        assert_eq!(hear(Heard::speech("  ")), Verdict::NoMatch);
        assert_eq!(hear(Heard::key('1')), Verdict::NoMatch);
        assert_eq!(hear(Heard::silence()), Verdict::NoMatch);
    }
}
