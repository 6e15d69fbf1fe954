//! The tap: what of the call's audio is kept.

use std::mem;

use crate::media::Frame;

/// Where the call's audio goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Valve {
    /// Nowhere: nothing is kept, in memory or on disk.
    #[default]
    Closed,
    /// Into memory, while the file is being opened: it was asked for and is not lost if that succeeds.
    Held,
    /// To the recorder.
    Open,
}

/// Gathers the audio of one session, and counts it.
#[derive(Clone, Debug, Default)]
pub(super) struct Tap {
    valve: Valve,
    batch: Vec<i16>,
    /// Samples that went to the recorder.
    given: u64,
    /// Where in the call the audio was last cut off, by a pause or a stop.
    cut_at: u64,
}

impl Tap {
    /// The tap of a session that begins at this place of the call: nothing goes to the recorder yet.
    pub(super) fn at(position: u64, paused: bool) -> Tap {
        let valve = if paused { Valve::Closed } else { Valve::Held };
        Tap {
            valve,
            cut_at: position,
            ..Tap::default()
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.valve == Valve::Closed
    }

    /// Where in the call the audio was last cut off.
    pub(super) fn cut_at(&self) -> u64 {
        self.cut_at
    }

    /// Samples that the session has, what is still being gathered included.
    pub(super) fn samples(&self) -> u64 {
        self.given + self.batch.len() as u64
    }

    /// The closed file turned out to have so many samples.
    pub(super) fn settle(&mut self, samples: u64) {
        if self.is_closed() {
            self.given = samples;
        }
    }

    /// Keeps what comes until it is known whether it can be written.
    pub(super) fn hold(&mut self) {
        self.valve = Valve::Held;
    }

    /// What was held can be written, and what comes too.
    pub(super) fn release(&mut self) {
        if self.valve == Valve::Held {
            self.valve = Valve::Open;
        }
    }

    /// Hears 20 ms of the call; gives what the recorder gets.
    pub(super) fn hear(&mut self, frame: &Frame) -> Vec<i16> {
        if self.is_closed() {
            return Vec::new();
        }
        self.batch.extend_from_slice(frame.samples());
        if self.valve == Valve::Open {
            self.take()
        } else {
            Vec::new()
        }
    }

    /// Closes the tap and gives what was heard before; what comes after goes nowhere, and so does what was
    /// held. A tap that is closed was cut off before.
    pub(super) fn close(&mut self, position: u64) -> Vec<i16> {
        let rest = if self.valve == Valve::Open {
            self.cut_at = position;
            self.take()
        } else {
            Vec::new()
        };
        self.valve = Valve::Closed;
        self.batch = Vec::new();
        rest
    }

    fn take(&mut self) -> Vec<i16> {
        let batch = mem::take(&mut self.batch);
        self.given += batch.len() as u64;
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::FRAME_SAMPLES;

    const FRAME: u64 = FRAME_SAMPLES as u64;

    #[test]
    fn what_is_held_is_given_once_it_can_be_written() {
        let mut tap = Tap::at(640, false);
        assert!(tap.hear(&Frame::SILENCE).is_empty());
        tap.release();
        assert_eq!(tap.samples(), FRAME);
        assert_eq!(tap.hear(&Frame::SILENCE).len() as u64, 2 * FRAME);
        assert!(tap.close(960).is_empty());
        assert_eq!((tap.samples(), tap.cut_at()), (2 * FRAME, 960));
    }

    #[test]
    fn what_is_held_is_forgotten_if_it_cannot_be_written() {
        let mut tap = Tap::at(0, false);
        tap.hear(&Frame::SILENCE);
        assert!(tap.close(320).is_empty());
        assert_eq!((tap.samples(), tap.cut_at()), (0, 0));
    }

    #[test]
    fn a_closed_tap_hears_nothing_and_remembers_the_first_cut() {
        let mut tap = Tap::at(0, false);
        tap.release();
        tap.close(320);
        assert!(tap.hear(&Frame::SILENCE).is_empty());
        assert!(tap.close(9600).is_empty());
        assert_eq!((tap.samples(), tap.cut_at()), (0, 320));
    }

    /// Gathering is the journal's: what waits here would be lost in a crash.
    #[test]
    fn a_frame_goes_to_the_recorder_at_once() {
        let mut tap = Tap::at(0, false);
        tap.release();
        for _ in 0..50 {
            assert_eq!(tap.hear(&Frame::SILENCE).len(), FRAME_SAMPLES);
        }
    }
}
