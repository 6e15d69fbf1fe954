//! Something that is spelled: the code of a booking, the number of a device.

use std::ops::RangeInclusive;

use onhook_text::utterance::Token;
use onhook_text::vocabulary::Vocabulary;

use super::collected::{Collected, MOST};
use super::digits::spaced;
use super::reader::Reader;
use super::{Answer, Ask, Heard, Keep, Partial, Prompt, Verdict};

/// Letters and digits that are spelled: a `String` of `A` to `Z` and `0` to `9`.
///
/// ```
/// use onhook::question::{Answer, Heard, Partial, Spelled, Verdict};
///
/// let _question = Spelled::new("Please spell the code of your booking.").exactly(6);
///
/// let heard = Heard::speech("B as in bravo, four, x-ray");
/// let verdict = Spelled::default().hear(&heard, &mut Partial::default());
/// assert_eq!(verdict, Verdict::Answer("B4X".to_owned()));
/// ```
///
/// The caller says letters as they are called in English, German or Spanish, by the locale: "bee", "be"; digits and
/// numbers below a hundred; "double e"; the words of the ICAO alphabet, and in German those of DIN 5009: "Anton",
/// "Aachen"; any word as an example after its letter: "b as in banana", "B wie Bär", "be de barco". An example that
/// begins with another letter is no match. One word alone is taken by its letters: `ABC123`. Accents are left out.
///
/// Keys are digits. The answer is complete with the last character that it can have, with `#`, or when no key comes for
/// 3 seconds. With too few the rest is waited for.
#[derive(Clone, Debug)]
pub struct Spelled {
    collected: Collected,
}

impl Default for Spelled {
    /// From 1 to 128 characters.
    fn default() -> Spelled {
        Spelled::of(1..=MOST)
    }
}

impl Spelled {
    /// Asks this.
    #[allow(clippy::new_ret_no_self, reason = "what is made is the question")]
    pub fn new<'q>(prompt: impl Into<Prompt>) -> Ask<'q, Spelled> {
        Ask::new(Spelled::default()).prompt(prompt)
    }

    /// The answer alone, of so many characters, without a question around it.
    pub fn of(count: RangeInclusive<usize>) -> Spelled {
        Spelled {
            collected: Collected::between(*count.start(), *count.end()),
        }
    }
}

impl<K: Keep> Ask<'_, Spelled, K> {
    /// As many characters as this, from 1 to 128.
    pub fn exactly(self, count: usize) -> Self {
        self.between(count..=count)
    }

    /// So many characters, from 1 to 128. All of these unless set.
    pub fn between(mut self, count: RangeInclusive<usize>) -> Self {
        self.answer = Spelled::of(count);
        self
    }
}

impl Answer for Spelled {
    type Value = String;

    fn hear(&self, heard: &Heard<'_>, so_far: &mut Partial) -> Verdict<String> {
        match (heard.pressed(), heard.text()) {
            (Some('#'), _) | (None, None) => self.collected.end(so_far),
            (Some(key), _) if key.is_ascii_digit() => self.collected.key(key, so_far),
            (Some(_), _) => Verdict::NoMatch,
            (None, Some(text)) => match spoken(text, Vocabulary::of(heard.language())) {
                Some(characters) => self.collected.said(&characters, so_far),
                None => Verdict::NoMatch,
            },
        }
    }

    fn say(&self, value: &String, _locale: &str) -> Option<String> {
        Some(spaced(value))
    }
}

fn spoken(text: &str, vocabulary: &'static Vocabulary) -> Option<Vec<char>> {
    spelled(text, vocabulary).or_else(|| written(text))
}

/// Letters and figures one after the other.
fn spelled(text: &str, vocabulary: &'static Vocabulary) -> Option<Vec<char>> {
    let mut reader = Reader::new(text, vocabulary);
    let mut characters = Vec::new();
    loop {
        while reader.mark('-') || reader.mark('/') || reader.mark('.') || reader.mark(',') {}
        let place = reader.place();
        if let Some(name) = reader.lookup(vocabulary.letters) {
            characters.push(with_example(&mut reader, name)?);
        } else if let Some(letter) = one_letter(&mut reader) {
            characters.push(with_example(&mut reader, letter)?);
        } else if let Some(times) = reader.lookup(vocabulary.repeats) {
            let character = reader
                .lookup(vocabulary.letters)
                .or_else(|| one_letter(&mut reader))
                .or_else(|| reader.word_with(Vocabulary::digit))
                .or_else(|| one_figure(&mut reader))?;
            characters.extend(std::iter::repeat_n(character.to_ascii_uppercase(), times));
        } else if let Some(number) = reader.below_hundred() {
            characters.extend(number.to_string().chars());
        } else if let Some(figures) = reader.figures() {
            characters.extend(figures.chars());
        } else if let Some(zero) = reader.word_with(Vocabulary::digit) {
            characters.push(zero);
        } else if reader.ends() {
            return Some(characters).filter(|characters| !characters.is_empty());
        } else if reader.place() == place {
            return None;
        }
    }
}

fn one_letter(reader: &mut Reader) -> Option<char> {
    reader.word_with(|_, word| {
        let mut letters = word.chars();
        letters
            .next()
            .filter(|letter| letter.is_ascii_lowercase() && letters.next().is_none())
    })
}

fn one_figure(reader: &mut Reader) -> Option<char> {
    let figures = reader.figures()?;
    let mut figures = figures.chars();
    figures.next().filter(|_| figures.next().is_none())
}

/// A letter, and what follows it: "as in bravo". `None` if the example begins with another letter.
fn with_example(reader: &mut Reader, letter: char) -> Option<char> {
    let place = reader.place();
    let as_in = reader.vocabulary.as_in;
    while reader.mark(',') {}
    if reader.phrase(as_in) {
        let example = reader.word_with(|_, word| word.chars().next().filter(|_| word.len() > 1));
        match example {
            Some(first) if first == letter => {}
            // "de" is a letter of Spanish too, and so is what follows.
            None => reader.back_to(place),
            Some(_)
                if reader
                    .vocabulary
                    .letters
                    .iter()
                    .any(|(word, _)| as_in.contains(word)) =>
            {
                reader.back_to(place);
            }
            Some(_) => return None,
        }
    } else {
        reader.back_to(place);
    }
    Some(letter.to_ascii_uppercase())
}

/// A single word, with figures or without, by its letters.
fn written(text: &str) -> Option<Vec<char>> {
    if text.split_whitespace().nth(1).is_some() {
        return None;
    }
    let mut characters = Vec::new();
    for token in onhook_text::utterance::tokens(text) {
        match token {
            Token::Word(word) => {
                if !word.chars().all(|c| c.is_ascii_lowercase()) {
                    return None;
                }
                characters.extend(word.chars().map(|c| c.to_ascii_uppercase()));
            }
            Token::Figures(figures) => characters.extend(figures.chars()),
            Token::Mark('-' | '.' | ',' | '/') => {}
            Token::Mark(_) => return None,
        }
    }
    Some(characters).filter(|characters| !characters.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_spelled() {
        for (locale, text, expected) in [
            ("en-US", "a b c", Some("ABC")),
            ("en-US", "A, B, C.", Some("ABC")),
            ("en-US", "A-B-C", Some("ABC")),
            ("en-US", "ABC123", Some("ABC123")),
            ("en-US", "bee see dee", Some("BCD")),
            ("en-US", "alpha bravo charlie", Some("ABC")),
            ("en-US", "Alfa Juliett X-ray", Some("AJX")),
            ("en-US", "b as in bravo", Some("B")),
            ("en-US", "B as in banana four", Some("B4")),
            ("en-US", "d like dog", Some("D")),
            ("en-US", "b for ball, five", Some("B5")),
            ("en-US", "double u", Some("W")),
            ("en-US", "double e", Some("EE")),
            ("en-US", "double seven", Some("77")),
            ("en-US", "forty two a", Some("42A")),
            ("en-US", "zulu oh zero", Some("ZO0")),
            ("en-US", "zee zed", Some("ZZ")),
            ("en-US", "smith", Some("SMITH")),
            ("en-US", "um, a please", Some("A")),
            ("en-US", "b as in delta", None),
            ("en-US", "a fish b", None),
            ("en-US", "", None),
            ("de-DE", "Anton Berta Cäsar", Some("ABC")),
            ("de-DE", "Aachen Berlin", Some("AB")),
            ("de-DE", "B wie Bär", Some("B")),
            ("de-DE", "vau we zett", Some("VWZ")),
            ("de-DE", "Ypsilon zwo", Some("Y2")),
            ("es-ES", "be ce hache", Some("BCH")),
            ("es-ES", "be de barco", Some("B")),
            ("es-ES", "uve doble equis", Some("WX")),
            ("es-ES", "jota siete", Some("J7")),
        ] {
            let heard = Heard::speech(text).in_locale(locale);
            let expected =
                expected.map_or(Verdict::NoMatch, |code| Verdict::Answer(code.to_owned()));
            assert_eq!(
                Spelled::default().hear(&heard, &mut Partial::default()),
                expected,
                "{locale} {text}"
            );
        }
    }

    #[test]
    fn a_code_is_said_in_parts() {
        let code = Spelled::of(4..=4);
        let mut so_far = Partial::default();
        assert_eq!(code.hear(&Heard::speech("a b"), &mut so_far), Verdict::More);
        assert_eq!(code.hear(&Heard::key('1'), &mut so_far), Verdict::More);
        assert_eq!(
            code.hear(&Heard::key('2'), &mut so_far),
            Verdict::Answer("AB12".to_owned())
        );
        assert_eq!(
            code.hear(&Heard::speech("a b c d e"), &mut so_far),
            Verdict::NoMatch
        );
    }
}
