//! The recording commands.

use super::Turn;
use crate::command::Receipt;
use crate::error::Result;
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

    /// Pauses the recording. When the result is there, nothing said from then on is recorded.
    ///
    /// It takes effect at once, also in the middle of what the bot is saying: nothing may delay a pause.
    ///
    /// For a reason, or for silence in its place, send a [`RecordingPause`] with [`command`](Turn::command).
    pub async fn pause_recording(&self) -> Result<Receipt<RecordingPause>> {
        self.command(RecordingPause::default()).await
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
