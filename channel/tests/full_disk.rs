//! A full disk is freed by `expire` and `erase`: nothing is written before something was deleted.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Command;

use onhook_channel::store::metadata::{SessionRecord, SessionState};
use onhook_channel::store::{
    Deletions, DiskFault, FaultyDisk, Operation, SessionFile, SessionId, Store,
};
use time::{Date, Duration, Month, OffsetDateTime};

const CALLER: &str = "+14255550100";

fn day() -> Date {
    Date::from_calendar_date(2026, Month::November, 22).unwrap()
}

fn later() -> OffsetDateTime {
    day().midnight().assume_utc() + Duration::weeks(9)
}

fn id(number: u32) -> SessionId {
    SessionId::new(format!("c{number}"), 1, day())
}

fn record(store: &Store, id: SessionId, samples: usize) {
    let mut file = SessionFile::create(store, id.clone()).unwrap();
    file.append(&vec![7; samples]).unwrap();
    let began = day().midnight().assume_utc();
    let mut record = SessionRecord::new(id, began);
    record.parts.push(file.close().unwrap());
    record.participants = vec![CALLER.to_owned()];
    record.state = SessionState::Sealed;
    record.delete_after = Some(began + Duration::hours(48));
    let _written = store.write_record(&mut record).unwrap();
}

/// Everything that needs space fails from now on, until a file is removed if `until_freed`.
fn fill(disk: &FaultyDisk, until_freed: bool) {
    for operation in [
        Operation::CreateDir,
        Operation::CreateNew,
        Operation::Write,
        Operation::SetLen,
    ] {
        disk.fail(DiskFault {
            operation,
            after: 0,
            times: usize::MAX,
            kind: ErrorKind::StorageFull,
            torn_bytes: 0,
        });
    }
    if until_freed {
        let freed = disk.clone();
        disk.before(Operation::RemoveFile, move || freed.heal());
    }
}

type Delete = fn(&Store) -> Deletions;
const DELETES: [Delete; 2] = [
    |store| store.expire(later()),
    |store| store.erase(CALLER, later()),
];

#[test]
fn expired_recordings_go_from_a_full_disk() {
    for delete in DELETES {
        let (folder, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
        let store = Store::on(disk.clone(), folder.path().join("store"));
        (0..20).for_each(|number| record(&store, id(number), 100));
        fill(&disk, true);
        let deletions = delete(&store);
        assert!(deletions.failed.is_empty(), "{deletions:?}");
        assert_eq!(deletions.deleted.len(), 20);
        assert_eq!(store.tombstones().unwrap().count(), 20);
        assert!(store.verify(..).is_intact());
    }
}

#[test]
fn audio_goes_even_if_no_tombstone_can_be_set_yet() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let store = Store::on(disk.clone(), folder.path().join("store"));
    (0..20).for_each(|number| record(&store, id(number), 100));
    let audio = |number| store.content(&id(number)).exists();
    fill(&disk, false);
    let deletions = store.expire(later());
    assert_eq!((deletions.deleted.len(), deletions.failed.len()), (0, 20));
    assert!(!(0..20).any(audio));
    assert_eq!(store.recordings(..).count(), 0);
    disk.heal();
    let deletions = store.finish_deletions();
    assert!(deletions.failed.is_empty(), "{deletions:?}");
    let at: Vec<_> = deletions
        .deleted
        .iter()
        .map(|one| one.tombstone.at)
        .collect();
    assert_eq!(at, [later(); 20]);
    assert_eq!(store.tombstones().unwrap().count(), 20);
}

#[test]
fn a_hold_can_be_released_on_a_full_disk_and_none_is_taken() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let store = Store::on(disk.clone(), folder.path().join("store"));
    record(&store, id(0), 100);
    record(&store, id(1), 100);
    store.hold_recording(&id(0), "case 1", later()).unwrap();
    fill(&disk, false);
    store.hold_recording(&id(1), "case 1", later()).unwrap_err();
    store
        .hold_conversation("c1", day(), "case 1", later())
        .unwrap_err();
    store
        .hold_conversation("c2", day(), "case 1", later())
        .unwrap_err();
    assert!(!store.is_held(&id(1)).unwrap());
    // One that is there stays when its reason cannot be changed.
    store.hold_recording(&id(0), "case 2", later()).unwrap_err();
    assert!(store.is_held(&id(0)).unwrap());
    store.release_recording(&id(0)).unwrap();
    assert!(!store.is_held(&id(0)).unwrap());
}

/// A file system of two megabytes, unmounted in the end.
struct Small(tempfile::TempDir);

impl Small {
    fn mount() -> Option<Small> {
        let folder = tempfile::tempdir().unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=2m", "onhook-test"])
            .arg(folder.path())
            .output();
        mount
            .is_ok_and(|mount| mount.status.success())
            .then_some(Small(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.0.path()).status();
        drop(unmounted);
    }
}

/// Writes until nothing more fits.
fn fill_up(path: &Path) {
    let mut file = File::create(path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    while file.write_all(&[0; 1]).is_ok() {}
}

#[test]
fn a_real_disk_that_is_full_is_freed() {
    for delete in DELETES {
        let Some(small) = Small::mount() else {
            eprintln!("skipped: no file system can be mounted here");
            return;
        };
        let store = Store::new(small.0.path().join("store"));
        (0..20).for_each(|number| record(&store, id(number), 16_000));
        let filler = small.0.path().join("filler");
        fill_up(&filler);
        store.hold_recording(&id(0), "case 1", later()).unwrap_err();
        let deletions = delete(&store);
        assert!(deletions.failed.is_empty(), "{deletions:?}");
        assert_eq!(deletions.deleted.len(), 20);
        assert_eq!(store.tombstones().unwrap().count(), 20);
        let days = fs::read_dir(store.root().join("2026/11/22")).unwrap();
        assert_eq!(days.count(), 0);
    }
}
