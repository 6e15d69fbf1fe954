//! The recording commands: planned, done by the recorder, and answered when that is on disk.

use onhook::recording::{
    Action, Effect, ErrorCode, RecordingPause, RecordingStart, RecordingStatus, StartOptions,
};
use onhook::{CommandError, Json};
use time::OffsetDateTime;

use super::arguments::Arguments;
use super::control::Incoming;
use super::engine::Engine;
use super::recording::{Carried, Purpose, seal};
use super::tap::Tap;
use super::transcript::Event;
use crate::media::millis_of;
use crate::recorder::{Done, Step};
use crate::store::SessionId;
use crate::store::metadata::{SessionRecord, SessionState, StartReason, TimelineEvent};

impl Engine {
    /// Carries out a recording command.
    pub(super) fn record(
        &mut self,
        action: Action,
        incoming: Incoming,
        data: Option<serde_json::Value>,
    ) {
        let arguments = Arguments::read(action, data).and_then(|arguments| {
            let start = self.format(&arguments.start)?;
            Ok((arguments, start))
        });
        let (Arguments { start, pause }, format) = match arguments {
            Ok(arguments) => arguments,
            Err(error) => return self.settle(&incoming, Err(error)),
        };
        let planned = (self.recording.machine).plan(action, StartOptions::from(&start));
        let transition = match planned {
            Ok(transition) => transition,
            Err(error) => return self.settle(&incoming, Err(error)),
        };
        if transition.effect == Effect::Reopen && self.recording.tap.is_full() {
            let full = "The recording has reached its longest duration; another can be started";
            let code = ErrorCode::RecordingNotStarted.as_str();
            return self.settle(&incoming, Err(CommandError::new(code, full)));
        }
        let (effective, at) = (self.position, self.now());
        let step = match &transition.effect {
            Effect::OpenSession { session, paused } => {
                let number = session.saturating_add(self.recording.failed_starts);
                let mut session = self.session(number, at, start, &incoming);
                session.channels = format.channels;
                let roll_over = self.shared.roll_over;
                session.samples_per_part =
                    roll_over.map(|roll_over| roll_over.samples(format.channels.count()));
                let recording = &mut self.recording;
                let last = recording.session.replace(session);
                recording.before = last.map(|session| (session, recording.tap.clone()));
                let paused = paused.then_some(self.shared.pause_mode);
                recording.tap = Tap::at(effective, paused).with(format.channels, format.limit);
                Step::Open
            }
            effect => self.change(effect, at, incoming.command_id.clone(), pause),
        };
        let Some(session) = self.recording.session.clone() else {
            // What is open has a session; without one there is nothing to change.
            return self.settle(&incoming, Err(CommandError::recording_not_started()));
        };
        self.controls.busy = true;
        let incoming = Box::new(incoming);
        let carried = Carried {
            transition,
            incoming,
            action,
            effective,
            recorded: self.recording.tap.samples(),
        };
        (self.recording).step(step, session, Purpose::Command(carried));
    }

    /// Changes the session that there is, and says what the recorder must do for it.
    fn change(
        &mut self,
        effect: &Effect,
        at: OffsetDateTime,
        command_id: Option<String>,
        pause: RecordingPause,
    ) -> Step {
        let position = self.position;
        let recording = &mut self.recording;
        match effect {
            Effect::OpenSession { .. } => Step::Open,
            Effect::Pause => {
                let (reason, mode) = (pause.reason, pause.mode.unwrap_or(self.shared.pause_mode));
                recording.pause_tap(position, mode);
                let event = TimelineEvent::Pause {
                    command_id,
                    reason,
                    mode,
                };
                recording.mark(at, event);
                recording.set_state(SessionState::Paused);
                Step::Sync
            }
            Effect::Resume | Effect::Reopen => {
                if *effect == Effect::Reopen {
                    let session = recording.session.clone();
                    recording.before = session.map(|session| (session, recording.tap.clone()));
                }
                let gap_ms = millis_of(position.saturating_sub(recording.tap.cut_at()));
                recording.mark(at, TimelineEvent::Resume { command_id, gap_ms });
                recording.set_state(SessionState::Recording);
                recording.tap.hold();
                if *effect == Effect::Resume {
                    return Step::Sync;
                }
                if let Some(session) = &mut recording.session {
                    session.revision += 1;
                    session.session_end_reason = None;
                }
                Step::Reopen
            }
            Effect::Close(reason) => {
                self.write_down_key();
                let recording = &mut self.recording;
                recording.close_tap(position);
                recording.mark(at, TimelineEvent::Stop { command_id });
                recording.set_state(SessionState::Stopped);
                if let Some(session) = &mut recording.session {
                    session.session_end_reason = Some(reason.as_str().to_owned());
                }
                Step::Close
            }
        }
    }

    /// A session that starts.
    fn session(
        &self,
        number: u32,
        at: OffsetDateTime,
        start: RecordingStart,
        incoming: &Incoming,
    ) -> SessionRecord {
        let id = SessionId::new(self.dial.conversation_id.as_str(), number, self.day);
        let mut session = SessionRecord::new(id, at);
        session.start_reason = StartReason {
            command_id: incoming.command_id.clone(),
            activity_id: incoming.activity.id.clone(),
            bot_id: Some(self.dial.to.clone()),
        };
        session.from = Some(self.dial.from.clone());
        session.to = Some(self.dial.to.clone());
        session.locale = Some(self.dial.locale.clone());
        session.participants = vec![self.dial.from.clone(), self.dial.to.clone()];
        session.custom = start.metadata;
        session.billing = self.shared.billing;
        let mut mark = |event| {
            session
                .timeline
                .push(crate::store::metadata::TimelineEntry {
                    at,
                    offset_ms: 0,
                    event,
                });
        };
        mark(TimelineEvent::Start {
            command_id: incoming.command_id.clone(),
        });
        if start.pause_on_start {
            mark(TimelineEvent::Pause {
                command_id: None,
                reason: None,
                mode: self.shared.pause_mode,
            });
            session.state = SessionState::Paused;
        }
        session
    }

    /// The recorder has taken a step, or could not.
    pub(super) fn recorded(&mut self, done: Done, purpose: Purpose) {
        self.controls.busy = false;
        let stored = match done {
            Ok(stored) => Some(*stored),
            Err(failure) => {
                self.trouble(&failure);
                None
            }
        };
        match (purpose, stored) {
            (Purpose::Command(carried), Some(stored)) => {
                self.recording.learn(stored);
                if self.recording.machine.commit(&carried.transition).is_ok() {
                    self.carried_out(carried);
                } else {
                    self.not_carried_out(&carried);
                }
            }
            (Purpose::Command(carried), None) => self.not_carried_out(&carried),
            (Purpose::Annotation(incoming, status), stored) => {
                self.annotated(&incoming, &status, stored);
            }
            (Purpose::SealBefore(carried, session), stored) => {
                // As complete as it can be; the start is not refused for its sake.
                self.recording.sealed.push(stored.unwrap_or(*session));
                if self.recording.machine.state() == carried.transition.to {
                    self.answer_carried_out(&carried);
                } else {
                    // Audio of the new session could not be written meanwhile.
                    self.salvage();
                    let error = CommandError::recording_storage_failed();
                    self.settle(&carried.incoming, Err(error));
                }
            }
            (Purpose::Salvage, Some(stored)) => self.recording.learn(stored),
            // The end of the call tries again.
            (Purpose::Salvage, None) => {}
            (Purpose::Limit, stored) => self.ended_at_limit(stored),
            (Purpose::Seal, None) => self.seal_broken(),
            (Purpose::Seal | Purpose::SealBroken, stored) => self.sealed(stored),
        }
    }

    /// The disk has it, and the state follows.
    fn carried_out(&mut self, carried: Carried) {
        let delete_after = self.recording.kept_until(self.now());
        let recording = &mut self.recording;
        recording.tap.release();
        let opened = matches!(carried.transition.effect, Effect::OpenSession { .. });
        match recording.before.take().filter(|_| opened) {
            Some((mut last, tap)) => {
                seal(&mut last, tap.samples(), delete_after);
                let purpose = Purpose::SealBefore(carried, Box::new(last.clone()));
                recording.step(Step::Finish, last, purpose);
                self.controls.busy = true;
            }
            None => self.answer_carried_out(&carried),
        }
    }

    fn answer_carried_out(&mut self, carried: &Carried) {
        let recording = &self.recording;
        let id = recording.session.as_ref().map(|session| &session.id);
        let mut status = RecordingStatus::new();
        status.recording_id = id.map(SessionId::recording_id);
        status.session = id.map(SessionId::session);
        status.state = Some(carried.transition.to.phase());
        status.effective_at_ms = Some(millis_of(carried.effective));
        // What was heard since then need not be on disk yet, and is not part of the answer.
        let samples = recording.tap.samples().min(carried.recorded);
        status.recorded_ms = Some(millis_of(samples));
        let what = match carried.action {
            Action::Start => "started",
            Action::Pause => "paused",
            Action::Resume => "resumed",
            Action::Stop => "stopped",
        };
        let session = status.session.unwrap_or_default();
        self.note(Event::Recording(format!("{what} (session {session})")));
        let answer =
            Json::of(&status).map_err(|error| CommandError::bad_argument(error.to_string()));
        self.settle(&carried.incoming, answer);
    }

    /// The command failed: what opens a file leaves everything as it was, anything else closes the session.
    fn not_carried_out(&mut self, carried: &Carried) {
        let position = self.position;
        self.recording.close_tap(position);
        match carried.transition.effect {
            Effect::OpenSession { .. } => {
                self.recording.failed_starts += 1;
                self.recording.go_back();
            }
            Effect::Reopen => self.recording.go_back(),
            _ => {
                self.recording.machine.fail();
                self.salvage();
            }
        }
        let error = CommandError::recording_storage_failed();
        self.settle(&carried.incoming, Err(error));
    }
}
