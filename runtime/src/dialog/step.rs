//! Steps: what has an effect, or is not the same when it is done again.

use std::future::{Future, IntoFuture, pending, poll_fn};
use std::ops::Deref;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::{DialogError, Place, StepError};
use super::journal::{Entry, Kind, Outcome};
use super::record::{KeptStep, StepKeys};
use super::session::{Next, Request, Session};
use super::{Secret, redaction};
use crate::activity::Json;
use crate::connector::BoxFuture;
use crate::error::{Error, Result};

/// After this time without a sign of life other processes take a step for unfinished, and begin it again.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// How often a step is begun whose process ends while it runs.
const TRIES: u32 = 3;

/// What a step may return: the journal keeps it as JSON.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept in a dialog's journal",
    label = "not serialisable",
    note = "what a step returns is kept as JSON, so that a replay has it: derive `serde::Serialize` and `serde::Deserialize`, or return what identifies it",
    note = "a `Secret` is never kept"
)]
pub trait Durable: Serialize + DeserializeOwned + Send {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send> Durable for T {}

/// The key of a step, for services that carry out a request with a known key only once. It is the same when the step is
/// begun again, and no other step's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StepKey(String);

impl StepKey {
    /// The key: the run of the dialog, the step's name, how often the name has come, unless one was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for StepKey {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for StepKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<StepKey> for String {
    fn from(key: StepKey) -> String {
        key.0
    }
}

/// What all steps have.
struct Step<'c> {
    session: &'c Session,
    name: &'c str,
    key: Option<String>,
    limit: Option<Duration>,
    place: Place,
}

/// A step; it runs when it is awaited. See [`Dialog::run`](super::Dialog::run).
#[must_use = "a step runs when it is awaited"]
pub struct Run<'c, F> {
    step: Step<'c>,
    run: F,
}

/// A step that needs a secret; it runs when it is awaited. See [`Dialog::run_with`](super::Dialog::run_with).
#[must_use = "a step runs when it is awaited"]
pub struct RunWith<'c, S, F> {
    step: Step<'c>,
    secret: Secret<S>,
    run: F,
}

impl<'c, F> Run<'c, F> {
    pub(super) fn new(session: &'c Session, name: &'c str, run: F, place: Place) -> Run<'c, F> {
        Run {
            step: Step::new(session, name, place),
            run,
        }
    }
}

impl<'c, S, F> RunWith<'c, S, F> {
    pub(super) fn new(
        session: &'c Session,
        name: &'c str,
        secret: Secret<S>,
        run: F,
        place: Place,
    ) -> RunWith<'c, S, F> {
        RunWith {
            step: Step::new(session, name, place),
            secret,
            run,
        }
    }
}

macro_rules! options {
    ($($ty:ty [$($generics:tt)*])*) => {$(
        impl<$($generics)*> $ty {
            /// Fails if the step has not come to its end after this time; it is dropped then.
            pub fn within(mut self, limit: Duration) -> Self {
                self.step.limit = Some(limit);
                self
            }

            /// The key that the closure is given, in place of one that is made: an order's number. Two steps of one
            /// name and key are one step: the second has the first one's result if the dialog begins anew.
            pub fn key(mut self, key: impl Into<String>) -> Self {
                self.step.key = Some(key.into());
                self
            }
        }
    )*};
}

options! {
    Run<'_, F> [F]
    RunWith<'_, S, F> [S, F]
}

impl<'c, F, Fut, T, E> IntoFuture for Run<'c, F>
where
    F: FnOnce(StepKey) -> Fut + Send + 'c,
    Fut: Future<Output = Result<T, E>> + Send + 'c,
    T: Durable + 'c,
    E: Into<Error> + 'c,
{
    type Output = Result<T, StepError>;
    type IntoFuture = BoxFuture<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let Run { step, run } = self;
        Box::pin(async move {
            let found = step.find::<T>();
            let key = match found {
                Found::Outcome(outcome) => return outcome,
                Found::Halted => None,
                Found::Fresh(key) => Some(key),
            };
            let Some(key) = key else {
                return pending().await;
            };
            step.begin::<T, E, _>(key, run, |message| message).await
        })
    }
}

impl<'c, S, F, Fut, T, E> IntoFuture for RunWith<'c, S, F>
where
    S: Serialize + Send + 'c,
    F: FnOnce(S, StepKey) -> Fut + Send + 'c,
    Fut: Future<Output = Result<T, E>> + Send + 'c,
    T: Durable + 'c,
    E: Into<Error> + 'c,
{
    type Output = Result<T, StepError>;
    type IntoFuture = BoxFuture<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let RunWith { step, secret, run } = self;
        Box::pin(async move {
            let key = match step.find::<T>() {
                Found::Outcome(outcome) => return outcome,
                Found::Halted => None,
                Found::Fresh(key) => Some(key),
            };
            let Some(key) = key else {
                return pending().await;
            };
            let Secret { value, at } = secret;
            let Some(value) = value else {
                step.session.lock().request = Some(Request::Rewind(at));
                return pending().await;
            };
            let hidden = redaction::words(&value);
            let done = step
                .begin::<T, E, _>(
                    key,
                    |key| run(value, key),
                    |message| redaction::redact(&message, &hidden),
                )
                .await;
            step.session.lock().volatile.forget_secret(at);
            done
        })
    }
}

/// What the journal has for a step.
enum Found<T> {
    Outcome(Result<T, StepError>),
    Fresh(Keyed),
    Halted,
}

/// A step that is to run now.
struct Keyed {
    /// Its number among those of its name, by which its result is kept.
    number: String,
    key: StepKey,
}

impl<'c> Step<'c> {
    fn new(session: &'c Session, name: &'c str, place: Place) -> Step<'c> {
        Step {
            session,
            name,
            key: None,
            limit: None,
            place,
        }
    }

    /// Its name in the journal; a key that was given is a part of it.
    fn entry_name(&self) -> String {
        match &self.key {
            Some(key) => format!("{}/{key}", self.name),
            None => self.name.to_owned(),
        }
    }

    fn find<T: Durable>(&self) -> Found<T> {
        let name = self.entry_name();
        let mut state = self.session.lock();
        let outcome = match state.next(Kind::Run, &name, self.place) {
            Next::Halted => return Found::Halted,
            Next::Replayed(outcome) => outcome,
            Next::Fresh => {
                let Some(running) = state.running() else {
                    return Found::Halted;
                };
                let mut keys = StepKeys::default();
                for Entry(kind, of, _) in &running.journal {
                    if *kind == Kind::Run {
                        keys.next(of);
                    }
                }
                let number = keys.next(&name);
                let key = match &self.key {
                    Some(key) => key.clone(),
                    None => format!("{}-{}-{number}", running.run, self.name),
                };
                let kept = running
                    .kept
                    .iter()
                    .find(|kept| *kept.0 == *name && *kept.1 == *number);
                match kept.map(|kept| kept.2.clone()) {
                    Some(outcome) => {
                        state.enter(Kind::Run, &name, outcome.clone());
                        outcome
                    }
                    None => {
                        return Found::Fresh(Keyed {
                            number,
                            key: StepKey(key),
                        });
                    }
                }
            }
        };
        if let Some(result) = self.read(outcome) {
            return Found::Outcome(result);
        }
        state.mistyped(Kind::Run, &name);
        Found::Halted
    }

    fn read<T: Durable>(&self, outcome: Outcome) -> Option<Result<T, StepError>> {
        match outcome {
            Outcome::Is(json) => json.parse().ok().map(Ok),
            Outcome::Failed(message) => Some(Err(StepError {
                step: self.name.to_owned(),
                message: message.into(),
            })),
            _ => None,
        }
    }

    /// Commits what was before, says it, runs the step, and enters its result.
    async fn begin<T, E, Fut>(
        &self,
        Keyed { number, key }: Keyed,
        run: impl FnOnce(StepKey) -> Fut + Send,
        shown: impl FnOnce(String) -> String + Send,
    ) -> Result<T, StepError>
    where
        T: Durable,
        E: Into<Error>,
        Fut: Future<Output = Result<T, E>> + Send,
    {
        let (session, name) = (self.session, self.entry_name());
        if let Err(error) = self.open(&name) {
            session.lock().halt(error);
            return pending().await;
        }
        let committed = session.lend(session.commit()).await;
        if let Err(error) = committed {
            session.lock().halt(error);
            return pending().await;
        }
        let ran = session.lend(self.bounded(run(key))).await;
        let Some(result) = self.finish(&name, &number, ran, shown) else {
            return pending().await;
        };
        result
    }

    /// Enters what the step has come to.
    fn finish<T: Durable>(
        &self,
        name: &str,
        number: &str,
        ran: Result<T, Error>,
        shown: impl FnOnce(String) -> String,
    ) -> Option<Result<T, StepError>> {
        let outcome = ran
            .map_err(|error| Outcome::Failed(shown(format!("{error:#}")).into()))
            .map(|value| Json::of(&value));
        let mut state = self.session.lock();
        let outcome = match outcome {
            Ok(Ok(json)) => Outcome::Is(json),
            Ok(Err(error)) => {
                state.unwritable(error.to_string());
                return None;
            }
            Err(failed) => failed,
        };
        let finished = KeptStep(name.into(), number.into(), outcome.clone());
        state.finished.push(finished);
        state.enter(Kind::Run, name, outcome.clone());
        let result = self.read(outcome);
        if result.is_none() {
            state.unwritable("its value does not come back from JSON".to_owned());
        }
        result
    }

    /// Notes that the step begins, so that it begins again if this process ends.
    fn open(&self, name: &str) -> Result<(), DialogError> {
        let mut state = self.session.lock();
        let tries = if let Some(wait) = state.wait_mut() {
            wait.attempt += 1;
            wait.attempt
        } else {
            state.open_wait(Kind::Run, name);
            1
        };
        if tries > TRIES {
            return Err(DialogError::Unfinished {
                dialog: state.name(),
                step: self.name.to_owned(),
                place: self.place,
                tries: TRIES,
            });
        }
        state.lease(self.session.now_millis(), LEASE);
        Ok(())
    }

    /// Runs `step` to its end or its limit. As long as it runs, no other process takes it over.
    async fn bounded<T, E: Into<Error>>(
        &self,
        step: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, Error> {
        let mut step = pin!(async move { step.await.map_err(Into::into) });
        let ended = async {
            loop {
                match tokio::time::timeout(LEASE / 3, step.as_mut()).await {
                    Ok(ended) => return ended,
                    Err(_) => self.session.renew_lease(LEASE).await,
                }
            }
        };
        match self.limit {
            None => ended.await,
            Some(limit) => match tokio::time::timeout(limit, ended).await {
                Ok(ended) => ended,
                Err(_) => Err(Error::msg(format!(
                    "it did not come to its end within {limit:?}"
                ))),
            },
        }
    }
}

impl Session {
    /// Runs `work` with the turn's own waker: the dialog's is for its own operations only.
    async fn lend<T>(&self, work: impl Future<Output = T> + Send) -> T {
        let mut work = pin!(work);
        poll_fn(|_| {
            let waker = {
                let mut state = self.lock();
                state.lent = true;
                state.waker.clone()
            };
            let Some(waker) = waker else {
                return Poll::Pending;
            };
            let polled = work.as_mut().poll(&mut Context::from_waker(&waker));
            if polled.is_ready() {
                self.lock().lent = false;
            }
            polled
        })
        .await
    }
}
