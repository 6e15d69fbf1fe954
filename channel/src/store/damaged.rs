//! Files with what a crash or a fault of the disk has left that cannot be read: segments of the journal, and what was cut
//! off the files of lines. They are kept for whoever wants to know what happened, and no longer than recordings are.
//!
//! Such a file can hold audio and numbers of callers, and what of it cannot be read says of nobody whose it is. What can
//! be read is in the recordings. So an erasure deletes all of them, whoever asks; a legal hold keeps those that may hold
//! something of what is held.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

use super::deletion::Deletions;
use super::disk::EntryKind;
use super::metadata::RETENTION;
use super::tombstone::DeletionReason;
use super::{Broken, SessionId, Store, StoreError, rfc3339};

/// What stands between the name of a file of lines and the time at which something was cut off it, in Unix seconds.
const CUT: &str = ".cut-";
/// Bytes that are kept of what was cut off.
pub(super) const MOST_KEPT: u64 = 1 << 20;
/// Files that are kept of what was cut off one file: a disk that damages it all the time must not be filled with them.
const MOST_CUTS: usize = 16;
/// The extension of a segment that cannot be read.
pub(crate) const DAMAGED: &str = "damaged";
/// What is added to its name for what is known of it.
const NOTE: &str = ".json";
/// Bytes of a note at most; ids of conversations may be long.
const LARGEST_NOTE: u64 = 64 << 20;
/// Recordings that are named in a note.
const MOST_NAMED: usize = 10_000;

/// A file with what a crash or a fault of the disk has left that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DamagedFile {
    /// Where it is or was.
    pub path: PathBuf,
    /// What became of it.
    pub fate: DamagedFate,
}

/// What became of a [`DamagedFile`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DamagedFate {
    /// It is gone.
    Deleted,
    /// It is kept until then for whoever wants to know what happened.
    KeptUntil(OffsetDateTime),
    /// It is kept because it may hold something of a recording on legal hold.
    Held,
}

/// What is known of a segment that cannot be read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    #[serde(with = "rfc3339")]
    delete_after: OffsetDateTime,
    /// The recordings of which there are entries that can be read.
    recordings: Vec<Named>,
    /// Whether there are entries of others, or of nobody knows whom.
    has_more: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Named {
    conversation: String,
    session: u32,
    /// In Julian days.
    day: i32,
}

impl Note {
    fn ids(&self) -> impl Iterator<Item = SessionId> {
        self.recordings.iter().filter_map(|named| {
            let day = Date::from_julian_day(named.day).ok()?;
            Some(SessionId::new(&named.conversation, named.session, day))
        })
    }
}

fn kept_until(found: OffsetDateTime, retention: Option<std::time::Duration>) -> OffsetDateTime {
    let kept = Duration::try_from(retention.unwrap_or(RETENTION));
    found.saturating_add(kept.unwrap_or(Duration::MAX))
}

impl Store {
    /// The damaged files that are kept, in order.
    pub(super) fn damaged_files(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut files = self.files_like(self.root(), |name| cut_at(name).is_some())?;
        let is_segment = |name: &str| Path::new(name).extension().is_some_and(|is| is == DAMAGED);
        files.extend(self.files_like(&self.journal(), is_segment)?);
        Ok(files)
    }

    fn journal(&self) -> PathBuf {
        self.root().join("journal")
    }

    /// The files in a folder whose name is like this, in order; none if there is no folder.
    fn files_like(
        &self,
        folder: &Path,
        is_like: impl Fn(&str) -> bool,
    ) -> Result<Vec<PathBuf>, StoreError> {
        let mut names = match self.disk().list(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed.map_err(StoreError::disk("list", folder))?,
        };
        names.retain(|name| is_like(name));
        names.sort_unstable();
        let mut files = Vec::new();
        for path in names.into_iter().map(|name| folder.join(name)) {
            if self.kind(&path)? == Some(EntryKind::File) {
                files.push(path);
            }
        }
        Ok(files)
    }

    /// A name for what is cut off a file of lines now; none if enough is kept of it.
    pub(super) fn name_for_cut(
        &self,
        name: &str,
        at: OffsetDateTime,
    ) -> Result<Option<PathBuf>, StoreError> {
        let prefix = format!("{name}{CUT}");
        let kept = self.files_like(self.root(), |name| name.starts_with(&prefix))?;
        if kept.len() >= MOST_CUTS {
            return Ok(None);
        }
        let seconds = at.unix_timestamp();
        let names = (seconds..).map(|seconds| self.root().join(format!("{prefix}{seconds}")));
        Ok(names.into_iter().find(|path| !kept.contains(path)))
    }

    /// Writes down what is known of a segment that cannot be read, before it gets its name: of which recordings it has
    /// entries, if that can be told of all entries that can be read.
    pub(crate) fn note_damage(
        &self,
        path: &Path,
        recordings: Option<&[SessionId]>,
        found: OffsetDateTime,
        retention: Option<std::time::Duration>,
    ) -> Result<(), StoreError> {
        let known = recordings.unwrap_or_default();
        let named = known.iter().take(MOST_NAMED).map(|id| Named {
            conversation: id.conversation().to_owned(),
            session: id.session(),
            day: id.day().to_julian_day(),
        });
        let note = Note {
            delete_after: kept_until(found, retention),
            recordings: named.collect(),
            has_more: recordings.is_none() || known.len() > MOST_NAMED,
        };
        self.write_note(path, &note)
    }

    fn write_note(&self, path: &Path, note: &Note) -> Result<(), StoreError> {
        let unwritable = |source| StoreError::Metadata {
            path: note_of(path),
            source,
        };
        let text = serde_json::to_vec(note).map_err(unwritable)?;
        let (note, folder) = (note_of(path), self.journal());
        let name = note.file_name().unwrap_or_default().to_string_lossy();
        self.replace(&folder, &name, &text)
    }

    /// What is known of a damaged file: until when it is kept, and whose it is, if that was found out.
    fn known_of(
        &self,
        path: &Path,
        now: OffsetDateTime,
    ) -> Result<(OffsetDateTime, Option<Note>), StoreError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(found) = cut_at(&name) {
            return Ok((kept_until(found, None), None));
        }
        let note = match self.kind(&note_of(path))? {
            Some(EntryKind::File) => self.read_file(&note_of(path), LARGEST_NOTE).ok(),
            _ => None,
        };
        let note = note.and_then(|text| serde_json::from_slice::<Note>(&text).ok());
        if let Some(note) = note {
            return Ok((note.delete_after, Some(note)));
        }
        // An earlier version has left it: it was found now.
        let note = Note {
            delete_after: kept_until(now, None),
            recordings: Vec::new(),
            has_more: true,
        };
        self.write_note(path, &note)?;
        Ok((note.delete_after, Some(note)))
    }

    /// Whether it may hold something of a recording that is on legal hold.
    fn may_be_held(&self, note: Option<&Note>) -> Result<bool, StoreError> {
        let Some(note) = note else {
            // Lines say where recordings are. What is held are recordings.
            return Ok(false);
        };
        for id in note.ids() {
            if self.is_held(&id)? {
                return Ok(true);
            }
        }
        if !note.has_more && !note.recordings.is_empty() {
            return Ok(false);
        }
        // Whose it is nobody can say: anything that is held may be in it.
        for recording in self.recordings(..).flatten() {
            if self.is_held(&recording.id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Deletes the damaged files that were kept for long enough, or all if somebody is to be erased; those that a legal
    /// hold may concern stay.
    pub(super) fn delete_damaged(
        &self,
        reason: DeletionReason,
        now: OffsetDateTime,
        deletions: &mut Deletions,
    ) {
        let files = match self.damaged_files() {
            Ok(files) => files,
            Err(error) => {
                return deletions.failed.push(Broken::new(self.root(), error));
            }
        };
        for path in files {
            match self.decide_damaged(&path, reason, now) {
                Ok(fate) => deletions.damaged.push(DamagedFile { path, fate }),
                Err(error) => deletions.failed.push(Broken::new(path, error)),
            }
        }
    }

    fn decide_damaged(
        &self,
        path: &Path,
        reason: DeletionReason,
        now: OffsetDateTime,
    ) -> Result<DamagedFate, StoreError> {
        // Nobody holds anything between looking and deleting.
        let _alone = self.alone()?;
        let (until, note) = self.known_of(path, now)?;
        if self.may_be_held(note.as_ref())? {
            return Ok(DamagedFate::Held);
        }
        if reason == DeletionReason::Expired && until > now {
            return Ok(DamagedFate::KeptUntil(until));
        }
        self.remove_file(path)?;
        self.remove_file(&note_of(path))?;
        self.sync_parent(path)?;
        Ok(DamagedFate::Deleted)
    }
}

fn note_of(path: &Path) -> PathBuf {
    let mut note = path.to_path_buf().into_os_string();
    note.push(NOTE);
    note.into()
}

/// When what a file of this name holds was cut off a file of lines.
fn cut_at(name: &str) -> Option<OffsetDateTime> {
    let (log, seconds) = name.rsplit_once(CUT)?;
    let is_lines = Path::new(log).extension().is_some_and(|is| is == "jsonl");
    let seconds = seconds.parse().ok().filter(|_| is_lines)?;
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_cut_says_when_it_was_made() {
        let at = |name| cut_at(name).map(OffsetDateTime::unix_timestamp);
        assert_eq!(at("events.jsonl.cut-1764335262"), Some(1_764_335_262));
        for other in [
            "events.jsonl",
            "events.jsonl.cut-",
            "events.jsonl.cut-soon",
            "notes.cut-1",
            "events.jsonl.cut-99999999999999999",
        ] {
            assert_eq!(at(other), None, "{other}");
        }
    }
}
