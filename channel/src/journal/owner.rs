use std::mem;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use super::audio::Shape;
use super::committer::{Committer, synchronise};
use super::copier::Copier;
use super::copy::create_folders;
use super::place::Anchor;
use super::recovery::orphan::seal_one;
use super::recovery::recover;
use super::scrub::{self, PATIENCE};
use super::session::Inbox;
use super::shared::{Files, Shared, lock};
use super::spare::Spares;
use super::{JournalError, LiveSession, Recovery, Settings};
use crate::store::metadata::Metadata;
use crate::store::{Disk, DiskFile, DiskLock, FileIdentity, SessionId, Store};
use crate::wav::Writer;

/// The file in the journal's folder that is locked.
pub(super) const LOCK: &str = "lock";

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
        Journal::open_after(disk, folder, settings, false)
    }

    /// As [`Journal::open_with`]; `sweeps` if a journal of this folder has just been lost, with what it knew of its
    /// sessions.
    pub(crate) fn open_after(
        disk: impl Disk + 'static,
        folder: impl Into<PathBuf>,
        settings: Settings,
        sweeps: bool,
    ) -> Result<(Journal, Recovery), JournalError> {
        let disk: Arc<dyn Disk> = Arc::new(disk);
        let root = folder.into();
        let files = Files {
            store: Store::on(Arc::clone(&disk), &root),
            folder: root.join("journal"),
            disk,
        };
        let mut sweeps = sweeps;
        for folder in [&root, &files.folder] {
            // A store without a journal has lost it.
            sweeps |= files.ensure_dir(folder)?;
            folder
                .parent()
                .map_or(Ok(()), |parent| files.sync_dir(parent))?;
        }
        check_is_ours(&files, &files.folder)?;
        let lock = lock_folder(&files)?;
        let anchor = Anchor::of(&files, &lock)?;
        let shared = Arc::new(Shared::new(files, settings, anchor));
        let recovered = recover(&shared, sweeps);
        let (recovery, onwards) = recovered?;
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
        let owned = id.clone();
        let is_new = lock(&self.shared.owned).insert(id.clone());
        let begun = self.create(id, metadata);
        if begun.is_err() && is_new {
            lock(&self.shared.owned).remove(&owned);
        }
        begun
    }

    fn create(&self, id: SessionId, metadata: &Metadata) -> Result<LiveSession, JournalError> {
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
        let created = files.disk.create_new(&content);
        let created = created.map_err(JournalError::disk("create", &content));
        let begun = created.and_then(|file| {
            let identity = file.identity();
            let identity = identity.map_err(JournalError::disk("look at", &content))?;
            self.begin_at(file, identity, &content, id, metadata)
        });
        if begun.is_err() && !matches!(begun, Err(JournalError::Removed(_))) {
            // Only this call can have made them, as making the folder was exclusive.
            drop(files.disk.remove_file(&content));
            drop(files.disk.remove_dir(&folder));
        }
        begun
    }

    fn begin_at(
        &self,
        file: Box<dyn DiskFile>,
        identity: Option<FileIdentity>,
        content: &Path,
        id: SessionId,
        metadata: &Metadata,
    ) -> Result<LiveSession, JournalError> {
        let shape = Shape::of(metadata);
        Writer::with_channels(file, shape.channels).map_err(JournalError::wav(content))?;
        let key = self.shared.next_key.fetch_add(1, Ordering::Relaxed);
        let inbox = Arc::new(Inbox::new(key, id, shape));
        let session = LiveSession::new(Arc::clone(&inbox), Arc::clone(&self.shared));
        session.open(metadata)?.wait()?;
        let placed = self.shared.files.check_recording(content, identity);
        if placed.is_err() {
            // The journal has it already, and lets go of it with its end.
            drop(session.finish(metadata));
        }
        placed.map(|()| session)
    }

    /// Seals a recording that was left without an end, if it is one: nobody has it, and its metadata say that it goes on.
    pub(crate) fn seal_orphan(&self, id: &SessionId) -> Result<bool, JournalError> {
        let Shared {
            files,
            settings,
            owned,
            ..
        } = &*self.shared;
        // Read after it was found not to be owned: what was ended since is not ended again.
        if lock(owned).contains(id)
            || !files
                .store
                .read_metadata(id)
                .is_ok_and(|metadata| !metadata.onhook.state.is_final())
        {
            return Ok(false);
        }
        seal_one(files, id, settings.retention).map(|_| true)
    }

    /// Whether the journal takes nothing any more, because one of its threads has panicked or its files were
    /// [removed or replaced](JournalError::Lost). What is left of it is recovered when it is dropped and opened again.
    pub fn is_closed(&self) -> bool {
        lock(&self.shared.state).closing
    }

    /// Lets go of everything that is in the journal now, blocking: it is brought to the sessions' files, and the segments
    /// are removed, also those that were to be written over. For who has erased recordings; the journal of a
    /// [`Channel`](crate::Channel) does this at each [`Store::erase`] in its process.
    ///
    /// # Errors
    /// That the disk did not let it in ten seconds; it goes on trying, and lets go of segments as always.
    pub fn scrub(&self) -> Result<(), JournalError> {
        self.shared.scrub(PATIENCE)
    }

    /// Has each erasure in this process scrub the journal.
    pub(crate) fn join_erasures(&self) {
        scrub::register(&self.shared);
    }

    /// How the journal is doing.
    pub fn figures(&self) -> Figures {
        let state = lock(&self.shared.state);
        Figures {
            commits: state.commits,
            pending_bytes: self.shared.pending(),
            journal_bytes: state.segments.values().map(|extent| extent.end).sum(),
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
    let path = files.folder.join(LOCK);
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
            state.scrubs.clear();
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
