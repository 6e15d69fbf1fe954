//! What may or must be in a recording: words, keys, or a time of the call.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use super::ended::{EndedCall, TestRecording};
use super::span;
use super::uttered::{Sound, Uttered};
use crate::media::{FRAME_SAMPLES, find_all, millis_of, samples_in};
use crate::store::metadata::TimelineEvent;

/// The most that lies between two words of a passage, or two keys.
const BETWEEN: Duration = Duration::from_millis(400);

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
        let mut ways = uttered.said.iter().chain(&uttered.pressed);
        let mut recordings = call.recordings().iter();
        let heard = |sounds: &Vec<Sound>| {
            let mut recordings = recordings.clone();
            recordings.any(|recording| recording.tracks().any(|track| is_heard(track, sounds)))
        };
        if ways.any(heard) {
            return Ok(());
        }
        Err(match (recordings.next(), recordings.len()) {
            (None, _) => "there is no recording".to_owned(),
            (Some(_), 0) => "it is not in the recording".to_owned(),
            (Some(_), others) => format!("it is in none of the {} recordings", others + 1),
        })
    }

    pub(super) fn is_not_recorded(&self, call: &EndedCall) -> Result<(), String> {
        let text = match &self.0 {
            What::Text(text) => text,
            What::Time(time) => return span::is_not_recorded(call, time),
        };
        let uttered = Uttered::of(text, call)?;
        for recording in call.recordings() {
            let id = &recording.report.recording_id;
            for sound in uttered.said.iter().chain(&uttered.pressed).flatten() {
                let mut found = recording
                    .tracks()
                    .flat_map(|track| find_all(track, &sound.samples));
                if let Some(at) = found.next() {
                    let ms = millis_of(at as u64);
                    return Err(format!("{} is heard at {ms} ms of {id}", sound.name));
                }
            }
            if uttered.pressed.is_some() {
                let told = text.chars().find(|key| is_told(recording, *key));
                if let Some(key) = told {
                    return Err(format!("the key {key} stands in the metadata of {id}"));
                }
            }
        }
        Ok(())
    }
}

/// Whether the sounds are heard, one soon after the other.
fn is_heard(samples: &[i16], sounds: &[Sound]) -> bool {
    let mut ends: Option<Vec<u64>> = None;
    for Sound { samples: sound, .. } in sounds {
        let length = sound.len() as u64;
        let found = find_all(samples, sound).into_iter().map(|at| at as u64);
        let follows = |at: &u64| {
            let soon =
                |end: &u64| *at + FRAME_SAMPLES as u64 >= *end && *at <= end + samples_in(BETWEEN);
            ends.as_ref().is_none_or(|ends| ends.iter().any(soon))
        };
        ends = Some(found.filter(follows).map(|at| at + length).collect());
    }
    ends.is_some_and(|ends| !ends.is_empty())
}

/// Whether the metadata tell that this key was pressed.
fn is_told(recording: &TestRecording, key: char) -> bool {
    let told = |event: &TimelineEvent| match event {
        TimelineEvent::Dtmf {
            value: Some(value), ..
        } => value.contains(key),
        _ => false,
    };
    let mut timeline = recording.metadata.onhook.timeline.iter();
    timeline.any(|entry| told(&entry.event))
}
