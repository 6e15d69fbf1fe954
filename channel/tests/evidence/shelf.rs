//! A store with recordings in it, made without a call.

use std::fs;
use std::path::{Path, PathBuf};

use onhook_channel::store::metadata::{
    SessionRecord, SessionState, StartReason, TimelineEntry, TimelineEvent,
};
use onhook_channel::store::{DiskFault, FaultyDisk, Operation, SessionFile, SessionId, Store};
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, Month, OffsetDateTime};

pub(crate) const CALLER: &str = "+14255550100";
pub(crate) const BOT: &str = "+12065550199";

/// A store, and the disk under it.
pub(crate) struct Shelf {
    _folder: tempfile::TempDir,
    pub(crate) disk: FaultyDisk,
    pub(crate) store: Store,
}

pub(crate) fn day() -> Date {
    Date::from_calendar_date(2026, Month::November, 22).unwrap()
}

pub(crate) fn start() -> OffsetDateTime {
    OffsetDateTime::parse("2026-11-22T22:24:34.5Z", &Rfc3339).unwrap()
}

pub(crate) fn id(conversation: &str, session: u32) -> SessionId {
    SessionId::new(conversation, session, day())
}

impl Shelf {
    pub(crate) fn new() -> Shelf {
        let (folder, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
        let store = Store::on(disk.clone(), folder.path().join("store"));
        Shelf {
            _folder: folder,
            disk,
            store,
        }
    }

    /// The store as another process sees it.
    pub(crate) fn reopened(&self) -> Store {
        Store::new(self.store.root())
    }

    /// A sealed recording of some seconds, to be kept for 48 hours; each has other audio.
    pub(crate) fn record(&self, conversation: &str, session: u32, seconds: usize) -> SessionId {
        self.record_of(CALLER, conversation, session, seconds)
    }

    pub(crate) fn record_of(
        &self,
        caller: &str,
        conversation: &str,
        session: u32,
        seconds: usize,
    ) -> SessionId {
        let mut record = self.open(caller, conversation, session, seconds);
        record.state = SessionState::Sealed;
        record.session_end_reason = Some("CallEnded".to_owned());
        record.delete_after = Some(start() + Duration::hours(48));
        self.store
            .write_metadata(&record.id, &record.metadata())
            .unwrap();
        record.id
    }

    /// The record of a recording whose audio is closed; its metadata are not written.
    pub(crate) fn open(
        &self,
        caller: &str,
        conversation: &str,
        session: u32,
        seconds: usize,
    ) -> SessionRecord {
        let id = id(conversation, session);
        let mut file = SessionFile::create(&self.store, id.clone()).unwrap();
        let mut noise = 1 + conversation.bytes().map(u32::from).sum::<u32>() + session;
        let samples: Vec<i16> = (0..seconds * 16_000)
            .map(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let [_, _, low, high] = noise.to_le_bytes();
                i16::from_le_bytes([low, high])
            })
            .collect();
        file.append(&samples).unwrap();
        let began = start() + Duration::minutes(i64::from(session) - 1);
        let mut record = SessionRecord::new(id, began);
        record.parts.push(file.close().unwrap());
        record.previous = self.store.chain_link(&record.id).unwrap();
        record.from = Some(caller.to_owned());
        record.to = Some(BOT.to_owned());
        record.participants = vec![caller.to_owned(), BOT.to_owned()];
        record.start_reason = StartReason {
            bot_id: Some(BOT.to_owned()),
            ..StartReason::default()
        };
        let ended = began + Duration::seconds(i64::try_from(seconds).unwrap());
        record.timeline = vec![
            TimelineEntry {
                at: began,
                offset_ms: 0,
                event: TimelineEvent::Start { command_id: None },
            },
            TimelineEntry {
                at: ended,
                offset_ms: seconds as u64 * 1000,
                event: TimelineEvent::End {
                    reason: "CallEnded".to_owned(),
                },
            },
        ];
        record
    }

    /// The ids of what is listed; nothing may be broken.
    pub(crate) fn listed(&self) -> Vec<String> {
        let recordings = self.reopened().recordings(..);
        recordings
            .map(|recording| recording.unwrap().metadata.onhook.recording_id)
            .collect()
    }

    /// From the `at`th operation on nothing works any more, as if the process had been killed before it.
    pub(crate) fn dies_at(&self, operations: &[Operation], at: usize) {
        dies_at(&self.disk, operations, at);
    }
}

/// All files below a folder; links are not followed.
pub(crate) fn files_below(path: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(path).into_iter().flatten() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            files.extend(files_below(&entry.path()));
        } else {
            files.push(entry.path());
        }
    }
    files.sort();
    files
}

/// The files that hold a text somewhere, in their content or their path.
pub(crate) fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut files = files_below(folder);
    files.retain(|path| {
        let relative = path
            .strip_prefix(folder)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let content = fs::read(path).unwrap_or_default();
        let content = content
            .windows(text.len())
            .any(|bytes| bytes == text.as_bytes());
        content || relative.contains(text)
    });
    files
}

/// As [`Shelf::dies_at`], for any disk.
pub(crate) fn dies_at(disk: &FaultyDisk, operations: &[Operation], at: usize) {
    use Operation as O;
    for operation in [
        O::CreateDir,
        O::CreateNew,
        O::Open,
        O::Read,
        O::Write,
        O::SetLen,
        O::Rename,
        O::RemoveFile,
        O::RemoveDir,
        O::List,
        O::Kind,
        O::Sync,
        O::SyncDir,
    ] {
        let before = &operations[..at];
        disk.fail(DiskFault {
            operation,
            after: before.iter().filter(|other| **other == operation).count(),
            times: usize::MAX,
            kind: std::io::ErrorKind::Other,
            torn_bytes: 7,
        });
    }
}
