//! How lines come into the transcript, and to who listens to it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::time::Duration;

use super::engine::Engine;
use super::transcript::{Event, Line};
use crate::media::SAMPLE_RATE;

impl Engine {
    /// A line of this moment.
    pub(super) fn line_now(&self, what: Event) -> Line {
        let at = Duration::from_secs(self.position) / SAMPLE_RATE;
        Line { at, what }
    }

    pub(super) fn note(&self, what: Event) {
        let entry = self.line_now(what);
        self.write(entry.clone());
        self.tell_listener(&entry);
    }

    /// Adds a line, and gives its place.
    pub(super) fn write(&self, entry: Line) -> usize {
        let transcript = self.transcript.lock();
        let mut transcript = transcript.unwrap_or_else(PoisonError::into_inner);
        transcript.lines.push(entry);
        transcript.lines.len() - 1
    }

    /// Completes the line at this place, and tells the listener of it.
    pub(super) fn complete(&self, place: usize, entry: &Line) {
        let transcript = self.transcript.lock();
        let mut transcript = transcript.unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = transcript.lines.get_mut(place) {
            *line = entry.clone();
        }
        drop(transcript);
        self.tell_listener(entry);
    }

    /// A listener may read the transcript, so it is not locked; and it is not ours, so it may panic.
    fn tell_listener(&self, entry: &Line) {
        if let Some(listener) = &self.dial.listener
            && catch_unwind(AssertUnwindSafe(|| listener(entry))).is_err()
        {
            let what = Event::Trouble("the listener of the transcript panicked".to_owned());
            self.write(Line { at: entry.at, what });
        }
    }
}
