//! What a bot says.

use crate::activity::{Activity, InputHint};
use crate::extract::Text;
use crate::ssml::Ssml;

/// Something to say: plain text or SSML, with a voice, a language, and what may interrupt it.
///
/// Everything that is a text is one: `turn.say("Hello")`. Text is escaped; only [`Ssml`] is markup.
///
/// ```
/// use onhook::prelude::*;
/// use std::time::Duration;
///
/// # async fn say(turn: &Turn) -> Result<()> {
/// turn.say(Speech::text("Opening hours: 9 < 17.").voice("en-GB-SoniaNeural").locale("en-GB")).await?;
/// turn.say(Speech::from(Ssml::new().text("One moment.").pause(Duration::from_secs(2))).no_barge_in()).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is said unless it is given to `Turn::say`"]
pub struct Speech {
    ssml: Ssml,
    locale: Option<String>,
    input_hint: Option<InputHint>,
}

impl Speech {
    /// Plain text; markup in it is said, not obeyed.
    pub fn text(text: impl AsRef<str>) -> Speech {
        Ssml::new().text(text).into()
    }

    /// Says it with this voice, by its name at the channel.
    pub fn voice(self, name: impl Into<String>) -> Speech {
        Speech {
            ssml: self.ssml.voice(name),
            ..self
        }
    }

    /// Says it in this language, a BCP 47 tag such as `en-GB`; the caller's language unless set.
    pub fn locale(self, tag: impl Into<String>) -> Speech {
        Speech {
            locale: Some(tag.into()),
            ..self
        }
    }

    /// What the channel does with input while this is played.
    pub fn input_hint(self, hint: InputHint) -> Speech {
        Speech {
            input_hint: Some(hint),
            ..self
        }
    }

    /// The caller can interrupt and is expected to answer (`expectingInput`).
    pub fn expecting_input(self) -> Speech {
        self.input_hint(InputHint::ExpectingInput)
    }

    /// Neither speech nor keys interrupt (`ignoringInput`).
    pub fn no_barge_in(self) -> Speech {
        self.input_hint(InputHint::IgnoringInput)
    }

    /// Speech interrupts, keys do not (`ignoringNonSpeechInput`).
    pub fn speech_barge_in(self) -> Speech {
        self.input_hint(InputHint::IgnoringNonSpeechInput)
    }

    /// Keys interrupt, speech does not (`ignoringSpeechInput`).
    pub fn key_barge_in(self) -> Speech {
        self.input_hint(InputHint::IgnoringSpeechInput)
    }

    /// The message that says this, or `None` if there is nothing to say.
    pub(crate) fn into_message(self, turn_locale: Option<&str>) -> Option<Activity> {
        let text = self.ssml.plain_text();
        if text.trim().is_empty() {
            return None;
        }
        let locale = self.locale.as_deref().or(turn_locale);
        let mut message = Activity::message(text);
        message.speak = Some(self.ssml.to_document(locale.unwrap_or("en-US")));
        message.locale = locale.map(str::to_owned);
        message.input_hint = self.input_hint;
        Some(message)
    }
}

impl From<Ssml> for Speech {
    fn from(ssml: Ssml) -> Speech {
        Speech {
            ssml,
            locale: None,
            input_hint: None,
        }
    }
}

macro_rules! from_text {
    ($($ty:ty),*) => {$(
        impl From<$ty> for Speech {
            fn from(text: $ty) -> Speech {
                Speech::text(&*text)
            }
        }
    )*};
}

from_text!(&str, String, &String, Text<'_>, std::borrow::Cow<'_, str>);
