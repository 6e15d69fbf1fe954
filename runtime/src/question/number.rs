//! A whole number.

use std::ops::RangeInclusive;

use onhook_text::vocabulary::Vocabulary;

use super::reader::Reader;
use super::{Answer, Ask, Heard, Keep, Partial, Prompt, Verdict};

/// Where counting ends.
const LARGEST: i64 = 999_999_999_999;

/// The most keys of a number.
const KEYS: usize = 12;

/// A whole number, an `i64` from -999,999,999,999 to 999,999,999,999: how many, how old, which year.
///
/// For numbers that nobody counts with, such as those of accounts, ask for [`Digits`](super::Digits): they keep their
/// zeros.
///
/// ```
/// use onhook::question::{Answer, Heard, Number, Partial, Verdict};
///
/// let _question = Number::new("For how many people?").between(1..=12);
///
/// let hear = |heard: Heard<'_>| Number::default().hear(&heard, &mut Partial::default());
/// assert_eq!(hear(Heard::speech("two hundred and fifty")), Verdict::Answer(250));
/// assert_eq!(hear(Heard::speech("zweiundvierzig").in_locale("de-DE")), Verdict::Answer(42));
/// assert_eq!(hear(Heard::speech("1,234")), Verdict::Answer(1_234));
/// assert_eq!(hear(Heard::speech("one two")), Verdict::NoMatch);
/// ```
///
/// English, German and Spanish by the locale, English for all others. Figures may be grouped by thousands as the
/// language does it. "Minus" makes a number negative. A number out of the range is no match, and so is a fraction.
///
/// Keys are the figures of a number. It is complete with `#`, when no key comes for 3 seconds, or when no further key
/// can follow: of 1 to 12, a `2` is complete, and a `1` waits.
#[derive(Clone, Debug)]
pub struct Number {
    least: i64,
    most: i64,
}

impl Default for Number {
    /// Any number.
    fn default() -> Number {
        Number {
            least: -LARGEST,
            most: LARGEST,
        }
    }
}

impl Number {
    /// Asks this.
    #[allow(clippy::new_ret_no_self, reason = "what is made is the question")]
    pub fn new<'q>(prompt: impl Into<Prompt>) -> Ask<'q, Number> {
        Ask::new(Number::default()).prompt(prompt)
    }

    fn within(&self, number: i64) -> Verdict<i64> {
        if (self.least..=self.most).contains(&number) {
            Verdict::Answer(number)
        } else {
            Verdict::NoMatch
        }
    }

    fn pressed(&self, so_far: &mut Partial) -> Verdict<i64> {
        so_far
            .take()
            .parse()
            .map_or(Verdict::NoMatch, |number| self.within(number))
    }
}

impl<K: Keep> Ask<'_, Number, K> {
    /// Which numbers are answers; others are no match. All unless set.
    pub fn between(mut self, range: RangeInclusive<i64>) -> Self {
        let (start, end) = range.into_inner();
        self.answer.least = start.min(end).max(-LARGEST);
        self.answer.most = end.max(start).min(LARGEST);
        self
    }
}

impl Answer for Number {
    type Value = i64;

    fn hear(&self, heard: &Heard<'_>, so_far: &mut Partial) -> Verdict<i64> {
        match (heard.pressed(), heard.text()) {
            (Some('#'), _) | (None, None) => self.pressed(so_far),
            (Some(key), _) if key.is_ascii_digit() => {
                so_far.push(key);
                let number: i64 = so_far.as_str().parse().unwrap_or(i64::MAX);
                let may_grow = number
                    .checked_mul(10)
                    .is_some_and(|number| number <= self.most);
                if so_far.len() < KEYS && may_grow {
                    Verdict::More
                } else {
                    self.pressed(so_far)
                }
            }
            (Some(_), _) => Verdict::NoMatch,
            (None, Some(text)) => spoken(text, Vocabulary::of(heard.language()))
                .map_or(Verdict::NoMatch, |number| self.within(number)),
        }
    }

    fn say(&self, value: &i64, _locale: &str) -> Option<String> {
        Some(value.to_string())
    }
}

fn spoken(text: &str, vocabulary: &'static Vocabulary) -> Option<i64> {
    let mut reader = Reader::new(text, vocabulary);
    reader.ends();
    let negative = reader.minus();
    let number = i64::try_from(reader.cardinal()?).ok()?;
    let number = if negative { -number } else { number };
    reader.ends().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spoken() {
        for (locale, text, expected) in [
            ("en-US", "five", Some(5)),
            ("en-US", "Um, five please.", Some(5)),
            ("en-US", "5", Some(5)),
            ("en-US", "minus five", Some(-5)),
            ("en-US", "-5", Some(-5)),
            ("en-US", "−5", Some(-5)),
            ("en-US", "two thousand and five", Some(2_005)),
            ("en-US", "1,234,567", Some(1_234_567)),
            ("en-US", "it's 12.", Some(12)),
            ("en-US", "2.5", None),
            ("en-US", "five six", None),
            ("en-US", "12 13", None),
            ("en-US", "five apples", None),
            ("en-US", "", None),
            ("en-US", "99999999999999999999", None),
            ("", "five", Some(5)),
            ("de-DE", "minus zwölf", Some(-12)),
            ("de-DE", "dreihundertfünfundsechzig bitte", Some(365)),
            ("de-DE", "1.234", Some(1_234)),
            ("de-DE", "zwei Komma fünf", None),
            ("es-ES", "menos doce", Some(-12)),
            ("es-ES", "treinta y uno, por favor", Some(31)),
            ("es-ES", "mil doscientos", Some(1_200)),
            ("es-ES", "dos coma cinco", None),
        ] {
            let heard = Heard::speech(text).in_locale(locale);
            let expected = expected.map_or(Verdict::NoMatch, Verdict::Answer);
            assert_eq!(
                Number::default().hear(&heard, &mut Partial::default()),
                expected,
                "{locale} {text}"
            );
        }
    }

    #[test]
    fn numbers_are_pressed() {
        let ask = Number::new("?").between(1..=12);
        for (keys, expected) in [
            ("2", Verdict::Answer(2)),
            ("1", Verdict::More),
            ("1#", Verdict::Answer(1)),
            ("1 ", Verdict::Answer(1)),
            ("12", Verdict::Answer(12)),
            ("13", Verdict::NoMatch),
            ("#", Verdict::NoMatch),
            (" ", Verdict::NoMatch),
            ("*", Verdict::NoMatch),
            ("0#", Verdict::NoMatch),
        ] {
            let mut so_far = Partial::default();
            let mut verdict = Verdict::More;
            for key in keys.chars() {
                let heard = if key == ' ' {
                    Heard::silence()
                } else {
                    Heard::key(key)
                };
                verdict = ask.answer.hear(&heard, &mut so_far);
            }
            assert_eq!(verdict, expected, "{keys}");
        }
        let thirteen = Heard::speech("thirteen");
        assert_eq!(
            ask.answer.hear(&thirteen, &mut Partial::default()),
            Verdict::NoMatch
        );
    }
}
