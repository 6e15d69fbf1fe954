//! The recorder: one task per call that brings the call's audio to disk, off the executor's threads.
//!
//! Steps and audio go through one bounded queue, so that a step that is acknowledged has everything before
//! it on disk. Nothing of a step that failed is taken for done.

use tokio::sync::{mpsc, oneshot};

use crate::events::Publisher;
use crate::store::metadata::SessionRecord;
use crate::store::{SessionFile, Store, StoreError, StoredRecording};

/// Seconds of audio that may wait for the disk. What does not fit is a failure, not a silent gap.
const QUEUE: usize = 30;

/// The call's end of its recorder.
#[derive(Debug)]
pub(crate) struct Recorder {
    jobs: mpsc::Sender<Job>,
    failures: mpsc::Receiver<StoreError>,
}

/// What is done with the session's file before its metadata are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Create it.
    Open,
    /// Bring what it has to disk.
    Sync,
    /// Open it again, to append.
    Reopen,
    /// Close it: sizes, hash.
    Close,
    /// Only the metadata change.
    Describe,
}

/// What comes back of a step: the session with what is now known of its audio.
pub(crate) type Done = Result<Box<SessionRecord>, StoreError>;

#[derive(Debug)]
enum Job {
    Audio(Vec<i16>),
    Step(Step, Box<SessionRecord>, oneshot::Sender<Done>),
}

impl Recorder {
    /// Starts the task. Its last job is what was queued when the recorder is dropped.
    pub(crate) fn start(store: Store, publisher: Publisher) -> Recorder {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (failed, failures) = mpsc::channel(1);
        tokio::spawn(work(store, publisher, queue, failed));
        Recorder { jobs, failures }
    }

    /// Queues audio for the open file; `false` if the disk is too far behind.
    pub(crate) fn audio(&self, samples: Vec<i16>) -> bool {
        samples.is_empty() || self.jobs.try_send(Job::Audio(samples)).is_ok()
    }

    /// Queues a step behind the audio, and gives where its outcome will be.
    pub(crate) fn step(&self, step: Step, session: SessionRecord) -> oneshot::Receiver<Done> {
        let (done, outcome) = oneshot::channel();
        // A full queue drops `done`, which the call takes for a failure.
        let _ = self.jobs.try_send(Job::Step(step, Box::new(session), done));
        outcome
    }

    /// The next failure that no step reports: audio that could not be written.
    pub(crate) async fn failed(&mut self) -> Option<StoreError> {
        self.failures.recv().await
    }
}

async fn work(
    store: Store,
    publisher: Publisher,
    mut queue: mpsc::Receiver<Job>,
    failed: mpsc::Sender<StoreError>,
) {
    let mut file = None;
    while let Some(job) = queue.recv().await {
        let (store, publisher) = (store.clone(), publisher.clone());
        // On a thread that may block; tokio's paused time stands still meanwhile.
        let worked = tokio::task::spawn_blocking(move || {
            let outcome = job.run(&store, &publisher, &mut file);
            (file, outcome)
        });
        let outcome;
        (file, outcome) = match worked.await {
            Ok(worked) => worked,
            // The store panicked; what was written stays, and the call goes on without a file.
            Err(_panic) => (None, None),
        };
        if let Some(failure) = outcome {
            // One failure is enough: the call closes the session upon it.
            let _ = failed.try_send(failure);
        }
    }
}

impl Job {
    /// Does the job; gives a failure that nobody else is told of.
    fn run(
        self,
        store: &Store,
        publisher: &Publisher,
        file: &mut Option<SessionFile>,
    ) -> Option<StoreError> {
        match self {
            Job::Audio(samples) => file.as_mut()?.append(&samples).err(),
            Job::Step(step, session, done) => {
                // The call may be gone; the step is done all the same.
                let _ = done.send(take_step(step, session, store, publisher, file));
                None
            }
        }
    }
}

fn take_step(
    step: Step,
    mut session: Box<SessionRecord>,
    store: &Store,
    publisher: &Publisher,
    file: &mut Option<SessionFile>,
) -> Done {
    match (step, &mut *file) {
        (Step::Open, file) => {
            *file = Some(SessionFile::create(store, session.id.clone())?);
            // A recording is not refused because the one before it cannot be read.
            session.previous = store.chain_link(&session.id).unwrap_or_default();
        }
        (Step::Sync, Some(file)) => file.sync()?,
        (Step::Reopen, Some(file)) => {
            file.reopen()?;
            session.parts.clear();
        }
        (Step::Close, Some(file)) => {
            let part = file.close()?;
            session.parts = vec![part];
        }
        (Step::Describe, _) | (_, None) => {}
    }
    session.open_samples = file
        .as_ref()
        .and_then(SessionFile::samples)
        .unwrap_or_default();
    let metadata = session.metadata();
    store.write_metadata(&session.id, &metadata)?;
    if step == Step::Close {
        publisher.closed(
            store,
            StoredRecording {
                id: session.id.clone(),
                folder: store.folder(&session.id),
                metadata,
            },
        );
    }
    Ok(session)
}
