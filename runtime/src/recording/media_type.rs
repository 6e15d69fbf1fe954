//! What a recording holds and how it is written, as words of the commands.

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentType {
    /// `audio`, or 0.
    Audio,
    /// `audioVideo`, or 1.
    AudioVideo,
}

/// Whether the parties share a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChannelType {
    /// `mixed`, or 0: one channel with everyone.
    Mixed,
    /// `unmixed`, or 1: a channel for each party, in the order in which they are first heard. So it is with Azure
    /// unless an order is given (`audioChannelParticipantOrdering` of its start); the recording's metadata say who
    /// is on which channel.
    Unmixed,
    /// `stereo`: the caller on the left channel, the bot on the right, whoever is heard first. This word is not
    /// Azure's; to whom only those are known, such a recording is an unmixed one.
    Stereo,
}

/// The file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordingFormat {
    /// `wav`.
    Wav,
    /// `mp3`.
    Mp3,
    /// `mp4`.
    Mp4,
}

/// What stands in a recording for the time of a pause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PauseMode {
    /// `skip`: nothing. The recording is shorter than the call.
    #[default]
    Skip,
    /// `silence`: digital silence of the same length.
    Silence,
}

/// A closed set of words, read in any letter case; clients that serialise enums by their number
/// (the default of Newtonsoft.Json) are understood for the first `NUMBERED` of `WORDS`, by their place.
trait Vocabulary: Copy + PartialEq + 'static {
    const EXPECTED: &'static str;
    const WORDS: &'static [(&'static str, Self)];
    const NUMBERED: usize;
}

impl Vocabulary for ContentType {
    const EXPECTED: &'static str = "\"audio\" (0) or \"audioVideo\" (1)";
    const WORDS: &'static [(&'static str, Self)] =
        &[("audio", Self::Audio), ("audioVideo", Self::AudioVideo)];
    const NUMBERED: usize = 2;
}

impl Vocabulary for ChannelType {
    const EXPECTED: &'static str = "\"mixed\" (0), \"unmixed\" (1) or \"stereo\"";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("mixed", Self::Mixed),
        ("unmixed", Self::Unmixed),
        ("stereo", Self::Stereo),
    ];
    const NUMBERED: usize = 2;
}

impl Vocabulary for RecordingFormat {
    const EXPECTED: &'static str = "\"wav\", \"mp3\" or \"mp4\"";
    const WORDS: &'static [(&'static str, Self)] =
        &[("wav", Self::Wav), ("mp3", Self::Mp3), ("mp4", Self::Mp4)];
    const NUMBERED: usize = 0;
}

impl Vocabulary for PauseMode {
    const EXPECTED: &'static str = "\"skip\" or \"silence\"";
    const WORDS: &'static [(&'static str, Self)] =
        &[("skip", Self::Skip), ("silence", Self::Silence)];
    const NUMBERED: usize = 0;
}

struct Word<V>(PhantomData<V>);

impl<V: Vocabulary> Visitor<'_> for Word<V> {
    type Value = V;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(V::EXPECTED)
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<V, E> {
        let found = V::WORDS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word));
        found
            .map(|&(_, value)| value)
            .ok_or_else(|| E::invalid_value(de::Unexpected::Str(word), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<V, E> {
        let place = usize::try_from(number).ok();
        let place = place.filter(|place| *place < V::NUMBERED);
        let found = place.and_then(|place| V::WORDS.get(place));
        found
            .map(|&(_, value)| value)
            .ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }
}

fn word<V: Vocabulary>(value: V) -> &'static str {
    V::WORDS
        .iter()
        .find(|(_, known)| *known == value)
        .map_or("", |&(word, _)| word)
}

macro_rules! spoken {
    ($($name:ident),+) => {$(
        impl $name {
            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                word(self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Word::<Self>(PhantomData))
            }
        }
    )+};
}

spoken!(ContentType, ChannelType, RecordingFormat, PauseMode);
