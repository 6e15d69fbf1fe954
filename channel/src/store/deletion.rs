//! Deleting a recording, so that a crash at any point leaves one that is there or one whose deletion goes on.
//!
//! First the recording's folder [gets another name](super::mark): from then on there is no recording for anybody. Then
//! go the audio, what was made of it, and the published events; then its tombstone is set, and last go the metadata and
//! the folders. Nothing is written before the audio has made room, so that a full disk can be freed. Only files that a
//! store makes are deleted, and no link is followed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::disk::EntryKind;
use super::folder::{CONTENT, METADATA, UNFINISHED};
use super::hold::HOLD;
use super::lock::Alone;
use super::mark::{Mark, Marked};
use super::parts::is_chunk_file;
use super::tombstone::{DeletionReason, Tombstone};
use super::walk::{Conversations, SessionFolder};
use super::{Broken, Select, SessionId, Sha512Hex, Store, StoreError, StoredRecording, layout};
use crate::events::{EVENTS, RecordingEvent};
use crate::vcon::VCON;

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
    /// before they delete others. Walks all folders, and reads nothing in those of recordings that stay.
    pub fn finish_deletions(&self) -> Deletions {
        let mut deletions = Deletions::default();
        if self.finish_notes(&mut deletions) {
            self.each_conversation(&mut deletions, |_, _| ());
        }
        deletions
    }

    /// Finishes the interrupted deletions of each conversation, and does something with its sessions then.
    pub(super) fn each_conversation(
        &self,
        deletions: &mut Deletions,
        mut visit: impl FnMut(&mut Deletions, Vec<SessionFolder>),
    ) {
        for conversation in Conversations::new(self, &Select::All) {
            let content = conversation.and_then(|conversation| {
                let (sessions, marked) = conversation.content(self)?;
                Ok((conversation.path, sessions, marked))
            });
            match content {
                Ok((path, sessions, marked)) => {
                    for marked in marked {
                        let finished = self
                            .alone()
                            .and_then(|alone| self.finish(&alone, &marked, deletions));
                        if let Err(error) = finished {
                            deletions.failed.push(Broken::new(marked.path, error));
                        }
                    }
                    if sessions.is_empty()
                        && let Err(error) = self.tidy(&path)
                    {
                        deletions.failed.push(Broken::new(path, error));
                    }
                    visit(deletions, sessions);
                }
                Err(broken) => deletions.failed.push(broken),
            }
        }
    }

    /// Removes the folder of a conversation that has no recording, if it is empty: a crash came before that.
    fn tidy(&self, conversation: &Path) -> Result<(), StoreError> {
        if self.kind(&conversation.join(HOLD))?.is_none() {
            let _alone = self.alone()?;
            self.remove_empty(conversation)?;
        }
        Ok(())
    }

    /// Deletes a recording if it is wanted and nothing speaks against it.
    pub(super) fn delete_session(
        &self,
        session: &SessionFolder,
        reason: DeletionReason,
        now: OffsetDateTime,
        wanted: impl Fn(&StoredRecording) -> bool,
        deletions: &mut Deletions,
    ) -> Result<(), StoreError> {
        let wanted = |recording: &StoredRecording| wanted(recording);
        // Most recordings are not wanted; nobody need wait for that to be found out.
        if self.recording(session)?.is_none_or(|one| !wanted(&one)) {
            return Ok(());
        }
        let alone = self.alone()?;
        // Another process may have deleted it since, and yet another have begun one in its place.
        if !self.is_folder(&session.path)? {
            return Ok(());
        }
        let Some(recording) = self.recording(session)?.filter(wanted) else {
            return Ok(());
        };
        let onhook = &recording.metadata.onhook;
        if self.is_held_at(&recording.folder)? {
            deletions.held.push(onhook.recording_id.clone());
            return Ok(());
        }
        if onhook.retention.is_none() {
            deletions.unsealed.push(onhook.recording_id.clone());
            return Ok(());
        }
        let mark = Mark {
            session: session.number,
            reason,
            at: now,
        };
        let marked = self.mark(&session.path, session.day, mark)?;
        self.finish(&alone, &marked, deletions)
    }

    /// Whether the deletion of a recording of this id was begun, or is done. What cannot be read says nothing.
    pub(crate) fn was_deleted(&self, id: &SessionId) -> bool {
        let folder = self.folder(id);
        let begun = || Ok::<_, StoreError>(self.is_marked(id, &folder)? || self.is_noted(&folder)?);
        begun().unwrap_or(false) || self.has_tombstone(id).unwrap_or(false)
    }

    /// Goes on with a deletion that was begun, at any point.
    pub(super) fn finish(
        &self,
        alone: &Alone<'_>,
        marked: &Marked,
        deletions: &mut Deletions,
    ) -> Result<(), StoreError> {
        if self.kind(&marked.path)? != Some(EntryKind::Folder) {
            // Another process has finished it.
            return Ok(());
        }
        let tombstone = self.tombstone_for(marked)?;
        // The lock keeps holds out. Without one, or by an earlier version, it may have been held since: what is left stays.
        let has_audio = self.kind(&marked.path.join(CONTENT))?.is_some();
        if has_audio && self.is_held_at(&marked.path)? {
            self.unmark(marked)?;
            deletions.held.push(marked.recording_id());
            return Ok(());
        }
        self.delete_files(alone, &marked.path, &tombstone)?;
        let folder = marked.folder();
        if !self.remove_empty(&marked.path)? {
            // What is foreign goes back to where somebody has put it, unless another recording is there now.
            match self.unmark(marked) {
                Ok(()) | Err(StoreError::Exists(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if let Some(conversation) = folder.parent() {
            self.remove_empty(conversation)?;
        }
        deletions.deleted.push(Deleted { folder, tombstone });
        Ok(())
    }

    /// What is to be left of a recording: it is in the name of its folder, and in the metadata as long as these are there.
    pub(super) fn tombstone_for(&self, marked: &Marked) -> Result<Tombstone, StoreError> {
        let link = match self.metadata_at(&marked.path.join(METADATA)) {
            Ok(metadata) => metadata.chain_link(),
            // The tombstone was set.
            Err(StoreError::Disk { source, .. }) if source.kind() == ErrorKind::NotFound => None,
            Err(error @ StoreError::Disk { .. }) => return Err(error),
            // They could be read when the deletion was begun, which must be finished all the same.
            Err(_) => None,
        };
        let id = marked.recording_id();
        let place = layout::place(marked.day, &id);
        Ok(Tombstone {
            recording: Sha512Hex::of_bytes(id.as_bytes()),
            place: Some(Sha512Hex::of_bytes(place.as_bytes())),
            manifest: link.as_ref().map(|link| link.manifest.clone()),
            part: link.and_then(|link| link.part),
            at: marked.mark.at,
            reason: marked.mark.reason,
        })
    }

    fn delete_files(
        &self,
        alone: &Alone<'_>,
        folder: &Path,
        tombstone: &Tombstone,
    ) -> Result<(), StoreError> {
        // First what every recording has: if it is not there, it is too late for a hold.
        self.delete_file(&folder.join(CONTENT))?;
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
            self.retain_lines(alone, EVENTS, |event: &RecordingEvent| {
                !event.is_of(tombstone)
            })?;
        }
        if self.kind(&folder.join(METADATA))?.is_some() {
            self.add_tombstone(alone, tombstone)?;
        }
        for name in [METADATA, &unfinished(METADATA), &unfinished(HOLD)] {
            self.delete_file(&folder.join(name))?;
        }
        self.sync_dir(folder)
    }

    /// Removes a file; not what only has its name.
    pub(super) fn delete_file(&self, path: &Path) -> Result<(), StoreError> {
        if self.kind(path)? == Some(EntryKind::File) {
            self.remove_file(path)?;
        }
        Ok(())
    }

    /// Removes a folder that is empty, or gone already; not one that anything is left in.
    pub(super) fn remove_empty(&self, folder: &Path) -> Result<bool, StoreError> {
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
