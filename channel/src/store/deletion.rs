//! Deleting a recording, so that a crash at any point leaves one that is there or one whose deletion goes on.
//!
//! First a file in `deletions` says what is going to happen; from then on the recording is not listed. Then go the
//! audio, what was made of it, and the published events; then its tombstone is set, and last go the metadata, the
//! folders and the file in `deletions`. Only files that a store makes are deleted, and no link is followed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::disk::{self, EntryKind};
use super::folder::{METADATA, UNFINISHED};
use super::hold::HOLD;
use super::parts::is_chunk_file;
use super::tombstone::{DeletionReason, Tombstone};
use super::{
    Broken, DamagedFile, JournalRemainder, SessionId, Sha512Hex, Store, StoreError,
    StoredRecording, hash,
};
use crate::events::{EVENTS, RecordingEvent};
use crate::vcon::VCON;

/// The folder of the deletions that were begun.
const DELETIONS: &str = "deletions";

/// A deletion that was begun.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    /// The recording's folder in the store, from the year to the session.
    folder: Vec<String>,
    tombstone: Tombstone,
}

/// What became of a deletion.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Deletions {
    /// What is gone now.
    pub deleted: Vec<Deleted>,
    /// The ids of recordings that are kept because they are on legal hold.
    pub held: Vec<String>,
    /// The ids of recordings that are kept because they may still go on.
    pub unsealed: Vec<String>,
    /// What the journal may still have of what was erased, audio and numbers.
    pub journal: JournalRemainder,
    /// What a crash or a fault of the disk has left that cannot be read, and what became of it.
    pub damaged: Vec<DamagedFile>,
    /// Folders that could not be read or deleted: whose they are must be found out by a person.
    pub failed: Vec<Broken>,
}

/// A recording that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deleted {
    /// Where it was. The folder is still there if something foreign is in it.
    pub folder: PathBuf,
    /// What is kept of it.
    pub tombstone: Tombstone,
}

impl Store {
    /// Finishes the deletions that were interrupted, as [`expire`](Self::expire) and [`erase`](Self::erase) do
    /// before anything else.
    pub fn finish_deletions(&self) -> Deletions {
        let mut deletions = Deletions::default();
        let folder = self.root().join(DELETIONS);
        let names = match self.folder_of_deletions(&folder) {
            Ok(names) => names,
            Err(error) => {
                deletions.failed.push(Broken::new(folder, error));
                return deletions;
            }
        };
        for name in names {
            let path = folder.join(&name);
            let done = if name.ends_with(UNFINISHED) {
                // It was not begun.
                self.delete_file(&path)
            } else {
                let deleted = self
                    .begun(&path)
                    .and_then(|begun| self.delete(&path, begun));
                deleted.map(|deleted| deletions.deleted.push(deleted))
            };
            if let Err(error) = done {
                deletions.failed.push(Broken::new(path, error));
            }
        }
        deletions
    }

    /// Deletes a recording if nothing speaks against it.
    pub(super) fn delete_recording(
        &self,
        recording: &StoredRecording,
        reason: DeletionReason,
        now: OffsetDateTime,
        deletions: &mut Deletions,
    ) -> Result<(), StoreError> {
        let onhook = &recording.metadata.onhook;
        let id = onhook.recording_id.clone();
        if self.is_held_at(&recording.folder)? {
            deletions.held.push(id);
            return Ok(());
        }
        if onhook.retention.is_none() {
            deletions.unsealed.push(id);
            return Ok(());
        }
        let link = recording.metadata.chain_link();
        let tombstone = Tombstone {
            recording: Sha512Hex::of_bytes(id.as_bytes()),
            manifest: link.as_ref().map(|link| link.manifest.clone()),
            part: link.and_then(|link| link.part),
            at: now,
            reason,
        };
        let path = self.deletion_of(&recording.folder);
        let begun = Begun {
            folder: recording
                .id
                .folder()
                .iter()
                .map(|name| name.to_string_lossy().into_owned())
                .collect(),
            tombstone,
        };
        let text = serde_json::to_vec(&begun).map_err(|source| StoreError::Metadata {
            path: path.clone(),
            source,
        })?;
        let folder = self.root().join(DELETIONS);
        self.create_missing(&folder)?;
        self.replace(&folder, &file_name(&path), &text)?;
        deletions.deleted.push(self.delete(&path, begun)?);
        Ok(())
    }

    pub(super) fn is_being_deleted(&self, folder: &Path) -> Result<bool, StoreError> {
        Ok(self.kind(&self.deletion_of(folder))? == Some(EntryKind::File))
    }

    /// Whether the deletion of a recording of this id was begun, or is done. What cannot be read says nothing.
    pub(crate) fn was_deleted(&self, id: &SessionId) -> bool {
        if self
            .is_being_deleted(&self.folder(id))
            .is_ok_and(|being| being)
        {
            return true;
        }
        let recording = Sha512Hex::of_bytes(id.recording_id().as_bytes());
        self.tombstones().is_ok_and(|mut stones| {
            stones.any(|stone| stone.is_ok_and(|stone| stone.recording == recording))
        })
    }

    /// The file that says that the recording in a folder is being deleted.
    fn deletion_of(&self, folder: &Path) -> PathBuf {
        let conversation = folder.parent().map(file_name).unwrap_or_default();
        let recording_id = format!("{conversation}-{}", file_name(folder));
        let name = format!("{}.json", hash::short(&recording_id));
        self.root().join(DELETIONS).join(name)
    }

    /// The names of the deletions that were begun, and of those that almost were.
    fn folder_of_deletions(&self, folder: &Path) -> Result<Vec<String>, StoreError> {
        if self.kind(folder)? != Some(EntryKind::Folder) {
            return Ok(Vec::new());
        }
        let names = self.disk().list(folder);
        let mut names = names.map_err(StoreError::disk("list", folder))?;
        names.retain(|name| has_extension(name.strip_suffix(UNFINISHED).unwrap_or(name), "json"));
        names.sort_unstable();
        Ok(names)
    }

    fn begun(&self, path: &Path) -> Result<Begun, StoreError> {
        if self.kind(path)? != Some(EntryKind::File) {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        let text = disk::read(self.disk(), path).map_err(StoreError::disk("read", path))?;
        serde_json::from_slice(&text).map_err(|source| StoreError::Metadata {
            path: path.to_owned(),
            source,
        })
    }

    /// Goes on with a deletion that was begun, at any point.
    fn delete(&self, path: &Path, begun: Begun) -> Result<Deleted, StoreError> {
        let Begun { folder, tombstone } = begun;
        let mut below = self.root().to_owned();
        let mut is_there = true;
        let is_name = |name: &String| Path::new(name).file_name() == Some(name.as_ref());
        // What the file says must not lead elsewhere.
        if folder.len() != 5 || !folder.iter().all(is_name) {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        for name in &folder {
            below.push(name);
            is_there = is_there && self.kind(&below)? == Some(EntryKind::Folder);
        }
        if is_there {
            self.delete_files(&below, &tombstone)?;
        }
        let conversation = below.parent().unwrap_or(&below);
        // A crash may have come between the two.
        if self.remove_empty(&below)? {
            self.remove_empty(conversation)?;
        }
        self.delete_file(path)?;
        self.sync_parent(path)?;
        Ok(Deleted {
            folder: below,
            tombstone,
        })
    }

    fn delete_files(&self, folder: &Path, tombstone: &Tombstone) -> Result<(), StoreError> {
        let names = self
            .disk()
            .list(folder)
            .map_err(StoreError::disk("list", folder))?;
        for name in names.iter().filter(|name| is_content(name)) {
            self.delete_file(&folder.join(name))?;
        }
        self.sync_dir(folder)?;
        let conversation = folder.parent().unwrap_or(folder);
        for name in [VCON, &unfinished(VCON), &unfinished(HOLD)] {
            // A vCon names the participants, and audio that is gone; it can be made anew of what remains.
            self.delete_file(&conversation.join(name))?;
        }
        self.sync_dir(conversation)?;
        if tombstone.reason == DeletionReason::Erased {
            self.retain_lines(EVENTS, |event: &RecordingEvent| {
                let hash = |id: &str| Sha512Hex::of_bytes(id.as_bytes());
                event
                    .recording_id()
                    .is_none_or(|id| hash(id) != tombstone.recording)
            })?;
        }
        if self.kind(&folder.join(METADATA))?.is_some() {
            self.add_tombstone(tombstone)?;
        }
        for name in [METADATA, &unfinished(METADATA), &unfinished(HOLD)] {
            self.delete_file(&folder.join(name))?;
        }
        self.sync_dir(folder)
    }

    /// Removes a file; not what only has its name.
    fn delete_file(&self, path: &Path) -> Result<(), StoreError> {
        if self.kind(path)? == Some(EntryKind::File) {
            self.remove_file(path)?;
        }
        Ok(())
    }

    /// Removes a folder that is empty, or gone already; not one that anything is left in.
    fn remove_empty(&self, folder: &Path) -> Result<bool, StoreError> {
        match self.disk().remove_dir(folder) {
            Ok(()) => self.sync_parent(folder)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            // Of other sessions, or foreign; or a link is in its place.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory
                ) =>
            {
                return Ok(false);
            }
            Err(error) => return Err(StoreError::disk("remove", folder)(error)),
        }
        Ok(true)
    }
}

fn unfinished(name: &str) -> String {
    format!("{name}{UNFINISHED}")
}

/// The last part of a path, which was made by the store.
fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension() == Some(extension.as_ref())
}

/// Whether a file of this name is one of a session's that holds what was said, hashes of it, or who was there.
fn is_content(name: &str) -> bool {
    let name = name.strip_suffix(UNFINISHED).unwrap_or(name);
    let name = name.strip_suffix(".blocks").unwrap_or(name);
    let audio = name.starts_with("content.") && has_extension(name, "wav");
    audio || is_chunk_file(name) || name == "journal.log"
}
