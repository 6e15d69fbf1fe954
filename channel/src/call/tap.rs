//! The tap: what of the call's audio is kept.

use std::mem;

use onhook::recording::PauseMode;

use crate::media::{Channels, FRAME_SAMPLES, Sound};

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

/// Gathers the audio of one session, and counts it: in samples of each channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Tap {
    valve: Valve,
    /// Silence takes the place of what is heard.
    muted: bool,
    /// A pause has closed or muted it, and nothing has ended that pause.
    paused: bool,
    channels: Channels,
    /// The most samples that the session may have.
    limit: Option<u64>,
    batch: Vec<i16>,
    /// Samples that went to the recorder.
    given: u64,
    /// Samples of what was heard, and no silence in its place.
    heard: u64,
    /// Where in the call the audio was last cut off, by a pause or a stop.
    cut_at: u64,
}

impl Tap {
    /// The tap of a session that begins at this place of the call, or is paused there: nothing goes to the recorder
    /// yet.
    pub(super) fn at(position: u64, paused: Option<PauseMode>) -> Tap {
        let (valve, muted) = match paused {
            None => (Valve::Held, false),
            Some(PauseMode::Silence) => (Valve::Held, true),
            Some(_) => (Valve::Closed, false),
        };
        Tap {
            valve,
            muted,
            paused: paused.is_some(),
            cut_at: position,
            ..Tap::default()
        }
    }

    pub(super) fn with(self, channels: Channels, limit: Option<u64>) -> Tap {
        Tap {
            channels,
            limit,
            ..self
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.valve == Valve::Closed
    }

    /// Whether the session is paused: from the moment at which the pause takes effect, before the disk has it.
    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    /// Whether nothing of what is heard gets anywhere.
    pub(super) fn is_deaf(&self) -> bool {
        self.is_closed() || self.muted
    }

    /// Whether the session has all the samples that it may have.
    pub(super) fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.samples() >= limit)
    }

    pub(super) fn channels(&self) -> Channels {
        self.channels
    }

    /// Where in the call the audio was last cut off.
    pub(super) fn cut_at(&self) -> u64 {
        self.cut_at
    }

    /// Samples that the session has, what is still being gathered included.
    pub(super) fn samples(&self) -> u64 {
        self.given + self.gathered()
    }

    /// Samples of what was heard, without the silence of pauses.
    pub(super) fn heard(&self) -> u64 {
        self.heard
    }

    fn gathered(&self) -> u64 {
        self.batch.len() as u64 / u64::from(self.channels.count())
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
        (self.muted, self.paused) = (false, false);
    }

    /// What was held can be written, and what comes too.
    pub(super) fn release(&mut self) {
        if self.valve == Valve::Held {
            self.valve = Valve::Open;
        }
    }

    /// Hears 20 ms of the call; gives what the recorder gets.
    pub(super) fn hear(&mut self, sound: &Sound) -> Vec<i16> {
        if self.is_closed() {
            return Vec::new();
        }
        let (before, channels) = (self.batch.len(), usize::from(self.channels.count()));
        if self.muted {
            self.batch.resize(before + FRAME_SAMPLES * channels, 0);
        } else {
            self.channels.lay(sound, &mut self.batch);
        }
        // To the sample: what the limit cuts off goes nowhere.
        let over = self
            .samples()
            .saturating_sub(self.limit.unwrap_or(u64::MAX));
        let over = usize::try_from(over).unwrap_or(usize::MAX);
        let kept = FRAME_SAMPLES.saturating_sub(over);
        self.batch.truncate(before + kept * channels);
        if !self.muted {
            self.heard += kept as u64;
        }
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
        (self.valve, self.muted, self.paused) = (Valve::Closed, false, false);
        self.batch = Vec::new();
        rest
    }

    /// As [`Tap::close`], until the session goes on; the mode says whether silence stands for what comes after.
    pub(super) fn pause(&mut self, position: u64, mode: PauseMode) -> Vec<i16> {
        let rest = self.close(position);
        self.paused = true;
        if mode == PauseMode::Silence {
            (self.valve, self.muted) = (Valve::Open, true);
        }
        rest
    }

    fn take(&mut self) -> Vec<i16> {
        let batch = mem::take(&mut self.batch);
        self.given += batch.len() as u64 / u64::from(self.channels.count());
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Frame;

    const FRAME: u64 = FRAME_SAMPLES as u64;

    fn sound(sample: i16) -> Sound {
        Sound {
            caller: Frame::new([sample; FRAME_SAMPLES]),
            ..Sound::default()
        }
    }

    fn tap() -> Tap {
        let mut tap = Tap::at(0, None);
        tap.release();
        tap
    }

    #[test]
    fn what_is_held_is_given_once_it_can_be_written() {
        let mut tap = Tap::at(640, None);
        assert!(tap.hear(&sound(1)).is_empty());
        tap.release();
        assert_eq!(tap.samples(), FRAME);
        assert_eq!(tap.hear(&sound(1)).len() as u64, 2 * FRAME);
        assert!(tap.close(960).is_empty());
        assert_eq!((tap.samples(), tap.cut_at()), (2 * FRAME, 960));
    }

    #[test]
    fn what_is_held_is_forgotten_if_it_cannot_be_written() {
        let mut tap = Tap::at(0, None);
        tap.hear(&sound(1));
        assert!(tap.close(320).is_empty());
        assert_eq!((tap.samples(), tap.cut_at()), (0, 0));
    }

    #[test]
    fn a_closed_tap_hears_nothing_and_remembers_the_first_cut() {
        let mut tap = tap();
        tap.close(320);
        assert!(tap.hear(&sound(1)).is_empty());
        assert!(tap.close(9600).is_empty());
        assert_eq!((tap.samples(), tap.cut_at()), (0, 320));
    }

    /// Gathering is the journal's: what waits here would be lost in a crash, and in a long pause it would grow.
    #[test]
    fn a_frame_goes_to_the_recorder_at_once() {
        for muted in [false, true] {
            let mut tap = tap();
            if muted {
                tap.pause(0, PauseMode::Silence);
            }
            for _ in 0..50 {
                let given = tap.hear(&sound(7));
                assert_eq!(given, [if muted { 0 } else { 7 }; FRAME_SAMPLES]);
                assert_eq!(tap.batch.capacity(), 0);
            }
            assert_eq!(tap.heard(), if muted { 0 } else { 50 * FRAME });
        }
    }

    /// What comes after a resume is not silence, and waits until the resume is on disk.
    #[test]
    fn a_muted_tap_gives_silence_until_it_is_held() {
        let mut tap = tap();
        tap.hear(&sound(1));
        assert!(tap.pause(320, PauseMode::Silence).is_empty());
        assert!(tap.is_deaf() && !tap.is_closed());
        assert_eq!(tap.hear(&sound(2)), [0; FRAME_SAMPLES]);
        tap.hold();
        assert!(!tap.is_deaf());
        assert!(tap.hear(&sound(3)).is_empty());
        tap.release();
        let given = tap.hear(&sound(4));
        assert_eq!((given[0], given[FRAME_SAMPLES]), (3, 4));
        assert_eq!((tap.samples(), tap.heard()), (4 * FRAME, 3 * FRAME));
        assert_eq!(tap.cut_at(), 320);
    }

    #[test]
    fn a_pause_ends_when_the_session_goes_on_or_ends() {
        for mode in [PauseMode::Skip, PauseMode::Silence] {
            for ends in [Tap::hold as fn(&mut Tap), |tap| drop(tap.close(640))] {
                let mut tap = tap();
                tap.pause(320, mode);
                assert!(tap.is_paused());
                ends(&mut tap);
                assert!(!tap.is_paused());
            }
            let mut begun = Tap::at(0, Some(mode));
            assert!(begun.is_paused(), "before the disk has it");
            begun.release();
            assert!(begun.is_paused());
        }
        assert!(!tap().is_paused());
    }

    #[test]
    fn a_session_that_begins_paused_has_silence_or_nothing() {
        for (mode, samples) in [(PauseMode::Silence, 2 * FRAME), (PauseMode::Skip, 0)] {
            let mut tap = Tap::at(0, Some(mode));
            assert!(tap.is_deaf());
            assert!(tap.hear(&sound(1)).is_empty());
            tap.release();
            let given = tap.hear(&sound(1));
            assert_eq!((given.len() as u64, tap.samples()), (samples, samples));
            assert!(given.iter().all(|sample| *sample == 0));
        }
    }

    #[test]
    fn a_limit_is_kept_to_the_sample_of_each_channel() {
        for (channels, count) in [(Channels::Mixed, 1), (Channels::STEREO, 2)] {
            let mut tap = Tap::at(0, None).with(channels, Some(FRAME + 7));
            tap.release();
            assert_eq!(tap.hear(&sound(1)).len(), FRAME_SAMPLES * count);
            assert!(!tap.is_full());
            assert_eq!(tap.hear(&sound(1)).len(), 7 * count);
            assert!(tap.is_full());
            assert!(tap.hear(&sound(1)).is_empty());
            assert_eq!((tap.samples(), tap.heard()), (FRAME + 7, FRAME + 7));
        }
    }
}
