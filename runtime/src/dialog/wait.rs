//! Waiting for what is not the caller: results of commands, events, what becomes of a transfer.

use std::future::IntoFuture;
use std::time::Duration;

use serde::Serialize;

use super::call::halting;
use super::failure::{Place, Unanswered};
use super::input::Input;
use super::journal::{Kind, Outcome};
use super::session::{Next, Session, State};
use crate::activity::{Activity, HandoffInitiate, HandoffStatus, Json};
use crate::command::{Command, CommandResult, ResultError};
use crate::command_error::CommandError;
use crate::connector::{BoxFuture, SendError};
use crate::error::Result;
use crate::phone_number::{NotE164, PhoneNumber};

/// How long a wait for something else than the caller is not looked after.
const LOOK: Duration = Duration::from_secs(10);

/// How long a transfer may take: to ring, and to be answered.
const TRANSFER: Duration = Duration::from_secs(120);

/// An event that a dialog waits for; see [`Dialog::wait_for_event`](super::Dialog::wait_for_event).
#[must_use = "the event is waited for when this is awaited"]
pub struct WaitForEvent<'c> {
    session: &'c Session,
    name: &'c str,
    limit: Option<Duration>,
    place: Place,
}

impl<'c> WaitForEvent<'c> {
    pub(super) fn new(session: &'c Session, name: &'c str, place: Place) -> WaitForEvent<'c> {
        WaitForEvent {
            session,
            name,
            limit: None,
            place,
        }
    }

    /// Waits at most this long; as long as the call unless set.
    pub fn within(mut self, limit: Duration) -> WaitForEvent<'c> {
        self.limit = Some(limit);
        self
    }
}

impl<'c> IntoFuture for WaitForEvent<'c> {
    type Output = Result<Activity, Unanswered>;
    type IntoFuture = BoxFuture<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let WaitForEvent {
            session,
            name,
            limit,
            place,
        } = self;
        Box::pin(halting(move || session.event(name, limit, place)))
    }
}

impl Session {
    pub(super) fn event(
        &self,
        name: &str,
        limit: Option<Duration>,
        place: Place,
    ) -> Option<Result<Activity, Unanswered>> {
        let mut state = self.lock();
        let outcome = match state.next(Kind::Event, name, place) {
            Next::Halted => return None,
            Next::Replayed(outcome) => outcome,
            Next::Fresh => {
                let ready = self.wait(&mut state, Kind::Event, name, limit, |state| {
                    if let Some(wait) = state.wait_mut() {
                        wait.event = Some(name.into());
                    }
                    Ok(())
                })?;
                state.enter(Kind::Event, name, ready.clone());
                ready
            }
        };
        let event = match outcome {
            Outcome::Unanswered(why) => return Some(Err(why)),
            Outcome::Event(json) => json.parse().ok(),
            _ => None,
        };
        if event.is_none() {
            state.mistyped(Kind::Event, name);
        }
        event.map(Ok)
    }

    pub(super) fn transfer(
        &self,
        number: &Result<PhoneNumber, NotE164>,
        place: Place,
    ) -> Option<Result<HandoffStatus>> {
        let number = match number {
            Ok(number) => number,
            Err(error) => return Some(Err(SendError::PhoneNumber(error.clone()).into())),
        };
        let mut state = self.lock();
        let outcome = match state.next(Kind::Transfer, "", place) {
            Next::Halted => return None,
            Next::Replayed(outcome) => outcome,
            Next::Fresh => {
                let limit = Some(TRANSFER);
                let ready = self.wait(&mut state, Kind::Transfer, "", limit, |state| {
                    let mut activity = Activity::event(HandoffInitiate::NAME);
                    let target = HandoffInitiate::new(number.as_str());
                    activity.value = Some(Json::of(&target)?);
                    state.send(activity);
                    if let Some(wait) = state.wait_mut() {
                        wait.event = Some(HandoffStatus::NAME.into());
                    }
                    Ok(())
                })?;
                state.enter(Kind::Transfer, "", ready.clone());
                ready
            }
        };
        let status = match outcome {
            Outcome::Unanswered(why) => return Some(Err(why.into())),
            // A status whose value cannot be read says that there is one, and no more.
            Outcome::Event(json) => json.parse::<Activity>().ok().map(|event| {
                let value = event.value.as_ref();
                value
                    .and_then(|value| value.parse().ok())
                    .unwrap_or_default()
            }),
            _ => None,
        };
        if status.is_none() {
            state.mistyped(Kind::Transfer, "");
        }
        status.map(Ok)
    }

    pub(super) fn command<C: Command>(
        &self,
        command: &C,
        place: Place,
    ) -> Option<Result<C::Result, ResultError>> {
        let mut state = self.lock();
        let timeout = self.speaker.result_timeout();
        let outcome = match state.next(Kind::Command, C::NAME, place) {
            Next::Halted => return None,
            Next::Replayed(outcome) => outcome,
            Next::Fresh => {
                let ready = match command.check() {
                    Err(error) => Outcome::Failed(error.to_string().into()),
                    Ok(()) => {
                        self.wait(&mut state, Kind::Command, C::NAME, Some(timeout), |state| {
                            let at = state.cursor;
                            let run = state
                                .running()
                                .map(|running| &*running.run)
                                .unwrap_or_default();
                            // From run and place, so that a command that goes out twice is carried out once.
                            let id = format!("{run}.{at}");
                            let mut activity =
                                Activity::command(self.speaker.settings().wire_name::<C>());
                            activity.value = Some(Json::of(&Value {
                                command_id: &id,
                                data: command,
                            })?);
                            state.send(activity);
                            if let Some(wait) = state.wait_mut() {
                                wait.command_id = Some(id.into());
                            }
                            Ok(())
                        })?
                    }
                };
                state.enter(Kind::Command, C::NAME, ready.clone());
                ready
            }
        };
        let result = match outcome {
            Outcome::Failed(why) => Err(ResultError::Failed(CommandError::bad_argument(&*why))),
            Outcome::Unanswered(Unanswered::NoInput) => Err(ResultError::TimedOut(timeout)),
            Outcome::Unanswered(_) => Err(ResultError::Ended),
            Outcome::Is(value) => {
                let mut result = Activity::command_result(C::NAME);
                result.value = Some(value);
                match CommandResult::<C>::read(&result) {
                    Ok(result) => result.into_outcome().map_err(ResultError::Failed),
                    Err(rejection) => Err(ResultError::Malformed(rejection)),
                }
            }
            _ => {
                state.mistyped(Kind::Command, C::NAME);
                return None;
            }
        };
        Some(result)
    }

    /// Begins to wait, or takes what the turn brings; `None`: the dialog waits on, or is over for this turn.
    fn wait(
        &self,
        state: &mut State,
        kind: Kind,
        name: &str,
        limit: Option<Duration>,
        begin: impl FnOnce(&mut State) -> serde_json::Result<()>,
    ) -> Option<Outcome> {
        if let Some(end) = state.end(self.hung_up(state)) {
            return Some(Outcome::Unanswered(end));
        }
        if state.wait_mut().is_none() {
            state.open_wait(kind, name)?;
            self.begin_wait(state, limit, begin);
            return None;
        }
        match state.input.take() {
            Some(Input::Event(activity)) => match Json::of(&*activity) {
                Ok(json) => Some(Outcome::Event(json)),
                Err(error) => {
                    state.unwritable(error.to_string());
                    None
                }
            },
            Some(Input::CommandResult(activity)) => {
                Some(Outcome::Is(activity.value.clone().unwrap_or_default()))
            }
            Some(Input::Orphaned) if kind == Kind::Command => {
                // It is not known whether the command was sent. Its id is the same, so it is carried out once.
                self.begin_wait(state, limit, begin);
                None
            }
            Some(Input::Silence | Input::Orphaned) => {
                let now = self.now_millis();
                let until = state.wait_mut().and_then(|wait| wait.until);
                if until.is_some_and(|until| until > now.0) {
                    state.arm(now, limit.unwrap_or_default());
                    state.wait();
                    return None;
                }
                Some(Outcome::Unanswered(Unanswered::NoInput))
            }
            Some(Input::Cancel) => Some(Outcome::Unanswered(Unanswered::Cancelled)),
            Some(Input::HangUp) => Some(Outcome::Unanswered(Unanswered::HungUp)),
            Some(Input::Said(activity)) => {
                state.volatile.push_ahead(activity);
                state.wait();
                None
            }
            Some(Input::Again | Input::Nothing) | None => {
                state.wait();
                None
            }
        }
    }
}

impl Session {
    fn begin_wait(
        &self,
        state: &mut State,
        limit: Option<Duration>,
        begin: impl FnOnce(&mut State) -> serde_json::Result<()>,
    ) {
        if let Err(error) = begin(state) {
            state.unwritable(error.to_string());
            return;
        }
        let now = self.now_millis();
        if let Some(limit) = limit {
            state.limit(now, Some(limit));
            // Looked after earlier, so that another process finds soon what was not sent.
            state.arm(now, limit.min(LOOK));
        }
        state.wait();
    }
}

/// `{ commandId, data }`, written without a detour over a tree.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Value<'v, C> {
    command_id: &'v str,
    data: &'v C,
}
