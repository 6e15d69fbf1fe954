//! Yes or no.

use onhook_text::utterance::{begins, is, spoken_key, without, words};
use onhook_text::vocabulary::Vocabulary;

use super::{Answer, Ask, Heard, Partial, Prompt, Verdict};

/// Yes or no: the words, or the keys 1 and 2.
///
/// ```
/// use onhook::question::{Answer, Confirm, Heard, Partial, Verdict};
///
/// let hear = |heard| Confirm.hear(&heard, &mut Partial::default());
/// assert_eq!(hear(Heard::speech("Yes, please.")), Verdict::Answer(true));
/// assert_eq!(hear(Heard::speech("nein danke").in_locale("de-DE")), Verdict::Answer(false));
/// assert_eq!(hear(Heard::key('2')), Verdict::Answer(false));
/// assert_eq!(hear(Heard::speech("perhaps")), Verdict::NoMatch);
/// ```
///
/// An utterance that begins with "yes" is a yes, unless there is a no or a "not" in it: "yes I do", but not "yes no".
/// One that begins with "no" is a no, unless there is a yes in it. English, German and Spanish by the locale, English
/// for all others.
#[derive(Clone, Copy, Debug)]
pub struct Confirm;

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
        let vocabulary = Vocabulary::of(heard.language());
        let meant = match (heard.pressed(), heard.text()) {
            (Some(key), _) => by_key(key),
            (None, Some(text)) => said(&words(text), vocabulary),
            (None, None) => None,
        };
        meant.map_or(Verdict::NoMatch, Verdict::Answer)
    }

    fn say(&self, value: &bool, locale: &str) -> Option<String> {
        let vocabulary = Vocabulary::of(Heard::silence().in_locale(locale).language());
        let phrases = if *value {
            vocabulary.yes
        } else {
            vocabulary.no
        };
        phrases.first().map(|&phrase| phrase.to_owned())
    }
}

fn by_key(key: char) -> Option<bool> {
    match key {
        '1' => Some(true),
        '2' => Some(false),
        _ => None,
    }
}

fn said(words: &[String], vocabulary: &Vocabulary) -> Option<bool> {
    let clear = without(words, vocabulary.fillers);
    for words in [words, &clear] {
        if vocabulary.yes.iter().any(|phrase| is(words, phrase)) {
            return Some(true);
        }
        if vocabulary.no.iter().any(|phrase| is(words, phrase)) {
            return Some(false);
        }
    }
    let begin = |phrases: &[&str]| {
        phrases
            .iter()
            .any(|phrase| begins(&clear, phrase).is_some())
    };
    let contain = |phrases: &[&str]| clear.iter().any(|word| phrases.contains(&&**word));
    let (yes, no) = (vocabulary.yes_begins, vocabulary.no_begins);
    if begin(yes) && !contain(no) && !contain(vocabulary.negations) {
        return Some(true);
    }
    if begin(no) && !contain(yes) {
        return Some(false);
    }
    spoken_key(words, vocabulary).and_then(by_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_said() {
        for (locale, text, expected) in [
            ("en-US", "yes", Some(true)),
            ("en-US", "YES!", Some(true)),
            ("en-US", "Yes, please.", Some(true)),
            ("en-US", "um, yeah", Some(true)),
            ("en-US", "Yes I do", Some(true)),
            ("en-US", "that's right", Some(true)),
            ("en-US", "that’s right", Some(true)),
            ("en-US", "no problem", Some(true)),
            ("en-US", "okay", Some(true)),
            ("en-US", "of course", Some(true)),
            ("en-US", "y\u{200b}es", Some(true)),
            ("en-US", "one", Some(true)),
            ("en-US", "press 1", Some(true)),
            ("en-US", "no", Some(false)),
            ("en-US", "No, thank you!", Some(false)),
            ("en-US", "nope", Some(false)),
            ("en-US", "no I do not want that", Some(false)),
            ("en-US", "of course not", Some(false)),
            ("en-US", "not really", Some(false)),
            ("en-US", "I don't", Some(false)),
            ("en-US", "option two", Some(false)),
            ("en-US", "yes no", None),
            ("en-US", "no yes", None),
            ("en-US", "no wait, yes", None),
            ("en-US", "yes but not now", None),
            ("en-US", "right, what was the question", None),
            ("en-US", "nobody", None),
            ("en-US", "yesterday", None),
            ("en-US", "perhaps", None),
            ("en-US", "three", None),
            ("en-US", "", None),
            ("en-US", "ja", None),
            ("", "yes", Some(true)),
            ("xx", "no", Some(false)),
            ("de-DE", "ja", Some(true)),
            ("de-DE", "Ja, bitte!", Some(true)),
            ("de-DE", "ja gerne", Some(true)),
            ("de-DE", "ähm ja", Some(true)),
            ("de-DE", "Natürlich", Some(true)),
            ("de-DE", "das stimmt", Some(true)),
            ("de-DE", "genau", Some(true)),
            ("de-DE", "eins", Some(true)),
            ("de-DE", "nein", Some(false)),
            ("de-DE", "Nein, danke.", Some(false)),
            ("de-DE", "nee", Some(false)),
            ("de-DE", "auf keinen Fall", Some(false)),
            ("de-DE", "das stimmt nicht", Some(false)),
            ("de-DE", "nein das will ich nicht", Some(false)),
            ("de_AT", "nein", Some(false)),
            ("de-DE", "ja nein", None),
            ("de-DE", "ja aber nicht heute", None),
            ("de-DE", "vielleicht", None),
            ("de-DE", "yes", None),
            ("es-ES", "sí", Some(true)),
            ("es-ES", "si\u{301}", Some(true)),
            ("es-ES", "¡Sí, por favor!", Some(true)),
            ("es-MX", "claro que sí", Some(true)),
            ("es-ES", "vale", Some(true)),
            ("es-ES", "de acuerdo", Some(true)),
            ("es-ES", "sí quiero", Some(true)),
            ("es-ES", "uno", Some(true)),
            ("es-ES", "no", Some(false)),
            ("es-ES", "No, gracias.", Some(false)),
            ("es-ES", "claro que no", Some(false)),
            ("es-ES", "no quiero eso", Some(false)),
            ("es-ES", "sí, no", None),
            ("es-ES", "quizás", None),
        ] {
            let heard = Heard::speech(text).in_locale(locale);
            let expected = expected.map_or(Verdict::NoMatch, Verdict::Answer);
            assert_eq!(
                Confirm.hear(&heard, &mut Partial::default()),
                expected,
                "{locale} {text}"
            );
        }
    }

    #[test]
    fn yes_and_no_are_pressed() {
        for (key, expected) in [
            ('1', Some(true)),
            ('2', Some(false)),
            ('3', None),
            ('#', None),
        ] {
            let expected = expected.map_or(Verdict::NoMatch, Verdict::Answer);
            assert_eq!(
                Confirm.hear(&Heard::key(key), &mut Partial::default()),
                expected,
                "{key}"
            );
        }
        assert_eq!(
            Confirm.hear(&Heard::silence(), &mut Partial::default()),
            Verdict::NoMatch
        );
    }
}
