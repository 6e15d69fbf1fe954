//! A link where a folder or a file of the store should be is refused by its name, and nothing is done beyond it.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use onhook_channel::events::SubjectForm;
use onhook_channel::journal::{Journal, JournalError};
use onhook_channel::store::metadata::SessionRecord;
use onhook_channel::store::{RealDisk, SessionFile, Store, StoreError};
use time::Duration;

use crate::shelf::{CALLER, Shelf, day, files_below, id, start};

/// A store in which something is a link to its like in another store.
fn linked(name: &str) -> (Shelf, Shelf) {
    let (shelf, outside) = (Shelf::new(), Shelf::new());
    outside.record("conv-7", 1, 1);
    fs::create_dir_all(outside.store.root().join("deletions")).unwrap();
    fs::create_dir_all(outside.store.root().join("journal")).unwrap();
    for file in ["events.jsonl", "tombstones.jsonl", "lock"] {
        fs::write(outside.store.root().join(file), "").unwrap();
    }
    let link = shelf.store.root().join(name);
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    symlink(outside.store.root().join(name), &link).unwrap();
    (shelf, outside)
}

fn foreign(error: &StoreError, name: &str) {
    assert!(
        matches!(error, StoreError::Foreign(path) if path.ends_with(name)),
        "{name}: {error}"
    );
}

const ABOVE: [&str; 4] = ["2026", "2026/11", "2026/11/22", "2026/11/22/conv-7"];

#[test]
fn nothing_is_recorded_held_or_released_through_a_link() {
    for name in ABOVE.into_iter().chain(["2026/11/22/conv-7/0001"]) {
        let (shelf, outside) = linked(name);
        let untouched = files_below(outside.store.root());
        let (store, recording) = (&shelf.store, id("conv-7", 1));
        foreign(
            &store
                .hold_recording(&recording, "case", start())
                .unwrap_err(),
            name,
        );
        foreign(&store.release_recording(&recording).unwrap_err(), name);
        foreign(&store.is_held(&recording).unwrap_err(), name);
        if ABOVE.contains(&name) {
            let held = store.hold_conversation("conv-7", day(), "case", start());
            foreign(&held.unwrap_err(), name);
            foreign(
                &store.release_conversation("conv-7", day()).unwrap_err(),
                name,
            );
            foreign(
                &SessionFile::create(store, id("conv-7", 2)).unwrap_err(),
                name,
            );
            let (journal, _) = Journal::open(RealDisk, store.root()).unwrap();
            let record = SessionRecord::new(id("conv-7", 2), start());
            let begun = journal.begin(record.id.clone(), &record.metadata());
            let error = begun.unwrap_err();
            assert!(matches!(error, JournalError::Foreign(_)), "{name}: {error}");
        }
        assert_eq!(files_below(outside.store.root()), untouched, "{name}");
    }
}

#[test]
fn deletions_that_are_a_link_are_foreign_and_nothing_is_deleted() {
    type Delete = fn(&Store) -> onhook_channel::store::Deletions;
    let later = start() + Duration::weeks(9);
    let deletes: [Delete; 3] = [
        |store| store.expire(start() + Duration::weeks(9)),
        |store| store.erase(CALLER, start()),
        Store::finish_deletions,
    ];
    for (delete, file) in deletes.into_iter().zip([false, true, false]) {
        let (shelf, outside) = linked("deletions");
        if file {
            fs::remove_file(shelf.store.root().join("deletions")).unwrap();
            fs::write(shelf.store.root().join("deletions"), "").unwrap();
        }
        shelf.record("conv-7", 1, 1);
        let untouched = files_below(outside.store.root());
        let deletions = delete(&shelf.store);
        assert_eq!(deletions.deleted.len(), 0);
        assert_eq!(deletions.failed.len(), 1, "{deletions:?}");
        foreign(&deletions.failed[0].source, "deletions");
        assert_eq!(files_below(outside.store.root()), untouched);
        // It can be read and held all the same.
        assert_eq!(shelf.listed(), ["conv-7-0001"]);
        shelf
            .store
            .hold_recording(&id("conv-7", 1), "case", later)
            .unwrap();
    }
}

#[test]
fn a_lock_a_log_or_a_journal_that_is_a_link_is_foreign() {
    for name in ["lock", "events.jsonl", "tombstones.jsonl"] {
        let (shelf, outside) = linked(name);
        shelf.record("conv-7", 1, 1);
        let published = shelf
            .store
            .publish_missing_events(SubjectForm::default(), start(), |_| ());
        if name != "tombstones.jsonl" {
            foreign(&published.unwrap_err(), name);
        }
        let deletions = shelf.store.erase(CALLER, start());
        foreign(&deletions.failed[0].source, name);
        if name == "lock" {
            let held = shelf
                .store
                .hold_recording(&id("conv-7", 1), "case", start());
            foreign(&held.unwrap_err(), name);
        }
        assert_eq!(fs::read(outside.store.root().join(name)).unwrap(), b"");
    }
    let (shelf, outside) = linked("journal");
    let error = Journal::open(RealDisk, shelf.store.root()).unwrap_err();
    assert!(
        matches!(&error, JournalError::Foreign(path) if path.ends_with("journal")),
        "{error}"
    );
    assert_eq!(
        files_below(&outside.store.root().join("journal")),
        [""; 0].map(Path::new)
    );
}

/// Administrators put a store on another disk.
#[test]
fn the_stores_own_folder_may_be_a_link() {
    let (outside, folder) = (Shelf::new(), tempfile::tempdir().unwrap());
    outside.record("conv-7", 1, 1);
    let link = folder.path().join("recordings");
    symlink(outside.store.root(), &link).unwrap();
    let store = Store::new(&link);
    store
        .hold_recording(&id("conv-7", 1), "case", start())
        .unwrap();
    assert_eq!(store.expire(start() + Duration::weeks(9)).held.len(), 1);
    SessionFile::create(&store, id("conv-7", 2)).unwrap();
}
