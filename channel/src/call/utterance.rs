//! What a caller says.

use std::io;
use std::path::Path;

use crate::wav::{self, Audio, WavError};

/// Something that a caller says: a text that the channel's voice speaks, or a WAV file and what is heard in it.
///
/// The bot is sent the text, as a speech recogniser would have understood it.
///
/// ```
/// use onhook_channel::Utterance;
///
/// let spoken = Utterance::from("I want to pay my bill");
/// assert_eq!(spoken.text(), "I want to pay my bill");
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is said unless it is given to `Call::says`"]
pub struct Utterance {
    text: String,
    audio: Option<Vec<i16>>,
}

impl Utterance {
    /// Audio that was read from a WAV file, and what is said in it.
    pub fn audio(audio: Audio, text: impl Into<String>) -> Utterance {
        Utterance {
            text: text.into(),
            audio: Some(audio.samples),
        }
    }

    /// A WAV file, and what is said in it. Reads the file now, blocking.
    ///
    /// # Errors
    /// [`UtteranceError`] if the file cannot be read or is no WAV file that the channel understands.
    pub fn wav(
        path: impl AsRef<Path>,
        text: impl Into<String>,
    ) -> Result<Utterance, UtteranceError> {
        let file = std::fs::File::open(path)?;
        Ok(Utterance::audio(wav::read(io::BufReader::new(file))?, text))
    }

    /// What is said.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_parts(self) -> (String, Option<Vec<i16>>) {
        (self.text, self.audio)
    }
}

impl From<&str> for Utterance {
    fn from(text: &str) -> Utterance {
        Utterance {
            text: text.to_owned(),
            audio: None,
        }
    }
}

impl From<String> for Utterance {
    fn from(text: String) -> Utterance {
        Utterance { text, audio: None }
    }
}

/// Why a WAV file cannot be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UtteranceError {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// The file is no WAV file that the channel understands.
    #[error(transparent)]
    Wav(#[from] WavError),
}
