//! Killed at any operation, what was there is there or what was to come, and never half of it; and what was begun
//! is finished the next time.

use std::fs;

use onhook_channel::events::SubjectForm;
use onhook_channel::store::{Operation, Store};
use time::Duration;

use crate::shelf::{CALLER, Shelf, day, files_with, id, start};

/// The operations of something that is done to a store which was prepared.
fn operations(prepare: impl Fn(&Shelf), act: impl Fn(&Store)) -> Vec<Operation> {
    let shelf = Shelf::new();
    prepare(&shelf);
    let before = shelf.disk.operations().len();
    act(&shelf.store);
    shelf.disk.operations()[before..].to_vec()
}

/// Does it with a kill at each operation, and has a look afterwards.
fn killed_at_each(prepare: impl Fn(&Shelf), act: impl Fn(&Store), look: impl Fn(&Shelf, usize)) {
    let all = operations(&prepare, &act);
    assert!(all.len() > 5, "{all:?}");
    for at in 0..all.len() {
        let shelf = Shelf::new();
        prepare(&shelf);
        shelf.dies_at(&all, at);
        act(&shelf.store);
        shelf.disk.heal();
        look(&shelf, at);
    }
}

fn publish(store: &Store) -> usize {
    let published = store.publish_missing_events(SubjectForm::default(), start(), |_| ());
    published.map_or(0, |events| events.len())
}

#[test]
fn an_erasure_that_is_killed_is_finished_the_next_time() {
    let prepare = |shelf: &Shelf| {
        shelf.record("conv-secret", 1, 1);
        shelf.record_of("+14255550122", "conv-8", 1, 1);
        publish(&shelf.store);
        onhook_channel::vcon::write(&shelf.store, "conv-secret", day()).unwrap();
    };
    let act = |store: &Store| drop(store.erase(CALLER, start()));
    killed_at_each(prepare, act, |shelf, at| {
        let recording = id("conv-secret", 1);
        let listed = shelf.listed();
        if listed.iter().any(|id| id == "conv-secret-0001") {
            // Not begun: then nothing is missing of it.
            assert!(
                shelf.reopened().verify(..).is_intact(),
                "{at}: {}",
                shelf.store.verify(..)
            );
            shelf.reopened().erase(CALLER, start());
        } else {
            // Begun: whoever comes next finishes, without knowing who asked. The metadata point to no audio
            // that is not there, as they are not listed.
            let metadata = shelf.store.folder(&recording).join("metadata.json");
            let begun = files_with(&shelf.store.root().join("deletions"), "conv-secret");
            assert!(!metadata.exists() || begun.len() == 1, "{at}");
            assert!(shelf.reopened().expire(start()).failed.is_empty(), "{at}");
        }
        assert_eq!(shelf.listed(), ["conv-8-0001"], "{at}");
        assert!(
            shelf.reopened().verify(..).is_intact(),
            "{at}: {}",
            shelf.store.verify(..)
        );
        assert!(
            shelf.store.tombstones().unwrap().all(|one| one.is_ok()),
            "{at}"
        );
        assert!(shelf.store.tombstones().unwrap().count() >= 1, "{at}");
        assert!(
            !shelf.store.folder(&recording).parent().unwrap().exists(),
            "{at}"
        );
        for text in [CALLER, "conv-secret"] {
            let left = files_with(shelf.store.root(), text);
            assert!(left.is_empty(), "{at}: {text} is left in {left:?}");
        }
    });
}

#[test]
fn an_event_is_in_the_log_whole_or_not_at_all() {
    let prepare = |shelf: &Shelf| {
        shelf.record("conv-7", 1, 1);
        publish(&shelf.store);
        shelf.record("conv-7", 2, 1);
    };
    let ids = |shelf: &Shelf| -> Vec<String> {
        let events = shelf.reopened().events().unwrap();
        events
            .map(|event| event.unwrap().recording_id().unwrap().to_owned())
            .collect()
    };
    let act = |store: &Store| {
        publish(store);
    };
    killed_at_each(prepare, act, |shelf, at| {
        let before = ids(shelf);
        assert_eq!(before[0], "conv-7-0001", "{at}");
        assert_eq!(publish(&shelf.reopened()), 2 - before.len(), "{at}");
        assert_eq!(ids(shelf), ["conv-7-0001", "conv-7-0002"], "{at}");
    });
}

#[test]
fn a_line_that_a_crash_has_torn_is_left_out_and_cut_off() {
    let shelf = Shelf::new();
    shelf.record("conv-7", 1, 1);
    shelf.record("conv-7", 2, 1);
    publish(&shelf.store);
    let log = shelf.store.root().join("events.jsonl");
    let whole = fs::read(&log).unwrap();
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for length in first..whole.len() {
        fs::write(&log, &whole[..length]).unwrap();
        let events = shelf.reopened().events().unwrap();
        assert_eq!(events.filter_map(Result::ok).count(), 1, "{length}");
    }
    assert_eq!(publish(&shelf.store), 1);
    assert_eq!(fs::read(&log).unwrap(), whole);
    // A damaged line is said to be so, and does not hide the one after it.
    let mut damaged = whole.clone();
    damaged[0] = b'[';
    fs::write(&log, damaged).unwrap();
    let read: Vec<bool> = shelf
        .store
        .events()
        .unwrap()
        .map(|event| event.is_ok())
        .collect();
    assert_eq!(read, [false, true]);
    // So is one that is longer than any of ours, and what is no text at all.
    fs::write(
        &log,
        [vec![b'x'; 300_000], b"\n".to_vec(), whole.clone()].concat(),
    )
    .unwrap();
    let read: Vec<bool> = shelf
        .store
        .events()
        .unwrap()
        .map(|event| event.is_ok())
        .collect();
    assert_eq!(read, [false, true, true]);
    fs::write(&log, vec![0; 300_000]).unwrap();
    assert!(shelf.store.events().unwrap().all(|event| event.is_err()));
}

#[test]
fn a_hold_is_there_or_not() {
    let prepare = |shelf: &Shelf| drop(shelf.record("conv-7", 1, 1));
    let recording = id("conv-7", 1);
    let hold = |store: &Store| drop(store.hold_recording(&recording, "case 1", start()));
    killed_at_each(prepare, hold, |shelf, at| {
        let later = start() + Duration::weeks(9);
        let is_held = shelf.reopened().is_held(&recording).unwrap();
        let deletions = shelf.reopened().expire(later);
        assert_eq!(deletions.deleted.len(), usize::from(!is_held), "{at}");
        assert_eq!(shelf.listed().len(), usize::from(is_held), "{at}");
    });
}

#[test]
fn a_vcon_is_the_old_or_the_new() {
    let prepare = |shelf: &Shelf| {
        shelf.record("conv-7", 1, 1);
        onhook_channel::vcon::write(&shelf.store, "conv-7", day()).unwrap();
        shelf.record("conv-7", 2, 1);
    };
    let act = |store: &Store| drop(onhook_channel::vcon::write(store, "conv-7", day()));
    killed_at_each(prepare, act, |shelf, at| {
        let folder = shelf.store.folder(&id("conv-7", 1));
        let text = fs::read(folder.parent().unwrap().join("call.vcon.json")).unwrap();
        let vcon: onhook_channel::vcon::Vcon = serde_json::from_slice(&text).unwrap();
        assert!(matches!(vcon.dialog.len(), 2 | 3), "{at}");
        let vcon = onhook_channel::vcon::write(&shelf.store, "conv-7", day()).unwrap();
        assert_eq!(vcon.dialog.len(), 3, "{at}");
    });
}
