//! Jobs that are done in groups, on tokio's threads for blocking work.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most jobs of one group. A larger group would hold its members up for longer than a commit takes.
const LARGEST: usize = 256;

/// Does jobs in groups: those that come while a group is worked on make the next one.
///
/// One thread at most is busy, and none when there is nothing to do. It is one of tokio's, so that paused time stands
/// still meanwhile. Each job belongs to a future that waits for it: how many there can be is how many turns there are.
pub(super) struct Groups<J>(Arc<Shared<J>>);

struct Shared<J> {
    queue: Mutex<Queue<J>>,
    work: Box<dyn Fn(Vec<J>) + Send + Sync>,
}

struct Queue<J> {
    waiting: Vec<J>,
    working: bool,
}

impl<J: Send + 'static> Groups<J> {
    /// Groups that `work` does.
    pub(super) fn new(work: impl Fn(Vec<J>) + Send + Sync + 'static) -> Groups<J> {
        Groups(Arc::new(Shared {
            queue: Mutex::new(Queue {
                waiting: Vec::new(),
                working: false,
            }),
            work: Box::new(work),
        }))
    }

    /// Adds a job. Needs a tokio runtime.
    pub(super) fn add(&self, job: J) {
        let mut queue = self.0.lock();
        queue.waiting.push(job);
        if !queue.working {
            queue.working = true;
            let shared = Arc::clone(&self.0);
            tokio::task::spawn_blocking(move || shared.work());
        }
    }
}

impl<J> Shared<J> {
    fn lock(&self) -> MutexGuard<'_, Queue<J>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let stopped = Stopped(self);
        while let Some(group) = self.next() {
            (self.work)(group);
        }
        std::mem::forget(stopped);
    }

    /// The next group, or none, upon which nobody works any more.
    fn next(&self) -> Option<Vec<J>> {
        let mut queue = self.lock();
        if queue.waiting.is_empty() {
            queue.working = false;
            return None;
        }
        let size = queue.waiting.len().min(LARGEST);
        Some(queue.waiting.drain(..size).collect())
    }
}

/// When the work panics: the jobs that wait are dropped, which their futures notice, and the next job begins anew.
struct Stopped<'s, J>(&'s Shared<J>);

impl<J> Drop for Stopped<'_, J> {
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        queue.waiting.clear();
        queue.working = false;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn jobs_that_come_meanwhile_make_one_group() {
        let (open, gate) = mpsc::channel::<()>();
        let gate = Mutex::new(gate);
        let groups = Groups::new(move |group: Vec<oneshot::Sender<usize>>| {
            gate.lock().unwrap().recv().unwrap();
            let size = group.len();
            for job in group {
                job.send(size).unwrap();
            }
        });
        let mut sizes = Vec::new();
        for _ in 0..5 {
            let (sender, size) = oneshot::channel();
            groups.add(sender);
            sizes.push(size);
            if sizes.len() == 1 {
                // The first group begins before the others come.
                while !groups.0.lock().waiting.is_empty() {
                    tokio::task::yield_now().await;
                }
            }
        }
        open.send(()).unwrap();
        open.send(()).unwrap();
        let mut found = Vec::new();
        for size in sizes {
            found.push(size.await.unwrap());
        }
        assert_eq!(found, [1, 4, 4, 4, 4]);
    }

    #[tokio::test]
    async fn a_panic_ends_its_jobs_and_no_others() {
        let groups = Groups::new(|group: Vec<(bool, oneshot::Sender<()>)>| {
            for (panics, done) in group {
                assert!(!panics, "this one panics");
                done.send(()).unwrap();
            }
        });
        let (sender, done) = oneshot::channel();
        groups.add((true, sender));
        assert!(done.await.is_err());
        loop {
            // The thread that panicked may not have unwound yet.
            let (sender, done) = oneshot::channel();
            groups.add((false, sender));
            if done.await.is_ok() {
                break;
            }
        }
    }
}
