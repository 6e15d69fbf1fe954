#![allow(
    clippy::cast_possible_truncation,
    reason = "samples stay below a quarter of full scale"
)]
#![allow(
    clippy::cast_precision_loss,
    reason = "word lengths fit a float's mantissa"
)]

use std::f64::consts::TAU;
use std::time::Duration;

use super::{
    MAX_SPEECH, Party, Segment, Speaking, Speech, Voice, VoiceError, clamped, length_of, pause,
};
use crate::media::SAMPLE_RATE;

/// Silence after each word.
const GAP: Duration = Duration::from_millis(80);
/// Letters beyond these make a word no longer.
const MAX_LETTERS: usize = 24;
/// How long a pitch is held, in samples: 20 ms, so that even short words have a tune to be told apart by.
const STEP: u32 = 320;
/// -12 dBFS.
const AMPLITUDE: f64 = 8230.0;
/// The time in which a word swells and fades, so that it does not click.
const FADE: f64 = 0.010;

/// A voice that needs nothing and is the same everywhere: each word is a little tune of its own.
///
/// The tune changes its pitch every 20 ms; the pitches come from a stable hash (FNV-1a) of the word in lower
/// case without punctuation, the length from the number of letters: 60 ms and 40 ms more for each. The bot speaks
/// between 300 and 800 Hz, the caller between 900 and 1600 Hz, both at -12 dBFS. So a test can ask whether a
/// recording holds a word:
///
/// ```
/// use onhook_channel::media::find;
/// use onhook_channel::voice::{Party, ToneVoice};
///
/// let said = ToneVoice::say("Your call is recorded.", Party::Bot);
/// let recorded = ToneVoice::word("recorded", Party::Bot);
/// assert!(find(&said, &recorded).is_some());
/// assert!(find(&said, &ToneVoice::word("card", Party::Bot)).is_none());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ToneVoice;

impl ToneVoice {
    /// The sound of one word, without the gap after it; nothing if it has neither letter nor digit.
    pub fn word(word: &str, party: Party) -> Vec<i16> {
        Self::word_at(100, word, party)
    }

    /// The sound of one word at so many percent of the voice's own rate: the same tune, in another time.
    pub(crate) fn word_at(percent: u16, word: &str, party: Party) -> Vec<i16> {
        let word = normalize(word);
        let letters = word.chars().take(MAX_LETTERS).count() as u32;
        if letters == 0 {
            return Vec::new();
        }
        let hash = fnv1a(word.as_bytes());
        let (low, high) = match party {
            Party::Bot => (300.0, 800.0),
            Party::Caller => (900.0, 1600.0),
        };
        let mut pitches = (0_u64..).map(|step| {
            let mixed = fnv1a(&(hash ^ step).to_le_bytes());
            low + (high - low) * (mixed >> 48) as f64 / 65_535.0
        });
        let length = (960 + 640 * letters) * 100 / u32::from(percent);
        let step = STEP * 100 / u32::from(percent);
        let seconds = f64::from(length) / f64::from(SAMPLE_RATE);
        let (mut pitch, mut cycles) = (0.0, 0.0);
        (0..length)
            .map(|n| {
                if n % step == 0 {
                    pitch = pitches.next().unwrap_or(pitch);
                }
                let at = f64::from(n) / f64::from(SAMPLE_RATE);
                let edge = (at.min(seconds - at) / FADE).min(1.0);
                let swell = 0.5 - 0.5 * (TAU / 2.0 * edge).cos();
                cycles += pitch / f64::from(SAMPLE_RATE);
                (AMPLITUDE * swell * (TAU * cycles).sin()).round() as i16
            })
            .collect()
    }

    /// The sound of a text: its words, each followed by a gap of 80 ms.
    pub fn say(text: &str, party: Party) -> Vec<i16> {
        let mut samples = Vec::new();
        for word in text.split_whitespace() {
            append(&mut samples, 100, word, party);
        }
        samples
    }
}

impl Voice for ToneVoice {
    fn speak<'a>(&'a self, speech: &'a Speech) -> Speaking<'a> {
        Box::pin(async move {
            let mut samples = Vec::new();
            let mut rate = 100;
            for segment in &speech.segments {
                match segment {
                    Segment::Rate(percent) => rate = clamped(*percent),
                    Segment::Pause(duration) => pause(&mut samples, *duration)?,
                    Segment::Text(text) => {
                        for word in text.split_whitespace() {
                            append(&mut samples, rate, word, speech.party);
                            if length_of(&samples) > MAX_SPEECH {
                                return Err(VoiceError::TooLong);
                            }
                        }
                    }
                }
            }
            Ok(samples)
        })
    }

    fn name(&self) -> &'static str {
        "tone"
    }
}

fn append(samples: &mut Vec<i16>, percent: u16, word: &str, party: Party) {
    let sound = ToneVoice::word_at(percent, word, party);
    if !sound.is_empty() {
        samples.extend(sound);
        let gap = GAP * 100 / u32::from(percent);
        samples.resize(samples.len() + crate::media::samples_in(gap) as usize, 0);
    }
}

fn normalize(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{find, find_all, level};

    #[test]
    fn a_word_has_its_length_and_level() {
        for (word, milliseconds) in [
            ("a", 100),
            ("hello", 260),
            ("Hello,", 260),
            ("é", 100),
            (&"x".repeat(99), 1020),
        ] {
            for party in [Party::Bot, Party::Caller] {
                let sound = ToneVoice::word(word, party);
                assert_eq!(sound.len(), milliseconds * 16, "{word}");
                let middle = &sound[200..sound.len() - 200];
                assert!(
                    (level(middle) + 12.0).abs() < 0.3,
                    "{word}: {}",
                    level(middle)
                );
                assert!(
                    sound[0].abs() < 100 && sound[sound.len() - 1].abs() < 200,
                    "{word} clicks"
                );
            }
        }
        assert!(ToneVoice::word("...", Party::Bot).is_empty());
        assert_eq!(
            ToneVoice::word("Hello,", Party::Bot),
            ToneVoice::word("hello", Party::Bot)
        );
        assert_ne!(
            ToneVoice::word("hello", Party::Bot),
            ToneVoice::word("hello", Party::Caller)
        );
    }

    #[tokio::test]
    async fn a_rate_makes_words_and_gaps_longer_or_shorter() {
        let text = || Segment::Text("hello you".to_owned());
        let pause = Segment::Pause(Duration::from_millis(100));
        for (percent, milliseconds) in [(50, 2 * 600), (100, 600), (200, 300), (1, 2 * 600)] {
            let speech = Speech {
                segments: vec![text(), Segment::Rate(percent), pause.clone(), text()],
                ..Speech::text(Party::Bot, "")
            };
            let said = ToneVoice.speak(&speech).await.unwrap();
            // "hello", "you" and their gaps last 600 ms, and no rate changes a pause.
            assert_eq!(said.len(), (600 + 100 + milliseconds) * 16, "{percent}");
            assert_eq!(find_all(&said, &ToneVoice::word("hello", Party::Bot))[0], 0);
        }
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        for (text, hash) in [
            ("", 0xCBF2_9CE4_8422_2325),
            ("a", 0xAF63_DC4C_8601_EC8C),
            ("foobar", 0x8594_4171_F739_67E8),
        ] {
            assert_eq!(fnv1a(text.as_bytes()), hash, "{text}");
        }
    }

    #[test]
    fn words_are_told_apart() {
        let words = "welcome to contoso this call may be recorded please say your card number or press seven for \
                     billing thank you goodbye yes no agent help payment resume pause stop start one two three four five \
                     six eight nine zero account order status";
        let words: Vec<&str> = words.split_whitespace().collect();
        for party in [Party::Bot, Party::Caller] {
            let mut said = Vec::new();
            for word in &words {
                let start = said.len();
                said.extend(ToneVoice::say(word, party));
                assert_eq!(
                    find_all(&said[start..], &ToneVoice::word(word, party)),
                    [0],
                    "{word} by {party:?}"
                );
            }
            for word in words.iter().step_by(7) {
                let found = find_all(&said, &ToneVoice::word(word, party)).len();
                assert_eq!(found, 1, "{word} by {party:?}");
                assert_eq!(
                    find(&said, &ToneVoice::word(&format!("{word}x"), party)),
                    None,
                    "{word}x by {party:?}"
                );
            }
        }
    }
}
