//! The recorder: what a call has to do with the journal.
//!
//! Audio goes to the journal as it is heard, which is a copy in memory. Steps go through a queue to a task, which
//! waits for the disk off the executor's threads: a step that is acknowledged has all audio before it on disk. A
//! slow disk costs audio, which is told and counted, and never a command.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::events::Publisher;
use crate::journal::{JournalError, LiveSession};
use crate::journals::{self, OpenJournal};
use crate::media::{FRAME_SAMPLES, SAMPLE_RATE, millis_of};
use crate::store::metadata::{SessionRecord, SessionState};
use crate::store::{SessionFile, SessionId, Store, StoreError};

/// Seconds of audio that may wait for the disk. What is more is a failure, not a silent gap.
const WAITING: u64 = 30;

/// Samples that wait for the disk before the recorder asks what keeps it: in real time only a disk in trouble has so
/// many wait, and in virtual time the call waits with the recorder.
const BEHIND: u64 = SAMPLE_RATE as u64;

/// The journal that the calls of a channel share; opened for the first recording.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    store: Store,
    publisher: Publisher,
    retention: Duration,
    journal: Arc<Mutex<Option<Arc<OpenJournal>>>>,
}

/// The call's end of its recorder.
#[derive(Debug)]
pub(crate) struct Recorder {
    jobs: mpsc::UnboundedSender<Job>,
    desk: Arc<Mutex<Desk>>,
    failed: mpsc::Sender<RecorderError>,
    failures: mpsc::Receiver<RecorderError>,
}

/// What is done with the session's file before its metadata are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Create it; the session before stays at hand until that has succeeded.
    Open,
    /// Bring what it has to disk.
    Sync,
    /// Take more audio behind what was closed.
    Reopen,
    /// Close it, unless it is closed: sizes, hash.
    Close,
    /// As [`Step::Close`], and nothing more is to come.
    Finish,
    /// Only the metadata change: the audio could not be closed.
    Describe,
}

/// What comes back of a step: the session with what is now known of its audio.
pub(crate) type Done = Result<Box<SessionRecord>, RecorderError>;

/// Why audio or a step did not come to disk.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecorderError {
    /// The store refused it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal refused it.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Too much audio waits.
    #[error("the disk is more than {WAITING} seconds behind")]
    Behind,
    /// The store panicked, or the recorder's task is gone.
    #[error("the recorder has died")]
    Died,
}

#[derive(Debug)]
enum Job {
    /// Audio has waited for too long.
    CatchUp(Arc<Tape>),
    Step(Step, Box<SessionRecord>, oneshot::Sender<Done>),
}

/// The audio of a session on its way to the journal.
#[derive(Debug)]
struct Tape {
    live: LiveSession,
    /// Samples that the journal has taken.
    samples: AtomicU64,
    /// Samples that were not written.
    lost: AtomicU64,
    /// Audio was lost: nothing is appended behind the gap.
    broken: AtomicBool,
    /// Whether the recorder is asking what keeps the disk.
    asking: AtomicBool,
}

/// What the recorder is working on.
#[derive(Debug, Default)]
struct Desk {
    /// The sessions of the call that are not finished: one, or two while one takes the place of the other.
    tapes: Vec<Arc<Tape>>,
    /// The one that gets the audio.
    current: Option<Arc<Tape>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    /// Starts the task. Its last job is what was queued when the recorder is dropped.
    pub(crate) fn start(shelf: Shelf) -> Recorder {
        let (jobs, queue) = mpsc::unbounded_channel();
        let (failed, failures) = mpsc::channel(1);
        let desk = Arc::<Mutex<Desk>>::default();
        tokio::spawn(work(shelf, Arc::clone(&desk), queue, failed.clone()));
        Recorder {
            jobs,
            desk,
            failed,
            failures,
        }
    }

    /// Takes audio for the open session; if that cannot be, it is the next [failure](Recorder::failed).
    pub(crate) fn audio(&self, samples: &[i16]) {
        if samples.is_empty() {
            return;
        }
        let tape = lock(&self.desk).current.clone();
        let failure = match tape {
            Some(tape) => match tape.take(samples) {
                Ok(()) => {
                    let late = tape.waiting() >= BEHIND || tape.live.is_pressed();
                    if late && !tape.asking.swap(true, Ordering::Relaxed) {
                        let _ = self.jobs.send(Job::CatchUp(tape));
                    }
                    None
                }
                Err(failure) => failure,
            },
            None => Some(RecorderError::Died),
        };
        if let Some(failure) = failure {
            // One failure is enough: the call closes the session upon it.
            let _ = self.failed.try_send(failure);
        }
    }

    /// Queues a step, and gives where its outcome will be.
    pub(crate) fn step(&self, step: Step, session: SessionRecord) -> oneshot::Receiver<Done> {
        let (done, outcome) = oneshot::channel();
        // A recorder that is gone drops `done`, which the call takes for a failure.
        let _ = self.jobs.send(Job::Step(step, Box::new(session), done));
        outcome
    }

    /// The next failure that no step reports: audio that could not be written.
    pub(crate) async fn failed(&mut self) -> Option<RecorderError> {
        self.failures.recv().await
    }
}

impl Tape {
    fn new(live: LiveSession) -> Arc<Tape> {
        Arc::new(Tape {
            live,
            samples: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            broken: AtomicBool::new(false),
            asking: AtomicBool::new(false),
        })
    }

    fn samples(&self) -> u64 {
        self.samples.load(Ordering::Relaxed)
    }

    fn waiting(&self) -> u64 {
        self.samples().saturating_sub(self.live.committed())
    }

    /// Takes all of it or nothing; a failure only the first time.
    fn take(&self, samples: &[i16]) -> Result<(), Option<RecorderError>> {
        let count = samples.len() as u64;
        let refused = if self.broken.load(Ordering::Relaxed)
            || self.waiting() + count > WAITING * u64::from(SAMPLE_RATE)
        {
            true
        } else {
            self.live.append(samples).is_err()
        };
        if !refused {
            self.samples.fetch_add(count, Ordering::Relaxed);
            return Ok(());
        }
        self.lost.fetch_add(count, Ordering::Relaxed);
        let first = !self.broken.swap(true, Ordering::Relaxed);
        Err(first.then_some(RecorderError::Behind))
    }

    /// Waits, blocking, until all that was taken is on disk.
    fn catch_up(&self) -> Result<(), RecorderError> {
        Ok(self.live.commit()?.wait()?)
    }

    /// Writes down what was lost.
    fn account(&self, session: &mut SessionRecord) {
        let lost = self.lost.load(Ordering::Relaxed);
        if lost > 0 {
            session.lost_frames = Some(lost.div_ceil(FRAME_SAMPLES as u64));
            keep_within(session);
        }
    }
}

async fn work(
    shelf: Shelf,
    desk: Arc<Mutex<Desk>>,
    mut queue: mpsc::UnboundedReceiver<Job>,
    failed: mpsc::Sender<RecorderError>,
) {
    while let Some(job) = queue.recv().await {
        let (shelf, desk) = (shelf.clone(), Arc::clone(&desk));
        // On a thread that may block; tokio's paused time stands still meanwhile.
        let worked = tokio::task::spawn_blocking(move || match job {
            Job::CatchUp(tape) => {
                let outcome = tape.catch_up();
                tape.asking.store(false, Ordering::Relaxed);
                let failure = outcome.err()?;
                let first = !tape.broken.swap(true, Ordering::Relaxed);
                first.then_some(failure)
            }
            Job::Step(step, session, done) => {
                // The call may be gone; the step is done all the same.
                let _ = done.send(shelf.take(&desk, step, session));
                None
            }
        });
        // A panic is the store's; what was written stays.
        let failure = worked.await.unwrap_or(Some(RecorderError::Died));
        if let Some(failure) = failure {
            let _ = failed.try_send(failure);
        }
    }
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
    fn journal(&self) -> Result<Arc<OpenJournal>, RecorderError> {
        let mut journal = lock(&self.journal);
        if let Some(open) = &*journal
            && !open.is_closed()
        {
            return Ok(Arc::clone(open));
        }
        drop(journal.take());
        let (open, recovery) = journals::open(&self.store, self.retention)?;
        *journal = Some(Arc::clone(&open));
        drop(journal);
        if !recovery.sessions.is_empty() {
            self.publisher.catch_up(&self.store);
        }
        Ok(open)
    }

    /// Takes a step, blocking.
    fn take(&self, desk: &Mutex<Desk>, step: Step, mut session: Box<SessionRecord>) -> Done {
        if step == Step::Open {
            let metadata = self.store.chained(&mut session).metadata;
            let live = self.journal()?.begin(session.id.clone(), &metadata)?;
            let tape = Tape::new(live);
            settle(&tape);
            let mut desk = lock(desk);
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
            session.parts = vec![self.store.close_part(&session.id)?];
            session.open_samples = 0;
            if tape.lost.load(Ordering::Relaxed) > 0 && session.state == SessionState::Sealed {
                session.state = SessionState::Partial;
            }
            tape.account(session);
        }
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
            let mut file = SessionFile::recover(&self.store, session.id.clone())?;
            session.parts = vec![file.close()?];
            session.open_samples = 0;
            keep_within(session);
        }
        let recording = self.store.write_record(session)?;
        if closes {
            self.publisher.closed(&self.store, recording);
        }
        Ok(())
    }
}

/// Has others read what was committed. If the disk does not let us, the journal has it and goes on trying.
fn settle(tape: &Tape) {
    drop(tape.live.settle());
}

impl Desk {
    fn find(&self, id: &SessionId) -> Option<Arc<Tape>> {
        self.tapes.iter().find(|tape| tape.live.id() == id).cloned()
    }

    fn forget(&mut self, id: &SessionId) {
        self.tapes.retain(|tape| tape.live.id() != id);
        self.current.take_if(|tape| tape.live.id() == id);
    }
}

/// Nothing happened behind the end of the audio: after a loss, the timeline was written in the hope of more.
pub(crate) fn keep_within(session: &mut SessionRecord) {
    let samples: u64 = session.parts.iter().map(|part| part.samples).sum();
    let end = millis_of(samples + session.open_samples);
    for entry in &mut session.timeline {
        entry.offset_ms = entry.offset_ms.min(end);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read, Seek, SeekFrom, Write};
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    use time::{Date, Month};

    use super::*;
    use crate::store::{Disk, DiskFile, RealDisk, SessionId};
    use crate::wav::Storage;

    /// A disk that writes only while nobody holds the gate.
    struct SlowDisk(Arc<Mutex<()>>);

    struct SlowFile(Box<dyn DiskFile>, Arc<Mutex<()>>);

    impl Disk for SlowDisk {
        fn create_dir(&self, path: &Path) -> io::Result<()> {
            RealDisk.create_dir(path)
        }

        fn create_new(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
            let file = RealDisk.create_new(path)?;
            Ok(Box::new(SlowFile(file, Arc::clone(&self.0))))
        }

        fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
            RealDisk.open(path)
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            RealDisk.rename(from, to)
        }

        fn remove_file(&self, path: &Path) -> io::Result<()> {
            RealDisk.remove_file(path)
        }

        fn remove_dir(&self, path: &Path) -> io::Result<()> {
            RealDisk.remove_dir(path)
        }

        fn list(&self, path: &Path) -> io::Result<Vec<String>> {
            RealDisk.list(path)
        }

        fn sync_dir(&self, path: &Path) -> io::Result<()> {
            RealDisk.sync_dir(path)
        }
    }

    impl Read for SlowFile {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl Write for SlowFile {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            let _gate = self.1.lock().unwrap();
            self.0.write(buffer)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.flush()
        }
    }

    impl Seek for SlowFile {
        fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
            self.0.seek(position)
        }
    }

    impl Storage for SlowFile {
        fn set_len(&mut self, bytes: u64) -> io::Result<()> {
            self.0.set_len(bytes)
        }
    }

    impl DiskFile for SlowFile {
        fn sync(&mut self) -> io::Result<()> {
            self.0.sync()
        }
    }

    /// Half a minute may wait; what is more is told and counted, and what comes behind the gap too, once there
    /// is room again; what waited is kept whole, and steps are taken.
    #[tokio::test]
    async fn a_disk_that_is_too_slow_costs_audio_that_is_counted_and_no_step() {
        let folder = tempfile::tempdir().unwrap();
        let gate = Arc::new(Mutex::new(()));
        let disk = SlowDisk(Arc::clone(&gate));
        let mut recorder = Recorder::start(Shelf::new(
            Store::on(disk, folder.path()),
            Publisher::default(),
            crate::store::metadata::RETENTION,
        ));
        let id = SessionId::new(
            "conv-7",
            1,
            Date::from_calendar_date(2026, Month::November, 22).unwrap(),
        );
        let session = SessionRecord::new(id, time::OffsetDateTime::UNIX_EPOCH);
        let mut session = *recorder.step(Step::Open, session).await.unwrap().unwrap();

        let closed = gate.lock().unwrap();
        let second = vec![1_i16; SAMPLE_RATE as usize];
        for _ in 0..WAITING + 3 {
            recorder.audio(&second);
        }
        let synced = recorder.step(Step::Sync, session.clone());
        drop(closed);
        synced.await.unwrap().unwrap();
        recorder.audio(&second);
        session.state = SessionState::Sealed;
        let outcome = recorder.step(Step::Close, session);

        let session = outcome.await.unwrap().unwrap();
        assert_eq!(session.parts[0].samples, WAITING * u64::from(SAMPLE_RATE));
        assert_eq!(session.lost_frames, Some(4 * 50));
        assert_eq!(session.state, SessionState::Partial);
        assert!(matches!(
            recorder.failed().await,
            Some(RecorderError::Behind)
        ));
    }
}
