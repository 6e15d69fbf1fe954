//! Making what was copied survive in the sessions' own files, so that the journal need not keep it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::JournalError;
use super::copy::{SessionCopy, above};
use super::shared::Files;

/// Threads that synchronise: the file system makes durable in one go what several ask for at the same time.
const THREADS: usize = 4;

/// The files of one session.
#[derive(Debug)]
pub(super) struct Job {
    key: u64,
    samples: u64,
    audio: Vec<PathBuf>,
    /// The metadata file, if it is not known to survive, and the number of the entry that it is from.
    metadata: Option<(PathBuf, u32)>,
    folder: PathBuf,
    is_new: bool,
}

/// What has become of a [`Job`].
#[derive(Debug)]
pub(super) struct Synchronised {
    pub(super) key: u64,
    pub(super) samples: u64,
    pub(super) metadata: Option<u32>,
    pub(super) outcome: Result<(), JournalError>,
}

impl Job {
    pub(super) fn new(key: u64, copy: &SessionCopy) -> Self {
        let metadata = copy.metadata.as_ref().filter(|metadata| !metadata.synced);
        Self {
            key,
            samples: copy.samples,
            audio: copy.unsynced(),
            metadata: metadata.map(|metadata| (copy.metadata_path(), metadata.number)),
            folder: copy.folder().to_path_buf(),
            is_new: copy.is_new,
        }
    }

    /// The files, and the folder if one of them is new; a second handle serves, as what is synchronised is the file.
    fn run(&self, files: &Files) -> Result<(), JournalError> {
        let metadata = self.metadata.as_ref().map(|(path, _)| path);
        for path in self.audio.iter().chain(metadata) {
            let opened = files.disk.open(path);
            let mut file = opened.map_err(JournalError::disk("open", path))?;
            file.sync()
                .map_err(JournalError::disk("synchronise", path))?;
        }
        if metadata.is_some() || self.is_new || self.audio.len() > 1 {
            files.sync_dir(&self.folder)?;
        }
        Ok(())
    }
}

/// Synchronises the files, and once each the folders above those that are new.
pub(super) fn synchronise(files: &Files, jobs: &[Job]) -> Vec<Synchronised> {
    let mut folders = BTreeSet::new();
    for job in jobs.iter().filter(|job| job.is_new) {
        folders.extend(
            above(files, &job.folder)
                .into_iter()
                .filter(|folder| *folder != job.folder),
        );
    }
    let above = folders.iter().try_for_each(|folder| files.sync_dir(folder));
    let share = jobs.len().div_ceil(THREADS).max(1);
    let mut done = Vec::with_capacity(jobs.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = jobs
            .chunks(share)
            .map(|jobs| {
                let outcome = |job: &Job| {
                    let outcome = job.run(files);
                    outcome.and_then(|()| if job.is_new { above.clone() } else { Ok(()) })
                };
                scope.spawn(move || jobs.iter().map(outcome).collect::<Vec<_>>())
            })
            .collect();
        for (jobs, thread) in jobs.chunks(share).zip(threads) {
            let outcomes = thread.join().unwrap_or_default().into_iter().map(Some);
            for (job, outcome) in jobs.iter().zip(outcomes.chain(std::iter::repeat(None))) {
                done.push(Synchronised {
                    key: job.key,
                    samples: job.samples,
                    metadata: job.metadata.as_ref().map(|(_, number)| *number),
                    // Of a thread that panicked nobody knows how far it got.
                    outcome: outcome.unwrap_or(Err(JournalError::Closed)),
                });
            }
        }
    });
    done
}
