//! How long it takes to say something.

use std::time::Duration;

use crate::activity::Activity;
use crate::ssml::{self, Segment};

/// A voice says about 150 words a minute.
const WORD: Duration = Duration::from_millis(400);

/// The estimated time that a channel needs to say `message`: its words, by the rate of the markup, and its pauses.
pub(super) fn estimate(message: &Activity) -> Duration {
    let spoken = message
        .speak
        .as_deref()
        .and_then(|speak| ssml::read(speak).ok());
    let Some(segments) = spoken else {
        return words(message.text.as_deref().unwrap_or_default());
    };
    let (mut time, mut rate) = (Duration::ZERO, 100_u32);
    for segment in segments {
        time += match segment {
            Segment::Text(text) => words(&text) * 100 / rate,
            Segment::Break(pause) => pause,
            Segment::Rate(percent) => {
                rate = u32::from(percent).max(1);
                Duration::ZERO
            }
        };
    }
    time
}

fn words(text: &str) -> Duration {
    let words = text.split_whitespace().count();
    WORD * u32::try_from(words).unwrap_or(u32::MAX).min(100_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::Speech;
    use crate::ssml::Ssml;

    #[test]
    fn words_and_pauses_take_time() {
        let estimate = |speech: Speech| estimate(&speech.into_message(None).expect("words"));
        let second = Duration::from_secs(1);
        for (speech, expected) in [
            (Speech::from("How can I help you?"), 2 * second),
            (
                Ssml::new()
                    .text("One moment, please wait, now.")
                    .pause(3 * second)
                    .into(),
                5 * second,
            ),
        ] {
            assert_eq!(estimate(speech), expected);
        }
        assert_eq!(super::estimate(&Activity::message("just two")), 2 * WORD);
    }
}
