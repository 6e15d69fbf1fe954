//! What the caller says or presses while a recording is paused is written down nowhere.
//!
//! An utterance that overlaps a pause is hidden as a whole, because its text has the words of the pause too. Whether it
//! does is known at its end, so its text is written down only then: into the transcript, to the listener of the
//! transcript, and, for a key, into the timeline of the recording. What is hidden was never there to be read. How long a
//! recogniser takes does not matter: what counts is when the words were said.

use super::engine::Engine;
use super::recording::KeyDown;
use super::transcript::{Event, Line};

/// What the caller is saying or pressing at this moment.
#[derive(Debug)]
pub(super) struct Uttering {
    /// The number of its line in the transcript.
    place: usize,
    /// The line as it will be, unless it is hidden.
    line: Line,
    /// Some of it was said while the recording was paused.
    hidden: bool,
    /// For a key that is not in the timeline of the recording yet.
    key_down: Option<KeyDown>,
}

impl Engine {
    /// The caller begins to say or press this.
    pub(super) fn caller_begins(&mut self, event: Event) {
        let key = matches!(event, Event::CallerPresses(_));
        let line = self.line_now(event);
        let begun = Line {
            at: line.at,
            what: hidden(&line.what),
        };
        self.uttering = Some(Uttering {
            place: self.write(begun),
            line,
            hidden: false,
            key_down: (self.recording.key_down(self.now())).filter(|_| key),
        });
    }

    /// 20 ms of what the caller says are about to be heard: in a pause, they hide all of it.
    pub(super) fn hide_in_pause(&mut self) {
        if let Some(uttering) = &mut self.uttering {
            uttering.hidden |= self.recording.tap.is_paused();
        }
    }

    /// The caller has said or pressed it, or has hung up in the middle of it.
    pub(super) fn write_down_caller(&mut self) {
        self.write_down_key();
        let Some(uttering) = self.uttering.take() else {
            return;
        };
        let Uttering { place, line, .. } = uttering;
        let what = if uttering.hidden {
            hidden(&line.what)
        } else {
            line.what
        };
        self.complete(place, &Line { at: line.at, what });
    }

    /// Writes a key into the timeline of the recording: when its tone ends, and before the recording does.
    pub(super) fn write_down_key(&mut self) {
        let Some(uttering) = &mut self.uttering else {
            return;
        };
        let Some(down) = uttering.key_down.take() else {
            return;
        };
        let key = match uttering.line.what {
            Event::CallerPresses(key) => key.filter(|_| !uttering.hidden),
            _ => None,
        };
        self.recording.key_up(&down, key);
    }
}

/// The same without what was said or pressed.
fn hidden(event: &Event) -> Event {
    match event {
        Event::CallerPresses(_) => Event::CallerPresses(None),
        _ => Event::CallerSays(None),
    }
}
