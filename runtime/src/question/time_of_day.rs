//! A time of day.

use std::ops::RangeInclusive;

use onhook_text::vocabulary::{Half, Vocabulary};

use super::reader::Reader;
use super::{Answer, Ask, Heard, Keep, Partial, Prompt, Verdict};

/// Minutes of half a day and of a day.
const HALF_DAY: i32 = 720;
const DAY: i32 = 1_440;

/// A time of day to the minute, a [`time::Time`].
///
/// ```
/// use onhook::question::{Answer, Heard, Partial, Time, Verdict};
///
/// let at = |hour, minute| time::Time::from_hms(hour, minute, 0).unwrap();
/// let _question = Time::new("When shall we call you?").between(at(8, 0)..=at(18, 0));
///
/// let hear = |text, locale| Time::default().hear(&Heard::speech(text).in_locale(locale), &mut Partial::default());
/// assert_eq!(hear("half past three", "en-US"), Verdict::Answer(at(3, 30)));
/// assert_eq!(hear("3 pm", "en-US"), Verdict::Answer(at(15, 0)));
/// assert_eq!(hear("halb vier", "de-DE"), Verdict::Answer(at(3, 30)));
/// ```
///
/// English, German and Spanish by the locale, English for all others: "three thirty", `15:30`, "quarter to four", "ten
/// past three", "three o'clock", "noon"; "drei Uhr dreißig", "fünf vor halb vier", "drei Viertel vier"; "las tres y
/// media", "cuatro menos cuarto". "pm", "in the morning", "abends", "de la tarde" say which half of the day is meant.
/// Without them it is the time as the clock of 24 hours shows it, or, if only the other half lies in the
/// [range](Ask::between) that is asked for, that one.
///
/// Keys are hours and minutes: `1530`; `930` and `9` with `#` or a pause.
#[derive(Clone, Debug, Default)]
pub struct Time {
    between: Option<(time::Time, time::Time)>,
}

impl Time {
    /// Asks this.
    #[allow(clippy::new_ret_no_self, reason = "what is made is the question")]
    pub fn new<'q>(prompt: impl Into<Prompt>) -> Ask<'q, Time> {
        Ask::new(Time::default()).prompt(prompt)
    }

    /// The time that is meant: in the range, by twelve hours later if need be and nobody has said which half of the day.
    fn meant(&self, minutes: i32, may_be_later: bool) -> Option<time::Time> {
        let said = time(minutes)?;
        let Some((first, last)) = self.between else {
            return Some(said);
        };
        let fits = |time: &time::Time| (first..=last).contains(time);
        if fits(&said) {
            return Some(said);
        }
        if may_be_later {
            time(minutes + HALF_DAY).filter(fits)
        } else {
            None
        }
    }

    fn pressed(&self, keys: &str) -> Option<time::Time> {
        let (hours, minutes) = match keys.len() {
            1 | 2 => (keys, "0"),
            3 | 4 => keys.split_at_checked(keys.len() - 2)?,
            _ => return None,
        };
        let minutes = minutes_of(hours.parse().ok()?, minutes.parse().ok()?)?;
        self.meant(minutes, keys.len() < 4 && minutes < HALF_DAY)
    }

    fn spoken(&self, text: &str, vocabulary: &'static Vocabulary) -> Option<time::Time> {
        let mut reader = Reader::new(text, vocabulary);
        reader.ends();
        let mut half = None;
        if let Some(minutes) = named(&mut reader) {
            return self.meant(minutes, false);
        }
        around(&mut reader, &mut half);
        let minutes = clock(&mut reader)?;
        around(&mut reader, &mut half);
        if !reader.ends() {
            return None;
        }
        match half {
            Some(half) => self.meant(in_half(minutes, half), false),
            None => self.meant(minutes, minutes < HALF_DAY),
        }
    }
}

impl<K: Keep> Ask<'_, Time, K> {
    /// Which times are answers; others are no match. All unless set.
    pub fn between(mut self, range: RangeInclusive<time::Time>) -> Self {
        let (start, end) = range.into_inner();
        self.answer.between = Some((start.min(end), end.max(start)));
        self
    }
}

/// "noon", and nothing else.
fn named(reader: &mut Reader) -> Option<i32> {
    let place = reader.place();
    let vocabulary = reader.vocabulary;
    reader.skip(vocabulary.particles);
    let minutes = reader
        .lookup(vocabulary.named_times)
        .filter(|_| reader.ends());
    if minutes.is_none() {
        reader.back_to(place);
    }
    minutes.map(i32::from)
}

/// What stands around a time: the half of the day, and particles.
fn around(reader: &mut Reader, half: &mut Option<Half>) {
    let vocabulary = reader.vocabulary;
    loop {
        if let Some(found) = reader.lookup(vocabulary.halves) {
            *half = Some(found);
            continue;
        }
        let place = reader.place();
        reader.skip(&[]);
        if reader.place() == place && !reader.phrase(vocabulary.particles) {
            return;
        }
    }
}

/// Minutes since midnight, as the hour was said.
fn clock(reader: &mut Reader) -> Option<i32> {
    let vocabulary = reader.vocabulary;
    if reader.phrase(vocabulary.half_before) {
        return Some((hour(reader)? * 60 - 30).rem_euclid(DAY));
    }
    if reader.phrase(vocabulary.three_quarters_of) {
        return Some((hour(reader)? * 60 - 15).rem_euclid(DAY));
    }
    let place = reader.place();
    if !vocabulary.is_hour_first {
        if let Some(minutes) = around_hour(reader) {
            return Some(minutes);
        }
        reader.back_to(place);
    }
    let hour = hour(reader)?;
    let place = reader.place();
    if let Some(minutes) = after_hour(reader) {
        return minutes_of(hour, minutes);
    }
    reader.back_to(place);
    // "las tres y media", "las cuatro menos cuarto"
    for (words, sign) in [(vocabulary.past, 1), (vocabulary.to, -1)] {
        if vocabulary.is_hour_first && reader.phrase(words) {
            let minutes = minutes(reader)?;
            return Some((hour * 60 + sign * minutes).rem_euclid(DAY));
        }
    }
    reader.phrase(vocabulary.oclock);
    minutes_of(hour, 0)
}

/// "half past three", "ten to four", "fünf vor halb vier", "viertel vier"
fn around_hour(reader: &mut Reader) -> Option<i32> {
    let vocabulary = reader.vocabulary;
    let is_part = reader.place();
    let part = reader.lookup(vocabulary.parts_of_hour).map(i32::from);
    let minutes = if let Some(minutes) = part {
        minutes
    } else {
        reader.back_to(is_part);
        minutes(reader)?
    };
    let sign = if reader.phrase(vocabulary.past) {
        1
    } else if reader.phrase(vocabulary.to) {
        -1
    } else if part.is_some() && !vocabulary.half_before.is_empty() {
        // "viertel vier" is a quarter after three.
        return Some((hour(reader)? * 60 - 60 + minutes).rem_euclid(DAY));
    } else {
        return None;
    };
    let half = if reader.phrase(vocabulary.half_before) {
        30
    } else {
        0
    };
    Some((hour(reader)? * 60 - half + sign * minutes).rem_euclid(DAY))
}

/// Minutes behind an hour: `:30`, "thirty", "oh five", "Uhr dreißig".
fn after_hour(reader: &mut Reader) -> Option<i32> {
    if reader.mark(':') || reader.mark('.') {
        let figures = reader.figures().filter(|figures| figures.len() == 2)?;
        let oclock = reader.vocabulary.oclock;
        reader.phrase(oclock);
        return figures.parse().ok();
    }
    let oclock = reader.vocabulary.oclock;
    let after_oclock = reader.phrase(oclock);
    let and = reader.vocabulary.and;
    if after_oclock {
        reader.phrase(and);
    }
    let zero =
        reader.word_with(|vocabulary, word| vocabulary.digit(word).filter(|digit| *digit == '0'));
    let minutes = minutes(reader)?;
    (after_oclock || zero.is_some() || minutes >= 10).then_some(minutes)
}

/// From 0 to 24.
fn hour(reader: &mut Reader) -> Option<i32> {
    number(reader).filter(|hour| (0..=24).contains(hour))
}

/// From 0 to 59, or a part of the hour.
fn minutes(reader: &mut Reader) -> Option<i32> {
    let parts = reader.vocabulary.parts_of_hour;
    if let Some(part) = reader.lookup(parts) {
        return Some(part.into());
    }
    number(reader).filter(|minutes| (0..60).contains(minutes))
}

fn number(reader: &mut Reader) -> Option<i32> {
    if let Some(figures) = reader.figures() {
        return if figures.len() > 2 {
            None
        } else {
            figures.parse().ok()
        };
    }
    i32::try_from(reader.below_hundred()?).ok()
}

fn minutes_of(hour: i32, minutes: i32) -> Option<i32> {
    let is_time =
        (0..=24).contains(&hour) && (0..60).contains(&minutes) && (hour < 24 || minutes == 0);
    is_time.then(|| (hour * 60 + minutes) % DAY)
}

fn in_half(minutes: i32, half: Half) -> i32 {
    let is_twelve = (HALF_DAY..HALF_DAY + 60).contains(&minutes);
    match half {
        Half::Morning | Half::Night if is_twelve => minutes - HALF_DAY,
        Half::Afternoon if minutes < HALF_DAY => minutes + HALF_DAY,
        Half::Night if (360..HALF_DAY).contains(&minutes) => minutes + HALF_DAY,
        _ => minutes,
    }
}

fn time(minutes: i32) -> Option<time::Time> {
    let minutes = minutes.rem_euclid(DAY);
    let (hour, minute) = (
        u8::try_from(minutes / 60).ok()?,
        u8::try_from(minutes % 60).ok()?,
    );
    time::Time::from_hms(hour, minute, 0).ok()
}

impl Answer for Time {
    type Value = time::Time;

    fn hear(&self, heard: &Heard<'_>, so_far: &mut Partial) -> Verdict<time::Time> {
        let time = match (heard.pressed(), heard.text()) {
            (Some('#'), _) | (None, None) => self.pressed(&so_far.take()),
            (Some(key), _) if key.is_ascii_digit() => {
                so_far.push(key);
                if so_far.len() < 4 {
                    return Verdict::More;
                }
                self.pressed(&so_far.take())
            }
            (Some(_), _) => None,
            (None, Some(text)) => self.spoken(text, Vocabulary::of(heard.language())),
        };
        time.map_or(Verdict::NoMatch, Verdict::Answer)
    }

    fn say(&self, value: &time::Time, _locale: &str) -> Option<String> {
        Some(format!("{:02}:{:02}", value.hour(), value.minute()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> time::Time {
        let (hour, minute) = text.split_once(':').unwrap();
        time::Time::from_hms(hour.parse().unwrap(), minute.parse().unwrap(), 0).unwrap()
    }

    #[test]
    fn times_are_spoken() {
        for (locale, text, expected) in [
            ("en-US", "15:30", "15:30"),
            ("en-US", "3:30 pm", "15:30"),
            ("en-US", "3:30 p.m.", "15:30"),
            ("en-US", "3 pm", "15:00"),
            ("en-US", "3pm", "15:00"),
            ("en-US", "at 3 PM please", "15:00"),
            ("en-US", "three", "3:00"),
            ("en-US", "three o'clock", "3:00"),
            ("en-US", "three thirty", "3:30"),
            ("en-US", "three oh five", "3:05"),
            ("en-US", "fifteen thirty", "15:30"),
            ("en-US", "half past three", "3:30"),
            ("en-US", "half past three in the afternoon", "15:30"),
            ("en-US", "quarter to four", "3:45"),
            ("en-US", "a quarter past three", "3:15"),
            ("en-US", "ten past three", "3:10"),
            ("en-US", "ten to four pm", "15:50"),
            ("en-US", "quarter to one pm", "12:45"),
            ("en-US", "12 am", "0:00"),
            ("en-US", "12 pm", "12:00"),
            ("en-US", "noon", "12:00"),
            ("en-US", "at midnight", "0:00"),
            ("en-US", "seven in the evening", "19:00"),
            ("en-US", "nine in the morning", "9:00"),
            ("en-US", "11 at night", "23:00"),
            ("en-US", "24:00", "0:00"),
            ("de-DE", "halb vier", "3:30"),
            ("de-DE", "halb eins", "0:30"),
            ("de-DE", "viertel nach drei", "3:15"),
            ("de-DE", "viertel vor vier", "3:45"),
            ("de-DE", "viertel vier", "3:15"),
            ("de-DE", "dreiviertel vier", "3:45"),
            ("de-DE", "fünf vor halb vier", "3:25"),
            ("de-DE", "fünf nach halb vier", "3:35"),
            ("de-DE", "zehn nach drei", "3:10"),
            ("de-DE", "drei Uhr dreißig", "3:30"),
            ("de-DE", "15 Uhr", "15:00"),
            ("de-DE", "15.30 Uhr", "15:30"),
            ("de-DE", "um drei Uhr nachmittags", "15:00"),
            ("de-DE", "acht Uhr abends", "20:00"),
            ("de-DE", "Mitternacht", "0:00"),
            ("es-ES", "las tres", "3:00"),
            ("es-ES", "a las tres y media", "3:30"),
            ("es-ES", "las tres y cuarto", "3:15"),
            ("es-ES", "cuatro menos cuarto", "3:45"),
            ("es-ES", "tres y diez", "3:10"),
            ("es-ES", "a las tres de la tarde", "15:00"),
            ("es-ES", "mediodía", "12:00"),
        ] {
            let heard = Heard::speech(text).in_locale(locale);
            let verdict = Time::default().hear(&heard, &mut Partial::default());
            assert_eq!(verdict, Verdict::Answer(at(expected)), "{locale} {text}");
        }
        for text in [
            "",
            "later",
            "25:00",
            "12:60",
            "3:5",
            "half past",
            "three four",
            "quarter",
            "24:30",
        ] {
            let verdict = Time::default().hear(&Heard::speech(text), &mut Partial::default());
            assert_eq!(verdict, Verdict::NoMatch, "{text}");
        }
    }

    #[test]
    fn the_half_of_the_day_is_that_which_is_asked_for() {
        let ask = Time::new("?").between(at("8:00")..=at("18:00"));
        for (text, expected) in [
            ("three", Some("15:00")),
            ("nine", Some("9:00")),
            ("half past three", Some("15:30")),
            ("3 am", None),
            ("19:00", None),
            ("noon", Some("12:00")),
        ] {
            let expected = expected.map_or(Verdict::NoMatch, |time| Verdict::Answer(at(time)));
            assert_eq!(
                ask.answer
                    .hear(&Heard::speech(text), &mut Partial::default()),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn times_are_pressed() {
        for (keys, expected) in [
            ("1530", Some("15:30")),
            ("930#", Some("9:30")),
            ("9#", Some("9:00")),
            ("2560", None),
            ("#", None),
        ] {
            let mut so_far = Partial::default();
            let mut verdict = Verdict::More;
            for key in keys.chars() {
                verdict = Time::default().hear(&Heard::key(key), &mut so_far);
            }
            let expected = expected.map_or(Verdict::NoMatch, |time| Verdict::Answer(at(time)));
            assert_eq!(verdict, expected, "{keys}");
        }
    }
}
