//! The recorder: what a call has to do with the journal.
//!
//! Audio goes to the journal as it is heard, which is a copy in memory. Steps go through a queue to a task, which
//! waits for the disk off the executor's threads: a step that is acknowledged has all audio before it on disk. A
//! slow disk costs audio, which is told and counted, and never a command.

mod desk;
mod error;
mod shelf;
mod tape;

#[cfg(test)]
mod tests;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, oneshot};

pub(crate) use error::RecorderError;
pub(crate) use shelf::Shelf;

use crate::media::millis_of;
use crate::store::metadata::SessionRecord;
use desk::{Desk, lock};
use tape::{BEHIND, Tape};

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

#[derive(Debug)]
enum Job {
    /// Audio has waited for too long.
    CatchUp(Arc<Tape>),
    /// A part is full and the next has begun.
    Seam(Arc<Tape>),
    Step(Step, Box<SessionRecord>, oneshot::Sender<Done>),
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
                    if tape.has_passed_seam() {
                        let _ = self.jobs.send(Job::Seam(Arc::clone(&tape)));
                    }
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

async fn work(
    shelf: Shelf,
    desk: Arc<Mutex<Desk>>,
    mut queue: mpsc::UnboundedReceiver<Job>,
    failed: mpsc::Sender<RecorderError>,
) {
    while let Some(job) = queue.recv().await {
        let (shelf, desk) = (shelf.clone(), Arc::clone(&desk));
        if let Job::Seam(tape) = job {
            // Hours of audio are read: no command waits for that.
            drop(tokio::task::spawn_blocking(move || {
                shelf.hash_full_parts(&tape);
            }));
            continue;
        }
        // On a thread that may block; tokio's paused time stands still meanwhile.
        let worked = tokio::task::spawn_blocking(move || match job {
            Job::Seam(_) => None,
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

/// Nothing happened behind the end of the audio: after a loss, the timeline was written in the hope of more.
pub(crate) fn keep_within(session: &mut SessionRecord) {
    let samples: u64 = session.parts.iter().map(|part| part.samples).sum();
    let end = millis_of(samples + session.open_samples);
    for entry in &mut session.timeline {
        entry.offset_ms = entry.offset_ms.min(end);
    }
}
