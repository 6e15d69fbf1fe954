//! The call, as a dialog sees it.

use std::fmt;
use std::future::{Future, pending};
use std::panic::Location;

use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::Secret;
use super::failure::{Place, Unanswered};
use super::journal::{Kind, Outcome};
use super::session::{Next, Request, Session};
use super::step::{Durable, Run, RunWith, StepKey};
use super::wait::WaitForEvent;
use super::within::Within;
use crate::activity::{Activity, EndOfConversationCode, HandoffStatus, Json};
use crate::command::{Command, ResultError};
use crate::connector::SendError;
use crate::error::{Error, Result};
use crate::extract::State;
use crate::ids::mix;
use crate::question::{Answer, Ask, Kept};
use crate::recording::{
    RecordingPause, RecordingResume, RecordingStart, RecordingStatus, RecordingStop,
};
use crate::speech::Speech;
use crate::state::{Scope, StateValue};

/// A call that a dialog conducts. A handler that takes `call: &mut Dialog<'_>` is a dialog; see
/// [`dialog`](crate::dialog) for what that means, and for the five rules.
///
/// Whatever is done with it is awaited at once, one after the other: `&mut` sees to that.
///
/// ```
/// use onhook::prelude::*;
/// use onhook::question::Confirm;
///
/// #[on_members_added]
/// async fn greet(call: &mut Dialog<'_>) -> Result<()> {
///     call.say("Welcome to Contoso!").await?;
///     if call.ask(Confirm::new("Do you want to know our opening hours?")).await? {
///         call.say("We are open from nine to five.").await?;
///     }
///     call.say("Good-bye.").await?;
///     call.end_call().await
/// }
/// ```
pub struct Dialog<'t> {
    session: &'t Session,
}

impl<'t> Dialog<'t> {
    pub(super) fn new(session: &'t Session) -> Dialog<'t> {
        Dialog { session }
    }

    /// Says something. It is heard when the dialog next waits or runs a step, after the turn was committed.
    ///
    /// # Errors
    /// [`SendError::EmptySpeech`] if there is nothing to say.
    #[track_caller]
    pub fn say<'c, S: Into<Speech> + Send>(
        &'c mut self,
        speech: S,
    ) -> impl Future<Output = Result<()>> + Send + use<'c, 't, S> {
        let (session, place) = (self.session, here());
        halting(move || {
            let mut state = session.lock();
            match state.next(Kind::Say, "", place) {
                Next::Halted => return None,
                Next::Replayed(_) => return Some(Ok(())),
                Next::Fresh => {}
            }
            let locale = state.locale();
            let locale = Some(&*locale).filter(|tag| !tag.is_empty());
            // Not made for what was said before.
            let Some(message) = speech.into().into_message(locale) else {
                return Some(Err(SendError::EmptySpeech.into()));
            };
            state.send(message);
            state.enter(Kind::Say, "", Outcome::Done);
            Some(Ok(()))
        })
    }

    /// Asks a question, and waits for the answer as long as the question says.
    ///
    /// # Errors
    /// [`Unanswered`] says why there is none; none of them is an error of the bot.
    #[track_caller]
    pub fn ask<'c, 'q, A, K>(
        &'c mut self,
        question: Ask<'q, A, K>,
    ) -> impl Future<Output = Result<K::Output, Unanswered>> + Send + use<'c, 't, 'q, A, K>
    where
        A: Answer,
        K: Kept<A::Value>,
    {
        let (session, place) = (self.session, here());
        let mut question = question;
        halting(move || session.ask(&mut question, place))
    }

    /// Runs a step: everything that has an effect or is not the same when it is done again. Its result is kept, so that
    /// it runs once, unless the process ends while it runs: then it runs again, with the same key. What was said before
    /// is heard while it runs.
    ///
    /// The closure is given the key, for services that carry out a request with a known key only once.
    ///
    /// ```
    /// # use onhook::prelude::*;
    /// # async fn pay(call: &mut Dialog<'_>, bank: impl AsyncFn(u32, &str) -> Result<u64, std::io::Error>) -> Result<()> {
    /// # struct Bank; impl Bank { async fn charge(&self, _: u32, _: &str) -> Result<u64, std::io::Error> { Ok(1) } }
    /// # let bank = &Bank;
    /// let receipt: u64 = call.run("charge", |key| async move { bank.charge(1250, &key).await }).await?;
    /// # let _ = receipt; Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`StepError`](super::StepError) if the closure fails, which is kept like a result.
    #[track_caller]
    pub fn run<'c, F, Fut, T, E>(&'c mut self, name: &'c str, step: F) -> Run<'c, F>
    where
        F: FnOnce(StepKey) -> Fut + Send,
        Fut: Future<Output = Result<T, E>> + Send,
        T: Durable,
        E: Into<Error>,
    {
        Run::new(self.session, name, step, here())
    }

    /// Runs a step that needs a [`Secret`], and only there is the secret readable. An error of the closure is kept
    /// without the secret's text.
    ///
    /// If the process has ended since the question was answered, the secret is gone, and the caller is asked again.
    ///
    /// # Errors
    /// As for [`run`](Dialog::run).
    #[track_caller]
    pub fn run_with<'c, S, F, Fut, T, E>(
        &'c mut self,
        name: &'c str,
        secret: Secret<S>,
        step: F,
    ) -> RunWith<'c, S, F>
    where
        S: Serialize + Send,
        F: FnOnce(S, StepKey) -> Fut + Send,
        Fut: Future<Output = Result<T, E>> + Send,
        T: Durable,
        E: Into<Error>,
    {
        RunWith::new(self.session, name, secret, step, here())
    }

    /// What time it is, to the millisecond; the same in every replay.
    #[track_caller]
    pub fn now<'c>(&'c mut self) -> impl Future<Output = OffsetDateTime> + Send + use<'c, 't> {
        let (session, place) = (self.session, here());
        halting(move || {
            let mut state = session.lock();
            let millis = match state.next(Kind::Now, "", place) {
                Next::Halted => return None,
                Next::Replayed(Outcome::Is(json)) => json.parse().ok(),
                Next::Replayed(_) => None,
                Next::Fresh => {
                    let millis = session.now_millis().0;
                    let json = Json::of(&millis).unwrap_or_default();
                    state.enter(Kind::Now, "", Outcome::Is(json));
                    Some(millis)
                }
            };
            let nanos = millis.map(|millis: i64| i128::from(millis) * 1_000_000);
            let time =
                nanos.and_then(|nanos| OffsetDateTime::from_unix_timestamp_nanos(nanos).ok());
            if time.is_none() {
                state.mistyped(Kind::Now, "");
            }
            time
        })
    }

    /// A random number, the same in every replay. It can be guessed by whoever knows the record: not for secrets.
    #[track_caller]
    pub fn random<'c>(&'c mut self) -> impl Future<Output = u64> + Send + use<'c, 't> {
        let (session, place) = (self.session, here());
        halting(move || {
            let mut state = session.lock();
            let at = state.cursor;
            match state.next(Kind::Random, "", place) {
                Next::Halted => return None,
                Next::Replayed(_) => {}
                Next::Fresh => state.enter(Kind::Random, "", Outcome::Done),
            }
            let run = state
                .running()
                .map(|running| running.run.clone())
                .unwrap_or_default();
            let seed = run
                .bytes()
                .fold(at as u64, |seed, byte| mix(seed ^ u64::from(byte)));
            Some(mix(seed))
        })
    }

    /// A value of the conversation that is kept between turns, for this dialog and for handlers that take a
    /// [`State`]; the default if there is none. Reading it is an entry of the journal, and so is a change, which is
    /// committed in one step with what the dialog does next.
    ///
    /// Let go of it before the next operation of the call. A dialog that begins anew finds what it has changed.
    ///
    /// ```
    /// # use onhook::prelude::*;
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Default, Serialize, Deserialize, State)]
    /// #[state(name = "cart")]
    /// struct Cart { items: Vec<String> }
    ///
    /// # async fn greet(call: &mut Dialog<'_>) -> Result<()> {
    /// call.state::<Cart>().await.items.push("a book".to_owned());
    /// let items = call.state::<Cart>().await.items.len();
    /// call.say(format!("You have {items} items.")).await
    /// # }
    /// ```
    ///
    /// A value with `scope = "user"` does not compile here: it is not committed with the dialog. Take it in a plain
    /// handler, or call a service in [`run`](Dialog::run).
    #[track_caller]
    pub fn state<'c, T: StateValue>(
        &'c mut self,
    ) -> impl Future<Output = State<'c, T>> + Send + use<'c, 't, T> {
        const {
            assert!(
                matches!(T::SCOPE, Scope::Conversation),
                "a dialog has the state of its conversation only: what belongs to the user is not committed with it"
            );
        }
        let (session, place): (&'c Session, _) = (self.session, here());
        halting(move || {
            let value = session.read_state(place)?;
            Some(State::of_dialog(session, place, value))
        })
    }

    /// Sends a command and waits for its result, which may come to another process.
    ///
    /// # Errors
    /// [`ResultError`] as of [`Receipt::result`](crate::Receipt::result). What [`Command::check`] finds is a
    /// [`ResultError::Failed`] with the code `BadArgument`; nothing was sent then.
    #[track_caller]
    pub fn command<'c, C: Command>(
        &'c mut self,
        command: C,
    ) -> impl Future<Output = Result<C::Result, ResultError>> + Send + use<'c, 't, C> {
        let (session, place) = (self.session, here());
        halting(move || session.command(&command, place))
    }

    /// Starts recording the call, and waits until it does.
    ///
    /// # Errors
    /// As for [`command`](Dialog::command).
    #[track_caller]
    pub fn start_recording<'c>(
        &'c mut self,
        start: RecordingStart,
    ) -> impl Future<Output = Result<RecordingStatus, ResultError>> + Send + use<'c, 't> {
        self.command(start)
    }

    /// Pauses the recording. Nothing that is said afterwards is recorded.
    ///
    /// # Errors
    /// As for [`command`](Dialog::command).
    #[track_caller]
    pub fn pause_recording<'c>(
        &'c mut self,
    ) -> impl Future<Output = Result<RecordingStatus, ResultError>> + Send + use<'c, 't> {
        self.command(RecordingPause::default())
    }

    /// Resumes the recording, appending to the one that was paused or stopped last.
    ///
    /// # Errors
    /// As for [`command`](Dialog::command).
    #[track_caller]
    pub fn resume_recording<'c>(
        &'c mut self,
    ) -> impl Future<Output = Result<RecordingStatus, ResultError>> + Send + use<'c, 't> {
        self.command(RecordingResume::default())
    }

    /// Stops the recording.
    ///
    /// # Errors
    /// As for [`command`](Dialog::command).
    #[track_caller]
    pub fn stop_recording<'c>(
        &'c mut self,
    ) -> impl Future<Output = Result<RecordingStatus, ResultError>> + Send + use<'c, 't> {
        self.command(RecordingStop::default())
    }

    /// Transfers the call to a telephone number in E.164 form, and waits for what becomes of it, at most two minutes.
    ///
    /// Of a transfer that succeeded often only the end of the call is seen: [`Unanswered::HungUp`].
    ///
    /// # Errors
    /// [`SendError::PhoneNumber`] if it is not such a number, upon which nothing is sent; else an [`Unanswered`].
    #[track_caller]
    pub fn transfer_to<'c>(
        &'c mut self,
        number: &str,
    ) -> impl Future<Output = Result<HandoffStatus>> + Send + use<'c, 't> {
        let (session, place) = (self.session, here());
        let number = number.parse();
        halting(move || session.transfer(&number, place))
    }

    /// Waits for an event of this name; [`within`](WaitForEvent::within) limits how long.
    ///
    /// What the caller says or presses meanwhile is kept for the next question.
    ///
    /// ```
    /// # use onhook::prelude::*;
    /// # use std::time::Duration;
    /// # async fn hold(call: &mut Dialog<'_>) -> Result<()> {
    /// call.say("Please hold the line.").await?;
    /// let event = call.wait_for_event("agent-free").within(Duration::from_secs(600)).await?;
    /// # let _ = event; Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Unanswered::NoInput`] if the time is over, [`Unanswered::HungUp`] if the call is.
    #[track_caller]
    pub fn wait_for_event<'c>(&'c mut self, name: &'c str) -> WaitForEvent<'c> {
        WaitForEvent::new(self.session, name, here())
    }

    /// The next operation takes at most this long: `call.within(secs(30)).ask(..)`.
    pub fn within<'c>(&'c mut self, limit: std::time::Duration) -> Within<'c, 't> {
        Within::new(self, limit)
    }

    /// Hangs up, when everything was said.
    #[track_caller]
    pub fn end_call<'c>(&'c mut self) -> impl Future<Output = Result<()>> + Send + use<'c, 't> {
        let (session, place) = (self.session, here());
        halting(move || {
            let mut state = session.lock();
            match state.next(Kind::EndCall, "", place) {
                Next::Halted => return None,
                Next::Replayed(_) => {}
                Next::Fresh => {
                    state.send(Dialog::end_of_call());
                    state.enter(Kind::EndCall, "", Outcome::Done);
                    if let Some(running) = state.running() {
                        running.hung_up = true;
                    }
                }
            }
            Some(Ok(()))
        })
    }

    pub(super) fn end_of_call() -> Activity {
        let mut end = Activity::end_of_conversation();
        end.code = Some(EndOfConversationCode::CompletedSuccessfully);
        end
    }

    /// Whether this dialog began with `version` of the bot or a later one: guards code that was added since.
    ///
    /// ```
    /// # use onhook::prelude::*;
    /// # async fn greet(call: &mut Dialog<'_>) -> Result<()> {
    /// if call.since(2) {
    ///     call.say("This call may be recorded.").await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn since(&self, version: u32) -> bool {
        let mut state = self.session.lock();
        state
            .running()
            .is_some_and(|running| running.version >= version)
    }

    /// Begins this dialog anew with an empty journal, and gives the new run `arguments`; never returns. An endless
    /// dialog is written so, because a journal is bounded.
    ///
    /// Write `return call.restart_with(..).await;`
    pub fn restart_with<'c, T: Serialize>(
        &'c mut self,
        arguments: T,
    ) -> impl Future<Output = Result<()>> + Send + use<'c, 't, T> {
        let session = self.session;
        let arguments = Json::of(&arguments);
        halting(move || {
            let mut state = session.lock();
            if state.request.is_none() {
                match arguments {
                    Ok(arguments) => state.request = Some(Request::Restart(arguments)),
                    Err(error) => state.unwritable(error.to_string()),
                }
            }
            None
        })
    }

    /// What this run was [restarted with](Dialog::restart_with); `None` in the first run, or if it is no `T`.
    pub fn arguments<T: DeserializeOwned>(&self) -> Option<T> {
        let mut state = self.session.lock();
        state.running()?.arguments.as_ref()?.parse().ok()
    }
}

impl fmt::Debug for Dialog<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.session.lock();
        f.debug_struct("Dialog")
            .field("name", &state.name())
            .finish_non_exhaustive()
    }
}

/// Where the user's code calls.
#[track_caller]
pub(super) fn here() -> Place {
    Place(Some(Location::caller()))
}

/// A future that does `operation` when it is first polled, and waits for ever if that gives nothing: the driver takes
/// over then.
pub(super) async fn halting<T>(operation: impl FnOnce() -> Option<T> + Send) -> T {
    let Some(output) = operation() else {
        return pending().await;
    };
    output
}
