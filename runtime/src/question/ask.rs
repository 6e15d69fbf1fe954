//! A question: an answer and everything around it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use super::kept::{EventOr, Keep, Optional, Plain, Secretly};
use super::{Answer, Prompt};

/// Attempts unless set.
const ATTEMPTS: u32 = 3;

type Check<'q, V> = Box<dyn Fn(&V) -> Result<(), Cow<'static, str>> + Send + Sync + 'q>;

/// A question for [`Dialog::ask`](crate::Dialog::ask): what is said, what is understood, and what happens if it is not.
///
/// Made by the answers' constructors, such as [`Confirm::new`](super::Confirm::new), or with [`Ask::new`] of an
/// [`Answer`] of your own. `K` is what comes of it: the answer as it is unless one of [`optional`](Ask::optional),
/// [`secret`](Ask::secret) and [`or_event`](Ask::or_event) is set.
///
/// ```
/// use onhook::question::Confirm;
/// use std::time::Duration;
///
/// let _receipt = Confirm::new("Do you want a receipt?")
///     .no_input(["I did not hear you. Do you want a receipt?", "Please say yes or no."])
///     .no_match(["Please say yes or no."])
///     .attempts(4)
///     .first_input(Duration::from_secs(8))
///     .default(false);
/// ```
#[must_use = "a question is asked with `call.ask(..)`"]
pub struct Ask<'q, A: Answer, K = Plain> {
    pub(crate) answer: A,
    pub(crate) prompt: Option<Prompt>,
    pub(crate) no_input: Vec<Prompt>,
    pub(crate) no_match: Vec<Prompt>,
    pub(crate) help: Option<Prompt>,
    pub(crate) attempts: u32,
    pub(crate) check: Option<Check<'q, A::Value>>,
    pub(crate) confirm_below: f64,
    pub(crate) default: Option<A::Value>,
    pub(crate) event: Option<Cow<'static, str>>,
    pub(crate) first_input: Option<Duration>,
    pub(crate) within: Option<Duration>,
    kept: PhantomData<fn() -> K>,
}

impl<'q, A: Answer> Ask<'q, A> {
    /// A question about `answer`, without a prompt: it waits and says nothing. Three attempts.
    pub fn new(answer: A) -> Ask<'q, A> {
        Ask {
            answer,
            prompt: None,
            no_input: Vec::new(),
            no_match: Vec::new(),
            help: None,
            attempts: ATTEMPTS,
            check: None,
            confirm_below: 0.0,
            default: None,
            event: None,
            first_input: None,
            within: None,
            kept: PhantomData,
        }
    }

    /// Gives `None` after the last attempt, in place of failing.
    pub fn optional(self) -> Ask<'q, A, Optional> {
        self.keep()
    }

    /// The answer is a [`Secret`](crate::dialog::Secret): it is never written down, printed or logged, and only the step
    /// that it is given to reads it, with [`Dialog::run_with`](crate::Dialog::run_with).
    pub fn secret(self) -> Ask<'q, A, Secretly> {
        self.keep()
    }
}

impl<'q, A: Answer, K: Keep> Ask<'q, A, K> {
    fn keep<T>(self) -> Ask<'q, A, T> {
        Ask {
            answer: self.answer,
            prompt: self.prompt,
            no_input: self.no_input,
            no_match: self.no_match,
            help: self.help,
            attempts: self.attempts,
            check: self.check,
            confirm_below: self.confirm_below,
            default: self.default,
            event: self.event,
            first_input: self.first_input,
            within: self.within,
            kept: PhantomData,
        }
    }

    /// What is said to ask: a text or SSML. What interrupts it is the [`Speech`](crate::Speech)'s:
    /// `Speech::text("..").no_barge_in()`.
    pub fn prompt(mut self, prompt: impl Into<Prompt>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// What is said when the caller says nothing: the first text after the first time, the second after the second, and
    /// the last from then on. The prompt again unless set.
    pub fn no_input<P: Into<Prompt>>(mut self, prompts: impl IntoIterator<Item = P>) -> Self {
        self.no_input = prompts.into_iter().map(Into::into).collect();
        self
    }

    /// What is said when the answer is not understood, as in [`no_input`](Ask::no_input). The prompt again unless set.
    pub fn no_match<P: Into<Prompt>>(mut self, prompts: impl IntoIterator<Item = P>) -> Self {
        self.no_match = prompts.into_iter().map(Into::into).collect();
        self
    }

    /// What is said when the caller says "help". It does not count as an attempt, and the prompt is said after it.
    pub fn help(mut self, help: impl Into<Prompt>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// How often it is asked, at least once; three times unless set. After the last one the dialog gets the
    /// [`default`](Ask::default), or `Unanswered::NoInput` or `Unanswered::NoMatch` for what failed last.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Accepts an answer only if `check` does; what it fails with is said, and counts as an attempt.
    ///
    /// It runs once for an answer and not again at replay, so it may look at what changes. It cannot wait.
    pub fn check<W: Into<Cow<'static, str>>>(
        mut self,
        check: impl Fn(&A::Value) -> Result<(), W> + Send + Sync + 'q,
    ) -> Self {
        self.check = Some(Box::new(move |value| check(value).map_err(Into::into)));
        self
    }

    /// Asks the caller to confirm what was understood if the recogniser was less sure than this, from 0 to 1. Never
    /// unless set, and never where the channel does not say how sure it is.
    pub fn confirm_below(mut self, confidence: f64) -> Self {
        self.confirm_below = confidence;
        self
    }

    /// The answer when there is none after the last attempt.
    pub fn default(mut self, value: A::Value) -> Self {
        self.default = Some(value);
        self
    }

    /// Takes an event of this name in place of an answer, whichever comes first.
    pub fn or_event(mut self, name: impl Into<Cow<'static, str>>) -> Ask<'q, A, EventOr<K>> {
        self.event = Some(name.into());
        self.keep()
    }

    /// How long the caller has for the first word or key, from the end of the prompt; the answer's own unless set, and
    /// mostly five seconds.
    pub fn first_input(mut self, timeout: Duration) -> Self {
        self.first_input = Some(timeout);
        self
    }

    /// Gives up with `Unanswered::NoInput` when this time has passed since it was first asked, whatever attempt it is.
    pub fn within(mut self, timeout: Duration) -> Self {
        self.within = Some(timeout);
        self
    }
}

impl<A: Answer, K> fmt::Debug for Ask<'_, A, K> {
    /// The answer's name; a default may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask")
            .field("answer", &self.answer.name())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
