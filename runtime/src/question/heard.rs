//! What a caller has said or pressed.

use std::fmt;

/// The most that a partial answer keeps, in characters: more keys than any number has.
const LONGEST: usize = 256;

/// One input of the caller: speech, a key, or silence.
///
/// ```
/// use onhook::question::Heard;
///
/// let heard = Heard::speech("ja bitte").in_locale("de-DE").with_confidence(0.7);
/// assert_eq!((heard.text(), heard.pressed(), heard.language()), (Some("ja bitte"), None, "de"));
/// ```
#[derive(Clone, Copy, PartialEq)]
pub struct Heard<'h> {
    input: Input<'h>,
    locale: &'h str,
    confidence: Option<f64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Input<'h> {
    Speech(&'h str),
    Key(char),
    Silence,
}

/// What is spoken where nobody says which language is.
const DEFAULT_LOCALE: &str = "en-US";

impl<'h> Heard<'h> {
    /// The caller said this.
    pub const fn speech(text: &'h str) -> Heard<'h> {
        Heard::of(Input::Speech(text))
    }

    /// The caller pressed this key: `0`–`9`, `*`, `#`, `A`–`D`.
    pub const fn key(key: char) -> Heard<'h> {
        Heard::of(Input::Key(key))
    }

    /// The caller did nothing until the time-out passed.
    pub const fn silence() -> Heard<'h> {
        Heard::of(Input::Silence)
    }

    const fn of(input: Input<'h>) -> Heard<'h> {
        Heard {
            input,
            locale: DEFAULT_LOCALE,
            confidence: None,
        }
    }

    /// In this language, a BCP 47 tag. An empty one is none, and changes nothing.
    pub fn in_locale(self, tag: &'h str) -> Heard<'h> {
        let tag = tag.trim();
        if tag.is_empty() {
            return self;
        }
        Heard {
            locale: tag,
            ..self
        }
    }

    /// How sure the recogniser is, from 0 to 1.
    pub fn with_confidence(self, confidence: f64) -> Heard<'h> {
        let confidence = Some(confidence);
        Heard { confidence, ..self }
    }

    /// What was said; none for a key and silence. White space around it is left out.
    pub fn text(&self) -> Option<&'h str> {
        match self.input {
            Input::Speech(text) => Some(text.trim()),
            _ => None,
        }
    }

    /// The key that was pressed, if it is one.
    pub fn pressed(&self) -> Option<char> {
        match self.input {
            Input::Key(key) => Some(key),
            _ => None,
        }
    }

    /// Whether the time-out passed without input.
    pub fn is_silence(&self) -> bool {
        self.input == Input::Silence
    }

    /// The language of the conversation, a BCP 47 tag; `en-US` where nobody says.
    pub fn locale(&self) -> &'h str {
        self.locale
    }

    /// The first part of the locale: `de` of `de-AT`.
    pub fn language(&self) -> &'h str {
        self.locale.split(['-', '_']).next().unwrap_or(self.locale)
    }

    /// How sure the recogniser is, from 0 to 1, where the channel says so. Keys are sure.
    pub fn confidence(&self) -> Option<f64> {
        match self.input {
            Input::Key(_) => Some(1.0),
            _ => self.confidence,
        }
    }
}

impl fmt::Debug for Heard<'_> {
    /// Without the words: they may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.input {
            Input::Speech(_) => "Heard(speech)",
            Input::Key(_) => "Heard(key)",
            Input::Silence => "Heard(silence)",
        })
    }
}

/// What the inputs of an attempt have brought so far, such as the first digits of a number. A text of at most 256
/// characters; what it means is the answer's affair.
///
/// It is kept with the dialog between keys, but for a secret question in memory only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Partial(String);

impl Partial {
    /// What there is.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many characters there are.
    pub fn len(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether there is nothing yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a character; beyond the limit it is dropped.
    pub fn push(&mut self, character: char) {
        if self.len() < LONGEST {
            self.0.push(character);
        }
    }

    /// Takes the last character back.
    pub fn pop(&mut self) -> Option<char> {
        self.0.pop()
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes everything, and leaves nothing.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

impl From<&str> for Partial {
    fn from(text: &str) -> Partial {
        Partial(text.chars().take(LONGEST).collect())
    }
}

impl fmt::Debug for Partial {
    /// Only how much it is: it may be the beginning of a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Partial({} characters)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_is_not_printed() {
        let mut so_far = Partial::from("4111");
        so_far.push('2');
        let printed = format!(
            "{:?} {:?} {so_far:?}",
            Heard::speech("4111"),
            Heard::key('4')
        );
        assert_eq!(printed, "Heard(speech) Heard(key) Partial(5 characters)");
    }

    #[test]
    fn an_empty_locale_is_none() {
        assert_eq!(Heard::silence().in_locale(" ").locale(), "en-US");
        assert_eq!(Heard::silence().in_locale("es_MX").language(), "es");
    }

    #[test]
    fn a_partial_answer_is_bounded() {
        let mut so_far = Partial::default();
        for _ in 0..1_000 {
            so_far.push('1');
        }
        assert_eq!(so_far.len(), LONGEST);
        assert_eq!(so_far.take().len(), LONGEST);
        assert!(so_far.is_empty());
    }
}
