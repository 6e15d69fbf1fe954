//! No file of a store is read whole that is larger than any that a store writes.

use std::fs::OpenOptions;

use onhook_channel::store::StoreError;

use crate::shelf::{CALLER, Shelf, id, start};

fn grow(path: &std::path::Path, bytes: u64) {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path);
    // Zeros that take no room.
    file.unwrap().set_len(bytes).unwrap();
}

const GIGABYTE: u64 = 1 << 30;

#[test]
fn metadata_of_a_gigabyte_are_refused_with_their_name_and_the_limit() {
    let shelf = Shelf::new();
    shelf.record("conv-7", 1, 1);
    let path = shelf.store.folder(&id("conv-7", 1)).join("metadata.json");
    grow(&path, GIGABYTE);
    let refused = |error: &StoreError| {
        assert_eq!(
            error.to_string(),
            format!(
                "{} has more than 16777216 bytes, which no file of its kind has",
                path.display()
            )
        );
        matches!(error, StoreError::TooLarge { .. })
    };
    assert!(refused(
        &shelf.store.read_metadata(&id("conv-7", 1)).unwrap_err()
    ));
    let listed = shelf.store.recordings(..).next().unwrap();
    assert!(refused(&listed.unwrap_err().source));
    for deletions in [
        shelf.store.expire(start()),
        shelf.store.erase(CALLER, start()),
    ] {
        assert!(refused(&deletions.failed[0].source));
        assert_eq!(deletions.deleted.len(), 0);
    }
    assert_eq!(shelf.store.verify(..).findings.len(), 1);
}

#[test]
fn other_files_of_a_gigabyte_are_problems_of_their_own_and_no_more() {
    // Logs are read line by line, whatever their length; one line of some megabytes shows it.
    for (name, at_root, bytes) in [
        ("content.wav.blocks", false, GIGABYTE),
        ("legal-hold.json", false, GIGABYTE),
        ("events.jsonl", true, GIGABYTE >> 8),
        ("tombstones.jsonl", true, GIGABYTE >> 8),
        ("lock", true, GIGABYTE),
        ("deletions/0.json", true, GIGABYTE),
    ] {
        let shelf = Shelf::new();
        shelf.record("conv-7", 1, 1);
        let folder = if at_root {
            shelf.store.root().to_owned()
        } else {
            shelf.store.folder(&id("conv-7", 1))
        };
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        grow(&path, bytes);
        assert_eq!(shelf.listed(), ["conv-7-0001"], "{name}");
        let report = shelf.store.verify(..);
        let quiet = ["legal-hold.json", "lock", "deletions/0.json"];
        assert_eq!(
            report.is_intact(),
            quiet.contains(&name),
            "{name}: {report}"
        );
        let deletions = shelf.store.expire(start());
        let fails = name.starts_with("deletions");
        assert_eq!(!deletions.failed.is_empty(), fails, "{name}: {deletions:?}");
        if fails {
            let error = deletions.failed[0].source.to_string();
            assert!(
                error.contains("0.json has more than 65536 bytes"),
                "{error}"
            );
        }
    }
}
