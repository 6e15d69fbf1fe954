//! Notes of the bot in the timeline of the recording.

use onhook::recording::{RecordingAnnotate, RecordingStatus};
use onhook::{CommandError, Json};

use super::control::{Answer, Incoming};
use super::engine::Engine;
use super::recording::Purpose;
use crate::media::millis_of;
use crate::recorder::Step;
use crate::store::metadata::{SessionRecord, TimelineEvent};

impl Engine {
    /// Carries out the command; it is answered when the note is on disk.
    pub(super) fn annotate(&mut self, incoming: Incoming, data: serde_json::Value) {
        let note = match self.note_of(data) {
            Ok(note) => note,
            Err(error) => return self.settle(&incoming, Err(error)),
        };
        let (at, position) = (self.now(), self.position);
        let recording = &mut self.recording;
        let RecordingAnnotate { name, value, .. } = note;
        recording.mark(at, TimelineEvent::Annotation { name, value });
        let Some(session) = recording.session.clone() else {
            return self.settle(&incoming, Err(CommandError::recording_not_started()));
        };
        let mut status = RecordingStatus::new();
        status.recording_id = Some(session.id.recording_id());
        status.session = Some(session.id.session());
        status.state = Some(recording.machine.state().phase());
        status.effective_at_ms = Some(millis_of(position));
        status.recorded_ms = Some(recording.recorded_ms());
        let purpose = Purpose::Annotation(Box::new(incoming), Box::new(status));
        recording.step(Step::Sync, session, purpose);
        self.controls.busy = true;
    }

    fn note_of(&self, data: serde_json::Value) -> Result<RecordingAnnotate, CommandError> {
        let note: RecordingAnnotate = serde_json::from_value(data)
            .map_err(|error| CommandError::bad_argument(format!("`value.data`: {error}")))?;
        note.check()?;
        let recording = &self.recording;
        let session = (recording.session.as_ref()).filter(|_| recording.machine.state().is_open());
        let session = session.ok_or_else(CommandError::recording_not_started)?;
        let notes = session.timeline.iter();
        let notes = notes.filter(|entry| matches!(entry.event, TimelineEvent::Annotation { .. }));
        if notes.count() >= RecordingAnnotate::MOST {
            let most = RecordingAnnotate::MOST;
            let why = format!("a recording has at most {most} annotations");
            return Err(CommandError::bad_argument(why));
        }
        Ok(note)
    }

    /// The recorder has the note on disk, or could not; then the session is closed with what it has, as after any step
    /// that fails.
    pub(super) fn annotated(
        &mut self,
        incoming: &Incoming,
        status: &RecordingStatus,
        stored: Option<SessionRecord>,
    ) {
        let answer: Answer = if let Some(stored) = stored {
            self.recording.learn(stored);
            Json::of(status).map_err(|error| CommandError::bad_argument(error.to_string()))
        } else {
            let position = self.position;
            self.recording.close_tap(position);
            if self.recording.machine.fail().is_some() {
                self.salvage();
            }
            Err(CommandError::recording_storage_failed())
        };
        self.settle(incoming, answer);
    }
}
