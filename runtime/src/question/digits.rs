//! Digits: numbers of accounts, cards and telephones, codes.

use std::ops::RangeInclusive;
use std::time::Duration;

use onhook_text::utterance::Token;
use onhook_text::vocabulary::Vocabulary;

use super::collected::{Collected, TERMINATOR};
use super::reader::Reader;
use super::{Answer, Ask, Heard, Keep, Partial, Timing, Verdict};

/// Digits, pressed or spoken: the number of an account, a card, a telephone; a code. A `String`, so that zeros at the
/// beginning stay.
///
/// ```
/// use onhook::question::{Answer, Digits, Heard, Partial, Verdict};
/// use std::time::Duration;
///
/// let _question = Digits::exactly(16)
///     .prompt("Please enter your card number, then press the hash key.")
///     .ends_with('#')
///     .between_keys(Duration::from_secs(4))
///     .secret();
///
/// let pin = Digits::of(4..=4);
/// let heard = Heard::speech("double four, seven, oh");
/// assert_eq!(pin.hear(&heard, &mut Partial::default()), Verdict::Answer("4470".to_owned()));
/// ```
///
/// # Keys
/// * The answer is complete with the last digit that it can have. [`between`](Digits::between) waits for more until no
///   key comes for [`between_keys`](Ask::between_keys), 3 seconds unless set.
/// * With a [terminator](Ask::ends_with) it is complete when that key comes, or when no key comes any more. When it has
///   all of its digits, the terminator is waited for ([`terminator_within`](Ask::terminator_within)), so that it does
///   not answer the next question.
/// * A digit too many is no match, and so is too few of them. The length is never a minimum: ten digits are not the
///   first ten of twelve.
/// * `*` and `#` are parts of the value as they are pressed, unless one of them is the terminator or the
///   [deletion key](Ask::deletes_with). `A` to `D` are no match.
/// * Keys that were pressed before the question was asked come first.
///
/// # Speech
/// English, German and Spanish by the locale, English for all others:
/// * digits: "four two seven", "oh", "zwo"; figures with spaces, hyphens, dots, slashes and parentheses: `(089) 12-34`;
/// * "double four", "triple seven"; "doppel vier", "dreimal die Sieben"; "doble cuatro";
/// * numbers below a hundred are the digits that they are written with: "nineteen eighty four" is `1984`;
/// * hundreds and thousands at the end: "one eight hundred" is `1800`. Before other digits they are no match, because
///   "eight hundred five" is `8005` to some and `805` to others;
/// * "star" and "hash" are the keys. "My number is", "please" and the like are passed over.
///
/// What is said is complete when it has enough digits; with fewer the rest is waited for, as callers pause between
/// groups.
#[derive(Clone, Debug)]
pub struct Digits {
    collected: Collected,
    between_keys: Duration,
    terminator_within: Duration,
}

impl Digits {
    /// As many digits as this, from 1 to 128.
    pub fn exactly<'q>(count: usize) -> Ask<'q, Digits> {
        Digits::between(count..=count)
    }

    /// So many digits, from 1 to 128.
    pub fn between<'q>(count: RangeInclusive<usize>) -> Ask<'q, Digits> {
        Ask::new(Digits::of(count))
    }

    /// The answer alone, without a question around it.
    pub fn of(count: RangeInclusive<usize>) -> Digits {
        Digits {
            collected: Collected::between(*count.start(), *count.end()),
            between_keys: Timing::default().between_keys,
            terminator_within: TERMINATOR,
        }
    }
}

impl<K: Keep> Ask<'_, Digits, K> {
    /// The key that ends the digits. It is no part of the value. None unless set.
    pub fn ends_with(mut self, terminator: char) -> Self {
        self.answer.collected.terminator = Some(terminator);
        self
    }

    /// The key that takes the last digit back. None unless set.
    pub fn deletes_with(mut self, key: char) -> Self {
        self.answer.collected.deletion = Some(key);
        self
    }

    /// How long to wait from one key to the next; 3 seconds unless set. The time to the first is
    /// [`first_input`](Ask::first_input).
    pub fn between_keys(mut self, timeout: Duration) -> Self {
        self.answer.between_keys = timeout;
        self
    }

    /// How long to wait for the terminator when all other keys are there; 2 seconds unless set.
    pub fn terminator_within(mut self, timeout: Duration) -> Self {
        self.answer.terminator_within = timeout;
        self
    }
}

impl Answer for Digits {
    type Value = String;

    fn hear(&self, heard: &Heard<'_>, so_far: &mut Partial) -> Verdict<String> {
        if let Some(key) = heard.pressed() {
            return match key {
                '0'..='9' | '*' | '#' => self.collected.key(key, so_far),
                _ => Verdict::NoMatch,
            };
        }
        match heard.text() {
            Some(text) => match spoken(text, Vocabulary::of(heard.language())) {
                Some(digits) => self.collected.said(&digits, so_far),
                None => Verdict::NoMatch,
            },
            None => self.collected.end(so_far),
        }
    }

    fn say(&self, value: &String, _locale: &str) -> Option<String> {
        Some(spaced(value))
    }

    fn timing(&self) -> Timing {
        Timing {
            between_keys: self.between_keys,
            ..Timing::default()
        }
    }

    fn next_key_within(&self, so_far: &Partial) -> Duration {
        if self.collected.awaits_terminator(so_far) {
            self.terminator_within
        } else {
            self.between_keys
        }
    }
}

/// Characters with a space between them, so that they are read out one by one.
pub(super) fn spaced(characters: &str) -> String {
    let mut spaced = String::with_capacity(characters.len() * 2);
    for character in characters.chars() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push(character);
    }
    spaced
}

/// The keys that were spoken; `None` if something else was said too, or nothing.
fn spoken(text: &str, vocabulary: &'static Vocabulary) -> Option<Vec<char>> {
    let mut reader = Reader::new(text, vocabulary);
    let mut keys = Vec::new();
    loop {
        if reader.ends() {
            return Some(keys).filter(|keys| !keys.is_empty());
        }
        if let Some(times) = reader.lookup(vocabulary.repeats) {
            reader.skip(vocabulary.fillers);
            let key = one_key(&mut reader)?;
            keys.extend(std::iter::repeat_n(key, times));
        } else if let Some(number) = reader.below_hundred() {
            keys.extend(number.to_string().chars());
            hundreds(&mut reader, &mut keys)?;
        } else if let Some(key) = reader.word_with(Vocabulary::key) {
            keys.push(key);
        } else {
            match reader.next()? {
                Token::Figures(figures) => keys.extend(figures.chars()),
                Token::Mark(key @ ('*' | '#')) => keys.push(key),
                Token::Mark('-' | '/' | '(' | ')') => {}
                Token::Mark(_) | Token::Word(_) => return None,
            }
        }
    }
}

/// One spoken or written key, after "double".
fn one_key(reader: &mut Reader) -> Option<char> {
    if let Some(key) = reader.word_with(Vocabulary::key) {
        return Some(key);
    }
    let figures = reader.figures()?;
    let mut figures = figures.chars();
    figures.next().filter(|_| figures.next().is_none())
}

/// "hundred" and "thousand" after a number, at the end. `None` where digits follow: nobody knows which are meant.
fn hundreds(reader: &mut Reader, keys: &mut Vec<char>) -> Option<()> {
    let zeros = |vocabulary: &Vocabulary, word: &str| match vocabulary.number(word) {
        Some(100) => Some(2),
        Some(1_000) => Some(3),
        _ => None,
    };
    let Some(zeros) = reader.word_with(zeros) else {
        return Some(());
    };
    keys.extend(std::iter::repeat_n('0', zeros));
    reader.ends().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(digits: &Digits, heard: &Heard<'_>) -> Verdict<String> {
        digits.hear(heard, &mut Partial::default())
    }

    #[test]
    fn digits_are_spoken() {
        let digits = Digits::of(1..=20);
        for (locale, text, expected) in [
            ("en-US", "four two seven", Some("427")),
            ("en-US", "4 2 7", Some("427")),
            ("en-US", "4111-1111 1111/1111", Some("4111111111111111")),
            ("en-US", "(089) 12.34", Some("0891234")),
            ("en-US", "oh eight nine", Some("089")),
            ("en-US", "zero zero seven", Some("007")),
            ("en-US", "double four", Some("44")),
            ("en-US", "double oh seven", Some("007")),
            ("en-US", "triple 7", Some("777")),
            ("en-US", "treble nine", Some("999")),
            ("en-US", "forty two", Some("42")),
            ("en-US", "forty-two", Some("42")),
            ("en-US", "nineteen eighty four", Some("1984")),
            ("en-US", "twenty oh five", Some("2005")),
            ("en-US", "one eight hundred", Some("1800")),
            ("en-US", "five thousand", Some("5000")),
            ("en-US", "my number is one two three please", Some("123")),
            ("en-US", "Um, it's 12, 34.", Some("1234")),
            ("en-US", "star one two", Some("*12")),
            ("en-US", "one two hash", Some("12#")),
            ("en-US", "*12", Some("*12")),
            ("en-US", "niner", Some("9")),
            ("", "one", Some("1")),
            ("fr-FR", "one", Some("1")),
            ("en-US", "eight hundred five", None),
            ("en-US", "double forty two", None),
            ("en-US", "double", None),
            ("en-US", "my number is", None),
            ("en-US", "one two fish", None),
            ("en-US", "+49 89", None),
            ("en-US", "", None),
            ("de-DE", "vier zwo sieben", Some("427")),
            ("de-DE", "null acht neun", Some("089")),
            ("de-DE", "zweiundvierzig", Some("42")),
            ("de-DE", "neunzehn vierundachtzig", Some("1984")),
            ("de-DE", "doppel vier", Some("44")),
            ("de-DE", "dreimal die Sieben", Some("777")),
            ("de-DE", "null achthundert", Some("0800")),
            ("de-DE", "meine Nummer ist fünf fünf", Some("55")),
            ("de-DE", "Stern eins Raute", Some("*1#")),
            ("de-AT", "fuenf", Some("5")),
            ("de-DE", "eins zwei Fisch", None),
            ("de-DE", "one", None),
            ("es-ES", "cuatro dos siete", Some("427")),
            ("es-MX", "cero uno", Some("01")),
            ("es-ES", "cuarenta y dos", Some("42")),
            ("es-ES", "veintidós treinta y tres", Some("2233")),
            ("es-ES", "doble cuatro", Some("44")),
            ("es-ES", "mi número es seis siete, por favor", Some("67")),
            ("es-ES", "dieciséis", Some("16")),
            ("es-ES", "asterisco uno almohadilla", Some("*1#")),
            ("es-ES", "uno pez", None),
        ] {
            let heard = Heard::speech(text).in_locale(locale);
            let expected = expected.map_or(Verdict::NoMatch, |digits| {
                Verdict::Answer(digits.to_owned())
            });
            assert_eq!(hear(&digits, &heard), expected, "{locale} {text}");
        }
    }

    /// Presses keys until there is a verdict; a space is silence.
    fn press(ask: &Ask<'_, Digits>, keys: &str) -> Verdict<String> {
        let mut so_far = Partial::default();
        let mut verdict = Verdict::More;
        for key in keys.chars() {
            let heard = if key == ' ' {
                Heard::silence()
            } else {
                Heard::key(key)
            };
            verdict = ask.answer.hear(&heard, &mut so_far);
            if verdict != Verdict::More {
                assert!(
                    so_far.is_empty() || key == 'A',
                    "{keys}: what is left would be part of the next attempt"
                );
            }
        }
        verdict
    }

    #[test]
    fn digits_are_pressed() {
        let answer = |digits: &str| Verdict::Answer(digits.to_owned());
        let exactly = |count| Digits::exactly(count);
        assert_eq!(press(&exactly(4), "123"), Verdict::More);
        assert_eq!(press(&exactly(4), "1234"), answer("1234"));
        assert_eq!(press(&exactly(4), "123 "), Verdict::NoMatch);
        assert_eq!(press(&exactly(4), "12*4"), answer("12*4"));
        assert_eq!(press(&exactly(4), "12A"), Verdict::NoMatch);
        assert_eq!(press(&exactly(4), " "), Verdict::NoMatch);
        let ended = |count| Digits::exactly(count).ends_with('#');
        assert_eq!(press(&ended(4), "1234"), Verdict::More);
        assert_eq!(press(&ended(4), "1234#"), answer("1234"));
        assert_eq!(press(&ended(4), "1234 "), answer("1234"));
        assert_eq!(press(&ended(4), "12345"), Verdict::NoMatch);
        assert_eq!(press(&ended(4), "123#"), Verdict::NoMatch);
        assert_eq!(press(&ended(4), "#"), Verdict::NoMatch);
        let between = || Digits::between(2..=4);
        assert_eq!(press(&between(), "1 "), Verdict::NoMatch);
        assert_eq!(press(&between(), "12"), Verdict::More);
        assert_eq!(press(&between(), "12 "), answer("12"));
        assert_eq!(press(&between(), "1234"), answer("1234"));
        assert_eq!(press(&between().ends_with('*'), "12*"), answer("12"));
        let deleting = || Digits::exactly(3).deletes_with('*');
        assert_eq!(press(&deleting(), "12*34"), answer("134"));
        assert_eq!(press(&deleting(), "*1*123"), answer("123"));
        assert_eq!(press(&deleting().ends_with('#'), "123*4#"), answer("124"));
    }

    #[test]
    fn ten_digits_are_not_the_first_of_twelve() {
        let ten = Digits::of(10..=10);
        assert_eq!(
            hear(&ten, &Heard::speech("123 456 789 012")),
            Verdict::NoMatch
        );
        assert_eq!(
            hear(&ten, &Heard::speech("123 456 789 0")),
            Verdict::Answer("1234567890".to_owned())
        );
    }

    #[test]
    fn groups_are_said_one_after_the_other() {
        let card = Digits::of(8..=8);
        let mut so_far = Partial::default();
        assert_eq!(
            card.hear(&Heard::speech("four one one one"), &mut so_far),
            Verdict::More
        );
        assert_eq!(
            card.hear(&Heard::speech("2222"), &mut so_far),
            Verdict::Answer("41112222".to_owned())
        );
        assert!(so_far.is_empty());
    }

    #[test]
    fn the_terminator_has_a_time_out_of_its_own() {
        let ask = Digits::exactly(2)
            .ends_with('#')
            .between_keys(Duration::from_secs(4));
        assert_eq!(
            ask.answer.next_key_within(&Partial::from("1")),
            Duration::from_secs(4)
        );
        assert_eq!(
            ask.answer.next_key_within(&Partial::from("12")),
            Duration::from_secs(2)
        );
        let ask = ask.terminator_within(Duration::from_secs(1));
        assert_eq!(
            ask.answer.next_key_within(&Partial::from("12")),
            Duration::from_secs(1)
        );
    }

    #[test]
    fn a_length_is_at_least_one() {
        assert_eq!(
            press(&Digits::exactly(0), "1"),
            Verdict::Answer("1".to_owned())
        );
        #[allow(clippy::reversed_empty_ranges, reason = "what a caller may write")]
        let reversed = Digits::between(4..=2);
        assert_eq!(press(&reversed, "12 "), Verdict::Answer("12".to_owned()));
    }
}
