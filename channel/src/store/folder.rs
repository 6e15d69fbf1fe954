use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use time::Date;

use super::disk::{Disk, DiskFile, EntryKind, RealDisk};
use super::metadata::{ChainLink, Metadata, SessionRecord};
use super::reading::METADATA_LIMIT;
use super::{SessionId, StoreError, StoredRecording};

/// The name of the first audio file of a session.
pub(super) const CONTENT: &str = "content.wav";
pub(super) const METADATA: &str = "metadata.json";
/// What is added to the name of a file that is to take the place of another.
pub(super) const UNFINISHED: &str = ".new";

/// A folder of recordings. Cheap to clone; everything on it blocks.
///
/// One process at a time records to a folder; the lock of its [`journal`](crate::journal) sees to that. Any number of others may meanwhile hold and release
/// recordings, [`expire`](Self::expire) and [`erase`](Self::erase) them, and read: they take turns, by the file `lock` in
/// the folder. On a file system without locks they must not do so at the same time.
#[derive(Clone)]
pub struct Store {
    root: PathBuf,
    disk: Arc<dyn Disk>,
    /// The threads' half of the store's [lock](Self::alone).
    pub(super) threads: Arc<Mutex<()>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Store")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// The store in a folder of this machine; it need not exist yet, its parent must.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self::on(RealDisk, root)
    }

    /// The store on another disk.
    pub fn on(disk: impl Disk + 'static, root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            disk: Arc::new(disk),
            threads: Arc::default(),
        }
    }

    /// The store's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a session.
    ///
    /// Looks at the disk for conversations with capitals in their id: earlier versions gave their folders other names,
    /// and a conversation that has such a folder keeps it.
    pub fn folder(&self, id: &SessionId) -> PathBuf {
        let folder = self.root.join(id.folder());
        let Some(earlier) = id.earlier_folder() else {
            return folder;
        };
        let earlier = self.root.join(earlier);
        let (conversation, before) = (folder.parent(), earlier.parent());
        let is_new = conversation.is_some_and(|path| matches!(self.kind(path), Ok(Some(_))));
        let is_old = !is_new && before.is_some_and(|path| self.has_exactly(path));
        if is_old { earlier } else { folder }
    }

    /// Whether a folder has this name to the letter: a disk that ignores case also finds others under it.
    pub(super) fn has_exactly(&self, path: &Path) -> bool {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return false;
        };
        matches!(self.kind(path), Ok(Some(EntryKind::Folder)))
            && (self.disk.list(parent)).is_ok_and(|names| names.iter().any(|one| **one == *name))
    }

    /// The audio file of a session.
    pub fn content(&self, id: &SessionId) -> PathBuf {
        self.folder(id).join(CONTENT)
    }

    /// Writes the metadata of a session so that a reader sees the old or the new, never a half.
    ///
    /// When this returns, the new metadata survives a power failure; on an error the old still stands.
    pub fn write_metadata(&self, id: &SessionId, metadata: &Metadata) -> Result<(), StoreError> {
        let folder = self.folder(id);
        let unwritable = |source| StoreError::Metadata {
            path: folder.join(METADATA),
            source,
        };
        let text = metadata.text().map_err(unwritable)?;
        if text.len() as u64 > METADATA_LIMIT {
            let (path, limit) = (folder.join(METADATA), METADATA_LIMIT);
            return Err(StoreError::TooLarge { path, limit });
        }
        self.replace(&folder, METADATA, &text)
    }

    /// Writes the metadata of a session, chained to the session before it as that is on the disk now: it may be
    /// sealed only after this one has begun.
    pub fn write_record(&self, record: &mut SessionRecord) -> Result<StoredRecording, StoreError> {
        let recording = self.chained(record);
        self.write_metadata(&record.id, &recording.metadata)?;
        Ok(recording)
    }

    /// The metadata of a session, chained to the session before it; nothing is written.
    pub(crate) fn chained(&self, record: &mut SessionRecord) -> StoredRecording {
        // A recording is not refused because the one before it cannot be read.
        let first = record.first_session;
        record.previous = match record.id.session() {
            0 | 1 => None,
            _ => self.chain_link_in(&record.id, first).unwrap_or_default(),
        };
        StoredRecording {
            id: record.id.clone(),
            folder: self.folder(&record.id),
            metadata: record.metadata(),
        }
    }

    /// Puts a file in the place of another, or of none, so that a reader sees the old or the new, never a half.
    pub(crate) fn replace(
        &self,
        folder: &Path,
        name: &str,
        content: &[u8],
    ) -> Result<(), StoreError> {
        self.replace_with(folder, name, |file| file.write_all(content))
    }

    /// The same with a content that is written piece by piece.
    pub(super) fn replace_with(
        &self,
        folder: &Path,
        name: &str,
        write: impl FnOnce(&mut dyn DiskFile) -> std::io::Result<()>,
    ) -> Result<(), StoreError> {
        let (new, path) = (
            folder.join(format!("{name}{UNFINISHED}")),
            folder.join(name),
        );
        // One that a crash has left behind.
        self.remove_file(&new)?;
        let mut file = self
            .disk
            .create_new(&new)
            .map_err(StoreError::disk("create", &new))?;
        let written = write(&mut *file)
            .and_then(|()| file.sync())
            .map_err(StoreError::disk("write", &new));
        drop(file);
        let placed = written.and_then(|()| {
            self.disk
                .rename(&new, &path)
                .map_err(StoreError::disk("replace", &path))
        });
        if placed.is_err() {
            // The error that matters is the first one; what stays is removed by the next attempt.
            drop(self.disk.remove_file(&new));
        }
        placed?;
        self.sync_dir(folder)
    }

    /// Removes a file if it is there.
    pub(super) fn remove_file(&self, path: &Path) -> Result<(), StoreError> {
        match self.disk.remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(StoreError::disk("remove", path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Reads the metadata of a session.
    pub fn read_metadata(&self, id: &SessionId) -> Result<Metadata, StoreError> {
        self.metadata_at(&self.folder(id).join(METADATA))
    }

    pub(super) fn metadata_at(&self, path: &Path) -> Result<Metadata, StoreError> {
        let text = self.read_file(path, METADATA_LIMIT)?;
        serde_json::from_slice(&text).map_err(|source| StoreError::Metadata {
            path: path.to_owned(),
            source,
        })
    }

    /// What a recording names of the one before it in the call: the latest whose metadata can be read. The call is the
    /// first that has the id of the conversation on that day.
    pub fn chain_link(&self, id: &SessionId) -> Result<Option<ChainLink>, StoreError> {
        self.chain_link_in(id, None)
    }

    /// The same in the call that began with this session, see [`SessionRecord::first_session`].
    pub(crate) fn chain_link_in(
        &self,
        id: &SessionId,
        first: Option<u32>,
    ) -> Result<Option<ChainLink>, StoreError> {
        let before = self.sessions(id.conversation(), id.day())?;
        let before = before.into_iter().filter(|session| {
            *session < id.session() && first.is_none_or(|first| *session >= first)
        });
        let link = |session| {
            let before = SessionId::new(id.conversation(), session, id.day());
            let metadata = self.read_metadata(&before).ok()?;
            let is_of_call = metadata.onhook.first_session == first;
            is_of_call.then(|| metadata.chain_link()).flatten()
        };
        Ok(before.rev().find_map(link))
    }

    /// The numbers of the sessions that a conversation has in the store, in order.
    pub fn sessions(&self, conversation: &str, day: time::Date) -> Result<Vec<u32>, StoreError> {
        let first = SessionId::new(conversation, 1, day);
        let folder = self.folder(&first);
        let folder = folder.parent().unwrap_or(&folder);
        let names = match self.disk.list(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed.map_err(StoreError::disk("list", folder))?,
        };
        let mut sessions: Vec<u32> = names.iter().filter_map(|name| name.parse().ok()).collect();
        sessions.sort_unstable();
        Ok(sessions)
    }

    pub(crate) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    pub(crate) fn shared_disk(&self) -> Arc<dyn Disk> {
        Arc::clone(&self.disk)
    }

    pub(super) fn sync_dir(&self, path: &Path) -> Result<(), StoreError> {
        self.disk
            .sync_dir(path)
            .map_err(StoreError::disk("synchronise", path))
    }

    /// The number after the last session of a conversation, those that are being deleted included.
    pub(crate) fn next_session(&self, conversation: &str, day: Date) -> Result<u32, StoreError> {
        let folder = self.folder(&SessionId::new(conversation, 1, day));
        let (sessions, marked) = self.content_of(folder.parent().unwrap_or(&folder), day)?;
        let numbers = sessions.iter().map(|session| session.number);
        let last = numbers
            .chain(marked.iter().map(|marked| marked.mark.session))
            .max();
        Ok(last.unwrap_or_default().saturating_add(1))
    }

    /// Makes the folder of a new session, and those above it that are missing; all but the last are durable then.
    pub(super) fn create_folder(&self, id: &SessionId) -> Result<PathBuf, StoreError> {
        let path = self.folder(id);
        // A deletion may remove the conversation's folder as long as it is empty.
        for again in [true, true, false] {
            self.create_conversation(id)?;
            match self.disk.create_dir(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    return Err(StoreError::Exists(path));
                }
                Err(error) if error.kind() == ErrorKind::NotFound && again => {}
                created => {
                    created.map_err(StoreError::disk("create", &path))?;
                    break;
                }
            }
        }
        Ok(path)
    }

    /// Makes the folder of a conversation, and those above it that are missing; they are durable then.
    pub(super) fn create_conversation(&self, id: &SessionId) -> Result<PathBuf, StoreError> {
        let folder = self.folder(id);
        let conversation = folder.parent().unwrap_or(&folder);
        let mut path = self.root.clone();
        self.create_missing(&path)?;
        for name in conversation.strip_prefix(&self.root).into_iter().flatten() {
            path.push(name);
            self.create_missing(&path)?;
        }
        Ok(path)
    }

    /// Makes a folder if it is missing. The store's own may be a link; what is below it may not.
    pub(super) fn create_missing(&self, path: &Path) -> Result<(), StoreError> {
        match self.disk.create_dir(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                if path != self.root && self.kind(path)? != Some(EntryKind::Folder) {
                    return Err(StoreError::Foreign(path.to_owned()));
                }
                // Another recording has made it, and synchronised it, or is about to: then this one waits for the disk too.
                self.sync_parent(path)
            }
            created => {
                created.map_err(StoreError::disk("create", path))?;
                self.sync_parent(path)
            }
        }
    }

    pub(super) fn sync_parent(&self, path: &Path) -> Result<(), StoreError> {
        match path.parent() {
            Some(parent) if parent.as_os_str().is_empty() => self.sync_dir(Path::new(".")),
            Some(parent) => self.sync_dir(parent),
            None => Ok(()),
        }
    }
}
