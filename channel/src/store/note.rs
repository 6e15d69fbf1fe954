//! Deletions that an earlier version has begun: it wrote a note into the folder `deletions`.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use time::Date;

use super::deletion::{Deleted, Deletions};
use super::disk::EntryKind;
use super::folder::{METADATA, UNFINISHED};
use super::mark::Mark;
use super::tombstone::Tombstone;
use super::{Broken, Store, StoreError, hash, layout};

/// The folder of the notes.
const DELETIONS: &str = "deletions";
/// The most bytes of a note.
const LIMIT: u64 = 64 * 1024;

/// A deletion that was begun.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    /// The recording's folder in the store, from the year to the session.
    folder: Vec<String>,
    tombstone: Tombstone,
}

impl Store {
    /// Goes on with the deletions that an earlier version has begun; says whether others may be begun: not if nobody
    /// knows which those are.
    pub(super) fn finish_notes(&self, deletions: &mut Deletions) -> bool {
        let folder = self.root().join(DELETIONS);
        let names = match self.notes(&folder) {
            Ok(names) => names,
            Err(error) => {
                deletions.failed.push(Broken::new(folder, error));
                return false;
            }
        };
        for name in names {
            let path = folder.join(&name);
            let done = if name.ends_with(UNFINISHED) {
                // It was not begun.
                self.delete_file(&path)
            } else {
                self.finish_note(&path, deletions)
            };
            if let Err(error) = done {
                deletions.failed.push(Broken::new(path, error));
            }
        }
        true
    }

    /// Whether an earlier version has begun to delete what is in a folder.
    pub(super) fn is_noted(&self, folder: &Path) -> Result<bool, StoreError> {
        let deletions = self.root().join(DELETIONS);
        if self.kind(&deletions)? != Some(EntryKind::Folder) {
            return Ok(false);
        }
        let name = |path: &Path| Some(path.file_name()?.to_str()?.to_owned());
        let (Some(session), Some(conversation)) = (name(folder), folder.parent().and_then(name))
        else {
            return Ok(false);
        };
        let recording_id = layout::recording_id_in(&conversation, &session);
        let path = deletions.join(format!("{}.json", hash::short(&recording_id)));
        if self.kind(&path)? != Some(EntryKind::File) {
            return Ok(false);
        }
        // The name of the note says nothing of the day.
        let note = self.note(&path)?;
        Ok(self.folder_of(&path, &note)?.0 == folder && self.is_about(&note, folder))
    }

    /// Whether what is in the folder is what was to be deleted, and not a recording that was begun in its place since.
    fn is_about(&self, note: &Note, folder: &Path) -> bool {
        let metadata = self.metadata_at(&folder.join(METADATA));
        let link = metadata.ok().and_then(|metadata| metadata.chain_link());
        link.is_none_or(|link| {
            let manifest = &note.tombstone.manifest;
            manifest
                .as_ref()
                .is_none_or(|manifest| *manifest == link.manifest)
        })
    }

    /// The names of the notes, and of those that almost were.
    fn notes(&self, folder: &Path) -> Result<Vec<String>, StoreError> {
        if !self.is_folder(folder)? {
            return Ok(Vec::new());
        }
        let names = self.disk().list(folder);
        let mut names = names.map_err(StoreError::disk("list", folder))?;
        let is_note = |name: &String| {
            let name = name.strip_suffix(UNFINISHED).unwrap_or(name);
            Path::new(name).extension() == Some("json".as_ref())
        };
        names.retain(is_note);
        names.sort_unstable();
        Ok(names)
    }

    fn note(&self, path: &Path) -> Result<Note, StoreError> {
        let text = self.read_file(path, LIMIT)?;
        serde_json::from_slice(&text).map_err(|source| StoreError::Metadata {
            path: path.to_owned(),
            source,
        })
    }

    /// The folder that a note is about, its day and its session.
    fn folder_of(&self, path: &Path, note: &Note) -> Result<(PathBuf, Date, u32), StoreError> {
        let foreign = || StoreError::Foreign(path.to_owned());
        let is_name = |name: &String| Path::new(name).file_name() == Some(name.as_ref());
        let [year, month, day, _, session] = note.folder.as_slice() else {
            return Err(foreign());
        };
        // What the file says must not lead elsewhere.
        if !note.folder.iter().all(is_name) {
            return Err(foreign());
        }
        let day = layout::day_of(year, month, day).ok_or_else(foreign)?;
        let session = session.parse().map_err(|_no_number| foreign())?;
        let folder = note.folder.iter().collect::<PathBuf>();
        Ok((self.root().join(folder), day, session))
    }

    /// Deletes as every deletion does that was interrupted; of a recording that was held since, what is left stays.
    fn finish_note(&self, path: &Path, deletions: &mut Deletions) -> Result<(), StoreError> {
        let note = self.note(path)?;
        let (folder, day, session) = self.folder_of(path, &note)?;
        let alone = self.alone()?;
        let (reason, at) = (note.tombstone.reason, note.tombstone.at);
        if self.is_folder(&folder)? && self.is_about(&note, &folder) {
            let mark = Mark {
                session,
                reason,
                at,
            };
            let marked = self.mark(&folder, day, mark)?;
            self.delete_file(path)?;
            self.sync_parent(path)?;
            return self.finish(&alone, &marked, deletions);
        }
        if let Some(conversation) = folder.parent() {
            self.remove_empty(conversation)?;
        }
        self.delete_file(path)?;
        self.sync_parent(path)?;
        deletions.deleted.push(Deleted {
            folder,
            tombstone: note.tombstone,
        });
        Ok(())
    }
}
