//! Cardinal numbers, in words and in figures.

use onhook_text::utterance::Token;
use onhook_text::vocabulary::Tens;

use super::reader::Reader;

/// Where counting ends: with more digits it is no number but a row of digits.
const LARGEST: u64 = 1_000_000_000_000;

impl Reader {
    fn number_word(&self) -> Option<u64> {
        self.vocabulary.number(self.word()?)
    }

    fn take_number_word(&mut self, is: impl FnOnce(u64) -> bool) -> Option<u64> {
        self.word_with(|vocabulary, word| vocabulary.number(word).filter(|number| is(*number)))
    }

    /// A number below a hundred, in words.
    pub(super) fn below_hundred(&mut self) -> Option<u64> {
        let number = self.take_number_word(|number| number < 100)?;
        let place = self.place();
        let and = self.vocabulary.and;
        let joined = match self.vocabulary.tens {
            Tens::Plain => {
                self.mark('-');
                is_tens(number)
            }
            Tens::And => is_tens(number) && self.phrase(and),
            Tens::UnitFirst => (1..10).contains(&number) && self.phrase(and),
        };
        let other = self
            .number_word()
            .filter(|other| match self.vocabulary.tens {
                Tens::Plain | Tens::And => (1..10).contains(other),
                Tens::UnitFirst => is_tens(*other),
            });
        let whole = other.filter(|_| joined).map(|other| number + other);
        if whole.is_some() {
            self.next();
        } else {
            self.back_to(place);
        }
        Some(whole.unwrap_or(number))
    }

    /// A number below a thousand, or hundreds up to 99, as in "nineteen hundred".
    fn below_thousand(&mut self) -> Option<u64> {
        let start = self.place();
        let article = self.vocabulary.article;
        let one = self.phrase(article);
        if one && self.number_word().is_none_or(|number| number < 100) {
            self.back_to(start);
            return None;
        }
        let first = if one { Some(1) } else { self.below_hundred() };
        let hundreds = match first {
            None | Some(1..=99) => self.take_number_word(|number| match first {
                None => (100..1_000).contains(&number),
                Some(_) => number == 100,
            }),
            Some(_) => None,
        };
        let Some(hundreds) = hundreds else {
            return if one { Some(1) } else { first };
        };
        let hundreds = hundreds * first.unwrap_or(1);
        let place = self.place();
        let and = self.vocabulary.and;
        self.phrase(and);
        if let Some(rest) = self.below_hundred().filter(|rest| *rest > 0) {
            Some(hundreds + rest)
        } else {
            self.back_to(place);
            Some(hundreds)
        }
    }

    /// A number in words, or in figures with words for its thousands and millions: `2 million`.
    pub(super) fn cardinal(&mut self) -> Option<u64> {
        if let Some(figures) = self.numeral() {
            let place = self.place();
            let scale = self.take_number_word(|number| number >= 100 && number != figures);
            return match scale.map(|scale| figures.checked_mul(scale)) {
                Some(Some(number)) if number < LARGEST => Some(number),
                Some(_) => {
                    self.back_to(place);
                    None
                }
                None => Some(figures),
            };
        }
        let mut total: Option<u64> = None;
        let mut smallest = u64::MAX;
        loop {
            let place = self.place();
            if total.is_some() {
                let and = self.vocabulary.and;
                self.phrase(and);
            }
            let group = self.below_thousand();
            let scale = self.take_number_word(|number| number >= 1_000);
            let part = match (group, scale) {
                // "dos mil millones"
                (None, Some(scale)) if smallest < scale && total.is_some() => {
                    smallest = scale;
                    total = total
                        .and_then(|total| total.checked_mul(scale))
                        .filter(|total| *total < LARGEST);
                    total?;
                    continue;
                }
                (group, Some(scale)) if scale < smallest && group != Some(0) => {
                    smallest = scale;
                    group.unwrap_or(1).checked_mul(scale)
                }
                (Some(group), None)
                    if total.is_none() || (group > 0 && smallest > 1 && group < smallest) =>
                {
                    smallest = 1;
                    Some(group)
                }
                _ => {
                    self.back_to(place);
                    return total;
                }
            };
            total = total
                .unwrap_or(0)
                .checked_add(part?)
                .filter(|total| *total < LARGEST);
            total?;
            if smallest == 1 {
                return total;
            }
        }
    }

    /// A whole number in figures, perhaps grouped by thousands: `1,234`.
    pub(super) fn numeral(&mut self) -> Option<u64> {
        let mut figures = self.figures()?;
        if figures.len() <= 3 && !figures.starts_with('0') {
            let separator = if self.vocabulary.decimal == '.' {
                ','
            } else {
                '.'
            };
            loop {
                let place = self.place();
                match self.mark(separator).then(|| self.figures()).flatten() {
                    Some(group) if group.len() == 3 => figures.push_str(&group),
                    _ => {
                        self.back_to(place);
                        break;
                    }
                }
            }
        }
        figures.parse().ok().filter(|number| *number < LARGEST)
    }

    /// Takes a minus, if it is there.
    pub(super) fn minus(&mut self) -> bool {
        if matches!(self.peek(), Some(Token::Mark('-'))) {
            return self.mark('-');
        }
        let minus = self.vocabulary.minus;
        self.phrase(minus)
    }
}

fn is_tens(number: u64) -> bool {
    (20..100).contains(&number) && number.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use onhook_text::vocabulary::Vocabulary;

    fn read(language: &str, text: &str) -> Option<u64> {
        let mut reader = Reader::new(text, Vocabulary::of(language));
        let number = reader.cardinal();
        number.filter(|_| reader.is_done())
    }

    #[test]
    fn numbers_are_read() {
        for (language, text, expected) in [
            ("en", "zero", Some(0)),
            ("en", "seven", Some(7)),
            ("en", "twelve", Some(12)),
            ("en", "forty two", Some(42)),
            ("en", "Forty-Two", Some(42)),
            ("en", "hundred", Some(100)),
            ("en", "a hundred", Some(100)),
            ("en", "one hundred and one", Some(101)),
            ("en", "two hundred fifty", Some(250)),
            ("en", "twelve hundred", Some(1_200)),
            ("en", "nineteen hundred and eighty four", Some(1_984)),
            ("en", "a thousand", Some(1_000)),
            ("en", "two thousand and five", Some(2_005)),
            (
                "en",
                "twelve thousand three hundred forty five",
                Some(12_345),
            ),
            ("en", "one million two hundred thousand", Some(1_200_000)),
            ("en", "three billion", Some(3_000_000_000)),
            ("en", "1,234", Some(1_234)),
            ("en", "1,234,567", Some(1_234_567)),
            ("en", "2 million", Some(2_000_000)),
            ("en", "042", Some(42)),
            ("en", "1,23", None),
            ("en", "one two", None),
            ("en", "twenty thirty", None),
            ("en", "two million three million", None),
            ("en", "five hundred hundred", None),
            ("en", "a seven", None),
            ("en", "999999999999999999999", None),
            ("de", "null", Some(0)),
            ("de", "eins", Some(1)),
            ("de", "zwo", Some(2)),
            ("de", "siebzehn", Some(17)),
            ("de", "einundzwanzig", Some(21)),
            ("de", "zweiundvierzig", Some(42)),
            ("de", "zwei und vierzig", Some(42)),
            ("de", "fünfundfünfzig", Some(55)),
            ("de", "Fuenfundfuenfzig", Some(55)),
            ("de", "dreißig", Some(30)),
            ("de", "dreissig", Some(30)),
            ("de", "hunderteins", Some(101)),
            ("de", "dreihundertfünfundsechzig", Some(365)),
            ("de", "neunzehnhundertvierundachtzig", Some(1_984)),
            ("de", "zweitausendsechsundzwanzig", Some(2_026)),
            ("de", "eine Million", Some(1_000_000)),
            ("de", "zwölftausend", Some(12_000)),
            ("de", "1.234", Some(1_234)),
            ("de", "zwei drei", None),
            ("es", "cero", Some(0)),
            ("es", "dieciséis", Some(16)),
            ("es", "dieciseis", Some(16)),
            ("es", "veintidós", Some(22)),
            ("es", "treinta y uno", Some(31)),
            ("es", "cien", Some(100)),
            ("es", "ciento dos", Some(102)),
            ("es", "quinientos cincuenta y cinco", Some(555)),
            ("es", "mil", Some(1_000)),
            ("es", "mil doscientos", Some(1_200)),
            ("es", "dos mil veintiséis", Some(2_026)),
            ("es", "un millón", Some(1_000_000)),
            ("es", "dos mil millones", Some(2_000_000_000)),
            ("es", "1.234", Some(1_234)),
            ("es", "dos tres", None),
        ] {
            assert_eq!(read(language, text), expected, "{language} {text}");
        }
    }
}
