//! Yes or no.

use super::{Answer, Ask, Heard, Partial, Prompt, Verdict};

/// Yes or no: the words, or the keys 1 and 2.
///
/// ```
/// use onhook::question::{Answer, Confirm, Heard, Partial, Verdict};
///
/// let hear = |heard| Confirm.hear(&heard, &mut Partial::default());
/// assert_eq!(hear(Heard::speech("Yes, please.")), Verdict::Answer(true));
/// assert_eq!(hear(Heard::key('2')), Verdict::Answer(false));
/// assert_eq!(hear(Heard::speech("perhaps")), Verdict::NoMatch);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Confirm;

/// Utterances without punctuation, in lower case.
const YES: &[&str] = &[
    "yes",
    "yes please",
    "yeah",
    "yep",
    "yup",
    "sure",
    "correct",
    "right",
    "ok",
    "okay",
    "of course",
    "please do",
    "that is right",
    "that is correct",
];
const NO: &[&str] = &[
    "no",
    "no thanks",
    "no thank you",
    "nope",
    "nah",
    "wrong",
    "incorrect",
    "not",
    "that is wrong",
];

impl Confirm {
    /// Asks this.
    #[allow(clippy::new_ret_no_self, reason = "what is made is the question")]
    pub fn new<'q>(prompt: impl Into<Prompt>) -> Ask<'q, Confirm> {
        Ask::new(Confirm).prompt(prompt)
    }
}

impl Answer for Confirm {
    type Value = bool;

    fn hear(&self, heard: &Heard<'_>, _so_far: &mut Partial) -> Verdict<bool> {
        match heard.pressed() {
            Some('1') => return Verdict::Answer(true),
            Some('2') => return Verdict::Answer(false),
            _ => {}
        }
        let Some(text) = heard.text() else {
            return Verdict::NoMatch;
        };
        let said: String = text
            .to_lowercase()
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || c == '\'' {
                    c
                } else {
                    ' '
                }
            })
            .collect();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        if YES.contains(&&*said) {
            Verdict::Answer(true)
        } else if NO.contains(&&*said) {
            Verdict::Answer(false)
        } else {
            Verdict::NoMatch
        }
    }
}
