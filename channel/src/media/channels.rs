//! Which party is on which channel of a recording.

use onhook::recording::ChannelType;

use super::{Frame, mix};
use crate::voice::Party;

/// How the parties of a call are spread over the channels of a recording.
///
/// An unmixed recording has a channel for each, in the order in which they are first heard, as Azure's documents have it
/// ("based on the order in which participant first audio was detected", `StartRecordingOptions`). A stereo one is an
/// unmixed one whose order is given: the caller on the left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Channels {
    /// One channel with everyone.
    #[default]
    Mixed,
    /// A channel for each.
    Unmixed {
        /// Who is on the first one; `None` as long as nobody was heard.
        first: Option<Party>,
    },
}

/// 20 ms of a call, before they are mixed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sound {
    pub(crate) caller: Frame,
    pub(crate) bot: Frame,
    /// What the channel adds. It comes from the bot's end of the line; on the second channel before anybody was heard.
    pub(crate) notice: Option<Frame>,
}

impl Channels {
    /// The caller on the left channel, the bot on the right.
    pub const STEREO: Self = Self::Unmixed {
        first: Some(Party::Caller),
    };

    /// What a start asks for; `None` if that is not known here.
    pub const fn of_type(asked: ChannelType) -> Option<Self> {
        match asked {
            ChannelType::Mixed => Some(Self::Mixed),
            ChannelType::Unmixed => Some(Self::Unmixed { first: None }),
            ChannelType::Stereo => Some(Self::STEREO),
            _ => None,
        }
    }

    /// How many channels that are.
    pub const fn count(self) -> u16 {
        match self {
            Self::Mixed => 1,
            Self::Unmixed { .. } => 2,
        }
    }

    /// The channel that a party has for itself, from 0; `None` if it has none, or that is not known yet.
    pub fn of(self, party: Party) -> Option<u32> {
        match self {
            Self::Unmixed { first: Some(first) } => Some(u32::from(first != party)),
            Self::Mixed | Self::Unmixed { first: None } => None,
        }
    }

    /// Adds 20 ms to a recording, the samples of the channels side by side.
    pub(crate) fn lay(&mut self, sound: &Sound, samples: &mut Vec<i16>) {
        let first = match self {
            Self::Mixed => {
                let mut heard = mix(&sound.caller, &sound.bot);
                if let Some(notice) = &sound.notice {
                    heard = mix(&heard, notice);
                }
                samples.extend_from_slice(heard.samples());
                return;
            }
            Self::Unmixed { first } => {
                *first = first.or_else(|| sound.first());
                // Before anybody is heard there is silence on both.
                first.unwrap_or(Party::Caller)
            }
        };
        let bot = (sound.notice).map_or(sound.bot, |notice| mix(&sound.bot, &notice));
        let (one, two) = match first {
            Party::Caller => (&sound.caller, &bot),
            Party::Bot => (&bot, &sound.caller),
        };
        let pairs = one.samples().iter().zip(two.samples());
        samples.extend(pairs.flat_map(|(one, two)| [*one, *two]));
    }
}

impl Sound {
    /// Who is heard first in it; what the channel adds is nobody's.
    fn first(&self) -> Option<Party> {
        let onset = |frame: &Frame| frame.samples().iter().position(|sample| *sample != 0);
        match (onset(&self.caller), onset(&self.bot)) {
            (None, None) => None,
            (Some(caller), Some(bot)) if bot < caller => Some(Party::Bot),
            (Some(_), _) => Some(Party::Caller),
            (None, Some(_)) => Some(Party::Bot),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::FRAME_SAMPLES;

    fn frame(sample: i16, from: usize) -> Frame {
        let mut samples = [0; FRAME_SAMPLES];
        samples[from..].fill(sample);
        Frame::new(samples)
    }

    fn sound(caller: &Frame, bot: &Frame) -> Sound {
        Sound {
            caller: *caller,
            bot: *bot,
            notice: None,
        }
    }

    #[test]
    fn whoever_is_heard_first_has_the_first_channel_for_good() {
        let quiet = Frame::SILENCE;
        for (caller, bot, wanted) in [
            (quiet, quiet, None),
            (frame(1, 0), quiet, Some(Party::Caller)),
            (quiet, frame(1, 319), Some(Party::Bot)),
            (frame(1, 7), frame(1, 6), Some(Party::Bot)),
            (frame(1, 7), frame(1, 7), Some(Party::Caller)),
        ] {
            let mut channels = Channels::Unmixed { first: None };
            channels.lay(&sound(&caller, &bot), &mut Vec::new());
            assert_eq!(channels, Channels::Unmixed { first: wanted });
        }
        let mut channels = Channels::Unmixed { first: None };
        let mut samples = Vec::new();
        channels.lay(&sound(&quiet, &frame(2, 0)), &mut samples);
        channels.lay(&sound(&frame(1, 0), &frame(2, 0)), &mut samples);
        assert_eq!(samples[..2], [2, 0]);
        assert_eq!(samples[640..642], [2, 1]);
        assert_eq!(samples.len(), 1280);
        let channel = |party| channels.of(party);
        assert_eq!(
            (channel(Party::Bot), channel(Party::Caller)),
            (Some(0), Some(1))
        );
    }

    #[test]
    fn stereo_has_the_caller_on_the_left_and_the_rest_on_the_right() {
        let mut sound = sound(&frame(5, 0), &frame(10, 0));
        sound.notice = Some(frame(100, 0));
        for (mut channels, wanted) in [
            (Channels::STEREO, vec![5, 110]),
            (Channels::Mixed, vec![115]),
        ] {
            let mut samples = Vec::new();
            channels.lay(&sound, &mut samples);
            assert_eq!(samples[..wanted.len()], wanted);
            assert_eq!(samples.len(), FRAME_SAMPLES * wanted.len());
        }
        assert_eq!(Channels::STEREO.of(Party::Bot), Some(1));
        assert_eq!(Channels::Mixed.of(Party::Caller), None);
    }

    /// A beep is no party: it says nothing about who is first.
    #[test]
    fn a_notice_is_not_the_first_to_be_heard() {
        let mut channels = Channels::Unmixed { first: None };
        let mut beep = Sound {
            notice: Some(frame(9, 0)),
            ..Sound::default()
        };
        let mut samples = Vec::new();
        channels.lay(&beep, &mut samples);
        assert_eq!(channels, Channels::Unmixed { first: None });
        beep.caller = frame(1, 0);
        channels.lay(&beep, &mut samples);
        assert_eq!(channels, Channels::STEREO);
    }
}
