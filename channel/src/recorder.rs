//! The recorder: one task per call that brings the call's audio to disk, off the executor's threads.
//!
//! Steps and audio go through one queue, so that a step that is acknowledged has everything before it on
//! disk. Audio is bounded and steps are not, as a call has one step under way at a time: a slow disk costs
//! audio, which is told and counted, and never a command.

use std::mem;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::events::Publisher;
use crate::media::{FRAME_SAMPLES, millis_of};
use crate::store::metadata::{SessionRecord, SessionState};
use crate::store::{SessionFile, Store, StoreError};

/// Batches of audio, of a second each, that may wait for the disk. What does not fit is a failure, not a
/// silent gap.
const WAITING: usize = 30;

/// The call's end of its recorder.
#[derive(Debug)]
pub(crate) struct Recorder {
    jobs: mpsc::UnboundedSender<Job>,
    room: Arc<Semaphore>,
    failed: mpsc::Sender<RecorderError>,
    failures: mpsc::Receiver<RecorderError>,
}

/// What is done with the session's file before its metadata are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Create it; the file before stays at hand until that has succeeded.
    Open,
    /// Bring what it has to disk.
    Sync,
    /// Open it again, to append.
    Reopen,
    /// Close it, unless it is closed: sizes, hash.
    Close,
    /// Only the metadata change.
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
    /// Too much audio waits.
    #[error("the disk is more than {WAITING} seconds behind")]
    Behind,
    /// The store panicked, or the recorder's task is gone.
    #[error("the recorder has died")]
    Died,
}

#[derive(Debug)]
enum Job {
    Audio(Vec<i16>, OwnedSemaphorePermit),
    /// So many samples were refused: nothing may be written behind the gap.
    Lost(u64),
    Step(Step, Box<SessionRecord>, oneshot::Sender<Done>),
}

impl Recorder {
    /// Starts the task. Its last job is what was queued when the recorder is dropped.
    pub(crate) fn start(store: Store, publisher: Publisher) -> Recorder {
        let (jobs, queue) = mpsc::unbounded_channel();
        let (failed, failures) = mpsc::channel(1);
        tokio::spawn(work(store, publisher, queue, failed.clone()));
        let room = Arc::new(Semaphore::new(WAITING));
        Recorder {
            jobs,
            room,
            failed,
            failures,
        }
    }

    /// Queues audio for the open file; if that cannot be, it is the next [failure](Recorder::failed).
    pub(crate) fn audio(&self, samples: Vec<i16>) {
        if samples.is_empty() {
            return;
        }
        let (job, failure) = match Arc::clone(&self.room).try_acquire_owned() {
            Ok(room) => (Job::Audio(samples, room), None),
            Err(_full) => (Job::Lost(samples.len() as u64), Some(RecorderError::Behind)),
        };
        let failure = match self.jobs.send(job) {
            Ok(()) => failure,
            Err(_gone) => Some(RecorderError::Died),
        };
        if let Some(failure) = failure {
            // One failure is enough: the call closes the session upon it.
            let _ = self.failed.try_send(failure);
        }
    }

    /// Queues a step behind the audio, and gives where its outcome will be.
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

async fn work(
    store: Store,
    publisher: Publisher,
    mut queue: mpsc::UnboundedReceiver<Job>,
    failed: mpsc::Sender<RecorderError>,
) {
    let mut desk = Desk::default();
    while let Some(job) = queue.recv().await {
        let (store, publisher) = (store.clone(), publisher.clone());
        // On a thread that may block; tokio's paused time stands still meanwhile.
        let worked = tokio::task::spawn_blocking(move || {
            let failure = desk.work(job, &store, &publisher);
            (desk, failure)
        });
        let failure;
        (desk, failure) = match worked.await {
            Ok(worked) => worked,
            // What was written stays; closing takes it up again from the disk.
            Err(_panic) => (
                Desk {
                    broken: true,
                    ..Desk::default()
                },
                Some(RecorderError::Died),
            ),
        };
        if let Some(failure) = failure {
            let _ = failed.try_send(failure);
        }
    }
}

/// What the recorder is working on.
#[derive(Debug, Default)]
struct Desk {
    file: Option<SessionFile>,
    /// Audio was lost: nothing is appended behind the gap.
    broken: bool,
    /// Samples of this session that were not written.
    lost: u64,
}

impl Desk {
    /// Does the job; gives a failure that nobody else is told of.
    fn work(&mut self, job: Job, store: &Store, publisher: &Publisher) -> Option<RecorderError> {
        match job {
            Job::Audio(samples, _room) => {
                let written = match &mut self.file {
                    Some(file) if !self.broken => file.append(&samples).map_err(Into::into),
                    _ => Err(RecorderError::Died),
                };
                let failure = written.err()?;
                let first = !mem::replace(&mut self.broken, true);
                self.lost += samples.len() as u64;
                first.then_some(failure)
            }
            Job::Lost(samples) => {
                self.broken = true;
                self.lost += samples;
                None
            }
            Job::Step(step, session, done) => {
                // The call may be gone; the step is done all the same.
                let _ = done.send(self.take(step, session, store, publisher));
                None
            }
        }
    }

    fn take(
        &mut self,
        step: Step,
        mut session: Box<SessionRecord>,
        store: &Store,
        publisher: &Publisher,
    ) -> Done {
        match step {
            Step::Open => {
                let file = SessionFile::create(store, session.id.clone())?;
                store.write_record(&mut session)?;
                *self = Desk {
                    file: Some(file),
                    ..Desk::default()
                };
                return Ok(session);
            }
            Step::Sync => {
                let file = self.file.as_mut().ok_or(RecorderError::Died)?;
                file.sync()?;
                session.open_samples = file.samples().unwrap_or_default();
            }
            Step::Reopen => {
                let file = self.file.as_mut().ok_or(RecorderError::Died)?;
                file.reopen()?;
                session.open_samples = file.samples().unwrap_or_default();
                session.parts.clear();
                if let Err(error) = store.write_record(&mut session) {
                    // The session is as it was: closing again changes no byte of it.
                    file.close()?;
                    return Err(error.into());
                }
                self.broken = false;
                return Ok(session);
            }
            Step::Close if session.parts.is_empty() => {
                let file = match &mut self.file {
                    Some(file) => file,
                    None => self
                        .file
                        .insert(SessionFile::recover(store, session.id.clone())?),
                };
                // One whose metadata could not be written is closed already.
                file.reopen()?;
                session.parts = vec![file.close()?];
                session.open_samples = 0;
                if self.lost > 0 && session.state == SessionState::Sealed {
                    session.state = SessionState::Partial;
                }
            }
            Step::Close | Step::Describe => {
                store.write_record(&mut session)?;
                return Ok(session);
            }
        }
        if self.lost > 0 {
            session.lost_frames = Some(self.lost.div_ceil(FRAME_SAMPLES as u64));
            keep_within(&mut session);
        }
        let recording = store.write_record(&mut session)?;
        if step == Step::Close {
            publisher.closed(store, recording);
        }
        Ok(session)
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
    use crate::media::SAMPLE_RATE;
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
        let mut recorder = Recorder::start(Store::on(disk, folder.path()), Publisher::default());
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
            recorder.audio(second.clone());
        }
        let synced = recorder.step(Step::Sync, session.clone());
        drop(closed);
        synced.await.unwrap().unwrap();
        recorder.audio(second);
        session.state = SessionState::Sealed;
        let outcome = recorder.step(Step::Close, session);

        let session = outcome.await.unwrap().unwrap();
        assert_eq!(
            session.parts[0].samples,
            WAITING as u64 * u64::from(SAMPLE_RATE)
        );
        assert_eq!(session.lost_frames, Some(4 * 50));
        assert_eq!(session.state, SessionState::Partial);
        assert!(matches!(
            recorder.failed().await,
            Some(RecorderError::Behind)
        ));
    }
}
