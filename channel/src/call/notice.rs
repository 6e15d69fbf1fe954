//! How those who are recorded are told of it, and what the recording keeps as evidence.

use std::f64::consts::TAU;

use onhook::recording::State;
use time::OffsetDateTime;

use super::barge_in::BargeIn;
use super::engine::{Engine, Speaker};
use crate::media::{FRAME_SAMPLES, Frame, SAMPLE_RATE, millis_of};
use crate::store::metadata::Consent;

/// How the channel tells those who are recorded.
///
/// What is told is part of what both parties hear and of the recording, and the metadata say where it is, as
/// `consent`: evidence that the caller was told and stayed. Whether that is enough is for a lawyer to say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// Words, once for each recording: when it starts, behind what the bot is saying. Nothing interrupts them.
    Announcement(String),
    /// A beep when recording starts or goes on, and every 15 seconds.
    ///
    /// Its 1,400 Hz and 15 seconds are those of the recorder warning tone of Federal Standard 1037C; that it lasts
    /// 200 ms, where the standard has half a second, and its level of -20 dBFS are ours: it covers less speech.
    Beep,
}

const BEEP_HERTZ: f64 = 1_400.0;
/// 200 ms.
const BEEP_SAMPLES: u64 = SAMPLE_RATE as u64 / 5;
/// 15 s.
const BEEP_EVERY: u64 = 15 * SAMPLE_RATE as u64;
/// -20 dBFS.
const BEEP_AMPLITUDE: f64 = 3_276.7;
/// 5 ms, in which it swells and fades so that it does not click.
const BEEP_FADE: f64 = 80.0;

/// What was told of the recording so far.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The last session that was announced.
    announced: Option<u32>,
    /// The announcement that is being heard.
    announcing: Option<Begun>,
    /// How long the recording has been going on since it started or went on.
    beeping: Option<Beeping>,
}

#[derive(Clone, Copy, Debug)]
struct Begun {
    at: OffsetDateTime,
    /// In the call, in samples.
    position: u64,
    /// In the recording, in samples.
    recorded: u64,
    /// How much of what was heard is in the recording.
    heard: u64,
}

#[derive(Debug)]
struct Beeping {
    begun: Begun,
    /// Samples since then.
    samples: u64,
}

impl Engine {
    /// What the channel adds to the next 20 ms of a call that may be recorded.
    pub(super) fn notice(&mut self) -> Option<Frame> {
        let notice = self.shared.notice.as_ref()?;
        let session = match self.recording.machine.state() {
            State::Recording(session) if !self.recording.tap.is_deaf() => session,
            _ => {
                self.told.beeping = None;
                return None;
            }
        };
        match notice {
            Notice::Announcement(text) => {
                if self.told.announced.replace(session) != Some(session) {
                    let text = text.clone();
                    self.channel_says(&text, Speaker::Notice, BargeIn::OFF);
                }
                None
            }
            Notice::Beep => {
                let now = self.begun();
                let beeping = self.told.beeping.get_or_insert(Beeping {
                    begun: now,
                    samples: 0,
                });
                let frame = beep(beeping.samples);
                beeping.samples += FRAME_SAMPLES as u64;
                if beeping.samples == BEEP_SAMPLES {
                    let begun = beeping.begun;
                    self.was_told(begun, "beep+continue");
                }
                frame
            }
        }
    }

    fn begun(&self) -> Begun {
        Begun {
            at: self.now(),
            position: self.position,
            recorded: self.recording.tap.samples(),
            heard: self.recording.tap.heard(),
        }
    }

    pub(super) fn announcement_begins(&mut self) {
        self.told.announcing = Some(self.begun());
    }

    /// It is evidence if all of it is in the recording.
    pub(super) fn announcement_ends(&mut self) {
        let Some(begun) = self.told.announcing.take() else {
            return;
        };
        let recorded = self.recording.tap.heard().checked_sub(begun.heard);
        if recorded == Some(self.position - begun.position) {
            self.was_told(begun, "announcement+continue");
        }
    }

    fn was_told(&mut self, begun: Begun, how: &str) {
        if let Some(session) = &mut self.recording.session {
            session.consent.push(Consent {
                party: 0,
                at: begun.at,
                how: how.to_owned(),
                evidence_offset_ms: millis_of(begun.recorded),
            });
        }
    }
}

/// The beep so many samples after the recording started or went on; none between two beeps.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "200 ms of samples are few, and stay below the amplitude"
)]
fn beep(since: u64) -> Option<Frame> {
    let begin = since % BEEP_EVERY;
    if begin >= BEEP_SAMPLES {
        return None;
    }
    let mut samples = [0; FRAME_SAMPLES];
    for (sample, n) in samples.iter_mut().zip(begin..) {
        let edge = n.min(BEEP_SAMPLES - n) as f64;
        let swell = (edge / BEEP_FADE).min(1.0);
        let phase = TAU * BEEP_HERTZ * n as f64 / f64::from(SAMPLE_RATE);
        *sample = (BEEP_AMPLITUDE * swell * phase.sin()).round() as i16;
    }
    Some(Frame::new(samples))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::level;

    #[test]
    fn a_beep_of_200_ms_comes_every_15_seconds() {
        let frame = FRAME_SAMPLES as u64;
        let beeps: Vec<u64> = (0..=2 * 750)
            .filter(|number| beep(number * frame).is_some())
            .collect();
        let ten = |first: u64| first..first + 10;
        let expected: Vec<u64> = ten(0).chain(ten(750)).chain([1_500]).collect();
        assert_eq!(beeps, expected);
        let middle = beep(5 * frame).unwrap();
        assert!((level(middle.samples()) + 20.0).abs() < 0.05);
        let (first, last) = (beep(0).unwrap(), beep(9 * frame).unwrap());
        assert!(first.samples()[0] == 0 && last.samples()[319].abs() < 100);
    }
}
