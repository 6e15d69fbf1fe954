//! How long recordings are kept, what keeps them longer, and what is left of them.

use std::fs;

use onhook_channel::events::SubjectForm;
use onhook_channel::store::{DeletionReason, Deletions, Sha512Hex, Store};
use time::Duration;

use crate::shelf::{CALLER, Shelf, day, files_below, files_with, id, start};

const OTHER: &str = "+14255550122";

fn deleted(deletions: &Deletions) -> usize {
    assert!(deletions.failed.is_empty(), "{deletions:?}");
    deletions.deleted.len()
}

fn publish(shelf: &Shelf) {
    shelf
        .store
        .publish_missing_events(SubjectForm::default(), start(), |broken| panic!("{broken}"))
        .unwrap();
}

#[test]
fn a_recording_expires_when_its_time_is_over_and_not_before() {
    let over = start() + Duration::hours(48);
    for (now, gone) in [
        (start(), false),
        (over - Duration::NANOSECOND, false),
        (over, true),
        (over + Duration::weeks(9), true),
    ] {
        let shelf = Shelf::new();
        let id = shelf.record("conv-7", 1, 1);
        let deletions = shelf.store.expire(now);
        assert_eq!(deleted(&deletions), usize::from(gone), "{now}");
        assert_eq!(shelf.listed().is_empty(), gone, "{now}");
        if gone {
            let tombstone = &deletions.deleted[0].tombstone;
            assert_eq!(tombstone.reason, DeletionReason::Expired);
            assert_eq!(tombstone.at, now);
            assert_eq!(tombstone.recording, Sha512Hex::of_bytes(b"conv-7-0001"));
            assert!(!shelf.store.folder(&id).parent().unwrap().exists());
            assert_eq!(files_below(&shelf.store.root().join("deletions")).len(), 0);
        }
        // Doing it again does nothing more.
        assert_eq!(deleted(&shelf.reopened().expire(now)), 0);
        assert_eq!(shelf.store.tombstones().unwrap().count(), usize::from(gone));
    }
}

#[test]
fn what_may_still_go_on_does_not_expire() {
    let shelf = Shelf::new();
    let record = shelf.open(CALLER, "conv-7", 1, 1);
    shelf
        .store
        .write_metadata(&record.id, &record.metadata())
        .unwrap();
    assert_eq!(
        deleted(&shelf.store.expire(start() + Duration::weeks(99))),
        0
    );
    let deletions = shelf.store.erase(CALLER, start());
    assert_eq!((deleted(&deletions), deletions.unsealed.len()), (0, 1));
    assert_eq!(shelf.listed().len(), 1);
}

#[test]
fn a_legal_hold_outlives_a_restart_and_refuses_expiry_and_erasure() {
    type Change = fn(&Store);
    let cases: [(&str, Change, Change, &[&str]); 3] = [
        (
            "a recording",
            |store| {
                store
                    .hold_recording(&id("conv-7", 2), "case 1", start())
                    .unwrap();
            },
            |store| store.release_recording(&id("conv-7", 2)).unwrap(),
            &["conv-7-0002"],
        ),
        (
            "a conversation",
            |store| {
                store
                    .hold_conversation("conv-7", day(), "case 1", start())
                    .unwrap();
            },
            |store| store.release_conversation("conv-7", day()).unwrap(),
            &["conv-7-0001", "conv-7-0002"],
        ),
        (
            "held twice",
            |store| {
                store
                    .hold_recording(&id("conv-7", 1), "case 1", start())
                    .unwrap();
                store
                    .hold_recording(&id("conv-7", 1), "case 2", start())
                    .unwrap();
            },
            |store| store.release_recording(&id("conv-7", 1)).unwrap(),
            &["conv-7-0001"],
        ),
    ];
    let later = start() + Duration::weeks(9);
    let deletions: [fn(&Store, time::OffsetDateTime) -> Deletions; 2] =
        [Store::expire, |store, now| store.erase(CALLER, now)];
    for (what, hold, release, kept) in cases {
        for delete in deletions {
            let shelf = Shelf::new();
            shelf.record("conv-7", 1, 1);
            shelf.record("conv-7", 2, 1);
            shelf.record("conv-8", 1, 1);
            hold(&shelf.store);
            let first = delete(&shelf.reopened(), later);
            assert_eq!(first.held, kept, "{what}");
            assert_eq!(deleted(&first), 3 - kept.len(), "{what}");
            assert_eq!(shelf.listed(), kept, "{what}");
            assert!(
                shelf.store.verify(..).is_intact(),
                "{what}: {}",
                shelf.store.verify(..)
            );
            release(&shelf.reopened());
            assert_eq!(deleted(&delete(&shelf.store, later)), kept.len(), "{what}");
            assert_eq!(shelf.listed(), [""; 0], "{what}");
        }
    }
}

#[test]
fn a_hold_can_come_before_the_first_recording_but_not_on_one_that_is_not_there() {
    let shelf = Shelf::new();
    shelf
        .store
        .hold_conversation("conv-7", day(), "case 1", start())
        .unwrap();
    let id = shelf.record("conv-7", 1, 1);
    assert!(shelf.reopened().is_held(&id).unwrap());
    assert_eq!(
        shelf.store.expire(start() + Duration::weeks(9)).held.len(),
        1
    );
    shelf
        .store
        .hold_recording(&crate::shelf::id("conv-7", 2), "case 1", start())
        .unwrap_err();
    shelf
        .store
        .release_recording(&crate::shelf::id("conv-9", 2))
        .unwrap();
}

#[test]
fn erasing_a_participant_leaves_nothing_of_them() {
    let shelf = Shelf::new();
    shelf.record("conv-secret", 1, 1);
    shelf.record("conv-secret", 2, 1);
    shelf.record_of(OTHER, "conv-8", 1, 1);
    publish(&shelf);
    for conversation in ["conv-secret", "conv-8"] {
        onhook_channel::vcon::write(&shelf.store, conversation, day()).unwrap();
    }
    let root = shelf.store.root();
    assert_eq!(
        files_with(root, CALLER).len(),
        3,
        "two metadata files and a vCon"
    );
    assert!(!files_with(root, "conv-secret").is_empty());

    let deletions = shelf.store.erase(CALLER, start());
    assert_eq!(deleted(&deletions), 2);
    for text in [
        CALLER,
        "conv-secret",
        &CALLER[1..],
        Sha512Hex::of_bytes(CALLER.as_bytes()).as_str(),
    ] {
        assert_eq!(
            files_with(root, text),
            Vec::<std::path::PathBuf>::new(),
            "{text}"
        );
    }
    assert_eq!(shelf.listed(), ["conv-8-0001"]);
    assert_eq!(
        shelf
            .store
            .events()
            .unwrap()
            .map(Result::unwrap)
            .fold(0, |count, _event| count + 1),
        1
    );
    assert!(
        shelf
            .store
            .folder(&id("conv-8", 1))
            .parent()
            .unwrap()
            .join("call.vcon.json")
            .exists()
    );
    assert!(shelf.reopened().verify(..).is_intact());
    let before = files_below(root);
    assert_eq!(deleted(&shelf.reopened().erase(CALLER, start())), 0);
    assert_eq!(files_below(root), before);
}

#[test]
fn a_call_that_lost_its_first_recording_to_its_age_is_still_intact() {
    let shelf = Shelf::new();
    for session in 1..=3 {
        shelf.record("conv-7", session, 1);
    }
    publish(&shelf);
    for kept in [1, 3] {
        shelf
            .store
            .hold_recording(&id("conv-7", kept), "case 1", start())
            .unwrap();
    }
    assert_eq!(
        deleted(&shelf.store.expire(start() + Duration::weeks(9))),
        1
    );
    let report = shelf.reopened().verify(..);
    assert!(report.is_intact(), "{report}");
    // Without its tombstone it would be missing.
    fs::remove_file(shelf.store.root().join("tombstones.jsonl")).unwrap();
    assert_eq!(shelf.reopened().verify(..).findings.len(), 2);
}

#[test]
fn a_folder_that_cannot_be_read_is_named_and_kept() {
    let shelf = Shelf::new();
    let broken = shelf.record("conv-6", 1, 1);
    shelf.record("conv-7", 1, 1);
    fs::write(shelf.store.folder(&broken).join("metadata.json"), "{").unwrap();
    let listed: Vec<bool> = shelf.store.recordings(..).map(|one| one.is_ok()).collect();
    assert_eq!(listed, [false, true]);
    let deletions = shelf.store.erase(CALLER, start());
    assert_eq!((deletions.deleted.len(), deletions.failed.len()), (1, 1));
    assert_eq!(deletions.failed[0].folder, shelf.store.folder(&broken));
    assert!(shelf.store.content(&broken).exists());
}

#[test]
fn recordings_are_listed_by_conversation_by_day_and_all() {
    let shelf = Shelf::new();
    for (conversation, session) in [("conv-7", 1), ("conv-7", 2), ("+1 425", 1), ("", 1)] {
        shelf.record(conversation, session, 1);
    }
    let count = |select: onhook_channel::store::Select| {
        let recordings = shelf.store.recordings(select);
        recordings.collect::<Result<Vec<_>, _>>().unwrap().len()
    };
    assert_eq!(count((..).into()), 4);
    assert_eq!(count("conv-7".into()), 2);
    assert_eq!(count("+1 425".into()), 1);
    assert_eq!(count("".into()), 1);
    assert_eq!(count("conv".into()), 0);
    assert_eq!(count("../22/conv-7".into()), 0);
    assert_eq!(count(day().into()), 4);
    assert_eq!(count(day().next_day().unwrap().into()), 0);
    let ids: Vec<u32> = shelf
        .store
        .recordings("conv-7")
        .map(|one| one.unwrap().id.session())
        .collect();
    assert_eq!(ids, [1, 2]);
}
