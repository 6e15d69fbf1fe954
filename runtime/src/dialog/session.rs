//! One turn of a dialog: the record as it was loaded, and what the turn makes of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use time::OffsetDateTime;

use super::dialogs::Dialogs;
use super::failure::{DialogError, Place, Signal, Unanswered};
use super::input::Input;
use super::journal::{BYTES, ENTRIES, Entry, Kind, Outcome};
use super::record::{KeptStep, Record, Running, Wait};
use super::speaking;
use super::values::{TurnState, within_bounds};
use super::volatile::Volatile;
use crate::activity::{Activity, ActivityType, Json};
use crate::connector::SendError;
use crate::error::{Error, Result};
use crate::state::{ETag, Expect, StateError, UnixMillis, Write};
use crate::turn::Turn;

/// How long a record lives after its last turn.
const EXPIRES: Duration = Duration::from_secs(24 * 60 * 60);

/// A turn of a conversation with its record. What happens in it is collected, committed, and only then said.
pub(crate) struct Session {
    pub(super) dialogs: Arc<Dialogs>,
    pub(super) key: String,
    /// The turn's activity and connector: with them is sent what the dialog says.
    pub(super) speaker: Turn,
    state: Mutex<State>,
}

/// The session in the bag of its turn.
pub(super) struct Handle(pub(super) Arc<Session>);

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the turn"
)]
pub(super) struct State {
    pub(super) record: Record,
    pub(super) etag: Option<ETag>,
    /// What is known in this process only.
    pub(super) volatile: Volatile,
    /// Where in the journal the replay is.
    pub(super) cursor: usize,
    /// What the turn brings, until something takes it.
    pub(super) input: Option<Input>,
    /// The dialog that is open is the one that this turn is for.
    pub(super) resumed: bool,
    /// Every wait fails: another dialog begins.
    pub(super) cancelling: bool,
    /// What was said and sent and is not committed yet.
    outbox: Vec<Activity>,
    /// How long it takes to say what this turn says.
    speech: Duration,
    /// What the dialog asks of its driver.
    pub(super) request: Option<Request>,
    /// A step runs, which waits with the turn's own waker.
    pub(super) lent: bool,
    pub(super) waker: Option<Waker>,
    /// The last question or step.
    pub(super) place: Place,
    #[cfg(feature = "http")]
    pub(super) replay: super::replay::Replay,
    /// The version of the bot that runs.
    version: u32,
    /// A dialog that was changed ends the call.
    pub(super) hang_up_on_change: bool,
    /// Restarts in this turn.
    pub(super) restarts: u32,
    /// The dialog did not do what its journal says, and has begun anew; to be reported when the turn is over.
    pub(super) diverged: Option<DialogError>,
    /// Steps that came to their end in this turn.
    pub(super) finished: Vec<KeptStep>,
    /// The turn's input is in the record that the store has: a second try goes on from there.
    pub(super) committed: bool,
    /// The state of the turn's handlers.
    pub(super) turn: TurnState,
}

/// What a dialog asks of its driver.
pub(super) enum Request {
    /// It waits: commit, speak, and end the turn.
    Wait,
    /// It begins anew with these arguments.
    Restart(Json),
    /// The secret that was answered at this place of the journal is needed and gone: ask again.
    Rewind(usize),
    /// It does not do what the journal says.
    Diverged { found: String, asked: String },
    /// It cannot go on.
    Fail(Error),
}

/// What an operation finds in the journal.
pub(super) enum Next {
    /// It was done before.
    Replayed(Outcome),
    /// It is to be done now.
    Fresh,
    /// The dialog is over for this turn; the operation must wait for ever.
    Halted,
}

impl Session {
    pub(super) fn new(
        dialogs: Arc<Dialogs>,
        key: String,
        speaker: Turn,
        (record, etag): (Record, Option<ETag>),
        volatile: Volatile,
    ) -> Session {
        Session {
            dialogs,
            key,
            speaker,
            state: Mutex::new(State {
                record,
                etag,
                volatile,
                cursor: 0,
                input: None,
                resumed: false,
                cancelling: false,
                outbox: Vec::new(),
                speech: Duration::ZERO,
                request: None,
                lent: false,
                waker: None,
                place: Place(None),
                #[cfg(feature = "http")]
                replay: super::replay::Replay::default(),
                version: 0,
                hang_up_on_change: false,
                restarts: 0,
                diverged: None,
                finished: Vec::new(),
                committed: false,
                turn: TurnState::default(),
            }),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panics does so between operations, when the lock is free and the state whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.dialogs.clock.now()
    }

    pub(super) fn now_millis(&self) -> UnixMillis {
        self.now().into()
    }

    /// Whether the call is over, also if its end has not had its turn.
    pub(super) fn hung_up(&self, state: &State) -> bool {
        let noted = state
            .record
            .dialog
            .as_ref()
            .is_some_and(|running| running.hung_up);
        noted || self.speaker.conversation_is_over()
    }

    /// The dialog of this name begins, or goes on.
    pub(super) fn open(&self, name: &'static str, version: u32) -> Result<(), Error> {
        let mut state = self.lock();
        state.cursor = 0;
        state.request = None;
        state.version = version;
        state.place = Place(None);
        match &state.record.dialog {
            Some(_) if !state.resumed => Err(Signal::Takeover.into()),
            Some(_) => Ok(()),
            None => {
                let run = self.speaker.next_id();
                let began = self.speaker.shared_activity();
                state.record.dialog = Some(Running::new(name, version, run, began));
                state.volatile = Volatile::default();
                state.cancelling = false;
                state.resumed = true;
                Ok(())
            }
        }
    }

    /// Writes the record with what has happened so far, and only then sends what was said.
    pub(super) async fn commit(&self) -> Result<(), Error> {
        let (write, outbox) = {
            let mut state = self.lock();
            let now = self.now_millis();
            state.merge();
            let write = state.write(now)?;
            (write, std::mem::take(&mut state.outbox))
        };
        let due = write.due;
        let put = self.dialogs.store.put(&self.key, write).await;
        match put {
            Ok(etag) => {
                let mut state = self.lock();
                state.etag = Some(etag);
                state.committed = true;
                state.turn.committed();
            }
            Err(StateError::Conflict) => return Err(Signal::Conflict.into()),
            Err(error) => return Err(error.into()),
        }
        self.committed(due);
        // After the end nothing is heard.
        let over = self.speaker.conversation_is_over();
        for activity in outbox.into_iter().take_while(|_| !over) {
            match self.speaker.post(activity).await {
                Ok(_) => {}
                // What is said after the end is not heard; the dialog learns of the end at its next wait.
                Err(SendError::Ended) => {
                    if let Some(running) = &mut self.lock().record.dialog {
                        running.hung_up = true;
                    }
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Keeps in this process what belongs to the record that was just written.
    fn committed(&self, due: Option<UnixMillis>) {
        let state = self.lock();
        let running = state.record.dialog.as_ref();
        self.dialogs
            .keep(&self.key, running.is_some().then_some(&state.volatile));
        match (due, running.and_then(|running| running.wait.as_ref())) {
            (Some(due), Some(wait)) => {
                let after = due.since(self.now_millis());
                // A host that can reach any conversation needs no connector of this turn's.
                let found = self.dialogs.connectors.get().is_some();
                let connector = (!found).then(|| self.speaker.connector());
                let timers = &self.dialogs.timers;
                timers.arm(&self.key, wait.id, after, connector);
            }
            _ => self.dialogs.timers.disarm(&self.key),
        }
    }

    /// Moves the time at which other processes take a step over that runs here. A failure is none: at worst, the step
    /// is begun a second time, with the same key.
    pub(super) async fn renew_lease(&self, lease: Duration) {
        let write = {
            let mut state = self.lock();
            let now = self.now_millis();
            let due = now.after(lease);
            if let Some(wait) = state.wait_mut() {
                wait.due = Some(due.0);
            }
            match state.write(now) {
                Ok(write) => write,
                Err(_) => return,
            }
        };
        if let Ok(etag) = self.dialogs.store.put(&self.key, write).await {
            self.lock().etag = Some(etag);
        }
    }

    /// Deletes the record of a conversation that is over.
    pub(super) async fn delete(&self) {
        let etag = self.lock().etag.take();
        if let Some(etag) = etag {
            // Somebody else may have written it since; it expires.
            let _ = self.dialogs.store.delete(&self.key, &etag).await;
        }
        self.dialogs.keep(&self.key, None);
        self.dialogs.timers.disarm(&self.key);
    }
}

impl State {
    /// The dialog that is open.
    pub(super) fn running(&mut self) -> Option<&mut Running> {
        self.record.dialog.as_mut()
    }

    pub(super) fn wait_mut(&mut self) -> Option<&mut Wait> {
        self.running()?.wait.as_mut()
    }

    /// What the dialog logs before the end of its journal it has logged before.
    #[cfg(feature = "http")]
    pub(super) fn begin_replay(&mut self) {
        if let Some(running) = &self.record.dialog
            && (self.cursor < running.journal.len() || running.wait.is_some())
        {
            self.replay.begin(&running.name);
        }
    }

    /// What the journal has for the operation that the dialog has come to.
    pub(super) fn next(&mut self, kind: Kind, name: &str, place: Place) -> Next {
        if self.request.is_some() {
            return Next::Halted;
        }
        self.place = place;
        let cursor = self.cursor;
        let Some(running) = &self.record.dialog else {
            return Next::Halted;
        };
        #[cfg(feature = "http")]
        if cursor >= running.journal.len() {
            self.replay.end();
        }
        let found = match running.journal.get(cursor) {
            Some(Entry(found, of, outcome)) if *found == kind && **of == *name => {
                let outcome = outcome.clone();
                self.cursor += 1;
                return Next::Replayed(outcome);
            }
            Some(Entry(found, of, _)) => Some(Entry::describe(*found, of)),
            None => match &running.wait {
                // It hangs up, and then does what it likes: all that it waits for fails.
                Some(wait) if wait.kind == Kind::EndCall => None,
                Some(wait) if wait.kind != kind || *wait.name != *name => {
                    Some(Entry::describe(wait.kind, &wait.name))
                }
                _ => None,
            },
        };
        if let Some(found) = found {
            let asked = Entry::describe(kind, name);
            self.request = Some(Request::Diverged { found, asked });
            return Next::Halted;
        }
        if running.journal.len() >= ENTRIES {
            let error = DialogError::TooLong {
                dialog: running.name.clone(),
                place,
                entries: running.journal.len(),
            };
            return self.halt(error);
        }
        Next::Fresh
    }

    /// Ends the dialog with an error.
    pub(super) fn halt(&mut self, error: impl Into<Error>) -> Next {
        self.request = Some(Request::Fail(error.into()));
        Next::Halted
    }

    /// What the journal has is of another type than the code wants.
    pub(super) fn mistyped(&mut self, kind: Kind, name: &str) {
        let asked = Entry::describe(kind, name);
        let found = format!("{asked} with a value of another type");
        self.request = Some(Request::Diverged { found, asked });
    }

    /// A value that cannot be written to the journal.
    pub(super) fn unwritable(&mut self, message: String) {
        let error = DialogError::Unwritable {
            dialog: self.name(),
            place: self.place,
            message,
        };
        self.halt(error);
    }

    /// Enters what came of the operation; the dialog goes on.
    pub(super) fn enter(&mut self, kind: Kind, name: &str, outcome: Outcome) {
        if let Some(running) = self.running() {
            running.wait = None;
            running.journal.push(Entry(kind, name.into(), outcome));
            self.cursor = running.journal.len();
        }
    }

    /// Opens a wait, the first attempt of it.
    pub(super) fn open_wait(&mut self, kind: Kind, name: &str) -> Option<&mut Wait> {
        let running = self.running()?;
        running.waits += 1;
        Some(running.wait.insert(Wait {
            id: running.waits,
            kind,
            name: name.into(),
            command_id: None,
            event: None,
            attempt: 1,
            no_inputs: 0,
            no_matches: 0,
            so_far: String::new(),
            secret_keys: 0,
            confirming: None,
            due: None,
            until: None,
        }))
    }

    /// Sets the time-out of the wait: `timeout` after everything was said that this turn says. A time-out of before is
    /// one of another attempt.
    pub(super) fn arm(&mut self, now: UnixMillis, timeout: Duration) {
        let due = now.after(self.speech.saturating_add(timeout));
        let Some(running) = self.running() else {
            return;
        };
        running.waits += 1;
        let id = running.waits;
        if let Some(wait) = &mut running.wait {
            wait.id = id;
            wait.due = Some(wait.until.map_or(due.0, |until| until.min(due.0)));
        }
    }

    /// Sets when other processes take the step over that begins.
    pub(super) fn lease(&mut self, now: UnixMillis, lease: Duration) {
        let Some(running) = self.running() else {
            return;
        };
        running.waits += 1;
        let id = running.waits;
        if let Some(wait) = &mut running.wait {
            wait.id = id;
            wait.due = Some(now.after(lease).0);
        }
    }

    /// The wait is over at this time, `within` after everything was said, whatever attempt it is.
    pub(super) fn limit(&mut self, now: UnixMillis, within: Option<Duration>) {
        let until = within.map(|within| now.after(self.speech.saturating_add(within)).0);
        if let Some(wait) = self.wait_mut() {
            wait.until = until;
        }
    }

    /// Sends this when the turn has been committed.
    pub(super) fn send(&mut self, activity: Activity) {
        self.speech = self.speech.saturating_add(speaking::estimate(&activity));
        self.outbox.push(activity);
    }

    /// Whether what is not committed yet ends the call.
    pub(super) fn hangs_up(&self) -> bool {
        let ends = |activity: &Activity| activity.kind == ActivityType::EndOfConversation;
        self.outbox.iter().any(ends)
    }

    /// Forgets what was said in this turn and not committed.
    pub(super) fn take_back(&mut self) {
        self.outbox.clear();
        self.speech = Duration::ZERO;
        self.turn.take_back(&mut self.record.values);
    }

    /// The dialog waits.
    pub(super) fn wait(&mut self) {
        self.request = Some(Request::Wait);
    }

    /// What a wait fails with before it begins.
    pub(super) fn end(&self, hung_up: bool) -> Option<Unanswered> {
        if hung_up {
            return Some(Unanswered::HungUp);
        }
        self.cancelling.then_some(Unanswered::Cancelled)
    }

    /// The name of the dialog, for messages.
    pub(super) fn name(&self) -> String {
        self.record
            .dialog
            .as_ref()
            .map(|running| running.name.clone())
            .unwrap_or_default()
    }

    /// The version of the bot that runs.
    pub(super) fn version(&self) -> u32 {
        self.version
    }

    fn write(&self, now: UnixMillis) -> Result<Write, Error> {
        let bytes = serde_json::to_vec(&self.record)?;
        if bytes.len() > BYTES
            && let Some(running) = &self.record.dialog
        {
            let error = DialogError::TooLarge {
                dialog: running.name.clone(),
                place: self.place,
                bytes: bytes.len(),
            };
            return Err(error.into());
        }
        within_bounds("conversation", bytes.len())?;
        let wait = self
            .record
            .dialog
            .as_ref()
            .and_then(|running| running.wait.as_ref());
        Ok(Write {
            bytes,
            expect: self.etag.clone().map_or(Expect::Absent, Expect::ETag),
            due: wait.and_then(|wait| wait.due).map(UnixMillis),
            expires: now.after(EXPIRES),
        })
    }
}
