//! A hold that was acknowledged keeps the recording, whoever deletes at the same time.

use std::fs;
use std::sync::Barrier;

use onhook_channel::store::{DiskFault, Operation, StoreError};
use time::Duration;

use crate::shelf::{CALLER, Shelf, day, id, start};

#[test]
fn of_many_races_between_a_hold_and_a_deletion_no_hold_loses_its_audio() {
    const RACES: usize = 100;
    let later = start() + Duration::weeks(9);
    let (mut held, mut refused) = (0, 0);
    for race in 0..RACES {
        let shelf = Shelf::new();
        let recording = shelf.record("conv-7", 1, 0);
        // Clones of one store in one process, or stores of their own as two processes have them.
        let other = if race % 2 == 0 {
            shelf.store.clone()
        } else {
            shelf.reopened()
        };
        let together = Barrier::new(2);
        let outcome = std::thread::scope(|scope| {
            scope.spawn(|| {
                together.wait();
                let deletions = match race % 3 {
                    0 => other.erase(CALLER, later),
                    _ => other.expire(later),
                };
                assert!(deletions.failed.is_empty(), "{deletions:?}");
            });
            together.wait();
            // A little later each time, so that all of the deletion is met.
            for _ in 0..race * 400 {
                std::hint::spin_loop();
            }
            match race % 5 {
                0 => shelf
                    .store
                    .hold_conversation("conv-7", day(), "case 1", later),
                _ => shelf.store.hold_recording(&recording, "case 1", later),
            }
        });
        let is_there = shelf.store.content(&recording).exists();
        match outcome {
            // The conversation can be held for what is to come.
            Ok(()) if race % 5 == 0 && !is_there => {
                assert_eq!(shelf.store.tombstones().unwrap().count(), 1);
            }
            Ok(()) => {
                held += 1;
                assert!(is_there, "race {race}: held, and gone");
                assert!(shelf.store.is_held(&recording).unwrap());
                assert_eq!(shelf.reopened().expire(later).held.len(), 1);
                assert!(shelf.store.verify(..).is_intact());
            }
            Err(StoreError::BeingDeleted(_) | StoreError::Deleted(_)) => {
                refused += 1;
                assert!(!is_there);
            }
            Err(error) => panic!("race {race}: {error}"),
        }
    }
    println!("{held} held, {refused} refused");
}

/// A deletion that was killed before each of its operations, and what a hold says then.
#[test]
fn a_hold_says_when_it_is_too_late() {
    let later = start() + Duration::weeks(9);
    let operations = {
        let shelf = Shelf::new();
        shelf.record("conv-7", 1, 1);
        let before = shelf.disk.operations().len();
        shelf.store.expire(later);
        shelf.disk.operations()[before..].to_vec()
    };
    let (mut held, mut being_deleted, mut deleted) = (0, 0, 0);
    for at in 0..operations.len() {
        let shelf = Shelf::new();
        let recording = shelf.record("conv-7", 1, 1);
        shelf.dies_at(&operations, at);
        shelf.store.expire(later);
        shelf.disk.heal();
        match shelf.reopened().hold_recording(&recording, "case 1", later) {
            Ok(()) => {
                held += 1;
                assert_eq!(shelf.reopened().expire(later).deleted.len(), 0, "{at}");
                assert!(shelf.reopened().verify(..).is_intact(), "{at}");
                assert_eq!(shelf.listed(), ["conv-7-0001"], "{at}");
            }
            Err(StoreError::BeingDeleted(folder)) => {
                being_deleted += 1;
                assert_eq!(folder, shelf.store.folder(&recording), "{at}");
                assert!(!shelf.reopened().is_held(&recording).unwrap(), "{at}");
                assert_eq!(shelf.reopened().finish_deletions().deleted.len(), 1, "{at}");
            }
            Err(StoreError::Deleted(_)) => deleted += 1,
            Err(error) => panic!("{at}: {error}"),
        }
    }
    assert!(
        held > 0 && being_deleted > 5 && deleted > 0,
        "{held} {being_deleted} {deleted}"
    );
}

#[test]
fn what_was_never_recorded_cannot_be_held() {
    let shelf = Shelf::new();
    let hold = |id| shelf.store.hold_recording(&id, "case 1", start());
    assert!(matches!(hold(id("conv-7", 1)), Err(StoreError::Missing(_))));
    assert!(!shelf.store.root().exists(), "nothing is made for it");
    shelf.record("conv-7", 1, 1);
    assert!(matches!(hold(id("conv-7", 2)), Err(StoreError::Missing(_))));
    assert!(matches!(hold(id("conv-8", 1)), Err(StoreError::Missing(_))));
    // A start that failed has left its folder.
    fs::create_dir(shelf.store.folder(&id("conv-7", 2))).unwrap();
    assert!(matches!(hold(id("conv-7", 2)), Err(StoreError::Missing(_))));
}

#[test]
fn a_hold_that_cannot_be_written_is_an_error_and_no_hold() {
    for operation in [
        Operation::CreateNew,
        Operation::Write,
        Operation::Sync,
        Operation::Rename,
        Operation::SyncDir,
    ] {
        let shelf = Shelf::new();
        let recording = shelf.record("conv-7", 1, 1);
        shelf.disk.fail(DiskFault {
            operation,
            after: 0,
            times: usize::MAX,
            kind: std::io::ErrorKind::StorageFull,
            torn_bytes: 3,
        });
        let held = shelf.store.hold_recording(&recording, "case 1", start());
        held.unwrap_err();
        let held = shelf
            .store
            .hold_conversation("conv-7", day(), "case 1", start());
        held.unwrap_err();
        shelf.disk.heal();
        // Whether it stands is not known if it could not be synchronised; what stands is whole, and can be released.
        let is_held = shelf.store.is_held(&recording).unwrap();
        assert!(!is_held || operation == Operation::SyncDir, "{operation:?}");
        shelf.store.release_recording(&recording).unwrap();
        shelf.store.release_conversation("conv-7", day()).unwrap();
        assert!(!shelf.store.is_held(&recording).unwrap());
    }
}

#[test]
fn a_recording_can_be_held_while_it_is_going_on() {
    let shelf = Shelf::new();
    let mut record = shelf.open(CALLER, "conv-7", 1, 1);
    let recording = record.id.clone();
    shelf
        .store
        .hold_recording(&recording, "case 1", start())
        .unwrap();
    record.state = onhook_channel::store::metadata::SessionState::Sealed;
    record.delete_after = Some(start());
    shelf
        .store
        .write_metadata(&recording, &record.metadata())
        .unwrap();
    let deletions = shelf.reopened().expire(start());
    assert_eq!(deletions.held, ["conv-7-0001"]);
    assert!(shelf.store.content(&recording).exists());
}
