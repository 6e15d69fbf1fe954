//! Whether an open file is still the one that its path names.
//!
//! A file that is removed or replaced while it is open takes everything that is written to it, and gives success, and
//! nobody finds it afterwards. So nothing is acknowledged before its path was looked at: once for each synchronisation
//! and each step, not for each frame.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::JournalError;
use super::shared::{Files, Shared, lock};
use crate::store::{Disk, DiskLock, FileIdentity};

/// What is found at a path.
pub(super) enum Place {
    /// What was opened, as far as the disk can say.
    Same,
    /// Nothing, or something else.
    Other,
}

impl Place {
    pub(super) fn of(
        disk: &dyn Disk,
        path: &Path,
        opened: Option<FileIdentity>,
    ) -> Result<Self, JournalError> {
        match disk.identity(path) {
            Ok(now) => Ok(match (now, opened) {
                (Some(now), Some(opened)) if now != opened => Place::Other,
                _ => Place::Same,
            }),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                Ok(Place::Other)
            }
            Err(error) => Err(JournalError::disk("look at", path)(error)),
        }
    }
}

/// What shows that the journal's folder is still its own: the lock that it holds, or else the folder itself.
#[derive(Debug)]
pub(super) struct Anchor {
    path: PathBuf,
    identity: Option<FileIdentity>,
}

impl Anchor {
    /// The anchor of the folder in which this lock was taken.
    pub(super) fn of(files: &Files, held: &DiskLock) -> Result<Self, JournalError> {
        let path = files.folder.join(super::owner::LOCK);
        let locked = held
            .identity()
            .map_err(JournalError::disk("look at", &path))?;
        if locked.is_some() {
            return Ok(Self {
                path,
                identity: locked,
            });
        }
        let path = files.folder.clone();
        let identity = files.disk.identity(&path);
        let identity = identity.map_err(JournalError::disk("look at", &path))?;
        Ok(Self { path, identity })
    }
}

impl Files {
    /// Whether this segment is still the file that was opened.
    pub(super) fn check_segment(
        &self,
        number: u64,
        opened: Option<FileIdentity>,
    ) -> Result<(), JournalError> {
        let path = self.segment(number);
        match Place::of(&*self.disk, &path, opened)? {
            Place::Same => Ok(()),
            Place::Other => Err(JournalError::Lost(path)),
        }
    }

    /// Whether a recording's audio file is still the one that was opened.
    pub(super) fn check_recording(
        &self,
        path: &Path,
        opened: Option<FileIdentity>,
    ) -> Result<(), JournalError> {
        match Place::of(&*self.disk, path, opened)? {
            Place::Same => Ok(()),
            Place::Other => Err(JournalError::Removed(path.to_path_buf())),
        }
    }
}

impl Shared {
    /// Whether the journal's folder is still its own. If it is not, another process may have what is there now.
    pub(super) fn check_folder(&self) -> Result<(), JournalError> {
        let Anchor { path, identity } = &self.anchor;
        match Place::of(&*self.files.disk, path, *identity)? {
            Place::Same => Ok(()),
            Place::Other => Err(JournalError::Lost(path.clone())),
        }
    }

    /// Ends the journal: its files are lost. Nothing is taken any more, and nothing in the folder is touched.
    pub(super) fn die(&self, error: JournalError) {
        {
            let mut state = lock(&self.state);
            state.trouble(error.clone());
            state.died.get_or_insert(error);
        }
        self.close();
    }

    /// Why the journal has ended, if it has by itself.
    pub(super) fn death(&self) -> Option<JournalError> {
        lock(&self.state).died.clone()
    }

    pub(super) fn is_dead(&self) -> bool {
        lock(&self.state).died.is_some()
    }
}
