//! Legal holds: what is held is not deleted, whoever asks.

use std::path::Path;

use serde::Serialize;
use time::{Date, OffsetDateTime};

use super::disk::EntryKind;
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
    /// When this returns, the hold survives a power failure.
    ///
    /// # Errors
    /// A [`StoreError`]; in particular if there is no such recording, or it is being deleted already.
    pub fn hold_recording(
        &self,
        id: &SessionId,
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let folder = self.folder(id);
        if self.is_being_deleted(&folder)? {
            return Err(StoreError::BeingDeleted(folder));
        }
        self.hold(&folder, reason, now)
    }

    /// Takes back the hold on a recording; one on its conversation stays.
    pub fn release_recording(&self, id: &SessionId) -> Result<(), StoreError> {
        self.release(&self.folder(id))
    }

    /// Keeps all recordings of a conversation from being deleted, also those to come. `day` is that on which the
    /// conversation began, in UTC.
    pub fn hold_conversation(
        &self,
        conversation: &str,
        day: Date,
        reason: &str,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let folder = self.create_conversation(&SessionId::new(conversation, 1, day))?;
        self.hold(&folder, reason, now)
    }

    /// Takes back the hold on a conversation; those on its recordings stay.
    pub fn release_conversation(&self, conversation: &str, day: Date) -> Result<(), StoreError> {
        let session = self.folder(&SessionId::new(conversation, 1, day));
        session
            .parent()
            .map_or(Ok(()), |folder| self.release(folder))
    }

    /// Whether a recording is held, by itself or with its conversation.
    pub fn is_held(&self, id: &SessionId) -> Result<bool, StoreError> {
        self.is_held_at(&self.folder(id))
    }

    pub(super) fn is_held_at(&self, folder: &Path) -> Result<bool, StoreError> {
        // Whatever stands there holds: it is safer to keep too much.
        let is_held = |folder: &Path| Ok::<_, StoreError>(self.kind(&folder.join(HOLD))?.is_some());
        Ok(is_held(folder)? || folder.parent().map_or(Ok(false), is_held)?)
    }

    fn hold(&self, folder: &Path, reason: &str, now: OffsetDateTime) -> Result<(), StoreError> {
        if self.kind(folder)? == Some(EntryKind::Other) {
            return Err(StoreError::Foreign(folder.to_owned()));
        }
        let hold = Hold { since: now, reason };
        let text = serde_json::to_vec(&hold).map_err(|source| StoreError::Metadata {
            path: folder.join(HOLD),
            source,
        })?;
        self.replace(folder, HOLD, &text)
    }

    fn release(&self, folder: &Path) -> Result<(), StoreError> {
        if self.kind(folder)? != Some(EntryKind::Folder) {
            return Ok(());
        }
        self.remove_file(&folder.join(HOLD))?;
        self.sync_dir(folder)
    }
}
