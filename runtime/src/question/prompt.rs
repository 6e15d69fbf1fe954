//! What is said to ask.

use crate::speech::Speech;

/// Something to say in a question: a text, SSML, or a [`Speech`] with its own barge-in.
#[derive(Clone, Debug)]
pub struct Prompt(pub(crate) Speech);

impl<S: Into<Speech>> From<S> for Prompt {
    fn from(speech: S) -> Prompt {
        Prompt(speech.into())
    }
}
