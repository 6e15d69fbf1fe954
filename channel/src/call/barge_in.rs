//! Barge-in: the caller begins to speak or presses a key while the bot is speaking.
//!
//! The bot's speech is a queue. From the first sample of a message until the queue is empty the bot is speaking; a
//! caller who begins meanwhile interrupts, if the input hint of the message that is played allows it: playback stops,
//! and what is queued behind is dropped. Only the first sound counts: a caller who goes on speaking from a message
//! that nothing interrupts into one that may be interrupted lets both be heard.
//!
//! A hint says what interrupts, and nothing else: what the caller says or presses meanwhile still reaches the bot.
//! The channel's documents take the interruption from the caller, not the word, and a digit that is typed ahead
//! must not be lost.

use std::time::Duration;

use onhook::InputHint;

use super::engine::{Engine, Speaker, Spoken};
use super::track::{Cue, Cut};
use super::transcript::Event;
use crate::media::{Frame, duration_of, millis_of};
use crate::store::metadata::TimelineEvent;
use crate::voice::Party;

/// What may interrupt a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BargeIn {
    speech: bool,
    keys: bool,
}

impl BargeIn {
    pub(super) const OFF: BargeIn = BargeIn {
        speech: false,
        keys: false,
    };
    pub(super) const ON: BargeIn = BargeIn {
        speech: true,
        keys: true,
    };

    /// What the hint of a message says; a hint that is absent or unknown is taken for accepting (A3042).
    pub(super) fn of(hint: Option<&InputHint>) -> BargeIn {
        match hint {
            Some(InputHint::IgnoringInput) => BargeIn::OFF,
            Some(InputHint::IgnoringNonSpeechInput) => BargeIn {
                keys: false,
                ..BargeIn::ON
            },
            Some(InputHint::IgnoringSpeechInput) => BargeIn {
                speech: false,
                ..BargeIn::ON
            },
            _ => BargeIn::ON,
        }
    }
}

impl Engine {
    /// Hears 20 ms of the caller: the first sound of what was begun may interrupt the bot.
    pub(super) fn listen_for_barge_in(&mut self, cues: &[Cue], caller: &Frame) {
        for cue in cues {
            if let Cue::Began(clip) = *cue {
                self.onset = Some(clip);
            }
        }
        if is_audible(caller)
            && let Some(clip) = self.onset.take()
        {
            self.barges_in(clip);
        }
        if cues.iter().any(|cue| matches!(cue, Cue::Ended(_))) {
            self.onset = None;
        }
    }

    /// The caller begins with this clip: that may interrupt the bot.
    fn barges_in(&mut self, clip: u64) {
        let Some(Spoken::Caller { event, .. }) = self.spoken.get(&(Party::Caller, clip)) else {
            return;
        };
        let key = matches!(event, Event::CallerPresses(_));
        let playing = self.bot.talking();
        let playing = playing.and_then(|id| self.spoken.get(&(Party::Bot, id)));
        let Some(Spoken::Bot { barge_in, .. }) = playing else {
            return;
        };
        if !(if key { barge_in.keys } else { barge_in.speech }) {
            return;
        }
        let spoken = &self.spoken;
        // What the channel has to tell of the recording is not the bot's to lose.
        let stays = |id| {
            let spoken = spoken.get(&(Party::Bot, id));
            matches!(
                spoken,
                Some(Spoken::Bot {
                    speaker: Speaker::Notice,
                    ..
                })
            )
        };
        for cut in self.bot.cut(stays) {
            self.barged_in(cut);
        }
    }

    fn barged_in(&mut self, cut: Cut) {
        if cut.heard > 0 && !self.recording.tap.is_closed() {
            let at = self.now();
            let event = TimelineEvent::BargeIn {
                played_ms: millis_of(cut.heard),
                planned_ms: millis_of(cut.planned),
            };
            self.recording.mark(at, event);
        }
        self.unspoken(cut, |text, played, planned| Event::BargeIn {
            text,
            played,
            planned,
        });
    }

    /// The call ends before the bot has said this.
    pub(super) fn cut_off(&mut self, cut: Cut) {
        self.unspoken(cut, |text, played, planned| Event::BotCutOff {
            text,
            played,
            planned,
        });
    }

    /// Writes down how much was heard of what the bot said.
    fn unspoken(&mut self, cut: Cut, event: impl Fn(String, Duration, Duration) -> Event) {
        if let Some(Spoken::Bot {
            text,
            speaker: Speaker::Bot,
            ..
        }) = self.spoken.remove(&(Party::Bot, cut.id))
        {
            self.note(match cut.heard {
                0 => Event::BotUnheard(text),
                heard => event(text, duration_of(heard), duration_of(cut.planned)),
            });
        }
    }
}

/// Whether there is more than the noise of a quiet line, about -50 dBFS.
fn is_audible(frame: &Frame) -> bool {
    frame.samples().iter().any(|s| s.unsigned_abs() > 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_say_what_interrupts() {
        for (hint, speech, keys) in [
            (None, true, true),
            (Some(InputHint::AcceptingInput), true, true),
            (Some(InputHint::ExpectingInput), true, true),
            (Some(InputHint::IgnoringInput), false, false),
            (Some(InputHint::IgnoringNonSpeechInput), true, false),
            (Some(InputHint::IgnoringSpeechInput), false, true),
            (Some(InputHint::Other("later".into())), true, true),
        ] {
            assert_eq!(
                BargeIn::of(hint.as_ref()),
                BargeIn { speech, keys },
                "{hint:?}"
            );
        }
    }
}
