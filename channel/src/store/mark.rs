//! That a deletion was begun: the recording's folder has another name, `0001.expired.1795472674500000000`.
//!
//! Renaming is one step, needs no space on a full disk, and takes the recording away from everybody at once: nobody
//! finds it under its old name, to list it, to hold it or to write to it. What a tombstone needs that is not in the
//! metadata is in the name: why, and when, in nanoseconds since 1970.

use std::path::{Path, PathBuf};

use time::{Date, OffsetDateTime};

use super::tombstone::DeletionReason;
use super::{SessionId, Store, StoreError, layout};

/// What the name of the folder says of the deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) session: u32,
    pub(super) reason: DeletionReason,
    pub(super) at: OffsetDateTime,
}

/// The folder of a recording that is being deleted.
#[derive(Clone, Debug)]
pub(super) struct Marked {
    pub(super) day: Date,
    pub(super) mark: Mark,
    pub(super) path: PathBuf,
}

impl Mark {
    /// The name of the folder.
    pub(super) fn name(self) -> String {
        let (session, reason) = (self.session, word(self.reason));
        format!("{session:04}.{reason}.{}", self.at.unix_timestamp_nanos())
    }

    /// The mark that a name is; none if it is none that [`Mark::name`] gives.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let mut parts = name.splitn(3, '.');
        let session = parts.next()?.parse().ok()?;
        let said = parts.next()?;
        let reasons = [DeletionReason::Expired, DeletionReason::Erased];
        let reason = reasons.into_iter().find(|reason| word(*reason) == said)?;
        let nanos = parts.next()?.parse().ok()?;
        let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
        let mark = Self {
            session,
            reason,
            at,
        };
        (mark.name() == name).then_some(mark)
    }
}

const fn word(reason: DeletionReason) -> &'static str {
    match reason {
        DeletionReason::Expired => "expired",
        DeletionReason::Erased => "erased",
    }
}

impl Marked {
    /// Where the recording was.
    pub(super) fn folder(&self) -> PathBuf {
        self.path.with_file_name(self.session())
    }

    /// The id of the recording.
    pub(super) fn recording_id(&self) -> String {
        let conversation = self.path.parent().and_then(Path::file_name);
        let conversation = conversation.unwrap_or_default().to_string_lossy();
        layout::recording_id_in(&conversation, &self.session())
    }

    fn session(&self) -> String {
        format!("{:04}", self.mark.session)
    }
}

impl Store {
    /// Whether the deletion of this recording was begun and is not finished.
    pub(super) fn is_marked(&self, id: &SessionId, folder: &Path) -> Result<bool, StoreError> {
        let conversation = folder.parent().unwrap_or(folder);
        let (_, marked) = self.content_of(conversation, id.day())?;
        Ok(marked.iter().any(|one| one.mark.session == id.session()))
    }

    /// Begins a deletion: from here on the recording is gone for everybody, durably.
    pub(super) fn mark(&self, folder: &Path, day: Date, mark: Mark) -> Result<Marked, StoreError> {
        let path = folder.with_file_name(mark.name());
        let marked = Marked { day, mark, path };
        self.rename_folder(folder, &marked.path)?;
        Ok(marked)
    }

    /// Takes a deletion back of which nothing was done.
    pub(super) fn unmark(&self, marked: &Marked) -> Result<(), StoreError> {
        self.rename_folder(&marked.path, &marked.folder())
    }

    fn rename_folder(&self, from: &Path, to: &Path) -> Result<(), StoreError> {
        // Some systems put a folder in the place of one that is empty.
        if self.kind(to)?.is_some() {
            return Err(StoreError::Exists(to.to_owned()));
        }
        let renamed = self.disk().rename(from, to);
        renamed.map_err(StoreError::disk("rename", from))?;
        self.sync_parent(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_from_its_name_and_from_no_other() {
        let at =
            OffsetDateTime::UNIX_EPOCH + time::Duration::nanoseconds(1_795_472_674_500_000_001);
        let mark = Mark {
            session: 1,
            reason: DeletionReason::Expired,
            at,
        };
        assert_eq!(mark.name(), "0001.expired.1795472674500000001");
        let before = Mark {
            session: 12_345,
            reason: DeletionReason::Erased,
            at: OffsetDateTime::UNIX_EPOCH - time::Duration::SECOND,
        };
        for mark in [mark, before] {
            assert_eq!(Mark::parse(&mark.name()), Some(mark));
        }
        for name in [
            "0001",
            "0001.expired",
            "0001.expired.",
            "0001.expired.01",
            "0001.expired.1.2",
            "1.expired.1",
            "0001.Expired.1",
            "0001.held.1",
            "+001.expired.1",
            "0001.expired.99999999999999999999999999",
        ] {
            assert_eq!(Mark::parse(name), None, "{name}");
        }
    }
}
