//! What an input means for a question.

use std::borrow::Cow;

/// What an [`Answer`](super::Answer) makes of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<V> {
    /// The answer is complete.
    Answer(V),
    /// It is right so far, and more must come: a key of several.
    More,
    /// It is no answer to this question. Counts as an attempt; the question's `no_match` is said.
    NoMatch,
    /// It is an answer, and cannot be accepted for this reason, which is said. Counts as an attempt.
    Invalid(Cow<'static, str>),
}

impl<V> Verdict<V> {
    /// The same verdict on another value.
    pub fn map<T>(self, change: impl FnOnce(V) -> T) -> Verdict<T> {
        match self {
            Verdict::Answer(value) => Verdict::Answer(change(value)),
            Verdict::More => Verdict::More,
            Verdict::NoMatch => Verdict::NoMatch,
            Verdict::Invalid(why) => Verdict::Invalid(why),
        }
    }
}
