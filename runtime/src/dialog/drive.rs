//! Running a dialog's future, from the start of its journal to where it waits.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::call::Dialog;
use super::failure::{DialogError, Signal, Unanswered};
use super::input::Input;
use super::journal::{Entry, Kind};
use super::session::{Handle, Request, Session, State};
use super::volatile::Volatile;
use crate::activity::Json;
use crate::error::{Error, Result};
use crate::host::panicked;
use crate::outcome::Outcome;
use crate::turn::Turn;

/// How long a call takes to end when the bot hangs up.
const HANGING_UP: Duration = Duration::from_secs(10);

/// How often a dialog may restart in one turn.
const RESTARTS: u32 = 100;

/// How often a dialog begins anew because it is not what its journal says.
const CHANGES: u32 = 3;

/// A dialog's turn, for generated code: the session of the turn that has come to a dialog.
pub struct DialogTurn(Arc<Handle>);

impl DialogTurn {
    /// The dialog `name` begins in this turn, or goes on.
    ///
    /// # Errors
    /// Fails where there is no state to begin it with, and to cancel the dialog that is open first.
    pub fn open(turn: &Turn, name: &'static str, version: u32) -> Result<DialogTurn> {
        let handle = turn
            .get::<Handle>()
            .ok_or(DialogError::NoConversation(name))?;
        handle.0.open(name, version)?;
        Ok(DialogTurn(handle))
    }

    /// If the dialog was changed since it began, the call ends; it begins anew otherwise.
    #[must_use]
    pub fn hanging_up_on_change(self) -> DialogTurn {
        self.0.0.lock().hang_up_on_change = true;
        self
    }

    /// The call, for the handler.
    pub fn call(&self) -> Dialog<'_> {
        Dialog::new(&self.0.0)
    }

    /// Runs the handler until it waits or ends.
    ///
    /// # Errors
    /// Those of the handler, and what is wrong with the dialog.
    pub async fn drive(
        &self,
        handler: impl Future<Output = Result<Outcome>> + Send,
    ) -> Result<Outcome> {
        self.0.0.drive(handler).await
    }
}

/// The waker that a dialog is polled with. No operation of ours clones it or wakes it, so whoever does is foreign.
struct Sentinel;

impl Wake for Sentinel {
    fn wake(self: Arc<Self>) {}
}

enum Polled {
    Ended(Result<Outcome>),
    Asks(Request),
    Foreign,
}

impl Session {
    async fn drive(
        &self,
        handler: impl Future<Output = Result<Outcome>> + Send,
    ) -> Result<Outcome> {
        let sentinel = Arc::new(Sentinel);
        let waker = Waker::from(Arc::clone(&sentinel));
        let polled = {
            let mut handler = pin!(handler);
            let polled = poll_fn(|context| {
                let mut state = self.lock();
                state.waker = Some(context.waker().clone());
                #[cfg(feature = "http")]
                state.begin_replay();
                drop(state);
                let mut own = Context::from_waker(&waker);
                // Nothing of the future is looked at again after it panicked.
                let polled = catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(&mut own)));
                let polled = polled.unwrap_or_else(|panic| Poll::Ready(Err(panicked(&*panic))));
                let mut state = self.lock();
                #[cfg(feature = "http")]
                state.replay.end();
                match polled {
                    Poll::Ready(ended) => Poll::Ready(match state.request.take() {
                        // The last change of its state cannot be kept.
                        Some(request) if ended.is_ok() => Polled::Asks(request),
                        _ => Polled::Ended(ended),
                    }),
                    // Ours and the waker's own.
                    Poll::Pending if Arc::strong_count(&sentinel) > 2 => {
                        Poll::Ready(Polled::Foreign)
                    }
                    Poll::Pending => match state.request.take() {
                        Some(request) => Poll::Ready(Polled::Asks(request)),
                        None if state.lent => Poll::Pending,
                        None => Poll::Ready(Polled::Foreign),
                    },
                }
            })
            .await;
            // Nothing is entered by what goes with the future.
            self.lock().request = Some(Request::Wait);
            polled
            // The future goes here: what it borrows is free before anything is committed.
        };
        self.lock().request = None;
        match polled {
            Polled::Ended(ended) => self.ended(ended).await,
            Polled::Asks(request) => self.asked(request).await,
            Polled::Foreign => {
                let error = {
                    let state = self.lock();
                    DialogError::ForeignAwait {
                        dialog: state.name(),
                        place: state.place,
                    }
                };
                self.close(Err(error.into())).await
            }
        }
    }

    async fn asked(&self, request: Request) -> Result<Outcome> {
        let again = match request {
            Request::Wait => match self.commit().await {
                Ok(()) => return Ok(Outcome::Handled),
                Err(error) if error.downcast_ref::<DialogError>().is_some() => Err(error),
                Err(error) => return Err(error),
            },
            Request::Restart(arguments) => self.restart(arguments),
            Request::Rewind(at) => {
                self.rewind(at);
                Ok(())
            }
            Request::Diverged { found, asked } => self.begin_anew(found, asked),
            Request::Fail(error) if error.downcast_ref::<Signal>().is_some() => return Err(error),
            Request::Fail(error) => Err(error),
        };
        match again {
            Ok(()) => Err(Signal::Replay.into()),
            Err(error) => self.close(Err(error)).await,
        }
    }

    /// The dialog begins anew by its own will, in a run of its own.
    fn restart(&self, arguments: Json) -> Result<()> {
        let mut state = self.lock();
        state.restarts += 1;
        if state.restarts > RESTARTS {
            let error = DialogError::Restarts {
                dialog: state.name(),
                place: state.place,
                restarts: RESTARTS,
            };
            return Err(error.into());
        }
        let (version, run) = (state.version(), self.speaker.next_id());
        if let Some(running) = state.running() {
            running.restart(version);
            running.kept.clear();
            running.run = run;
            running.arguments = Some(arguments);
        }
        state.input = None;
        Ok(())
    }

    /// The journal ends before the question at this place, which is asked again.
    fn rewind(&self, at: usize) {
        let mut state = self.lock();
        if let Some(running) = state.running() {
            running.keep_steps(at);
        }
        state.volatile.so_far.clear();
    }

    /// The code is not the code that the journal was written by: the dialog begins anew. If it says that it is the same
    /// version, that is reported when the turn is over.
    fn begin_anew(&self, found: String, asked: String) -> Result<()> {
        let mut state = self.lock();
        let error = DialogError::Diverged {
            dialog: state.name(),
            place: state.place,
            found,
            asked,
        };
        let version = state.version();
        state.take_back();
        let Some(running) = state.running() else {
            return Err(error.into());
        };
        if running.restarts >= CHANGES {
            return Err(error.into());
        }
        running.restarts += 1;
        let same = running.version == version;
        if state.hang_up_on_change && !same {
            state.send(Dialog::end_of_call());
            return Err(Unanswered::Changed.into());
        }
        let Some(running) = state.running() else {
            return Err(error.into());
        };
        running.restart(version);
        state.input = None;
        if same {
            state.diverged.get_or_insert(error);
        }
        Ok(())
    }

    async fn ended(&self, ended: Result<Outcome>) -> Result<Outcome> {
        let left = {
            let mut state = self.lock();
            let cursor = state.cursor;
            state.running().and_then(|running| {
                let entry = running.journal.get(cursor);
                let entry = entry.map(|entry| (entry.0, entry.1.clone()));
                let open = running
                    .wait
                    .as_ref()
                    .filter(|wait| wait.kind != Kind::EndCall);
                entry.or_else(|| open.map(|wait| (wait.kind, wait.name.clone())))
            })
        };
        match left {
            // It has more in its journal than the code does now.
            Some((kind, name)) if ended.is_ok() => {
                let found = Entry::describe(kind, &name);
                match self.begin_anew(found, "the end of the dialog".to_owned()) {
                    Ok(()) => Err(Signal::Replay.into()),
                    Err(error) => self.close(Err(error)).await,
                }
            }
            _ => self.close(ended).await,
        }
    }

    /// The dialog is over. What it said is said, also when it failed.
    async fn close(&self, ended: Result<Outcome>) -> Result<Outcome> {
        let hung_up = {
            let mut state = self.lock();
            let hung_up = self.hung_up(&state);
            self.close_record(&mut state);
            state.volatile = Volatile::default();
            hung_up
        };
        let committed = self.commit().await;
        match ended {
            // A dialog that ends because the call has is none that failed.
            Err(error) if hung_up && is_hang_up(&error) => committed.map(|()| Outcome::Handled),
            Err(error) => match committed {
                Err(conflict) if conflict.downcast_ref::<Signal>().is_some() => Err(conflict),
                _ => Err(error),
            },
            Ok(outcome) => committed.map(|()| outcome),
        }
    }
}

impl Session {
    /// The record of a dialog that has ended. If it hangs up, it stays open until that has gone out: nobody else would
    /// end the call of a process that is gone before.
    fn close_record(&self, state: &mut State) {
        let orphaned = matches!(state.input, Some(Input::Orphaned));
        let ending = state
            .wait_mut()
            .is_some_and(|wait| wait.kind == Kind::EndCall);
        if ending && orphaned {
            state.send(Dialog::end_of_call());
        } else if state.hangs_up() && !self.speaker.conversation_is_over() {
            state.open_wait(Kind::EndCall, "");
            state.arm(self.now_millis(), HANGING_UP);
            return;
        }
        state.record.dialog = None;
        state.resumed = false;
    }
}

fn is_hang_up(error: &Error) -> bool {
    use crate::command::ResultError;
    matches!(error.downcast_ref(), Some(Unanswered::HungUp))
        || matches!(error.downcast_ref(), Some(ResultError::Ended))
}
