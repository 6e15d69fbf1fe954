//! The recording commands.

use std::future::Future;

use super::Turn;
use crate::command::Receipt;
use crate::error::Result;
use crate::pause::while_paused;
use crate::recording::{
    RecordingAnnotate, RecordingPause, RecordingResume, RecordingStart, RecordingStop,
};

impl Turn {
    /// Starts recording the call. A recording that is never stopped ends with the call.
    ///
    /// The result is an error "Recording is already in progress" if there is one. After a stop, a start makes
    /// another recording session.
    ///
    /// It takes effect at once: what the bot has said before and is still to be heard is recorded.
    ///
    /// # Errors
    /// [`SendError::Metadata`](crate::SendError::Metadata) if the metadata are over 64 keys or 16 KiB, before
    /// anything is sent; else what the channel answered.
    pub async fn start_recording(&self, start: RecordingStart) -> Result<Receipt<RecordingStart>> {
        self.command(start).await
    }

    /// Pauses the recording. When the result is there, and only then, nothing said from then on is recorded.
    ///
    /// Wait for it before you ask for anything secret, and look whether it is an error. The recording stays paused
    /// until it is resumed, over many turns. [`while_paused`](Turn::while_paused) does all that for what is done in one
    /// go.
    ///
    /// It takes effect at once, also in the middle of what the bot is saying: nothing may delay a pause.
    ///
    /// For a reason, or for silence in its place, send a [`RecordingPause`] with [`command`](Turn::command).
    pub async fn pause_recording(&self) -> Result<Receipt<RecordingPause>> {
        self.command(RecordingPause::default()).await
    }

    /// Pauses the recording, waits until it is paused, does what `body` does, and resumes, however the body ends.
    ///
    /// The body must last as long as what must not be recorded. **[`say`](Turn::say) does not**: it returns when the
    /// channel has the words, not when the caller has heard them, let alone answered. So let the body wait for what
    /// ends the secret part: here, a command that has the channel take the card number. A question whose answer is a
    /// turn of its own is asked with [`pause_recording`](Turn::pause_recording) in one turn and
    /// [`resume_recording`](Turn::resume_recording) in the other, or in a task, with
    /// [`ConversationHandle::while_paused`](crate::ConversationHandle::while_paused).
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Command, Serialize, Deserialize)]
    /// #[command(name = "application/vnd.contoso.take-card", result = Card)]
    /// struct TakeCard { prompt: String }
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Card { last_digits: String }
    ///
    /// #[on_message(text = "pay")]
    /// async fn pay(turn: &Turn) -> Result<()> {
    ///     let prompt = "Please enter your card number.".to_owned();
    ///     let card = turn.while_paused(async {
    ///         let mut taken = turn.command(TakeCard { prompt }).await?;
    ///         Ok(taken.result().await?)
    ///     });
    ///     let card = card.await?;
    ///     turn.say(format!("Thank you, I have the card ending in {}.", card.last_digits)).await
    /// }
    /// ```
    ///
    /// | what happens | what you get |
    /// |---|---|
    /// | the pause is refused, or cannot be sent | [`NotPaused`](crate::NotPaused); the body did not run |
    /// | no result of the pause comes in time | the same; a resume is sent, in case that it was paused after all |
    /// | the recording is paused already | the body runs, and the recording stays paused for whoever paused it |
    /// | the body fails | its error; the result of the resume goes to `#[on_command_result]` |
    /// | the body panics, or is dropped: the turn takes too long, the call is given up | a resume is sent, before the next turn of the conversation begins |
    /// | the resume fails | [`NotResumed`](crate::NotResumed), with what the body gave |
    /// | the call ends meanwhile | what the body gave: there is nothing to resume |
    ///
    /// Bodies may be nested, and run side by side: the last one to end resumes. "Recording has not started" is an error
    /// too, because channels start a recording in their own time, and one that is starting would record the body.
    ///
    /// # Errors
    /// The body's own error, as it is; else one of those above, found with
    /// [`downcast_ref`](crate::Error::downcast_ref).
    pub async fn while_paused<T: Send + 'static>(
        &self,
        body: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let conversation = self.conversation();
        while_paused(&conversation, body).await
    }

    /// Puts a note into the recording's timeline; the result is an error "Recording has not started" if there is none.
    ///
    /// # Errors
    /// [`SendError::Metadata`](crate::SendError::Metadata) if the note has no name or is over 16 KiB, before anything is
    /// sent; else what the channel answered.
    pub async fn annotate_recording(
        &self,
        note: RecordingAnnotate,
    ) -> Result<Receipt<RecordingAnnotate>> {
        self.command(note).await
    }

    /// Resumes the recording, appending to the one that was paused or stopped last.
    ///
    /// What the bot has said before in the same turn is not recorded: the channel resumes when that has been heard or
    /// interrupted, or when a pause follows. The result comes then.
    pub async fn resume_recording(&self) -> Result<Receipt<RecordingResume>> {
        self.command(RecordingResume::default()).await
    }

    /// Stops the recording; the result is an error "Recording has not started" if there is none.
    ///
    /// What the bot has said before in the same turn is recorded, as it is before [`end_call`](Turn::end_call): the channel
    /// stops when that has been heard or interrupted, or when a pause follows. The result comes then; a handler that waits
    /// for it after a long text waits [`within`](Receipt::within) a longer time. To stop at once, stop first and speak
    /// afterwards.
    pub async fn stop_recording(&self) -> Result<Receipt<RecordingStop>> {
        self.command(RecordingStop::default()).await
    }
}
