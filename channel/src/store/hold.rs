//! Legal holds: what is held is not deleted, whoever asks.
//!
//! A hold that has returned `Ok` keeps all audio that the recording had. Holds and deletions take turns by the store's
//! [lock](super::lock), and a deletion begins with a rename of the folder in which the hold would stand: either the hold
//! is there first, and the deletion sees it, or the folder is gone, and the hold is refused.

use std::path::{Path, PathBuf};

use serde::Serialize;
use time::{Date, OffsetDateTime};

use super::disk::EntryKind;
use super::folder::{CONTENT, METADATA};
use super::{SessionId, Store, StoreError, rfc3339};

/// The file that says so, in the folder of a recording or of a conversation.
pub(super) const HOLD: &str = "legal-hold.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hold<'h> {
    #[serde(with = "rfc3339")]
    since: OffsetDateTime,
    reason: &'h str,
}

impl Store {
    /// Keeps a recording from being deleted until it is [released](Self::release_recording). `reason` is kept for
    /// people. Doing it again changes the reason only.
    ///
    /// When this returns `Ok`, the recording is there and stays, whoever deletes in whichever process, and the hold
    /// survives a power failure. A recording that is still going on can be held as well. Another process than the one
    /// that records may do so.
    ///
    /// # Errors
    /// * [`StoreError::BeingDeleted`] if a deletion was begun before, also one that a crash has interrupted;
    /// * [`StoreError::Deleted`] if it was deleted, and [`StoreError::Missing`] if there never was one;
    /// * [`StoreError::Busy`] if another process keeps the store locked for half a minute;
    /// * any other [`StoreError`] if the hold cannot be written. Then there is none, or the one before.
    pub fn hold_recording(
        &self,
        id: &SessionId,
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let folder = self.folder(id);
        // Nothing is made for a recording that is not there, not even the file of the lock.
        self.check_is_there(id, &folder)?;
        let _alone = self.alone()?;
        self.check_is_there(id, &folder)?;
        self.hold(&folder, reason, now)?;
        // The folders of a recording that has just begun may be in the journal only.
        let above = folder
            .ancestors()
            .take_while(|path| *path != self.root())
            .map(|path| self.sync_parent(path));
        above.collect()
    }

    /// Takes back the hold on a recording; one on its conversation stays.
    pub fn release_recording(&self, id: &SessionId) -> Result<(), StoreError> {
        self.release(&self.folder(id))
    }

    /// Keeps all recordings of a conversation from being deleted, also those to come. `day` is that on which the
    /// conversation began, in UTC.
    ///
    /// # Errors
    /// As for [`hold_recording`](Self::hold_recording), but a conversation need not be there yet. If one of its recordings is being
    /// deleted, this is [`StoreError::BeingDeleted`] and none is held: [`finish_deletions`](Self::finish_deletions)
    /// finishes a deletion that was interrupted, and the others can be held then.
    pub fn hold_conversation(
        &self,
        conversation: &str,
        day: Date,
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let id = SessionId::new(conversation, 1, day);
        let _alone = self.alone()?;
        let folder = self.create_conversation(&id)?;
        self.check_none_is_deleted(&folder, day)?;
        let was_held = self.kind(&folder.join(HOLD))?.is_some();
        self.hold(&folder, reason, now)?;
        // On a file system without locks, a deletion may have begun meanwhile; it has seen the hold, or is seen here.
        let checked = self.check_none_is_deleted(&folder, day);
        if checked.is_err() && !was_held {
            self.release_in(&folder)?;
        }
        checked
    }

    /// Takes back the hold on a conversation; those on its recordings stay.
    pub fn release_conversation(&self, conversation: &str, day: Date) -> Result<(), StoreError> {
        let session = self.folder(&SessionId::new(conversation, 1, day));
        session
            .parent()
            .map_or(Ok(()), |folder| self.release(folder))
    }

    /// Whether a recording is held, by itself or with its conversation. One that is not there is not held by itself.
    pub fn is_held(&self, id: &SessionId) -> Result<bool, StoreError> {
        let folder = self.folder(id);
        if self.is_folder(&folder)? {
            return self.is_held_at(&folder);
        }
        let conversation = folder.parent().unwrap_or(&folder);
        Ok(self.is_folder(conversation)? && self.has_hold(conversation)?)
    }

    /// The same of what is in a folder.
    pub(super) fn is_held_at(&self, folder: &Path) -> Result<bool, StoreError> {
        let conversation = folder.parent();
        Ok(self.has_hold(folder)?
            || conversation.map_or(Ok(false), |folder| self.has_hold(folder))?)
    }

    fn has_hold(&self, folder: &Path) -> Result<bool, StoreError> {
        // Whatever stands there holds: it is safer to keep too much.
        Ok(self.kind(&folder.join(HOLD))?.is_some())
    }

    /// Whether there is a recording that stays if nobody deletes it from now on.
    fn check_is_there(&self, id: &SessionId, folder: &Path) -> Result<(), StoreError> {
        let mut is_there = self.is_folder(folder)?;
        if is_there {
            if self.is_noted(folder)? {
                return Err(StoreError::BeingDeleted(folder.to_owned()));
            }
            let has = |name| Ok::<_, StoreError>(self.kind(&folder.join(name))?.is_some());
            is_there = has(METADATA)? || has(CONTENT)?;
        }
        if is_there {
            return Ok(());
        }
        let folder = folder.to_owned();
        Err(if self.is_marked(id, &folder)? {
            StoreError::BeingDeleted(folder)
        } else if self.has_tombstone(id)? {
            StoreError::Deleted(folder)
        } else {
            StoreError::Missing(folder)
        })
    }

    fn check_none_is_deleted(&self, conversation: &Path, day: Date) -> Result<(), StoreError> {
        let (sessions, marked) = self.content_of(conversation, day)?;
        let marked = marked.first().map(super::mark::Marked::folder);
        let mut being_deleted: Option<PathBuf> = marked;
        for session in sessions {
            if being_deleted.is_none() && self.is_noted(&session.path)? {
                being_deleted = Some(session.path);
            }
        }
        being_deleted.map_or(Ok(()), |folder| Err(StoreError::BeingDeleted(folder)))
    }

    fn hold(&self, folder: &Path, reason: &str, now: OffsetDateTime) -> Result<(), StoreError> {
        let hold = Hold { since: now, reason };
        let text = serde_json::to_vec(&hold).map_err(|source| StoreError::Metadata {
            path: folder.join(HOLD),
            source,
        })?;
        self.replace(folder, HOLD, &text)
    }

    fn release(&self, folder: &Path) -> Result<(), StoreError> {
        if !self.is_folder(folder)? {
            return Ok(());
        }
        let _alone = self.alone()?;
        self.release_in(folder)
    }

    fn release_in(&self, folder: &Path) -> Result<(), StoreError> {
        if self.kind(folder)? != Some(EntryKind::Folder) {
            return Ok(());
        }
        self.remove_file(&folder.join(HOLD))?;
        self.sync_dir(folder)
    }
}
