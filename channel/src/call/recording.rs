//! The recording of a call: the state machine, the tap on the audio, and the session that is open.

use std::mem;
use std::time::Duration;

use onhook::recording::{
    Action, BillingPolicy, Effect, EndReason, Ledger, Machine, RecordingPause, RecordingStart,
    RecordingStatus, StartOptions, State, Transition,
};
use onhook::{Activity, CommandError, Json};
use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::control::{Answer, Incoming};
use super::engine::Engine;
use super::report::RecordingReport;
use super::transcript::Event;
use crate::channel::Shared;
use crate::media::{Frame, SAMPLE_RATE, millis_of};
use crate::recorder::{Done, Recorder, Step};
use crate::store::metadata::{
    PauseMode, SessionRecord, SessionState, StartReason, TimelineEntry, TimelineEvent,
};
use crate::store::{SessionId, Store, StoreError};
use crate::vcon::{self, VconError};

/// Samples that are gathered before they go to the recorder: one second.
const BATCH: usize = SAMPLE_RATE as usize;

/// Where the call's audio goes.
#[derive(Debug, Default, PartialEq, Eq)]
enum Tap {
    /// Nowhere: nothing is kept, in memory or on disk.
    #[default]
    Closed,
    /// Into memory, while the file is being opened: it was asked for and is not lost if that succeeds.
    Held,
    /// To the recorder.
    Open,
}

/// What the recorder is doing for the call.
#[derive(Debug)]
struct UnderWay {
    outcome: oneshot::Receiver<Done>,
    purpose: Purpose,
}

#[derive(Debug)]
enum Purpose {
    Command {
        transition: Transition,
        incoming: Box<Incoming>,
        action: Action,
        effective: u64,
    },
    /// The session before the one that starts is sealed first.
    SealBefore {
        incoming: Box<Incoming>,
        start: Box<RecordingStart>,
        effective: u64,
    },
    /// The call is over.
    Seal,
    /// What can be saved of a session whose audio could not be written.
    Salvage,
}

/// What the recorder has to say.
#[derive(Debug)]
pub(super) enum News {
    /// The step that was under way is done, or could not be; no error: the recorder did not take it.
    Done(Result<Box<SessionRecord>, Option<StoreError>>),
    /// Audio could not be written.
    Failed(StoreError),
}

/// The recording of one call.
#[derive(Debug)]
pub(crate) struct Recording {
    machine: Machine,
    pub(super) ledger: Ledger<Answer>,
    /// Whether audio flows, so that there is something to record.
    pub(super) media_is_up: bool,
    store: Store,
    billing: BillingPolicy,
    retention: Duration,
    recorder: Recorder,
    tap: Tap,
    batch: Vec<i16>,
    /// The session that is open or was the last one.
    session: Option<SessionRecord>,
    /// Samples of it that were kept.
    samples: u64,
    /// Where in the call the audio was last cut off, by a pause or a stop.
    cut_at: u64,
    /// Sessions that are sealed.
    sealed: Vec<SessionRecord>,
    /// Session numbers that were used up by starts that failed: a folder may be left of them.
    failed_starts: u32,
    under_way: Option<UnderWay>,
}

impl Recording {
    pub(super) fn new(shared: &Shared) -> Recording {
        Recording {
            machine: Machine::new(shared.resume_policy),
            ledger: Ledger::default(),
            media_is_up: false,
            store: shared.store.clone(),
            billing: shared.billing,
            retention: shared.retention,
            recorder: Recorder::start(shared.store.clone(), shared.publisher.clone()),
            tap: Tap::Closed,
            batch: Vec::new(),
            session: None,
            samples: 0,
            cut_at: 0,
            sealed: Vec::new(),
            failed_starts: 0,
            under_way: None,
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        matches!(self.machine.state(), State::Paused(_))
    }

    pub(super) fn is_busy(&self) -> bool {
        self.under_way.is_some()
    }

    /// Waits for what the recorder has to say.
    pub(super) async fn news(&mut self) -> News {
        let under_way = async {
            match &mut self.under_way {
                Some(under_way) => (&mut under_way.outcome).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(failure) = self.recorder.failed() => News::Failed(failure),
            outcome = under_way => News::Done(match outcome {
                Ok(done) => done.map_err(Some),
                Err(_dropped) => Err(None),
            }),
        }
    }

    /// Hears 20 ms of the call.
    pub(super) fn hear(&mut self, frame: &Frame) {
        if self.tap == Tap::Closed {
            return;
        }
        self.batch.extend_from_slice(frame.samples());
        if self.tap == Tap::Open && self.batch.len() >= BATCH {
            self.flush();
        }
    }

    /// Gives the recorder what was gathered.
    fn flush(&mut self) {
        let batch = mem::take(&mut self.batch);
        let samples = batch.len() as u64;
        if self.recorder.audio(batch) {
            self.samples += samples;
        } else if let Some(session) = &mut self.session {
            *session.lost_frames.get_or_insert(0) += samples / crate::media::FRAME_SAMPLES as u64;
        }
    }

    /// Closes the tap: what was heard before is the recorder's, what comes after goes nowhere.
    fn close_tap(&mut self, position: u64) {
        if self.tap == Tap::Open {
            self.flush();
        }
        self.tap = Tap::Closed;
        self.batch = Vec::new();
        self.cut_at = position;
    }

    /// A key was pressed; `None` if it must not be known.
    pub(super) fn key(&mut self, at: OffsetDateTime, key: Option<char>) {
        if self.machine.state().is_open() {
            self.mark(
                at,
                TimelineEvent::Dtmf {
                    party: 0,
                    value: key.map(String::from),
                },
            );
        }
    }

    fn mark(&mut self, at: OffsetDateTime, event: TimelineEvent) {
        let offset_ms = self.recorded_ms();
        if let Some(session) = &mut self.session {
            session.timeline.push(TimelineEntry {
                at,
                offset_ms,
                event,
            });
        }
    }

    /// Milliseconds that the session has, what is still being gathered included.
    fn recorded_ms(&self) -> u64 {
        millis_of(self.samples + self.batch.len() as u64)
    }

    fn step(&mut self, step: Step, purpose: Purpose) {
        if let Some(session) = &self.session {
            let outcome = self.recorder.step(step, session.clone());
            self.under_way = Some(UnderWay { outcome, purpose });
        }
    }

    /// How long a recording is kept once it is sealed.
    fn kept(&self) -> time::Duration {
        time::Duration::try_from(self.retention).unwrap_or(time::Duration::MAX)
    }

    /// Writes the vCon of a call that is over; gives what kept it from being written.
    pub(super) async fn write_vcon(&self) -> Option<VconError> {
        let (id, store) = (self.sealed.first()?.id.clone(), self.store.clone());
        let write = move || vcon::write(&store, id.conversation(), id.day());
        // A panic of the store is none of the call's.
        match tokio::task::spawn_blocking(write).await.ok()?.err()? {
            VconError::NoRecording(_) => None,
            error => Some(error),
        }
    }

    /// The recordings of the call, when it is over.
    pub(super) async fn finish(self) -> Vec<RecordingReport> {
        let Recording {
            store,
            sealed,
            billing,
            recorder,
            ..
        } = self;
        drop(recorder);
        sealed
            .iter()
            .map(|session| report(session, &store, billing))
            .collect()
    }
}

fn report(session: &SessionRecord, store: &Store, billing: BillingPolicy) -> RecordingReport {
    let metadata = session.metadata();
    let samples = session.parts.iter().map(|part| part.samples).sum::<u64>() + session.open_samples;
    let folder = store.folder(&session.id);
    RecordingReport {
        recording_id: session.id.recording_id(),
        session: session.id.session(),
        content: store.content(&session.id),
        metadata: folder.join("metadata.json"),
        folder,
        duration: std::time::Duration::from_secs(samples) / SAMPLE_RATE,
        samples,
        bytes: session.parts.iter().map(|part| part.bytes).sum(),
        price: onhook::recording::MicroUsd(billing.micro_usd(metadata.onhook.recorded_ms)),
        end_reason: session.session_end_reason.clone().unwrap_or_default(),
    }
}

impl Engine {
    /// Carries out a recording command: plans it, has the recorder do it, and answers when that is on disk.
    pub(super) fn record(
        &mut self,
        action: Action,
        incoming: Incoming,
        data: Option<serde_json::Value>,
    ) {
        let (start, pause) = match arguments(action, data) {
            Ok(arguments) => arguments,
            Err(error) => return self.settle(&incoming, Err(error)),
        };
        let options = StartOptions {
            pause_on_start: start.pause_on_start,
        };
        let transition = match self.recording.machine.plan(action, options) {
            Ok(transition) => transition,
            Err(error) => return self.settle(&incoming, Err(error)),
        };
        let (effective, at) = (self.position, self.now());
        let command_id = incoming.command_id.clone();
        let incoming = Box::new(incoming);
        self.controls.busy = true;
        let recording = &mut self.recording;
        let step = match transition.effect {
            Effect::OpenSession { paused, .. } => {
                recording.tap = if paused { Tap::Closed } else { Tap::Held };
                if recording.session.is_some() {
                    let purpose = Purpose::SealBefore {
                        incoming,
                        start: Box::new(start),
                        effective,
                    };
                    let delete_after = at.saturating_add(recording.kept());
                    if let Some(session) = &mut recording.session {
                        seal(session, None, delete_after);
                    }
                    return recording.step(Step::Describe, purpose);
                }
                return self.open(transition, incoming, start, effective);
            }
            Effect::Pause => {
                recording.close_tap(effective);
                let event = TimelineEvent::Pause {
                    command_id,
                    reason: pause.reason,
                    mode: PauseMode::Skip,
                };
                recording.mark(at, event);
                recording.set_state(SessionState::Paused);
                Step::Sync
            }
            Effect::Resume | Effect::Reopen => {
                recording.tap = Tap::Held;
                let gap_ms = millis_of(effective.saturating_sub(recording.cut_at));
                recording.mark(at, TimelineEvent::Resume { command_id, gap_ms });
                recording.set_state(SessionState::Recording);
                if transition.effect == Effect::Resume {
                    Step::Sync
                } else {
                    if let Some(session) = &mut recording.session {
                        session.revision += 1;
                        session.session_end_reason = None;
                    }
                    Step::Reopen
                }
            }
            Effect::Close(ref reason) => {
                recording.close_tap(effective);
                recording.mark(at, TimelineEvent::Stop { command_id });
                recording.set_state(SessionState::Stopped);
                if let Some(session) = &mut recording.session {
                    session.session_end_reason = Some(reason.as_str().to_owned());
                }
                Step::Close
            }
        };
        self.recording.step(
            step,
            Purpose::Command {
                transition,
                incoming,
                action,
                effective,
            },
        );
    }

    /// Opens the file of a session that starts.
    fn open(
        &mut self,
        transition: Transition,
        incoming: Box<Incoming>,
        start: RecordingStart,
        effective: u64,
    ) {
        let at = self.now();
        let number = transition
            .to
            .session()
            .unwrap_or(1)
            .saturating_add(self.recording.failed_starts);
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
        if start.pause_on_start {
            session.state = SessionState::Paused;
        }
        let recording = &mut self.recording;
        recording.samples = 0;
        recording.cut_at = effective;
        recording.session = Some(session);
        recording.mark(
            at,
            TimelineEvent::Start {
                command_id: incoming.command_id.clone(),
            },
        );
        if start.pause_on_start {
            recording.mark(
                at,
                TimelineEvent::Pause {
                    command_id: None,
                    reason: None,
                    mode: PauseMode::Skip,
                },
            );
        }
        recording.step(
            Step::Open,
            Purpose::Command {
                transition,
                incoming,
                action: Action::Start,
                effective,
            },
        );
    }

    /// The recorder has done a step, or could not.
    pub(super) fn recorded(&mut self, done: Result<Box<SessionRecord>, Option<StoreError>>) {
        let Some(UnderWay { purpose, .. }) = self.recording.under_way.take() else {
            return;
        };
        self.controls.busy = false;
        let failure = match done {
            Ok(session) => {
                self.recording.session = Some(*session);
                None
            }
            Err(Some(error)) => Some(error.to_string()),
            Err(None) => Some("the recorder is too far behind".to_owned()),
        };
        if let Some(failure) = &failure {
            self.note(Event::Trouble(format!(
                "the recording could not be stored: {failure}"
            )));
        }
        match purpose {
            Purpose::Command {
                transition,
                incoming,
                action,
                effective,
            } => {
                let committed =
                    failure.is_none() && self.recording.machine.commit(&transition).is_ok();
                if committed {
                    self.carried_out(&transition, &incoming, action, effective);
                } else {
                    self.not_carried_out(&transition, &incoming);
                }
            }
            Purpose::SealBefore {
                incoming,
                start,
                effective,
            } => {
                // The session before is as complete as it can be; the next one is not refused for its sake.
                self.set_aside();
                let options = StartOptions {
                    pause_on_start: start.pause_on_start,
                };
                match self.recording.machine.plan(Action::Start, options) {
                    Ok(transition) => {
                        self.controls.busy = true;
                        self.open(transition, incoming, *start, effective);
                    }
                    Err(error) => {
                        self.recording.close_tap(effective);
                        self.settle(&incoming, Err(error));
                    }
                }
            }
            Purpose::Seal => {
                self.set_aside();
                self.note(Event::Recording("sealed".to_owned()));
                self.part();
            }
            Purpose::Salvage => {}
        }
    }

    fn carried_out(
        &mut self,
        transition: &Transition,
        incoming: &Incoming,
        action: Action,
        effective: u64,
    ) {
        let recording = &mut self.recording;
        if recording.tap == Tap::Held {
            recording.tap = Tap::Open;
        }
        let mut status = RecordingStatus::new();
        let id = recording.session.as_ref().map(|session| &session.id);
        status.recording_id = id.map(SessionId::recording_id);
        status.session = id.map(SessionId::session);
        status.state = Some(transition.to.phase());
        status.effective_at_ms = Some(millis_of(effective));
        status.recorded_ms = Some(recording.recorded_ms());
        let what = match action {
            Action::Start => "started",
            Action::Pause => "paused",
            Action::Resume => "resumed",
            Action::Stop => "stopped",
        };
        let session = status.session.unwrap_or_default();
        self.note(Event::Recording(format!("{what} (session {session})")));
        let answer =
            Json::of(&status).map_err(|error| CommandError::bad_argument(error.to_string()));
        self.settle(incoming, answer);
    }

    /// The command failed: a start leaves the state as it was, anything else closes the session.
    fn not_carried_out(&mut self, transition: &Transition, incoming: &Incoming) {
        let position = self.position;
        self.recording.close_tap(position);
        if matches!(transition.effect, Effect::OpenSession { .. }) {
            self.recording.failed_starts += 1;
            self.recording.session = None;
        } else {
            self.recording.machine.fail();
            self.salvage();
        }
        self.settle(incoming, Err(CommandError::recording_storage_failed()));
    }

    /// Audio could not be written: the session is closed with what it has, the bot is told, the call goes on.
    pub(super) fn recorder_failed(&mut self, failure: &StoreError) {
        self.note(Event::Trouble(format!(
            "the recording could not be stored: {failure}"
        )));
        let position = self.position;
        self.recording.close_tap(position);
        if self.recording.machine.fail().is_none() {
            return;
        }
        self.note(Event::Recording("failed".to_owned()));
        let mut event = Activity::event("recordingStateChanged");
        event.value = Json::of(&self.recording.machine.state().phase()).ok();
        self.deliver(event);
        if !self.recording.is_busy() {
            self.salvage();
        }
    }

    /// Saves what can be saved of the session.
    fn salvage(&mut self) {
        let at = self.now();
        self.recording.mark(
            at,
            TimelineEvent::End {
                reason: EndReason::StorageFailed.as_str().to_owned(),
            },
        );
        if let Some(session) = &mut self.recording.session {
            session.state = SessionState::Partial;
            session.session_end_reason = Some(EndReason::StorageFailed.as_str().to_owned());
        }
        self.controls.busy = true;
        self.recording.step(Step::Close, Purpose::Salvage);
    }

    /// The call is over: closes what is open and seals it, then tells the bot.
    pub(super) fn seal(&mut self, reason: EndReason) {
        let (position, at) = (self.position, self.now());
        let recording = &mut self.recording;
        let closes = recording.machine.end(reason.clone()).is_some();
        recording.close_tap(position);
        recording
            .ledger
            .end(std::time::Duration::from_millis(millis_of(position)));
        if recording.session.is_none() {
            return self.part();
        }
        recording.mark(
            at,
            TimelineEvent::End {
                reason: reason.as_str().to_owned(),
            },
        );
        let delete_after = at.saturating_add(recording.kept());
        let empty = recording.samples == 0;
        if let Some(session) = &mut recording.session {
            seal(session, closes.then_some(&reason), delete_after);
            if empty && session.state == SessionState::Sealed {
                session.state = SessionState::Empty;
            }
        }
        self.controls.busy = true;
        self.recording.step(
            if closes { Step::Close } else { Step::Describe },
            Purpose::Seal,
        );
    }

    /// The session is over for good.
    fn set_aside(&mut self) {
        self.recording.sealed.extend(self.recording.session.take());
    }
}

impl Recording {
    fn set_state(&mut self, state: SessionState) {
        if let Some(session) = &mut self.session {
            session.state = state;
        }
    }
}

/// Marks a session as sealed; one that a fault ended stays marked as such.
fn seal(session: &mut SessionRecord, reason: Option<&EndReason>, delete_after: OffsetDateTime) {
    session.delete_after = Some(delete_after);
    if session.state != SessionState::Partial {
        session.state = SessionState::Sealed;
    }
    if let Some(reason) = reason {
        session.session_end_reason = Some(reason.as_str().to_owned());
    }
}

/// Reads the data of a recording command.
fn arguments(
    action: Action,
    data: Option<serde_json::Value>,
) -> Result<(RecordingStart, RecordingPause), CommandError> {
    fn read<T: serde::de::DeserializeOwned + Default>(
        data: Option<serde_json::Value>,
    ) -> Result<T, CommandError> {
        let Some(data) = data else {
            return Ok(T::default());
        };
        serde_json::from_value(data)
            .map_err(|error| CommandError::bad_argument(format!("`value.data`: {error}")))
    }
    let mut arguments = (RecordingStart::default(), RecordingPause::default());
    match action {
        Action::Start => arguments.0 = read(data)?,
        Action::Pause => arguments.1 = read(data)?,
        Action::Resume | Action::Stop => {}
    }
    arguments.0.check()?;
    Ok(arguments)
}
