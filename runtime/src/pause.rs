//! Doing something while the call is not recorded: pause, wait for the result, do it, resume.
//!
//! A recording that stays paused is lost, and one that is resumed too early holds a card number. So a [`Pause`] resumes
//! however its body ends, and only when no other body of the conversation is under way.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use crate::command::{Receipt, ResultError};
use crate::command_error::CommandError;
use crate::connector::SendError;
use crate::error::{Error, Result};
use crate::host::{ConversationHandle, ProactiveTurn, Visit};
use crate::recording::{ErrorCode, RecordingPause, RecordingResume};
use crate::turn::Turn;

/// What the bodies of one conversation that run in a pause share. Pauses and resumes are sent under the lock, so that
/// each of them finds the state that it goes by. Who takes the lock has a turn: never the other way round.
pub(crate) type Pauses = tokio::sync::Mutex<Paused>;

#[derive(Debug, Default)]
pub(crate) struct Paused {
    /// How many bodies are under way.
    bodies: usize,
    /// One of them has paused the recording, so that the last of them resumes it.
    ours: bool,
}

/// The pause of one body. Dropped before it has been [resumed](Pause::resume), it resumes in a task.
struct Pause {
    conversation: ConversationHandle,
    /// Keeps what the bodies share.
    visit: Visit,
    counted: bool,
    /// It is the task's that resumes after a body was dropped. A runtime that shuts down drops that too.
    last_try: bool,
}

/// What became of a pause.
enum Outcome {
    Paused,
    /// It had been paused before, by somebody else, who will resume it.
    AsBefore,
    NotPaused(Error),
    /// Nobody knows: it may be paused by now, or be so later.
    Unknown(Error),
}

impl Pause {
    /// Pauses the recording, and waits until it is paused.
    async fn begin(conversation: &ConversationHandle) -> Result<Pause> {
        let turn = conversation.turn().await?;
        let mut pause = Pause {
            conversation: conversation.clone(),
            visit: conversation.visit(),
            counted: false,
            last_try: false,
        };
        // Shared with `pause`, which is changed while it is locked.
        let shared = Arc::clone(pause.visit.conversation());
        let mut paused = shared.pauses().lock().await;
        paused.bodies += 1;
        pause.counted = true;
        let before = std::mem::replace(&mut paused.ours, true);
        let error = match outcome(&turn).await {
            Outcome::Paused => return Ok(pause),
            Outcome::AsBefore => {
                paused.ours = before;
                return Ok(pause);
            }
            Outcome::NotPaused(error) => error,
            Outcome::Unknown(error) => {
                if paused.bodies == 1 {
                    // Commands are carried out in order: it is resumed after it was paused, and a recording that was
                    // not paused stays as it is. If that fails too, the first error is the one to report.
                    if let Ok(resumed) = turn.resume_recording().await {
                        resumed.detach();
                    }
                }
                error
            }
        };
        paused.ours = before;
        paused.bodies -= 1;
        pause.counted = false;
        Err(error)
    }

    /// The body is over: resumes the recording unless another body is under way, or it was not this bot that paused
    /// it. Gives the result of that, to wait for or to leave to the hook.
    async fn resume(&mut self, turn: &Turn) -> Result<Option<Receipt<RecordingResume>>> {
        let shared = Arc::clone(self.visit.conversation());
        let mut paused = shared.pauses().lock().await;
        let resumed = if paused.ours && paused.bodies == 1 {
            let resumed = turn.resume_recording().await;
            paused.ours = resumed.is_err();
            resumed.map(Some)
        } else {
            Ok(None)
        };
        paused.bodies = paused.bodies.saturating_sub(1);
        self.counted = false;
        resumed
    }

    /// The same, to the end.
    async fn end(mut self) -> Result<()> {
        let conversation = self.conversation.clone();
        let resumed = async {
            let turn = conversation.turn_in_reserve().await?;
            let resumed = self.resume(&turn).await?;
            // The next turn need not wait for the result.
            drop(turn);
            if let Some(mut resumed) = resumed {
                resumed.result().await?;
            }
            Ok(())
        };
        match resumed.await {
            // There is nothing left to be resumed.
            Err(error) if conversation.has_ended() || is_end(&error) => Ok(()),
            resumed => resumed,
        }
    }

    /// The same for a body that has failed, whose error is the one to report: the result of the resume goes to the hook.
    async fn abandon(mut self) {
        let conversation = self.conversation.clone();
        if let Ok(turn) = conversation.turn_in_reserve().await
            && let Ok(Some(resumed)) = self.resume(&turn).await
        {
            resumed.detach();
        }
    }
}

impl Drop for Pause {
    /// The body was dropped: its turn took too long, was given up, or panicked.
    fn drop(&mut self) {
        if !self.counted {
            return;
        }
        let runtime = tokio::runtime::Handle::try_current();
        let (Ok(runtime), false) = (runtime, self.last_try) else {
            // The program ends, and the bot's part in the call with it.
            if let Ok(mut paused) = self.visit.conversation().pauses().try_lock() {
                paused.bodies = paused.bodies.saturating_sub(1);
            }
            return;
        };
        let mut pause = Pause {
            conversation: self.conversation.clone(),
            visit: self.conversation.visit(),
            counted: true,
            last_try: true,
        };
        // As long as its turn is there, the next one waits for the resume.
        let joined: Option<ProactiveTurn> = self.conversation.join();
        drop(runtime.spawn(async move {
            match joined {
                Some(turn) => {
                    if let Ok(Some(resumed)) = pause.resume(&turn).await {
                        resumed.detach();
                    }
                }
                None => pause.abandon().await,
            }
        }));
    }
}

/// Sends the pause and waits for its result.
async fn outcome(turn: &Turn) -> Outcome {
    let mut sent = match turn.command(RecordingPause::default()).await {
        Ok(sent) => sent,
        Err(error) => {
            let unanswered = matches!(error.downcast_ref(), Some(SendError::Unanswered(_)));
            return if unanswered {
                Outcome::Unknown(error)
            } else {
                Outcome::NotPaused(error)
            };
        }
    };
    match sent.result().await {
        Ok(_status) => Outcome::Paused,
        Err(ResultError::Failed(error))
            if error.known() == Some(ErrorCode::RecordingAlreadyPaused) =>
        {
            Outcome::AsBefore
        }
        Err(error @ (ResultError::TimedOut(_) | ResultError::Malformed(_))) => {
            Outcome::Unknown(error.into())
        }
        Err(error) => Outcome::NotPaused(error.into()),
    }
}

fn is_end(error: &Error) -> bool {
    matches!(error.downcast_ref(), Some(SendError::Ended))
        || matches!(error.downcast_ref(), Some(ResultError::Ended))
}

pub(crate) async fn while_paused<T: Send + 'static>(
    conversation: &ConversationHandle,
    body: impl Future<Output = Result<T>> + Send,
) -> Result<T> {
    // Not within this future, which else would have room for it twice.
    let body = Box::pin(body);
    let pause = match Box::pin(Pause::begin(conversation)).await {
        Ok(pause) => pause,
        Err(error) => return Err(NotPaused(error).into()),
    };
    match body.await {
        Ok(value) => match Box::pin(pause.end()).await {
            Ok(()) => Ok(value),
            Err(error) => Err(NotResumed::new(value, error).into()),
        },
        Err(error) => {
            Box::pin(pause.abandon()).await;
            Err(error)
        }
    }
}

/// The recording could not be paused, so the body of [`while_paused`](Turn::while_paused) did not run.
///
/// It stands in the [`Error`] and is found with [`downcast_ref`](Error::downcast_ref).
#[derive(Clone, Debug, thiserror::Error)]
#[error("the recording could not be paused, so nothing was done: {0}")]
pub struct NotPaused(Error);

impl NotPaused {
    /// Why: a [`ResultError`] if the channel said no or nothing, a [`SendError`] if it was not reached.
    pub fn error(&self) -> &Error {
        &self.0
    }

    /// The channel's error, if it said no.
    ///
    /// `Recording has not started` need not mean that nothing is recorded soon: a channel may still be starting. A bot
    /// that knows better can do then what it would have done in the pause.
    pub fn command_error(&self) -> Option<&CommandError> {
        match self.0.downcast_ref() {
            Some(ResultError::Failed(error)) => Some(error),
            _ => None,
        }
    }
}

/// The body of [`while_paused`](Turn::while_paused) was done, and the recording could not be resumed: the rest of the
/// call is not recorded, unless the bot does something about it.
///
/// It stands in the [`Error`], is found with [`downcast_ref`](Error::downcast_ref), and has what the body gave.
pub struct NotResumed<T> {
    value: Mutex<Option<T>>,
    error: Error,
}

impl<T> NotResumed<T> {
    fn new(value: T, error: Error) -> NotResumed<T> {
        NotResumed {
            value: Mutex::new(Some(value)),
            error,
        }
    }

    /// Takes what the body gave; `None` if it has been taken before.
    pub fn take(&self) -> Option<T> {
        let value = self.value.lock();
        value.unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Why: a [`ResultError`] if the channel said no or nothing, a [`SendError`] if it was not reached.
    pub fn error(&self) -> &Error {
        &self.error
    }
}

impl<T> fmt::Display for NotResumed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the recording could not be resumed: {}", self.error)
    }
}

impl<T> fmt::Debug for NotResumed<T> {
    /// Without the value: what was done in a pause is nothing for a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotResumed")
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl<T> std::error::Error for NotResumed<T> {}
