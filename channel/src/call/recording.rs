//! The recording of a call: the state machine, the tap on the audio, and the session that is open.

use std::time::Duration;

use onhook::recording::{
    Action, BillingPolicy, Ledger, Machine, MicroUsd, RecordingStatus, State, Transition,
};
use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::control::{Answer, Incoming};
use super::report::RecordingReport;
use super::tap::Tap;
use crate::channel::Shared;
use crate::media::{SAMPLE_RATE, Sound, millis_of};
use crate::recorder::{Done, Recorder, RecorderError, Step, keep_within};
use crate::store::Store;
use crate::store::metadata::{SessionRecord, SessionState, TimelineEntry, TimelineEvent};
use crate::vcon::{self, VconError};

/// What the recorder is doing for the call.
#[derive(Debug)]
struct UnderWay {
    outcome: oneshot::Receiver<Done>,
    purpose: Purpose,
}

/// For what the recorder takes a step.
#[derive(Debug)]
pub(super) enum Purpose {
    /// A command.
    Command(Carried),
    /// A note; what is answered to it.
    Annotation(Box<Incoming>, Box<RecordingStatus>),
    /// The session before the one that has just started is sealed; then the start is answered.
    SealBefore(Carried, Box<SessionRecord>),
    /// The session has as much audio as it may have.
    Limit,
    /// The call is over.
    Seal,
    /// The call is over, and the audio could not be closed: at least the metadata say so.
    SealBroken,
    /// What can be saved of a session whose audio could not be written.
    Salvage,
}

/// A recording command while it is carried out.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) transition: Transition,
    pub(super) incoming: Box<Incoming>,
    pub(super) action: Action,
    /// Where in the call it takes effect, in samples.
    pub(super) effective: u64,
    /// Samples that the session has then.
    pub(super) recorded: u64,
}

/// What the recorder has to say.
#[derive(Debug)]
pub(super) enum News {
    /// The step that was under way is done, or could not be.
    Done(Done, Purpose),
    /// Audio could not be written.
    Failed(RecorderError),
}

/// The recording of one call.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(super) machine: Machine,
    pub(super) ledger: Ledger<Answer>,
    /// Whether audio flows, so that there is something to record.
    pub(super) media_is_up: bool,
    store: Store,
    billing: BillingPolicy,
    retention: Duration,
    recorder: Recorder,
    pub(super) tap: Tap,
    /// The session that is open or was the last one.
    pub(super) session: Option<SessionRecord>,
    /// How it was before a start or a resume that is under way, and is again should that fail.
    pub(super) before: Option<(SessionRecord, Tap)>,
    /// Sessions that are sealed.
    pub(super) sealed: Vec<SessionRecord>,
    /// Session numbers that were used up by starts that failed: a folder may be left of them.
    pub(super) failed_starts: u32,
    under_way: Option<UnderWay>,
    /// Who is on which channel is known now, and on its way nowhere yet.
    unsaid: bool,
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
            recorder: Recorder::start(shared.shelf()),
            tap: Tap::default(),
            session: None,
            before: None,
            sealed: Vec::new(),
            failed_starts: 0,
            under_way: None,
            unsaid: false,
        }
    }

    /// Whether nobody may know what the caller says and presses: from the moment at which a pause takes effect until
    /// the recording goes on.
    pub(super) fn hides_input(&self) -> bool {
        let state = self.machine.state();
        matches!(state, State::Paused(_)) || state.is_open() && self.tap.is_deaf()
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
            outcome = under_way => match self.under_way.take() {
                Some(UnderWay { purpose, .. }) => {
                    News::Done(outcome.unwrap_or(Err(RecorderError::Died)), purpose)
                }
                None => News::Failed(RecorderError::Died),
            },
        }
    }

    /// Hears 20 ms of the call.
    pub(super) fn hear(&mut self, sound: &Sound) {
        let batch = self.tap.hear(sound);
        let channels = self.tap.channels();
        if let Some(session) = self.session.as_mut().filter(|_| !batch.is_empty())
            && session.channels != channels
        {
            session.channels = channels;
            self.unsaid = true;
        }
        self.recorder.audio(&batch);
        if self.unsaid && !self.is_busy() {
            self.unsaid = false;
            // After a crash, nothing else would say who is on which channel. Nobody waits for it; what keeps it from the
            // disk will be told of the audio.
            if let Some(session) = self.session.clone() {
                drop(self.recorder.step(Step::Sync, session));
            }
        }
    }

    /// Closes the tap: what was heard before is the recorder's, what comes after goes nowhere.
    pub(super) fn close_tap(&mut self, position: u64) {
        let rest = self.tap.close(position);
        self.recorder.audio(&rest);
    }

    /// As [`Recording::close_tap`], with silence for what comes after.
    pub(super) fn mute_tap(&mut self, position: u64) {
        let rest = self.tap.mute(position);
        self.recorder.audio(&rest);
    }

    /// A key was pressed; `None` if it must not be known.
    pub(super) fn key(&mut self, at: OffsetDateTime, key: Option<char>) {
        if self.machine.state().is_open() || !self.tap.is_closed() {
            let value = key.map(String::from);
            self.mark(at, TimelineEvent::Dtmf { party: 0, value });
        }
    }

    pub(super) fn mark(&mut self, at: OffsetDateTime, event: TimelineEvent) {
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
    pub(super) fn recorded_ms(&self) -> u64 {
        millis_of(self.tap.samples())
    }

    pub(super) fn set_state(&mut self, state: SessionState) {
        if let Some(session) = &mut self.session {
            session.state = state;
        }
    }

    /// Has the recorder take a step for this session.
    pub(super) fn step(&mut self, step: Step, session: SessionRecord, purpose: Purpose) {
        self.unsaid = false;
        let outcome = self.recorder.step(step, session);
        self.under_way = Some(UnderWay { outcome, purpose });
    }

    /// Takes over what the recorder found out about the audio, and nothing else: the timeline has gone on.
    pub(super) fn learn(&mut self, stored: SessionRecord) {
        let Some(session) = &mut self.session else {
            return;
        };
        // Another call of the same conversation id may have had its number.
        session.id = stored.id;
        session.document_id = stored.document_id;
        session.first_session = stored.first_session;
        session.parts = stored.parts;
        session.open_samples = stored.open_samples;
        session.lost_frames = stored.lost_frames;
        if stored.state == SessionState::Partial {
            session.state = SessionState::Partial;
        }
        if session.lost_frames.is_some() {
            keep_within(session);
        }
        if !session.parts.is_empty() {
            let samples = session.parts.iter().map(|part| part.samples).sum();
            self.tap.settle(samples);
        }
    }

    /// Makes the session what it was before a start or a resume that failed.
    pub(super) fn go_back(&mut self) {
        let (session, tap) = self.before.take().unzip();
        self.session = session;
        self.tap = tap.unwrap_or_default();
    }

    /// Until when a recording is kept that is sealed now.
    pub(super) fn kept_until(&self, now: OffsetDateTime) -> OffsetDateTime {
        let kept = time::Duration::try_from(self.retention);
        now.saturating_add(kept.unwrap_or(time::Duration::MAX))
    }

    /// Writes the vCon of a call that is over; gives what kept it from being written.
    pub(super) async fn write_vcon(&self) -> Option<VconError> {
        let session = self.sealed.first().or(self.session.as_ref())?;
        let (id, store) = (session.id.clone(), self.store.clone());
        let write = move || vcon::write(&store, id.conversation(), id.day());
        // A panic of the store is none of the call's.
        match tokio::task::spawn_blocking(write).await.ok()?.err()? {
            VconError::NoRecording(_) => None,
            error => Some(error),
        }
    }

    /// The recordings of the call, when it is over.
    pub(super) fn finish(self) -> Vec<RecordingReport> {
        let (store, billing) = (&self.store, self.billing);
        let sessions = self.sealed.iter().chain(&self.session);
        sessions
            .map(|session| report(session, store, billing))
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
        parts: match session.parts.as_slice() {
            [] => vec![store.content(&session.id)],
            parts => parts.iter().map(|part| folder.join(&part.file)).collect(),
        },
        metadata: folder.join("metadata.json"),
        folder,
        duration: Duration::from_secs(samples) / SAMPLE_RATE,
        samples,
        bytes: session.parts.iter().map(|part| part.bytes).sum(),
        price: MicroUsd(billing.micro_usd(metadata.onhook.recorded_ms)),
        end_reason: session.session_end_reason.clone().unwrap_or_default(),
    }
}

/// Marks a session as sealed; one that a fault ended stays marked as such.
pub(super) fn seal(session: &mut SessionRecord, samples: u64, delete_after: OffsetDateTime) {
    session.delete_after = Some(delete_after);
    if session.state != SessionState::Partial {
        session.state = if samples == 0 {
            SessionState::Empty
        } else {
            SessionState::Sealed
        };
    }
}
