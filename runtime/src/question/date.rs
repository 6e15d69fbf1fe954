//! A day.

use onhook_text::vocabulary::{Tens, Vocabulary};
use time::{Duration, Month};

use super::reader::Reader;
use super::{Answer, Ask, Heard, Partial, Prompt, Verdict};

/// A day, a [`time::Date`]: by its name, its distance, or its place in the calendar.
///
/// ```
/// use onhook::question::{Answer, Date, Heard, Partial, Verdict};
/// use time::{Date as Day, Month};
///
/// // In a dialog: `call.now().await?.date()`, or the day at the place where the caller is.
/// let today = Day::from_calendar_date(2026, Month::November, 28).unwrap();
/// let _question = Date::new("When shall we call you?", today);
///
/// let hear = |text| Date::after(today).hear(&Heard::speech(text), &mut Partial::default());
/// let day = |month, day| Verdict::Answer(Day::from_calendar_date(2027, month, day).unwrap());
/// assert_eq!(hear("March 3rd"), day(Month::March, 3));
/// assert_eq!(hear("3/4"), day(Month::March, 4));
/// ```
///
/// English, German and Spanish by the locale, English for all others:
/// * "today", "tomorrow", "the day after tomorrow", "in three days", "in a week";
/// * "Friday" is the first after today, "this Friday" may be today, "next Friday" is that of the next week (from
///   Monday), "last Friday" that of the week before;
/// * "March 3rd", "the third of March", "3 March 2027", "March third twenty twenty seven"; "dritter März"; "tres de
///   marzo". Without a year it is the first such day from today on. "The 15th" is the first such day of a month.
/// * `3/4` is the fourth of March in the United States, the Philippines and where nobody says the region of English,
///   and the third of April everywhere else; where only the other order is a day, it is that one. `3.4.`, `3-4`,
///   `3/4/2027`, `2027-04-03`. A year of two figures lies at most 80 years back and less than 20 ahead.
///
/// A weekday beside another day's date is no match. Keys are day, month and, of eight, year, in the order of the region:
/// `0304`, then `#` or a pause, or `03042027`.
#[derive(Clone, Copy, Debug)]
pub struct Date {
    today: time::Date,
}

impl Date {
    /// Asks this. `today` is what "tomorrow" is told from.
    #[allow(clippy::new_ret_no_self, reason = "what is made is the question")]
    pub fn new<'q>(prompt: impl Into<Prompt>, today: time::Date) -> Ask<'q, Date> {
        Ask::new(Date::after(today)).prompt(prompt)
    }

    /// The answer alone, without a question around it.
    pub fn after(today: time::Date) -> Date {
        Date { today }
    }

    fn pressed(self, keys: &str, month_first: bool) -> Option<time::Date> {
        if !matches!(keys.len(), 4 | 8) || !keys.is_ascii() {
            return None;
        }
        let number = |from: usize, to: usize| keys.get(from..to)?.parse::<i32>().ok();
        let year = if keys.len() == 8 {
            Some(number(4, 8)?)
        } else {
            None
        };
        self.in_order(number(0, 2)?, number(2, 4)?, year, month_first)
    }

    /// Day and month in the order of the region, or in the other one if only that is a day.
    fn in_order(
        self,
        first: i32,
        second: i32,
        year: Option<i32>,
        month_first: bool,
    ) -> Option<time::Date> {
        let (day, month) = if month_first {
            (second, first)
        } else {
            (first, second)
        };
        self.day(day, month, year)
            .or_else(|| self.day(month, day, year))
    }

    fn day(self, day: i32, month: i32, year: Option<i32>) -> Option<time::Date> {
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let day = u8::try_from(day).ok()?;
        let of = |year| time::Date::from_calendar_date(year, month, day).ok();
        match year {
            Some(year) => of(year),
            // The 29th of February may be eight years away.
            None => (0..=8)
                .filter_map(|ahead| of(self.today.year() + ahead))
                .find(|day| *day >= self.today),
        }
    }

    /// The first such day of a month from today on.
    fn of_month(self, day: u8) -> Option<time::Date> {
        let mut first = self.today.replace_day(1).ok()?;
        for _ in 0..3 {
            if let Some(day) = first.replace_day(day).ok().filter(|day| *day >= self.today) {
                return Some(day);
            }
            first = first.checked_add(Duration::days(32))?.replace_day(1).ok()?;
        }
        None
    }

    fn in_days(self, days: i64) -> Option<time::Date> {
        self.today.checked_add(Duration::days(days))
    }

    fn of_week(self, weekday: u8, week: Option<i8>) -> Option<time::Date> {
        let today = i64::from(self.today.weekday().number_days_from_monday());
        let weekday = i64::from(weekday);
        self.in_days(match week {
            None => (weekday - today - 1).rem_euclid(7) + 1,
            Some(0) => (weekday - today).rem_euclid(7),
            Some(weeks) => weekday - today + 7 * i64::from(weeks),
        })
    }

    /// A year of two figures.
    fn century(self, year: i32) -> i32 {
        let base = self.today.year() - self.today.year().rem_euclid(100);
        let year = base + year;
        match year - self.today.year() {
            20.. => year - 100,
            ..=-80 => year + 100,
            _ => year,
        }
    }

    fn spoken(
        self,
        text: &str,
        vocabulary: &'static Vocabulary,
        month_first: bool,
    ) -> Option<time::Date> {
        let mut reader = Reader::new(text, vocabulary);
        reader.ends();
        let date = self.named(&mut reader).or_else(|| {
            let weekday = self.weekday(&mut reader);
            particles(&mut reader);
            match weekday {
                Some(day) if reader.ends() => Some(day),
                Some(weekday) => {
                    let date = self.calendar(&mut reader, month_first)?;
                    (date.weekday() == weekday.weekday()).then_some(date)
                }
                None => self.calendar(&mut reader, month_first),
            }
        })?;
        particles(&mut reader);
        reader.ends().then_some(date)
    }

    /// "tomorrow", "in three days"
    fn named(self, reader: &mut Reader) -> Option<time::Date> {
        let place = reader.place();
        let vocabulary = reader.vocabulary;
        if let Some(days) = reader.lookup(vocabulary.days) {
            return self.in_days(days);
        }
        if reader.phrase(vocabulary.within) {
            let count = reader
                .cardinal()
                .or_else(|| reader.phrase(vocabulary.article).then_some(1));
            let unit = reader.lookup(vocabulary.units_of_days);
            if let (Some(count), Some(unit)) = (count, unit) {
                return self.in_days(
                    i64::try_from(count)
                        .ok()?
                        .checked_mul(unit)
                        .filter(|days| *days < 1_000_000)?,
                );
            }
        }
        reader.back_to(place);
        None
    }

    /// "next Friday"
    fn weekday(self, reader: &mut Reader) -> Option<time::Date> {
        let place = reader.place();
        let vocabulary = reader.vocabulary;
        particles(reader);
        let before = reader.lookup(vocabulary.weeks);
        let Some(weekday) = reader.lookup(vocabulary.weekdays) else {
            reader.back_to(place);
            return None;
        };
        let week = before.or_else(|| reader.lookup(vocabulary.weeks));
        self.of_week(weekday, week)
    }

    /// A day of the calendar.
    fn calendar(self, reader: &mut Reader, month_first: bool) -> Option<time::Date> {
        let place = reader.place();
        if let Some(date) = self.in_figures(reader, month_first) {
            return Some(date);
        }
        reader.back_to(place);
        let months = reader.vocabulary.months;
        if let Some(month) = reader.lookup(months) {
            particles(reader);
            let (day, _) = day(reader)?;
            let year = self.year(reader);
            return self.day(day.into(), month.into(), year);
        }
        let (day, is_ordinal) = day(reader)?;
        particles(reader);
        match reader.lookup(months) {
            Some(month) => {
                let year = self.year(reader);
                self.day(day.into(), month.into(), year)
            }
            None if is_ordinal => self.of_month(day),
            None => None,
        }
    }

    /// `3/4`, `3.4.27`, `2027-04-03`
    fn in_figures(self, reader: &mut Reader, month_first: bool) -> Option<time::Date> {
        let first = reader.figures()?;
        let mark = ['/', '-', '.']
            .into_iter()
            .find(|mark| reader.mark(*mark))?;
        let second: i32 = short(&reader.figures()?)?;
        if first.len() == 4 {
            let day = if reader.mark(mark) {
                short(&reader.figures()?)?
            } else {
                return None;
            };
            return self.day(day, second, first.parse().ok());
        }
        let year = if reader.mark(mark) {
            self.figures_of_year(reader)?
        } else {
            None
        };
        self.in_order(short(&first)?, second, year, month_first)
    }

    /// `Some(None)` if there are no figures, `None` if they are no year.
    #[allow(clippy::option_option, reason = "no year is right, a wrong one is not")]
    fn figures_of_year(self, reader: &mut Reader) -> Option<Option<i32>> {
        let Some(figures) = reader.figures() else {
            return Some(None);
        };
        let year: i32 = figures.parse().ok()?;
        match figures.len() {
            2 => Some(Some(self.century(year))),
            4 => Some(Some(year)),
            _ => None,
        }
    }

    /// A year behind a day, if there is one.
    fn year(self, reader: &mut Reader) -> Option<i32> {
        let place = reader.place();
        particles(reader);
        let year = match self.figures_of_year(reader) {
            Some(Some(year)) => Some(year),
            Some(None) => spoken_year(reader),
            None => None,
        };
        if year.is_none() {
            reader.back_to(place);
        }
        year
    }
}

/// "two thousand twenty six", "nineteen eighty four", "twenty oh five"
fn spoken_year(reader: &mut Reader) -> Option<i32> {
    let first = i32::try_from(reader.cardinal()?).ok()?;
    match first {
        1_000..=9_999 => Some(first),
        10..=99 => {
            reader
                .word_with(|vocabulary, word| vocabulary.digit(word).filter(|digit| *digit == '0'));
            let second = i32::try_from(reader.below_hundred()?).ok()?;
            Some(first * 100 + second)
        }
        _ => None,
    }
}

/// A day of the month, and whether it is one beyond doubt: "third", `3rd`.
fn day(reader: &mut Reader) -> Option<(u8, bool)> {
    let vocabulary = reader.vocabulary;
    if let Some(figures) = reader.figures() {
        let day = u8::try_from(short(&figures)?).ok()?;
        let is_ordinal = reader.phrase(vocabulary.ordinal_endings)
            || (vocabulary.decimal == ',' && reader.mark('.'));
        return Some((day, is_ordinal));
    }
    if let Some(day) = reader.lookup(vocabulary.ordinals) {
        return Some((day, true));
    }
    let number = u8::try_from(reader.below_hundred()?).ok()?;
    if vocabulary.tens == Tens::Plain && number % 10 == 0 {
        let place = reader.place();
        reader.mark('-');
        if let Some(unit) = reader.lookup(vocabulary.ordinals).filter(|unit| *unit < 10) {
            return Some((number.checked_add(unit)?, true));
        }
        reader.back_to(place);
    }
    Some((number, false))
}

/// One or two figures.
fn short(figures: &str) -> Option<i32> {
    if figures.len() > 2 {
        None
    } else {
        figures.parse().ok()
    }
}

fn particles(reader: &mut Reader) {
    let particles = reader.vocabulary.particles;
    reader.skip(particles);
}

/// Whether the month comes before the day in figures.
fn is_month_first(heard: &Heard<'_>) -> bool {
    let region = heard
        .locale()
        .split(['-', '_'])
        .skip(1)
        .find(|part| part.len() == 2);
    heard.language().eq_ignore_ascii_case("en")
        && region.is_none_or(|region| {
            ["US", "PH"]
                .iter()
                .any(|first| region.eq_ignore_ascii_case(first))
        })
}

impl Answer for Date {
    type Value = time::Date;

    fn hear(&self, heard: &Heard<'_>, so_far: &mut Partial) -> Verdict<time::Date> {
        let month_first = is_month_first(heard);
        let date = match (heard.pressed(), heard.text()) {
            (Some('#'), _) | (None, None) => self.pressed(&so_far.take(), month_first),
            (Some(key), _) if key.is_ascii_digit() => {
                so_far.push(key);
                if so_far.len() < 8 {
                    return Verdict::More;
                }
                self.pressed(&so_far.take(), month_first)
            }
            (Some(_), _) => None,
            (None, Some(text)) => self.spoken(text, Vocabulary::of(heard.language()), month_first),
        };
        date.map_or(Verdict::NoMatch, Verdict::Answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> time::Date {
        let mut parts = text.split('-').map(|part| part.parse::<i32>().unwrap());
        let (year, month, day) = (
            parts.next().unwrap(),
            parts.next().unwrap(),
            parts.next().unwrap(),
        );
        let month = Month::try_from(u8::try_from(month).unwrap()).unwrap();
        time::Date::from_calendar_date(year, month, u8::try_from(day).unwrap()).unwrap()
    }

    #[test]
    fn days_are_spoken() {
        // A Saturday.
        let today = date("2026-11-28");
        for (locale, text, expected) in [
            ("en-US", "today", "2026-11-28"),
            ("en-US", "Tomorrow, please.", "2026-11-29"),
            ("en-US", "the day after tomorrow", "2026-11-30"),
            ("en-US", "yesterday", "2026-11-27"),
            ("en-US", "in three days", "2026-12-01"),
            ("en-US", "in a week", "2026-12-05"),
            ("en-US", "in 2 weeks", "2026-12-12"),
            ("en-US", "Friday", "2026-12-04"),
            ("en-US", "on Saturday", "2026-12-05"),
            ("en-US", "this Saturday", "2026-11-28"),
            ("en-US", "next Friday", "2026-12-04"),
            ("en-US", "next Sunday", "2026-12-06"),
            ("en-US", "Sunday", "2026-11-29"),
            ("en-US", "last Friday", "2026-11-20"),
            ("en-US", "March 3rd", "2027-03-03"),
            ("en-US", "March third", "2027-03-03"),
            ("en-US", "the third of March", "2027-03-03"),
            ("en-US", "3 March 2028", "2028-03-03"),
            ("en-US", "March 3, 2028", "2028-03-03"),
            ("en-US", "March twenty third", "2027-03-23"),
            (
                "en-US",
                "march twenty-third twenty twenty eight",
                "2028-03-23",
            ),
            ("en-US", "May first nineteen eighty four", "1984-05-01"),
            ("en-US", "May first two thousand and five", "2005-05-01"),
            ("en-US", "December 24", "2026-12-24"),
            ("en-US", "November 28", "2026-11-28"),
            ("en-US", "February 29", "2028-02-29"),
            ("en-US", "the 15th", "2026-12-15"),
            ("en-US", "the 31st", "2026-12-31"),
            ("en-US", "Wednesday, March 3rd", "2027-03-03"),
            ("en-US", "3/4", "2027-03-04"),
            ("en", "3/4", "2027-03-04"),
            ("en-GB", "3/4", "2027-04-03"),
            ("de-DE", "3.4.", "2027-04-03"),
            ("es-ES", "3/4", "2027-04-03"),
            ("fr-FR", "3/4", "2027-04-03"),
            ("en-US", "13/4", "2027-04-13"),
            ("en-US", "3/4/2028", "2028-03-04"),
            ("en-US", "3-4-28", "2028-03-04"),
            ("en-US", "3/4/85", "1985-03-04"),
            ("en-US", "2027-04-03", "2027-04-03"),
            ("de-DE", "heute", "2026-11-28"),
            ("de-DE", "übermorgen", "2026-11-30"),
            ("de-DE", "am Freitag", "2026-12-04"),
            ("de-DE", "nächsten Montag", "2026-11-30"),
            ("de-DE", "in zwei Wochen", "2026-12-12"),
            ("de-DE", "dritter März", "2027-03-03"),
            ("de-DE", "am 3. März 2028", "2028-03-03"),
            ("de-DE", "am einundzwanzigsten Dezember", "2026-12-21"),
            ("es-ES", "pasado mañana", "2026-11-30"),
            ("es-ES", "el viernes", "2026-12-04"),
            ("es-ES", "el próximo lunes", "2026-11-30"),
            ("es-ES", "tres de marzo", "2027-03-03"),
            ("es-ES", "el primero de enero de 2028", "2028-01-01"),
        ] {
            let heard = Heard::speech(text).in_locale(locale);
            let verdict = Date::after(today).hear(&heard, &mut Partial::default());
            assert_eq!(verdict, Verdict::Answer(date(expected)), "{locale} {text}");
        }
        for text in [
            "",
            "never",
            "13/13",
            "February 30",
            "March",
            "15",
            "Monday, March 3rd",
            "3/4/2",
            "in days",
            "march 3 or 4",
        ] {
            let verdict = Date::after(today).hear(&Heard::speech(text), &mut Partial::default());
            assert_eq!(verdict, Verdict::NoMatch, "{text}");
        }
    }

    #[test]
    fn days_are_pressed() {
        let today = date("2026-11-28");
        for (locale, keys, expected) in [
            ("en-US", "0304#", Some("2027-03-04")),
            ("de-DE", "0304#", Some("2027-04-03")),
            ("de-DE", "03042028", Some("2028-04-03")),
            ("de-DE", "030#", None),
            ("de-DE", "9999#", None),
        ] {
            let mut so_far = Partial::default();
            let mut verdict = Verdict::More;
            for key in keys.chars() {
                verdict = Date::after(today).hear(&Heard::key(key).in_locale(locale), &mut so_far);
            }
            let expected = expected.map_or(Verdict::NoMatch, |day| Verdict::Answer(date(day)));
            assert_eq!(verdict, expected, "{locale} {keys}");
        }
    }

    #[test]
    fn a_day_is_kept_as_iso_8601_writes_it() {
        let json = serde_json::to_string(&date("2027-04-03")).unwrap();
        assert_eq!(json, r#""2027-04-03""#);
    }

    #[test]
    fn the_ends_of_the_calendar_are_no_match() {
        let verdict =
            Date::after(time::Date::MAX).hear(&Heard::speech("tomorrow"), &mut Partial::default());
        assert_eq!(verdict, Verdict::NoMatch);
    }
}
