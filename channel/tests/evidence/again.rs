//! Ids of conversations that come again: on another day, on the same day, and in other letters.

use std::fs;
use std::io::Result;
use std::path::{Path, PathBuf};

use onhook::prelude::*;
use onhook_channel::events::SubjectForm;
use onhook_channel::store::metadata::SessionRecord;
use onhook_channel::store::{
    Disk, DiskFile, EntryKind, Problem, RealDisk, SessionFile, SessionId, Store,
};
use onhook_channel::{Channel, Dial};
use time::Duration;

use crate::shelf::{CALLER, Shelf, day, dies_at, start};

/// A sealed recording that begins on a day, and is over so many hours later.
fn record(store: &Store, id: SessionId, hours: i64) {
    let mut file = SessionFile::create(store, id.clone()).unwrap();
    file.append(&[7; 100]).unwrap();
    let began = id.day().midnight().assume_utc();
    let mut record = SessionRecord::new(id, began);
    record.parts.push(file.close().unwrap());
    record.participants = vec![CALLER.to_owned()];
    record.state = onhook_channel::store::metadata::SessionState::Sealed;
    record.delete_after = Some(began + Duration::hours(hours));
    let _written = store.write_record(&mut record).unwrap();
}

fn on(days: i64, conversation: &str) -> SessionId {
    SessionId::new(conversation, 1, day() + Duration::days(days))
}

fn listed(store: &Store) -> Vec<SessionId> {
    store.recordings(..).map(|one| one.unwrap().id).collect()
}

fn publish(store: &Store) {
    let published = store.publish_missing_events(SubjectForm::default(), start(), |_| ());
    published.unwrap();
}

#[test]
fn a_deletion_of_one_day_is_none_of_another() {
    let operations = {
        let shelf = Shelf::new();
        record(&shelf.store, on(0, "conv-7"), 1);
        record(&shelf.store, on(9, "conv-7"), 999);
        publish(&shelf.store);
        let before = shelf.disk.operations().len();
        shelf.store.expire(start());
        shelf.disk.operations()[before..].to_vec()
    };
    for at in (0..operations.len()).step_by(2) {
        let shelf = Shelf::new();
        record(&shelf.store, on(0, "conv-7"), 1);
        record(&shelf.store, on(9, "conv-7"), 999);
        publish(&shelf.store);
        dies_at(&shelf.disk, &operations, at);
        shelf.store.expire(start());
        shelf.disk.heal();
        assert!(listed(&shelf.store).contains(&on(9, "conv-7")), "{at}");
        let report = shelf.reopened().verify(..);
        assert!(report.is_intact(), "{at}: {report}");
        shelf
            .reopened()
            .hold_recording(&on(9, "conv-7"), "case", start())
            .unwrap();
        shelf.reopened().expire(start());
        assert_eq!(listed(&shelf.store), [on(9, "conv-7")], "{at}");
    }
}

#[test]
fn an_erasure_of_one_day_leaves_the_events_of_another() {
    let shelf = Shelf::new();
    record(&shelf.store, on(0, "conv-7"), 1);
    publish(&shelf.store);
    shelf
        .store
        .hold_recording(&on(0, "conv-7"), "case", start())
        .unwrap();
    record(&shelf.store, on(9, "conv-7"), 999);
    publish(&shelf.store);
    assert_eq!(shelf.store.erase(CALLER, start()).deleted.len(), 1);
    let events: Vec<_> = shelf
        .store
        .events()
        .unwrap()
        .map(|event| event.unwrap())
        .collect();
    assert_eq!(events.len(), 1);
    let chunk = &events[0].data.recording_storage_info.recording_chunks[0];
    assert!(
        chunk
            .delete_location
            .as_ref()
            .unwrap()
            .contains("2026/11/22")
    );
}

#[test]
fn a_recording_that_was_taken_away_is_missed_although_its_id_is_there_on_another_day() {
    let shelf = Shelf::new();
    record(&shelf.store, on(0, "conv-7"), 1);
    record(&shelf.store, on(1, "conv-7"), 999);
    record(&shelf.store, on(2, "conv-7"), 999);
    publish(&shelf.store);
    // One was deleted, one is there, and one was stolen.
    assert_eq!(shelf.store.expire(start()).deleted.len(), 1);
    assert!(shelf.store.verify(..).is_intact());
    fs::remove_dir_all(shelf.store.folder(&on(1, "conv-7"))).unwrap();
    let report = shelf.reopened().verify(..);
    assert_eq!(report.findings.len(), 1, "{report}");
    let problem = &report.findings[0].problem;
    assert!(matches!(problem, Problem::Missing { recording_id } if recording_id == "conv-7-0001"));
}

#[test]
fn a_tombstone_of_an_earlier_version_stands_for_any_day() {
    let shelf = Shelf::new();
    record(&shelf.store, on(0, "conv-7"), 1);
    publish(&shelf.store);
    shelf.store.expire(start());
    let path = shelf.store.root().join("tombstones.jsonl");
    let mut stone: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    stone.as_object_mut().unwrap().remove("place").unwrap();
    fs::write(&path, format!("{stone}\n")).unwrap();
    assert!(shelf.reopened().verify(..).is_intact());
}

#[onhook::on_message]
async fn record_call(turn: &Turn) -> onhook::Result<()> {
    turn.start_recording(RecordingStart::new()).await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn a_second_call_of_the_same_id_and_day_is_recorded_too() {
    let folder = tempfile::tempdir().unwrap();
    let channel = || {
        Channel::builder(handlers![record_call])
            .recordings(folder.path())
            .build()
    };
    let (first, second) = (channel(), channel());
    let dial = || Dial::new().conversation_id("1");
    let mut numbers = Vec::new();
    for channel in [&first, &second] {
        let call = channel.dial(dial());
        call.says("record").await.unwrap();
        call.listens().await;
        let report = call.hangs_up().await;
        numbers.extend(report.recordings.iter().map(|one| one.session));
        assert_eq!(report.recordings.len(), 1, "{}", report.transcript);
        assert!(report.recordings[0].metadata.exists());
    }
    // Two at the same time, and each with two recordings.
    let (one, other) = (first.dial(dial()), second.dial(dial()));
    for call in [&one, &other, &other, &one] {
        call.says("record").await.unwrap();
        call.listens().await;
    }
    for call in [one, other] {
        let report = call.hangs_up().await;
        numbers.extend(report.recordings.iter().map(|one| one.session));
    }
    assert!(numbers.len() >= 4, "{numbers:?}");
    numbers.sort_unstable();
    let wanted: Vec<u32> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, wanted);
    let store = Store::new(folder.path());
    let report = store.verify(..);
    assert!(report.is_intact(), "{report}");
    assert_eq!(report.recordings, numbers.len() as u64);
    assert_eq!(store.events().unwrap().count(), numbers.len());
    drop((first, second));
}

/// A disk for which `ABC` and `abc` are one name.
#[derive(Clone)]
struct Caseless;

impl Caseless {
    /// The path as it stands on the disk below.
    fn real(path: &Path) -> PathBuf {
        let mut real = PathBuf::new();
        for name in path.components() {
            let name = name.as_os_str();
            let there = fs::read_dir(&real).into_iter().flatten().flatten();
            let there = there.map(|entry| entry.file_name());
            let same = there.into_iter().find(|one| one.eq_ignore_ascii_case(name));
            real.push(same.unwrap_or_else(|| name.to_owned()));
        }
        real
    }
}

impl Disk for Caseless {
    fn create_dir(&self, path: &Path) -> Result<()> {
        RealDisk.create_dir(&Self::real(path))
    }
    fn create_new(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        RealDisk.create_new(&Self::real(path))
    }
    fn open(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        RealDisk.open(&Self::real(path))
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        RealDisk.rename(&Self::real(from), &Self::real(to))
    }
    fn remove_file(&self, path: &Path) -> Result<()> {
        RealDisk.remove_file(&Self::real(path))
    }
    fn remove_dir(&self, path: &Path) -> Result<()> {
        RealDisk.remove_dir(&Self::real(path))
    }
    fn list(&self, path: &Path) -> Result<Vec<String>> {
        RealDisk.list(&Self::real(path))
    }
    fn kind(&self, path: &Path) -> Result<EntryKind> {
        RealDisk.kind(&Self::real(path))
    }
    fn sync_dir(&self, path: &Path) -> Result<()> {
        RealDisk.sync_dir(&Self::real(path))
    }
}

#[test]
fn conversations_that_differ_in_capitals_alone_are_two_on_a_disk_that_ignores_case() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::on(Caseless, folder.path().join("store"));
    for conversation in [
        "abc", "ABC", "aBc", "é", "e\u{301}", "con", "CON", "a.", "a",
    ] {
        record(&store, on(0, conversation), 1);
    }
    assert_eq!(store.recordings(..).count(), 9);
    assert_eq!(store.recordings("ABC").count(), 1);
    assert!(store.verify(..).is_intact(), "{}", store.verify(..));
    store
        .hold_conversation("ABC", day(), "case", start())
        .unwrap();
    assert!(!store.is_held(&on(0, "abc")).unwrap());
    assert_eq!(store.expire(start()).held, ["ABC-0001"]);
    assert_eq!(listed(&store), [on(0, "ABC")]);
}

#[test]
fn folders_of_an_earlier_version_with_capitals_stay_in_use() {
    for caseless in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("store");
        let store = if caseless {
            Store::on(Caseless, &root)
        } else {
            Store::new(&root)
        };
        record(&store, on(0, "ABC"), 1);
        let day = root.join("2026/11/22");
        fs::rename(day.join("ABC=7"), day.join("ABC")).unwrap();
        record(&store, on(0, "abcd"), 999);
        let id = on(0, "ABC");
        assert!(store.folder(&id).ends_with("22/ABC/0001"));
        assert_eq!(store.recordings("ABC").count(), 1);
        assert!(store.verify(..).is_intact(), "{}", store.verify(..));
        publish(&store);
        record(&store, SessionId::new("ABC", 2, id.day()), 999);
        assert_eq!(store.sessions("ABC", id.day()).unwrap(), [1, 2]);
        store.hold_recording(&id, "case", start()).unwrap();
        assert_eq!(store.expire(start()).held.len(), 1);
        store.release_recording(&id).unwrap();
        assert_eq!(store.expire(start()).deleted.len(), 1);
        assert!(store.verify(..).is_intact(), "{}", store.verify(..));
    }
}
