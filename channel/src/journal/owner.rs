use std::mem;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use super::audio::Shape;
use super::committer::{Committer, synchronise};
use super::copier::Copier;
use super::copy::create_folders;
use super::recovery::recover;
use super::session::Inbox;
use super::shared::{Files, Shared, lock};
use super::spare::Spares;
use super::{JournalError, LiveSession, Recovery, Settings};
use crate::store::metadata::Metadata;
use crate::store::{Disk, DiskLock, SessionId, Store};
use crate::wav::Writer;

/// The journal of a store. Dropping it brings everything to the sessions' files, and waits for that.
///
/// There can be one for a store at a time: a lock keeps others out, and goes with the process. Where it stands, and how it is used, is told in the
/// [module](super).
#[derive(Debug)]
pub struct Journal {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// The last to go: nobody else may have the folder before the threads have ended.
    _lock: DiskLock,
}

/// How a journal is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Figures {
    /// Commits so far, those that failed included.
    pub commits: u64,
    /// Bytes of audio that wait for the next one.
    pub pending_bytes: usize,
    /// Bytes of the journal on disk.
    pub journal_bytes: u64,
    /// Segments of the journal on disk.
    pub segments: usize,
}

impl Journal {
    /// Opens the journal of the store in a folder, which need not exist yet (its parent must), after bringing
    /// what was left behind to the sessions' files. Blocks as long as that takes.
    pub fn open(
        disk: impl Disk + 'static,
        folder: impl Into<PathBuf>,
    ) -> Result<(Journal, Recovery), JournalError> {
        Journal::open_with(disk, folder, Settings::default())
    }

    /// As [`Journal::open`], with settings.
    pub fn open_with(
        disk: impl Disk + 'static,
        folder: impl Into<PathBuf>,
        settings: Settings,
    ) -> Result<(Journal, Recovery), JournalError> {
        let disk: Arc<dyn Disk> = Arc::new(disk);
        let root = folder.into();
        let files = Files {
            store: Store::on(Arc::clone(&disk), &root),
            folder: root.join("journal"),
            disk,
        };
        for folder in [&root, &files.folder] {
            files.ensure_dir(folder)?;
            folder
                .parent()
                .map_or(Ok(()), |parent| files.sync_dir(parent))?;
        }
        check_is_ours(&files, &files.folder)?;
        let lock = lock_folder(&files)?;
        let shared = Arc::new(Shared::new(files, settings));
        let (recovery, onwards) = recover(&shared)?;
        shared.next_key.store(onwards.next_key, Ordering::Relaxed);
        let (sync, requests) = mpsc::channel();
        let (spares, orders) = mpsc::channel();
        let committer = Committer::new(
            Arc::clone(&shared),
            sync,
            spares.clone(),
            onwards.end,
            onwards.next_segment,
        );
        let syncing = Arc::clone(&shared);
        let making = Spares::new(Arc::clone(&shared));
        let copier = Copier::new(Arc::clone(&shared), Some(spares));
        let mut journal = Journal {
            shared,
            threads: Vec::new(),
            _lock: lock,
        };
        journal.start("onhook-sync", move || synchronise(&syncing, &requests))?;
        journal.start("onhook-spare", move || making.run(&orders))?;
        journal.start("onhook-journal", || committer.run())?;
        journal.start("onhook-copier", || copier.run())?;
        Ok((journal, recovery))
    }

    fn start(
        &mut self,
        name: &str,
        run: impl FnOnce() + Send + 'static,
    ) -> Result<(), JournalError> {
        let guard = Guard(Arc::clone(&self.shared));
        let run = move || {
            let _guard = guard;
            run();
        };
        let started = thread::Builder::new().name(name.to_owned()).spawn(run);
        let thread = started.map_err(JournalError::disk(
            "start a thread for",
            &self.shared.files.folder,
        ))?;
        self.threads.push(thread);
        Ok(())
    }

    /// The store whose journal this is.
    pub fn store(&self) -> &Store {
        &self.shared.files.store
    }

    /// Begins a session, blocking: when this returns, its audio file exists, and its beginning and metadata survive
    /// a power failure.
    ///
    /// A session that exists is [`JournalError::Exists`] and stays as it is, even if it is empty.
    pub fn begin(&self, id: SessionId, metadata: &Metadata) -> Result<LiveSession, JournalError> {
        let files = &self.shared.files;
        let folder = files.store.folder(&id);
        // A deletion may remove the conversation's folder as long as it is empty.
        for again in [true, true, false] {
            let conversation = folder.parent().unwrap_or(&folder);
            create_folders(files, conversation)?;
            check_is_ours(files, conversation)?;
            match files.disk.create_dir(&folder) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    return Err(JournalError::Exists(folder));
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && again => {}
                made => {
                    made.map_err(JournalError::disk("create", &folder))?;
                    break;
                }
            }
        }
        let content = files.store.content(&id);
        let begun = self.begin_at(&content, id, metadata);
        if begun.is_err() {
            // Only this call can have made them, as making the folder was exclusive.
            drop(files.disk.remove_file(&content));
            drop(files.disk.remove_dir(&folder));
        }
        begun
    }

    fn begin_at(
        &self,
        content: &Path,
        id: SessionId,
        metadata: &Metadata,
    ) -> Result<LiveSession, JournalError> {
        let created = self.shared.files.disk.create_new(content);
        let file = created.map_err(JournalError::disk("create", content))?;
        let shape = Shape::of(metadata);
        Writer::with_channels(file, shape.channels).map_err(JournalError::wav(content))?;
        let key = self.shared.next_key.fetch_add(1, Ordering::Relaxed);
        let inbox = Arc::new(Inbox::new(key, id, shape));
        let session = LiveSession::new(Arc::clone(&inbox), Arc::clone(&self.shared));
        session.open(metadata)?.wait()?;
        Ok(session)
    }

    /// Whether a thread of the journal has panicked: it takes nothing any more, and what it has is recovered when it
    /// is dropped and opened again.
    pub fn is_closed(&self) -> bool {
        lock(&self.shared.state).closing
    }

    /// How the journal is doing.
    pub fn figures(&self) -> Figures {
        let state = lock(&self.shared.state);
        Figures {
            commits: state.commits,
            pending_bytes: self.shared.pending(),
            journal_bytes: state.segments.values().sum(),
            segments: state.segments.len(),
        }
    }

    /// What has gone wrong since this was asked the last time, at most the latest 64: for a log. What concerns a
    /// call is told to it as well.
    pub fn troubles(&self) -> Vec<JournalError> {
        mem::take(&mut lock(&self.shared.state).troubles)
    }
}

/// Nothing is written through a link: what is below one is not the store's.
fn check_is_ours(files: &Files, folder: &Path) -> Result<(), JournalError> {
    let checked = files.store.is_folder(folder);
    checked
        .map(drop)
        .map_err(|error| JournalError::store(folder, error))
}

fn lock_folder(files: &Files) -> Result<DiskLock, JournalError> {
    let path = files.folder.join("lock");
    files.disk.lock(&path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::WouldBlock {
            JournalError::Locked(files.store.root().to_path_buf())
        } else {
            JournalError::disk("lock", path)(error)
        }
    })
}

/// Has nobody wait for a thread that has panicked.
struct Guard(Arc<Shared>);

impl Drop for Guard {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.close();
            let mut state = lock(&self.0.state);
            state.committed_all = true;
            for newcomer in state.newcomers.drain(..) {
                lock(&newcomer.pending).marks.clear();
            }
            state.settles.clear();
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.close();
        for thread in self.threads.drain(..) {
            // A panic has been reported where it happened.
            drop(thread.join());
        }
    }
}
