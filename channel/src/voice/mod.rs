//! What the parties say, as sound: [`ToneVoice`] for tests, [`EspeakVoice`] for ears.

mod espeak;
mod process;
mod tone;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use espeak::EspeakVoice;
pub use tone::ToneVoice;

/// The longest audio that one [`Speech`] may become.
pub const MAX_SPEECH: Duration = Duration::from_secs(3600);

/// Turns speech into 16 kHz mono samples.
pub trait Voice: Send + Sync {
    /// The samples of the whole speech, at [`SAMPLE_RATE`](crate::media::SAMPLE_RATE).
    fn speak<'a>(&'a self, speech: &'a Speech) -> Speaking<'a>;

    /// What the voice is called in logs and listings.
    fn name(&self) -> &str;
}

/// The audio that a [`Voice`] is about to have made.
pub type Speaking<'a> = Pin<Box<dyn Future<Output = Result<Vec<i16>, VoiceError>> + Send + 'a>>;

/// Something to be said, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speech {
    /// What is said, in order.
    pub segments: Vec<Segment>,
    /// The language, as a BCP 47 tag such as `en-US`.
    pub locale: Option<String>,
    /// A voice asked for by name; one that the engine does not have is passed over.
    pub voice: Option<String>,
    /// Who speaks.
    pub party: Party,
}

impl Speech {
    /// Plain text in the engine's own language.
    pub fn text(party: Party, text: impl Into<String>) -> Self {
        Self {
            segments: vec![Segment::Text(text.into())],
            locale: None,
            voice: None,
            party,
        }
    }
}

/// A piece of a [`Speech`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Words.
    Text(String),
    /// Silence.
    Pause(Duration),
    /// The words from here on come at so many percent of the voice's own rate, 50 to 200. It is 100 at first.
    Rate(u16),
}

/// One of the two parties of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// The person who called, or was called.
    Caller,
    /// The bot.
    Bot,
}

/// Why nothing could be said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VoiceError {
    /// The speech would last longer than [`MAX_SPEECH`], or its text is too big: say it in parts.
    #[error("the speech is too long")]
    TooLong,
    /// The speech engine could not be run, or has ended with an error.
    #[error("the speech engine has failed: {0}")]
    Engine(String),
    /// The speech engine did not finish in time and was ended.
    #[error("the speech engine did not finish within {0:?}")]
    TimedOut(Duration),
    /// The speech engine's audio could not be read.
    #[error("the speech engine's audio is unusable: {0}")]
    Audio(#[from] crate::wav::WavError),
}

/// A rate that a voice can have, in percent of its own.
fn clamped(percent: u16) -> u16 {
    percent.clamp(50, 200)
}

/// Adds silence, as long as the speech does not become longer than [`MAX_SPEECH`].
fn pause(samples: &mut Vec<i16>, duration: Duration) -> Result<(), VoiceError> {
    let length = duration
        .checked_add(length_of(samples))
        .filter(|length| *length <= MAX_SPEECH);
    let length = crate::media::samples_in(length.ok_or(VoiceError::TooLong)?);
    samples.resize(
        usize::try_from(length)
            .map_err(|_| VoiceError::TooLong)?
            .max(samples.len()),
        0,
    );
    Ok(())
}

fn length_of(samples: &[i16]) -> Duration {
    Duration::from_secs(samples.len() as u64) / crate::media::SAMPLE_RATE
}
