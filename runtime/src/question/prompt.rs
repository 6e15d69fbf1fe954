//! What is said to ask.

use crate::activity::Activity;
use crate::speech::Speech;

/// Something to say in a question: a text, SSML, or a [`Speech`] with its own barge-in.
#[derive(Clone, Debug)]
pub struct Prompt(Speech);

impl Prompt {
    /// The message that says this, or `None` if there is nothing to say.
    pub(crate) fn into_message(self, locale: &str) -> Option<Activity> {
        let locale = Some(locale).filter(|tag| !tag.is_empty());
        self.0.into_message(locale)
    }
}

impl<S: Into<Speech>> From<S> for Prompt {
    fn from(speech: S) -> Prompt {
        Prompt(speech.into())
    }
}
