//! Where the recordings of all calls of a channel go, and how a step is taken there.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::desk::{Desk, Numbers, lock};
use super::tape::{Tape, settle};
use super::{Done, RecorderError, Step, keep_within};
use crate::events::Publisher;
use crate::journal::{JournalError, LiveSession};
use crate::journals::{self, OpenJournal};
use crate::store::metadata::{SessionRecord, SessionState};
use crate::store::{EntryKind, Store};

/// The journal that the calls of a channel share; opened for the first recording.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    store: Store,
    publisher: Publisher,
    retention: Duration,
    journal: Arc<Mutex<Option<Arc<OpenJournal>>>>,
}

impl Shelf {
    pub(crate) fn new(store: Store, publisher: Publisher, retention: Duration) -> Shelf {
        Shelf {
            store,
            publisher,
            retention,
            journal: Arc::default(),
        }
    }

    /// The journal, opened if it is not, and anew if one of its threads has died. What a process before has left is
    /// ended and published then.
    fn journal(&self) -> Result<Arc<OpenJournal>, JournalError> {
        self.open().map(|(open, _)| open)
    }

    /// The same, with the first error of what could not be recovered.
    fn open(&self) -> Result<(Arc<OpenJournal>, Option<JournalError>), JournalError> {
        let mut journal = lock(&self.journal);
        if let Some(open) = &*journal
            && !open.is_closed()
        {
            return Ok((Arc::clone(open), None));
        }
        drop(journal.take());
        let (open, recovery) = journals::open(&self.store, self.retention)?;
        *journal = Some(Arc::clone(&open));
        drop(journal);
        let Some(recovery) = recovery else {
            return Ok((open, None));
        };
        let recovered = recovery.sessions.into_iter().map(|session| session.id);
        self.publisher.catch_up_with(&self.store, recovered);
        // A crash may also have come between the end of a recording and its event, long after the journal had let go
        // of it. Looking for that takes as long as the store is large, and nobody waits for it.
        let (publisher, store) = (self.publisher.clone(), self.store.clone());
        let thread = thread::Builder::new().name("onhook-events".to_owned());
        drop(thread.spawn(move || publisher.catch_up(&store)));
        let failed = recovery.failed.into_iter().next();
        Ok((open, failed.map(|(_, error)| error)))
    }

    /// Whether anything was recorded to the folder before.
    pub(crate) fn has_journal(&self) -> bool {
        let kind = self.store.disk().kind(&self.store.root().join("journal"));
        kind.is_ok_and(|kind| kind == EntryKind::Folder)
    }

    /// Brings what a process before has left to its files, blocking, and holds the folder for this one.
    pub(crate) fn recover(&self) -> Result<(), JournalError> {
        let (_, failed) = self.open()?;
        failed.map_or(Ok(()), Err)
    }

    /// Takes a step, blocking.
    pub(super) fn take(
        &self,
        desk: &Mutex<Desk>,
        step: Step,
        mut session: Box<SessionRecord>,
    ) -> Done {
        if step == Step::Open {
            let numbers = lock(desk).numbers;
            let live = self.begin(&mut session, numbers)?;
            let tape = Tape::new(live, session.channels, session.samples_per_part);
            settle(&tape);
            let mut desk = lock(desk);
            desk.numbers = Some(Numbers {
                first: session.first_session,
                last: session.id.session(),
            });
            desk.tapes.push(Arc::clone(&tape));
            desk.current = Some(tape);
            return Ok(session);
        }
        let id = session.id.clone();
        let tape = lock(desk).find(&id).ok_or(RecorderError::Died);
        match step {
            Step::Open => {}
            Step::Sync => {
                let tape = tape?;
                session.open_samples = tape.samples();
                tape.account(&mut session);
                self.note(&tape, &mut session)?;
            }
            Step::Reopen => {
                let tape = tape?;
                session.open_samples = tape.samples();
                session.parts.clear();
                self.note(&tape, &mut session)?;
                tape.broken.store(false, Ordering::Relaxed);
                lock(desk).current = Some(tape);
            }
            Step::Describe => match tape {
                Ok(tape) => self.note(&tape, &mut session)?,
                Err(_) => drop(self.store.write_record(&mut session)?),
            },
            Step::Close | Step::Finish => {
                let ended = tape.and_then(|tape| self.end(&tape, step, &mut session));
                match ended {
                    Err(RecorderError::Died | RecorderError::Journal(JournalError::Closed)) => {
                        lock(desk).forget(&id);
                        self.end_without_journal(&mut session)?;
                    }
                    ended => ended?,
                }
                if step == Step::Finish {
                    lock(desk).forget(&id);
                }
            }
        }
        Ok(session)
    }

    /// Begins a session. The id of a conversation may come again, also while the first call of that id is going on: a call
    /// whose number is taken gets the next that is free, and its sessions a chain of their own.
    fn begin(
        &self,
        session: &mut SessionRecord,
        numbers: Option<Numbers>,
    ) -> Result<LiveSession, RecorderError> {
        const ATTEMPTS: u32 = 64;
        let (conversation, day) = (session.id.conversation().to_owned(), session.id.day());
        let wanted = session.id.session();
        let next = || self.store.next_session(&conversation, day);
        let mut number = match numbers {
            Some(numbers) => wanted.max(numbers.last.saturating_add(1)),
            // Not the number of one that was deleted among others that were not.
            None => wanted.max(next().unwrap_or(wanted)),
        };
        let mut attempts = 0;
        loop {
            if number != wanted {
                session.renumber(number);
            }
            session.first_session = match numbers {
                Some(numbers) => numbers.first,
                None => (number != wanted).then_some(number),
            };
            let metadata = self.store.chained(session).metadata;
            match self.journal()?.begin(session.id.clone(), &metadata) {
                Err(JournalError::Exists(_)) if attempts < ATTEMPTS => {
                    attempts += 1;
                    number = next()?.max(number.saturating_add(1));
                }
                begun => return Ok(begun?),
            }
        }
    }

    /// Has the metadata committed with all audio before them.
    fn note(&self, tape: &Tape, session: &mut SessionRecord) -> Result<(), RecorderError> {
        let metadata = self.store.chained(session).metadata;
        tape.live.step(&metadata)?.wait()?;
        settle(tape);
        Ok(())
    }

    fn end(
        &self,
        tape: &Tape,
        step: Step,
        session: &mut SessionRecord,
    ) -> Result<(), RecorderError> {
        let closes = session.parts.is_empty();
        if closes {
            // Nothing is appended while this goes on: the hash is that of all there is.
            tape.catch_up()?;
            tape.live.settle()?;
            session.parts = self.store.close_parts(&session.id, tape.parts())?;
            session.open_samples = 0;
            if tape.lost.load(Ordering::Relaxed) > 0 && session.state == SessionState::Sealed {
                session.state = SessionState::Partial;
            }
            tape.account(session);
        }
        // Before the metadata that make them true: nobody looks for them until then.
        self.store.write_chunks(&self.store.chained(session))?;
        let outcome = if step == Step::Finish {
            let metadata = self.store.chained(session).metadata;
            tape.live.finish(&metadata).map_err(RecorderError::from)
        } else {
            self.note(tape, session)
        };
        outcome?;
        if closes {
            let recording = self.store.chained(session);
            self.publisher.closed(&self.store, recording);
        }
        Ok(())
    }

    /// Ends a session whose journal has died: the next one has brought to its files what there was.
    fn end_without_journal(&self, session: &mut SessionRecord) -> Result<(), RecorderError> {
        self.journal()?;
        let closes = session.parts.is_empty();
        if closes {
            session.parts = self.store.recover_parts(&session.id)?;
            session.open_samples = 0;
            keep_within(session);
        }
        self.store.write_chunks(&self.store.chained(session))?;
        let recording = self.store.write_record(session)?;
        if closes {
            self.publisher.closed(&self.store, recording);
        }
        Ok(())
    }
}
