//! The receipt for a command that was sent.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::pending::Claim;
use super::{Command, CommandResult};
use crate::command_error::CommandError;
use crate::conversation::Conversation;
use crate::rejection::Rejection;

/// The receipt for a command: the ids it went out with, and its results.
///
/// Drop it and the result comes to the bot's `#[on_command_result]` hook. Wait with
/// [`result`](Receipt::result) and it comes here instead, also within the handler that sent the command:
/// results pass the conversation's mailbox to reach a handler that waits for them.
///
/// ```
/// use onhook::prelude::*;
///
/// #[on_message(text = "pay")]
/// async fn pay(turn: &Turn) -> Result<()> {
///     turn.pause_recording().await?.result().await?; // nothing said from here on is recorded
///     turn.say("Please read me your card number.").await
/// }
/// ```
#[derive(Debug)]
pub struct Receipt<C> {
    command_id: String,
    activity_id: Option<String>,
    timeout: Duration,
    conversation: Arc<Conversation>,
    command: PhantomData<fn() -> C>,
}

impl<C: Command> Receipt<C> {
    /// Enters the command, which is about to be sent as `name`, among those that wait for results. The
    /// receipt is there before the command goes out: dropped in the middle, it leaves the result to the hooks.
    pub(crate) fn open(
        command_id: String,
        name: &'static str,
        timeout: Duration,
        conversation: Arc<Conversation>,
    ) -> Receipt<C> {
        conversation.pending().sending::<C>(&command_id, name);
        Receipt {
            command_id,
            activity_id: None,
            timeout,
            conversation,
            command: PhantomData,
        }
    }

    /// The channel took the command and calls its activity `activity_id`.
    pub(crate) fn sent(mut self, activity_id: Option<String>) -> Receipt<C> {
        let pending = self.conversation.pending();
        pending.sent(&self.command_id, activity_id.as_deref());
        self.activity_id = activity_id;
        self
    }

    /// The channel did not take the command.
    pub(crate) fn not_sent(self) {
        self.conversation.pending().not_sent(&self.command_id);
    }

    /// The id that the command carries and its results echo.
    pub fn command_id(&self) -> &str {
        &self.command_id
    }

    /// The id that the channel gave the command's activity, if it gave one.
    pub fn activity_id(&self) -> Option<&str> {
        self.activity_id.as_deref()
    }

    /// Waits at most `timeout` for each result, instead of the host's time-out.
    pub fn within(mut self, timeout: Duration) -> Receipt<C> {
        self.timeout = timeout;
        self
    }

    /// Waits for the command's result; called again, for the next one, as a command may have several (A6400).
    ///
    /// Needs a tokio runtime with its timer on.
    ///
    /// # Errors
    /// [`ResultError::Failed`] has the channel's error; the other variants say why there is no result.
    pub async fn result(&mut self) -> Result<C::Result, ResultError> {
        let claim = tokio::time::timeout(
            self.timeout,
            self.conversation.pending().result(&self.command_id),
        )
        .await;
        match claim {
            Ok(Claim::Result(activity)) => match CommandResult::<C>::read(&activity) {
                Ok(result) => match result.malformed() {
                    Some(rejection) => Err(ResultError::Malformed(rejection.clone())),
                    None => result.into_outcome().map_err(ResultError::Failed),
                },
                Err(rejection) => Err(ResultError::Malformed(rejection)),
            },
            Ok(Claim::Ended | Claim::Nothing) => Err(ResultError::Ended),
            Err(_elapsed) => Err(ResultError::TimedOut(self.timeout)),
        }
    }
}

impl<C> Drop for Receipt<C> {
    fn drop(&mut self) {
        self.conversation.pending().abandoned(&self.command_id);
    }
}

/// Why a command has no result that says it succeeded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ResultError {
    /// The channel says that the command failed.
    #[error(transparent)]
    Failed(CommandError),
    /// No result came in time; the command may still be carried out.
    #[error("no result came within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// The conversation ended before a result came.
    #[error("the conversation ended before the result came")]
    Ended,
    /// A result came that says no error, and whose data have another shape: whether the command was carried out is
    /// not known.
    #[error("the result cannot be read: {0}")]
    Malformed(Rejection),
}
