//! Deleting a recording, so that a crash at any point leaves one that is there or one whose deletion goes on.
//!
//! First `deleting.json` says what is going to happen; from then on the recording is not listed. Then go the
//! audio, what was made of it, and the published events; then its tombstone is set, and last go the metadata and
//! `deleting.json` itself. Only files that a store makes are deleted, and no link is followed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::disk::{self, EntryKind};
use super::folder::{METADATA, UNFINISHED};
use super::tombstone::{DeletionReason, Tombstone};
use super::{Broken, Sha512Hex, Store, StoreError, StoredRecording};
use crate::events::EVENTS;
use crate::vcon::VCON;

const DELETING: &str = "deleting.json";

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
        self.each_session(&mut deletions, |deletions, session| {
            let Some(tombstone) = self.begun_deletion(&session.path)? else {
                return Ok(());
            };
            deletions
                .deleted
                .push(self.delete(&session.path, tombstone)?);
            Ok(())
        });
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
        let path = recording.folder.join(DELETING);
        let text = serde_json::to_vec(&tombstone)
            .map_err(|source| StoreError::Metadata { path, source })?;
        self.replace(&recording.folder, DELETING, &text)?;
        deletions
            .deleted
            .push(self.delete(&recording.folder, tombstone)?);
        Ok(())
    }

    pub(super) fn is_being_deleted(&self, folder: &Path) -> Result<bool, StoreError> {
        Ok(self.kind(&folder.join(DELETING))? == Some(EntryKind::File))
    }

    fn begun_deletion(&self, folder: &Path) -> Result<Option<Tombstone>, StoreError> {
        if !self.is_being_deleted(folder)? {
            return Ok(None);
        }
        let path = folder.join(DELETING);
        let text = disk::read(self.disk(), &path).map_err(StoreError::disk("read", &path))?;
        serde_json::from_slice(&text).map_err(|source| StoreError::Metadata { path, source })
    }

    /// Goes on with a deletion that was begun, at any point.
    fn delete(&self, folder: &Path, tombstone: Tombstone) -> Result<Deleted, StoreError> {
        let names = self
            .disk()
            .list(folder)
            .map_err(StoreError::disk("list", folder))?;
        for name in names.iter().filter(|name| is_content(name)) {
            self.delete_file(&folder.join(name))?;
        }
        self.sync_dir(folder)?;
        let conversation = folder.parent().unwrap_or(folder);
        for name in [VCON.to_owned(), format!("{VCON}{UNFINISHED}")] {
            // It names the participants, and audio that is gone; it can be made anew of what remains.
            self.delete_file(&conversation.join(name))?;
        }
        if tombstone.reason == DeletionReason::Erased {
            self.retain_lines(EVENTS, |event: &crate::events::RecordingEvent| {
                event
                    .recording_id()
                    .is_none_or(|id| Sha512Hex::of_bytes(id.as_bytes()) != tombstone.recording)
            })?;
        }
        if self.kind(&folder.join(METADATA))?.is_some() {
            self.add_tombstone(&tombstone)?;
        }
        for name in [format!("{METADATA}{UNFINISHED}"), METADATA.to_owned()] {
            self.delete_file(&folder.join(name))?;
        }
        self.sync_dir(folder)?;
        self.delete_file(&folder.join(DELETING))?;
        self.sync_dir(folder)?;
        // Folders with something foreign in them stay, and so do those of other sessions.
        if self.remove_empty(folder)? && self.remove_empty(conversation)? {
            self.sync_parent(conversation)?;
        }
        Ok(Deleted {
            folder: folder.to_owned(),
            tombstone,
        })
    }

    /// Removes a file; not what only has its name.
    fn delete_file(&self, path: &Path) -> Result<(), StoreError> {
        if self.kind(path)? == Some(EntryKind::File) {
            self.remove_file(path)?;
        }
        Ok(())
    }

    fn remove_empty(&self, folder: &Path) -> Result<bool, StoreError> {
        match self.disk().remove_dir(folder) {
            Ok(()) => {
                self.sync_parent(folder)?;
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(false),
            Err(error) => Err(StoreError::disk("remove", folder)(error)),
        }
    }
}

/// Whether a file of this name is one of a session's that holds what was said, or hashes of it.
fn is_content(name: &str) -> bool {
    let name = name.strip_suffix(UNFINISHED).unwrap_or(name);
    let name = name.strip_suffix(".blocks").unwrap_or(name);
    let audio = name.starts_with("content.") && name.ends_with(".wav");
    audio || name == "journal.log"
}
