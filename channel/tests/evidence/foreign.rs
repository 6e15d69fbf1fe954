//! Links are not followed, and what no store has made is not deleted.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use onhook_channel::events::SubjectForm;
use time::Duration;

use crate::shelf::{CALLER, Shelf, files_below, id, start};

#[test]
fn a_link_to_elsewhere_is_neither_listed_nor_deleted() {
    // Another store, whose recordings would all be found by following a link.
    let outside = Shelf::new();
    outside.record("conv-7", 1, 1);
    outside.record("conv-7", 2, 1);
    let elsewhere = outside.store.root();
    let untouched = files_below(elsewhere);
    for (link, target) in [
        ("2026", "2026"),
        ("2026/11", "2026/11"),
        ("2026/11/22", "2026/11/22"),
        ("2026/11/22/conv-7", "2026/11/22/conv-7"),
        ("2026/11/22/conv-7/0001", "2026/11/22/conv-7/0001"),
        (
            "2026/11/22/conv-7/0001/metadata.json",
            "2026/11/22/conv-7/0001/metadata.json",
        ),
    ] {
        let shelf = Shelf::new();
        let link = shelf.store.root().join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(elsewhere.join(target), &link).unwrap();
        let listed = shelf.store.recordings(..).flatten().count();
        assert_eq!(listed, 0, "{link:?}");
        let later = start() + Duration::weeks(9);
        assert_eq!(shelf.store.expire(later).deleted.len(), 0, "{link:?}");
        assert_eq!(
            shelf.store.erase(CALLER, later).deleted.len(),
            0,
            "{link:?}"
        );
        assert!(link.symlink_metadata().unwrap().is_symlink(), "{link:?}");
        assert_eq!(files_below(elsewhere), untouched, "{link:?}");
    }
    assert!(outside.store.verify(..).is_intact());
}

#[test]
fn what_lies_in_a_recordings_folder_and_is_not_of_it_stays() {
    let (shelf, outside) = (Shelf::new(), tempfile::tempdir().unwrap());
    let target = outside.path().join("precious.wav");
    fs::write(&target, "precious").unwrap();
    let folder = shelf.store.folder(&shelf.record("conv-7", 1, 1));
    fs::write(folder.join("notes.txt"), "of a person").unwrap();
    fs::create_dir(folder.join("content.0001.wav")).unwrap();
    symlink(&target, folder.join("content.0002.wav")).unwrap();
    symlink(outside.path(), folder.join("journal.log")).unwrap();
    fs::write(folder.parent().unwrap().join("README"), "hello").unwrap();

    let deletions = shelf.store.erase(CALLER, start());
    assert_eq!(
        (deletions.deleted.len(), deletions.failed.len()),
        (1, 0),
        "{deletions:?}"
    );
    let mut left: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(
        left,
        [
            "content.0001.wav",
            "content.0002.wav",
            "journal.log",
            "notes.txt"
        ]
    );
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
    assert!(folder.parent().unwrap().join("README").exists());
}

#[test]
fn a_forged_deletion_does_not_lead_elsewhere() {
    let (shelf, outside) = (Shelf::new(), Shelf::new());
    let target = outside.store.folder(&outside.record("conv-7", 1, 1));
    shelf.record("conv-7", 1, 1);
    let deletions = shelf.store.root().join("deletions");
    fs::create_dir(&deletions).unwrap();
    let tombstone = r#"{"recording":"","at":"2026-11-22T00:00:00Z","reason":"expired"}"#;
    let up = "../".repeat(9) + target.to_str().unwrap();
    for folder in [
        format!("[{up:?}]"),
        format!("[{:?}]", target.to_str().unwrap()),
        format!("[\"2026\",\"11\",\"22\",\"..\",{up:?}]"),
        format!("[\"a\",\"b\",\"c\",\"d\",{:?}]", target.to_str().unwrap()),
        "[]".to_owned(),
    ] {
        let forged = format!("{{\"folder\":{folder},\"tombstone\":{tombstone}}}");
        fs::write(deletions.join("forged.json"), forged).unwrap();
        let finished = shelf.store.finish_deletions();
        assert_eq!(finished.failed.len(), 1, "{folder}: {finished:?}");
    }
    assert_eq!(shelf.listed().len(), 1);
    assert!(outside.store.verify(..).is_intact());
    assert_eq!(outside.listed().len(), 1);
}

#[test]
fn audio_that_was_replaced_by_a_link_is_missing() {
    let (shelf, outside) = (Shelf::new(), tempfile::tempdir().unwrap());
    let path = shelf.store.content(&shelf.record("conv-7", 1, 1));
    let same = outside.path().join("content.wav");
    fs::copy(&path, &same).unwrap();
    fs::remove_file(&path).unwrap();
    symlink(&same, &path).unwrap();
    let report = shelf.store.verify_session(&id("conv-7", 1));
    assert!(
        report.to_string().ends_with("part 0 is missing"),
        "{report}"
    );
    shelf.store.erase(CALLER, start());
    assert!(same.exists());
}

#[test]
fn names_that_are_not_those_of_a_store_are_passed_over() {
    let shelf = Shelf::new();
    shelf.record("conv-7", 1, 1);
    let root = shelf.store.root();
    for folder in [
        "lost+found",
        "20261",
        "2026/13/01",
        "2026/02/31",
        "2026/11/22/conv-7/1",
        "2026/11/22/conv-7/00001",
        "2026/11/22/conv-7/+001",
        "2026/11/22/conv-7/notes",
    ] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    for file in [
        "2027",
        "2026/12",
        "2026/11/23",
        "2026/11/22/conv-8",
        "2026/11/22/conv-7/0002",
    ] {
        fs::write(root.join(file), "x").unwrap();
    }
    assert_eq!(shelf.listed(), ["conv-7-0001"]);
    assert!(shelf.store.verify(..).is_intact());
    let later = start() + Duration::weeks(9);
    assert_eq!(shelf.store.expire(later).deleted.len(), 1);
    assert!(root.join("2026/11/22/conv-7/notes").exists() && root.join("2027").exists());
}

#[test]
fn a_log_that_is_a_link_is_not_written() {
    let (shelf, outside) = (Shelf::new(), tempfile::tempdir().unwrap());
    shelf.record("conv-7", 1, 1);
    let target = outside.path().join("passwd");
    fs::write(&target, "root\n").unwrap();
    symlink(&target, shelf.store.root().join("events.jsonl")).unwrap();
    shelf
        .store
        .publish_missing_events(SubjectForm::default(), start(), |_| ())
        .unwrap_err();
    assert_eq!(fs::read_to_string(&target).unwrap(), "root\n");
}
