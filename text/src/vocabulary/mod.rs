//! What callers say, one table per language.
//!
//! Words are written as they are compared: small letters, without accents and apostrophes, `ss` for `ß`. The test
//! below holds the tables to it. To add a language, add a file with its table, and its row in [`ALL`].

#[rustfmt::skip]
mod english;
#[rustfmt::skip]
mod german;
#[rustfmt::skip]
mod spanish;

pub use english::ENGLISH;
pub use german::GERMAN;
pub use spanish::SPANISH;

/// Words of several parts, separated by one space.
type Phrases = &'static [&'static str];

/// The words of a language that answers are made of.
#[derive(Debug)]
pub struct Vocabulary {
    /// The language's tag: `en`.
    pub tag: &'static str,
    /// Whole utterances that mean yes.
    pub yes: Phrases,
    /// Words that mean yes at the beginning of an utterance, whatever follows.
    pub yes_begins: Phrases,
    /// Whole utterances that mean no.
    pub no: Phrases,
    /// Words that mean no at the beginning of an utterance, whatever follows.
    pub no_begins: Phrases,
    /// Words that turn an utterance into its contrary: "I do not want to pay".
    pub negations: Phrases,
    /// What is said around an answer and means nothing: "um", "please", "it is".
    pub fillers: Phrases,
    /// What is said around the name of a key: "press one", "option two".
    pub key_words: Phrases,
    /// Cardinal numbers that are one word.
    pub numbers: &'static [(&'static str, u64)],
    /// Other words for the digit 0 in a row of digits: "oh".
    pub zeros: Phrases,
    /// Words for one before "hundred" and what is counted: "a".
    pub article: Phrases,
    /// "and": in English after "hundred", in German and Spanish between tens and units.
    pub and: Phrases,
    /// How tens and units are put together.
    pub tens: Tens,
    /// Whether number words are written without spaces between them: `zweiundvierzig`.
    pub is_compounding: bool,
    /// The keys that are no digits, as they are called.
    pub keys: &'static [(&'static str, char)],
    /// How often the digit that follows is meant: "double", "triple".
    pub repeats: &'static [(&'static str, usize)],
    /// What is said before a negative number.
    pub minus: Phrases,
    /// The mark before the decimals.
    pub decimal: char,
    /// How that mark is said.
    pub point: Phrases,
    /// Units of money, and the code of their currency where the region does not say another one.
    pub currencies: &'static [(&'static str, &'static str)],
    /// The hundredth part of a unit of money: "cents".
    pub cents: Phrases,
    /// What may stand between a unit and its hundredth parts: "dollars and cents".
    pub with: Phrases,
    /// Names of letters, and words by which letters are spelled.
    pub letters: &'static [(&'static str, char)],
    /// What stands between a letter and its example: "b as in bravo".
    pub as_in: Phrases,
    /// Days from today: "tomorrow" is 1.
    pub days: &'static [(&'static str, i64)],
    /// Days of the week, 0 for Monday.
    pub weekdays: &'static [(&'static str, u8)],
    /// Months, 1 for January.
    pub months: &'static [(&'static str, u8)],
    /// Days of a month.
    pub ordinals: &'static [(&'static str, u8)],
    /// What follows the figures of an ordinal: `3rd`.
    pub ordinal_endings: Phrases,
    /// Which week's weekday is meant: -1 the last, 0 this, 1 the next.
    pub weeks: &'static [(&'static str, i8)],
    /// What begins a distance: "in three days".
    pub within: Phrases,
    /// Units of a distance, in days.
    pub units_of_days: &'static [(&'static str, i64)],
    /// What stands in dates and times and means nothing: "on", "of", "the".
    pub particles: Phrases,
    /// Times that have a name, in minutes since midnight.
    pub named_times: &'static [(&'static str, u16)],
    /// Parts of an hour, in minutes.
    pub parts_of_hour: &'static [(&'static str, i16)],
    /// What stands between minutes and the hour that they follow.
    pub past: Phrases,
    /// What stands between minutes and the hour that they precede.
    pub to: Phrases,
    /// Whether the hour comes before the minutes that are added to it or taken from it: "las tres y media".
    pub is_hour_first: bool,
    /// What follows the hour, and may precede minutes: "o'clock", "Uhr".
    pub oclock: Phrases,
    /// "halb vier" is half an hour before four.
    pub half_before: Phrases,
    /// "dreiviertel vier" is a quarter of an hour before four.
    pub three_quarters_of: Phrases,
    /// What makes an hour from 1 to 12 one of a half of the day.
    pub halves: &'static [(&'static str, Half)],
    /// What asks for the question again.
    pub repeat: Phrases,
    /// What asks for an explanation.
    pub help: Phrases,
}

/// How tens and units are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tens {
    /// forty two
    Plain,
    /// cuarenta y dos
    And,
    /// zwei und vierzig
    UnitFirst,
}

/// A half of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// Before noon.
    Morning,
    /// From noon.
    Afternoon,
    /// From six in the afternoon to six in the morning.
    Night,
}

/// Every language that there is a table of.
pub const ALL: &[&Vocabulary] = &[&ENGLISH, &GERMAN, &SPANISH];

impl Vocabulary {
    /// The words of a language, by the first part of its tag. English for one that there is no table of.
    pub fn of(language: &str) -> &'static Vocabulary {
        ALL.iter()
            .copied()
            .find(|vocabulary| vocabulary.tag.eq_ignore_ascii_case(language))
            .unwrap_or(&ENGLISH)
    }

    /// The value of a number word.
    pub fn number(&self, word: &str) -> Option<u64> {
        find(self.numbers, word)
    }

    /// The digit that a word stands for: a number word below ten, or another word for zero.
    pub fn digit(&self, word: &str) -> Option<char> {
        if self.zeros.contains(&word) {
            return Some('0');
        }
        let number = self.number(word).filter(|number| *number < 10)?;
        char::from_digit(u32::try_from(number).ok()?, 10)
    }

    /// The key that a word stands for.
    pub fn key(&self, word: &str) -> Option<char> {
        self.digit(word).or_else(|| find(self.keys, word))
    }
}

/// The value beside a word.
pub fn find<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, value)| *value)
}

/// A word as the tables have it: its normal form without accents and apostrophes.
///
/// ```
/// assert_eq!(onhook_text::vocabulary::bare("Fünf"), "funf");
/// assert_eq!(onhook_text::vocabulary::bare("O’Clock"), "oclock");
/// ```
pub fn bare(word: &str) -> String {
    crate::normal_form(word)
        .chars()
        .filter(|c| !is_accent(*c) && *c != '\'')
        .collect()
}

/// Combining diacritical marks, into which accented letters of the Latin, Greek and Cyrillic scripts decompose.
pub fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(vocabulary: &Vocabulary) -> Vec<&'static str> {
        let v = vocabulary;
        let mut all = [
            v.yes,
            v.yes_begins,
            v.no,
            v.no_begins,
            v.negations,
            v.fillers,
            v.key_words,
            v.zeros,
            v.article,
            v.and,
            v.minus,
            v.point,
            v.cents,
            v.with,
            v.as_in,
            v.ordinal_endings,
            v.within,
            v.particles,
            v.past,
            v.to,
            v.oclock,
            v.half_before,
            v.three_quarters_of,
            v.repeat,
            v.help,
        ]
        .concat();
        all.extend(v.numbers.iter().map(|(word, _)| *word));
        all.extend(v.keys.iter().map(|(word, _)| *word));
        all.extend(v.repeats.iter().map(|(word, _)| *word));
        all.extend(v.letters.iter().map(|(word, _)| *word));
        all.extend(v.days.iter().map(|(word, _)| *word));
        all.extend(
            v.weekdays
                .iter()
                .chain(v.months)
                .chain(v.ordinals)
                .map(|(word, _)| *word),
        );
        all.extend(v.weeks.iter().map(|(word, _)| *word));
        all.extend(v.units_of_days.iter().map(|(word, _)| *word));
        all.extend(v.named_times.iter().map(|(word, _)| *word));
        all.extend(v.parts_of_hour.iter().map(|(word, _)| *word));
        all.extend(v.halves.iter().map(|(word, _)| *word));
        all
    }

    #[test]
    fn words_are_written_as_they_are_compared() {
        for vocabulary in ALL {
            for phrase in phrases(vocabulary) {
                let words: Vec<String> = phrase.split(' ').map(bare).collect();
                assert_eq!(words.join(" "), phrase, "{}", vocabulary.tag);
            }
        }
    }

    #[test]
    fn no_utterance_is_yes_and_no() {
        for vocabulary in ALL {
            for yes in vocabulary.yes.iter().chain(vocabulary.yes_begins) {
                assert!(!vocabulary.no.contains(yes), "{yes}");
                assert!(!vocabulary.no_begins.contains(yes), "{yes}");
            }
        }
    }

    #[test]
    fn every_digit_has_a_word_in_every_language() {
        for vocabulary in ALL {
            for number in 0..=9 {
                assert!(
                    vocabulary.numbers.iter().any(|(_, value)| *value == number),
                    "{}",
                    vocabulary.tag
                );
            }
            assert_eq!(
                vocabulary.months.iter().map(|(_, month)| month).max(),
                Some(&12)
            );
        }
    }

    #[test]
    fn an_unknown_language_is_english() {
        assert_eq!(Vocabulary::of("").tag, "en");
        assert_eq!(Vocabulary::of("xx").tag, "en");
        assert_eq!(Vocabulary::of("DE").tag, "de");
    }
}
