//! What was said and pressed in a call, and how it sounds.

use onhook::Activity;

use super::ended::EndedCall;
use super::failure::is_heard;
use super::step::Step;
use crate::call::Said;
use crate::media::dtmf;
use crate::voice::{Party, Segment, ToneVoice};

/// The ways in which a passage was uttered in a call. Without one, that it is not found would prove nothing.
#[derive(Debug, Default)]
pub(super) struct Uttered {
    /// The sounds of its words, for each time that somebody said them.
    pub(super) said: Vec<Vec<Sound>>,
    /// The sounds of its keys, if they were pressed.
    pub(super) pressed: Option<Vec<Sound>>,
}

/// A word or a key as it is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sound {
    pub(super) name: String,
    pub(super) samples: Vec<i16>,
}

/// A word as it was said.
struct Word {
    text: String,
    percent: u16,
    party: Party,
}

impl Uttered {
    pub(super) fn of(text: &str, call: &EndedCall) -> Result<Uttered, String> {
        if !call.speaks_in_tones() {
            return Err("how words sound is known only of the tone voice".to_owned());
        }
        let mut uttered = Uttered::default();
        let (mut keys, mut played) = (String::new(), false);
        let wanted = plain(text);
        for entry in call.saved().entries {
            let words = match (entry.caller, entry.bot) {
                (Some(Step::Says(text)), _) => words(&text, 100, Party::Caller),
                (_, Some(sent)) => sent
                    .parse::<Activity>()
                    .map_or_else(|_unreadable| Vec::new(), |sent| said_by_bot(&sent, call)),
                (Some(Step::Presses(pressed)), _) => {
                    keys.push_str(&pressed);
                    continue;
                }
                (Some(Step::Plays(playing)), _) => {
                    let words = words(&playing.text, 100, Party::Caller);
                    played |= !matches(&words, &wanted).is_empty();
                    continue;
                }
                _ => continue,
            };
            for sounds in matches(&words, &wanted) {
                if !uttered.said.contains(&sounds) {
                    uttered.said.push(sounds);
                }
            }
        }
        if !text.is_empty() && keys.contains(text) {
            uttered.pressed = Some(text.chars().map(key).collect());
        }
        if !uttered.said.is_empty() || uttered.pressed.is_some() {
            Ok(uttered)
        } else if played {
            Err("it was played: how it sounds is not known here, look for its samples".to_owned())
        } else {
            Err(
                "nobody said or pressed that in this call: looking for it proves nothing"
                    .to_owned(),
            )
        }
    }
}

/// The words of a message of the bot's, as far as the caller began to hear it.
fn said_by_bot(message: &Activity, call: &EndedCall) -> Vec<Word> {
    let spoken = Said::of(message);
    let mut lines = call.report().transcript.lines.iter();
    if !lines.any(|line| is_heard(&line.what) == Some(&spoken.line)) {
        return Vec::new();
    }
    let (mut said, mut percent) = (Vec::new(), 100);
    for segment in spoken.segments {
        match segment {
            Segment::Rate(rate) => percent = rate,
            Segment::Text(text) => said.extend(words(&text, percent, Party::Bot)),
            Segment::Pause(_) => {}
        }
    }
    said
}

fn words(text: &str, percent: u16, party: Party) -> Vec<Word> {
    let word = |text| Word {
        text,
        percent,
        party,
    };
    plain(text).into_iter().map(word).collect()
}

/// The words of a text in lower case, without what is not heard.
fn plain(text: &str) -> Vec<String> {
    let word = |word: &str| -> String {
        let letters = word.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let words = text.split_whitespace().map(word);
    words.filter(|word| !word.is_empty()).collect()
}

/// Where the wanted words follow each other among these, as sounds.
fn matches(words: &[Word], wanted: &[String]) -> Vec<Vec<Sound>> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let same = |said: &&[Word]| said.iter().map(|word| &word.text).eq(wanted);
    let sound = |word: &Word| Sound {
        name: format!("“{}”", word.text),
        samples: ToneVoice::word_at(word.percent, &word.text, word.party),
    };
    let found = words.windows(wanted.len()).filter(same);
    found.map(|said| said.iter().map(sound).collect()).collect()
}

/// The sound of a key without the silence after it.
fn key(key: char) -> Sound {
    let mut samples = dtmf::tone(key).unwrap_or_default();
    let sounding = samples.iter().rposition(|sample| *sample != 0);
    samples.truncate(sounding.map_or(0, |last| last + 1));
    Sound {
        name: format!("the key {key}"),
        samples,
    }
}
