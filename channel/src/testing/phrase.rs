//! What may or must be in a recording: words, keys, or a time of the call.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use super::ended::{EndedCall, TestRecording};
use super::span;
use super::step::Step;
use crate::media::{dtmf, find_all, millis_of, samples_in};
use crate::store::metadata::TimelineEvent;
use crate::voice::{Party, ToneVoice};

/// The silence that the tone voice makes after each word.
const GAP: Duration = Duration::from_millis(80);
/// How far a word may be from where it belongs, in samples: it begins at a frame.
const SLACK: u64 = 320;
/// The most that lies between two keys that are pressed one after the other.
const BETWEEN_KEYS: Duration = Duration::from_millis(400);

/// Something that may or must be in a recording.
///
/// A text stands for the words of whoever said it, or for the keys of the caller who pressed it; a range for a time of
/// the call, counted from its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage(What);

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Text(String),
    Time(Range<Duration>),
}

impl From<&str> for Passage {
    fn from(text: &str) -> Passage {
        Passage(What::Text(text.to_owned()))
    }
}

impl From<String> for Passage {
    fn from(text: String) -> Passage {
        Passage(What::Text(text))
    }
}

impl From<Range<Duration>> for Passage {
    fn from(time: Range<Duration>) -> Passage {
        Passage(What::Time(time))
    }
}

impl fmt::Display for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            What::Text(text) => write!(f, "“{text}”"),
            What::Time(time) => write!(f, "{:?} to {:?} of the call", time.start, time.end),
        }
    }
}

impl Passage {
    pub(super) fn is_recorded(&self, call: &EndedCall) -> Result<(), String> {
        let text = match &self.0 {
            What::Text(text) => text,
            What::Time(time) => return span::is_recorded(call, time),
        };
        let uttered = Uttered::of(text, call)?;
        let heard = |recording: &TestRecording| {
            let samples = &recording.audio.samples;
            let spoken = [Party::Caller, Party::Bot]
                .iter()
                .any(|party| says(samples, text, *party));
            (uttered.said && spoken) || (uttered.pressed && presses(samples, text))
        };
        if call.recordings().iter().any(heard) {
            Ok(())
        } else {
            Err(match call.recordings().len() {
                0 => "there is no recording".to_owned(),
                1 => "it is not in the recording".to_owned(),
                count => format!("it is in none of the {count} recordings"),
            })
        }
    }

    pub(super) fn is_not_recorded(&self, call: &EndedCall) -> Result<(), String> {
        let text = match &self.0 {
            What::Text(text) => text,
            What::Time(time) => return span::is_not_recorded(call, time),
        };
        let uttered = Uttered::of(text, call)?;
        for recording in call.recordings() {
            let samples = &recording.audio.samples;
            let found = |what: &str, at: usize| {
                let (ms, id) = (millis_of(at as u64), &recording.report.recording_id);
                Err(format!("{what} is heard at {ms} ms of {id}"))
            };
            for word in text.split_whitespace().filter(|_| uttered.said) {
                for party in [Party::Caller, Party::Bot] {
                    if let [at, ..] = find_all(samples, &ToneVoice::word(word, party))[..] {
                        return found(&format!("“{word}”"), at);
                    }
                }
            }
            for key in text.chars().filter(|_| uttered.pressed) {
                if let [at, ..] = find_all(samples, &tone(key))[..] {
                    return found(&format!("the key {key}"), at);
                }
                let known = |event: &TimelineEvent| matches!(event, TimelineEvent::Dtmf { value: Some(value), .. } if value.contains(key));
                let mut timeline = recording.metadata.onhook.timeline.iter();
                if timeline.any(|entry| known(&entry.event)) {
                    let id = &recording.report.recording_id;
                    return Err(format!("the key {key} stands in the metadata of {id}"));
                }
            }
        }
        Ok(())
    }
}

/// How a text was uttered in the call: without it, that nothing was found would prove nothing.
struct Uttered {
    said: bool,
    pressed: bool,
}

impl Uttered {
    fn of(text: &str, call: &EndedCall) -> Result<Uttered, String> {
        let journal = call.journal();
        let steps = journal.entries.iter().map(|entry| entry.caller.as_ref());
        let (mut said, mut keys) = (Vec::new(), String::new());
        let mut played = false;
        for step in steps.flatten() {
            match step {
                Step::Says(text) => said.push(text.as_str()),
                Step::Presses(pressed) => keys.push_str(pressed),
                Step::Plays(playing) => played |= contains(&playing.text, text),
                _ => {}
            }
        }
        said.extend(call.report().transcript.bot());
        let uttered = Uttered {
            said: said.iter().any(|said| contains(said, text)),
            pressed: !text.is_empty() && keys.contains(text),
        };
        if uttered.said || uttered.pressed {
            Ok(uttered)
        } else if played {
            Err("it was played: how it sounds is not known here, look for its samples".to_owned())
        } else {
            Err(
                "nobody said or pressed that in this call: looking for it proves nothing"
                    .to_owned(),
            )
        }
    }
}

/// Whether these words are in a text, one after the other.
fn contains(text: &str, words: &str) -> bool {
    let plain = |text: &str| -> Vec<String> {
        let word = |word: &str| -> String {
            let letters = word.chars().filter(|letter| letter.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect()
        };
        let words = text.split_whitespace().map(word);
        words.filter(|word| !word.is_empty()).collect()
    };
    let (text, words) = (plain(text), plain(words));
    !words.is_empty() && text.windows(words.len()).any(|window| window == words)
}

/// Whether the words are heard, each where it follows the one before.
fn says(samples: &[i16], text: &str, party: Party) -> bool {
    let sounds = text
        .split_whitespace()
        .map(|word| ToneVoice::word(word, party));
    let mut starts: Option<Vec<u64>> = None;
    for sound in sounds.filter(|sound| !sound.is_empty()) {
        let length = sound.len() as u64 + samples_in(GAP);
        let found = find_all(samples, &sound).into_iter().map(|at| at as u64);
        let follows = |at: &u64| {
            let near = |start: &u64| start.abs_diff(*at) <= SLACK;
            starts.as_ref().is_none_or(|starts| starts.iter().any(near))
        };
        starts = Some(found.filter(follows).map(|at| at + length).collect());
    }
    starts.is_some_and(|starts| !starts.is_empty())
}

/// Whether the keys are heard, one soon after the other.
fn presses(samples: &[i16], keys: &str) -> bool {
    let mut ends: Option<Vec<u64>> = None;
    for key in keys.chars() {
        let sound = tone(key);
        let length = sound.len() as u64;
        let found = find_all(samples, &sound).into_iter().map(|at| at as u64);
        let follows = |at: &u64| {
            let soon = |end: &u64| *at + SLACK >= *end && *at <= end + samples_in(BETWEEN_KEYS);
            ends.as_ref().is_none_or(|ends| ends.iter().any(soon))
        };
        ends = Some(found.filter(follows).map(|at| at + length).collect());
    }
    ends.is_some_and(|ends| !ends.is_empty())
}

/// The sound of a key without the silence after it.
fn tone(key: char) -> Vec<i16> {
    let mut tone = dtmf::tone(key).unwrap_or_default();
    let sounding = tone.iter().rposition(|sample| *sample != 0);
    tone.truncate(sounding.map_or(0, |last| last + 1));
    tone
}
