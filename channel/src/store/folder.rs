use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{self, Disk, RealDisk};
use super::metadata::Metadata;
use super::{SessionId, StoreError};

/// The name of the first audio file of a session.
pub(super) const CONTENT: &str = "content.wav";
const METADATA: &str = "metadata.json";
const UNFINISHED: &str = "metadata.json.new";

/// A folder of recordings. Cheap to clone; everything on it blocks.
#[derive(Clone)]
pub struct Store {
    root: PathBuf,
    disk: Arc<dyn Disk>,
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
        }
    }

    /// The store's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a session.
    pub fn folder(&self, id: &SessionId) -> PathBuf {
        self.root.join(id.folder())
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
        let (new, path) = (folder.join(UNFINISHED), folder.join(METADATA));
        let unwritable = |source| StoreError::Metadata {
            path: path.clone(),
            source,
        };
        let mut text = serde_json::to_vec_pretty(metadata).map_err(unwritable)?;
        text.push(b'\n');
        // One that a crash has left behind.
        match self.disk.remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(StoreError::disk("remove", &new)(error));
            }
            _ => {}
        }
        let mut file = self
            .disk
            .create_new(&new)
            .map_err(StoreError::disk("create", &new))?;
        let written = file
            .write_all(&text)
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
        self.sync_dir(&folder)
    }

    /// Reads the metadata of a session.
    pub fn read_metadata(&self, id: &SessionId) -> Result<Metadata, StoreError> {
        let path = self.folder(id).join(METADATA);
        let text = disk::read(&*self.disk, &path).map_err(StoreError::disk("read", &path))?;
        serde_json::from_slice(&text).map_err(|source| StoreError::Metadata { path, source })
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

    pub(super) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    pub(super) fn sync_dir(&self, path: &Path) -> Result<(), StoreError> {
        self.disk
            .sync_dir(path)
            .map_err(StoreError::disk("synchronise", path))
    }

    /// Makes the folder of a new session, and those above it that are missing; all but the last are durable then.
    pub(super) fn create_folder(&self, id: &SessionId) -> Result<PathBuf, StoreError> {
        let mut path = self.root.clone();
        self.create_missing(&path)?;
        let relative = id.folder();
        for component in relative.parent().into_iter().flatten() {
            path.push(component);
            self.create_missing(&path)?;
        }
        path.extend(relative.file_name());
        match self.disk.create_dir(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists(path));
            }
            created => created.map_err(StoreError::disk("create", &path))?,
        }
        Ok(path)
    }

    fn create_missing(&self, path: &Path) -> Result<(), StoreError> {
        match self.disk.create_dir(path) {
            // Another recording has made it, and synchronised it, or is about to: then this one waits for the disk too.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => self.sync_parent(path),
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
