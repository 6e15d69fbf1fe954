//! What the journal does when its files are taken away from under it: nothing is acknowledged that nobody would find,
//! nothing is touched that has taken their place, and a journal that is opened anew begins in a new folder.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use onhook_channel::journal::{Commit, Journal, JournalError, LiveSession, Settings};
use onhook_channel::store::metadata::{Metadata, SessionRecord};
use onhook_channel::store::{DiskFault, FaultyDisk, Operation, RealDisk, SessionId};
use time::OffsetDateTime;

fn id(session: u32) -> SessionId {
    SessionId::new("conv-7", session, time::Date::MIN)
}

fn metadata(session: u32) -> Metadata {
    SessionRecord::new(id(session), OffsetDateTime::UNIX_EPOCH).metadata()
}

/// Nothing is committed or copied before somebody waits for it.
fn patient() -> Settings {
    Settings {
        interval: Duration::from_secs(3600),
        copy_interval: Duration::from_secs(3600),
        checkpoint_interval: Duration::from_secs(3600),
        ..Settings::default()
    }
}

fn open(root: &Path) -> Journal {
    Journal::open_with(FaultyDisk::default(), root, patient())
        .unwrap()
        .0
}

fn begin(journal: &Journal, session: u32) -> LiveSession {
    journal.begin(id(session), &metadata(session)).unwrap()
}

fn segment(root: &Path) -> PathBuf {
    let names = fs::read_dir(root.join("journal")).unwrap();
    let mut paths: Vec<_> = names.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|name| name == "journal"));
    paths.sort();
    paths.pop().unwrap()
}

/// Removes a folder in one step, whoever makes files in it meanwhile.
fn remove(folder: &Path, aside: &Path) {
    fs::rename(folder, aside).unwrap();
    fs::remove_dir_all(aside).unwrap();
}

/// Ways in which the files of a journal in `root` are lost; `aside` is a path where nothing is.
type Loss = fn(root: &Path, aside: &Path);

const LOSSES: [(&str, Loss); 9] = [
    ("the store is removed", remove),
    ("the store is renamed", |root, aside| {
        fs::rename(root, aside).unwrap();
    }),
    ("the store is replaced by an empty one", |root, aside| {
        fs::rename(root, aside).unwrap();
        fs::create_dir(root).unwrap();
    }),
    ("the journal is removed", |root, aside| {
        remove(&root.join("journal"), aside);
    }),
    ("the journal is renamed", |root, aside| {
        fs::rename(root.join("journal"), aside).unwrap();
    }),
    ("the journal is replaced by a copy", |root, aside| {
        let journal = root.join("journal");
        fs::rename(&journal, aside).unwrap();
        fs::create_dir(&journal).unwrap();
        for entry in fs::read_dir(aside).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), journal.join(entry.file_name())).unwrap();
        }
    }),
    ("the segment is removed", |root, _| {
        fs::remove_file(segment(root)).unwrap();
    }),
    ("the segment is replaced by a copy", |root, aside| {
        let segment = segment(root);
        fs::copy(&segment, aside).unwrap();
        fs::rename(aside, segment).unwrap();
    }),
    ("the lock is removed", |root, _| {
        fs::remove_file(root.join("journal/lock")).unwrap();
    }),
];

#[test]
fn nothing_is_acknowledged_that_is_not_at_its_path() {
    for (what, lose) in LOSSES {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("store");
        let journal = open(&root);
        let session = begin(&journal, 1);
        session.append(&[5; 100]).unwrap();
        session.step(&metadata(1)).unwrap().wait().unwrap();
        lose(&root, &folder.path().join("aside"));

        session.append(&[6; 100]).unwrap();
        let lost = session.step(&metadata(1)).unwrap().wait().unwrap_err();
        assert!(matches!(lost, JournalError::Lost(_)), "{what}: {lost}");
        assert!(lost.to_string().contains("journal"), "{what}: {lost}");
        // From now on nothing is taken, and everybody is told why.
        assert!(journal.is_closed(), "{what}");
        assert!(session.append(&[7; 100]).is_err(), "{what}");
        let failure = session.failure();
        assert!(matches!(failure, Some(JournalError::Lost(_))), "{what}");
        for outcome in [session.finish(&metadata(1)), session.settle()] {
            assert!(matches!(outcome, Err(JournalError::Lost(_))), "{what}");
        }
        let refused = journal.begin(id(2), &metadata(2)).unwrap_err();
        assert!(
            matches!(refused, JournalError::Lost(_)),
            "{what}: {refused}"
        );
        drop(journal);

        let (journal, _) = Journal::open(RealDisk, &root).unwrap();
        let again = begin(&journal, 3);
        again.append(&[8; 320]).unwrap();
        again.finish(&metadata(3)).unwrap();
        let audio = fs::metadata(journal.store().content(&id(3))).unwrap();
        assert_eq!(audio.len(), 80 + 640, "{what}");
    }
}

#[test]
fn a_start_on_an_idle_journal_whose_files_are_gone_leaves_nothing_behind() {
    for (what, lose) in LOSSES {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("store");
        let journal = open(&root);
        // Some of what can be lost is there only while somebody is recorded.
        let session = begin(&journal, 1);
        lose(&root, &folder.path().join("aside"));
        let refused = journal.begin(id(2), &metadata(2)).unwrap_err();
        assert!(
            matches!(refused, JournalError::Lost(_)),
            "{what}: {refused}"
        );
        assert!(!root.join(id(2).folder()).exists(), "{what}");
        drop((session, journal));
    }
}

/// Another process has taken the folder: what is in it is its own.
#[test]
fn a_dead_journal_touches_nothing_of_the_one_that_took_its_place() {
    for (what, lose) in LOSSES {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("store");
        let old = open(&root);
        let session = begin(&old, 1);
        session.append(&[5; 100]).unwrap();
        session.step(&metadata(1)).unwrap().wait().unwrap();
        lose(&root, &folder.path().join("aside"));
        if !root.join("journal/lock").exists() || what.contains("copy") {
            // The lock that is there now is nobody's.
            let Ok((new, _)) = Journal::open_with(RealDisk, &root, patient()) else {
                // A segment alone was replaced: the lock still keeps others out.
                assert!(what.contains("segment"), "{what}");
                continue;
            };
            let other = begin(&new, 2);
            other.append(&[9; 320]).unwrap();
            other.step(&metadata(2)).unwrap().wait().unwrap();
            session.append(&[6; 100]).unwrap();
            drop(session.step(&metadata(1)).map(Commit::wait));
            let names = |root: &Path| {
                let entries = fs::read_dir(root.join("journal")).unwrap();
                let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
                names.sort();
                names
            };
            let before = names(&root);
            drop((session, old));
            assert_eq!(names(&root), before, "{what}");
            other.finish(&metadata(2)).unwrap();
            let audio = fs::metadata(new.store().content(&id(2))).unwrap();
            assert_eq!(audio.len(), 80 + 640, "{what}");
        }
    }
}

type RecordingLoss = fn(session: &Path, aside: &Path);

const RECORDING_LOSSES: [(&str, RecordingLoss); 4] = [
    ("the session", remove),
    ("its conversation", |session, aside| {
        fs::rename(session.parent().unwrap(), aside).unwrap();
    }),
    ("its day", |session, aside| {
        remove(session.parent().unwrap().parent().unwrap(), aside);
    }),
    ("its audio, by another file", |session, aside| {
        fs::write(aside, b"RIFF").unwrap();
        fs::rename(aside, session.join("content.wav")).unwrap();
    }),
];

/// Another recording, elsewhere in the store.
fn begin_elsewhere(journal: &Journal) -> LiveSession {
    let id = SessionId::new("conv-8", 1, id(1).day().next_day().unwrap());
    journal.begin(id, &metadata(1)).unwrap()
}

/// Only the recording whose files are taken away fails. What the journal still has of it is written anew.
#[test]
fn a_recording_that_is_removed_fails_alone() {
    for (what, lose) in RECORDING_LOSSES {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("store");
        let journal = open(&root);
        let (bad, good) = (begin(&journal, 1), begin_elsewhere(&journal));
        for session in [&bad, &good] {
            session.append(&[5; 100]).unwrap();
            session.commit().unwrap().wait().unwrap();
            session.settle().unwrap();
        }
        lose(&root.join(id(1).folder()), &folder.path().join("aside"));
        for session in [&bad, &good] {
            session.append(&[6; 100]).unwrap();
            session.commit().unwrap().wait().unwrap();
        }
        let removed = bad.settle().unwrap_err();
        assert!(
            matches!(removed, JournalError::Removed(_)),
            "{what}: {removed}"
        );
        assert!(!journal.is_closed(), "{what}");
        for session in [&bad, &good] {
            session.finish(&metadata(1)).unwrap();
            let audio = fs::metadata(journal.store().content(session.id())).unwrap();
            assert_eq!(audio.len(), 80 + 400, "{what}");
        }
    }
}

/// The journal does not keep the audio of a recording whose files nobody brings back.
#[test]
fn a_recording_that_is_removed_and_over_is_let_go() {
    for (what, lose) in RECORDING_LOSSES {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("store");
        let settings = Settings {
            checkpoint_interval: Duration::from_millis(5),
            copy_interval: Duration::from_millis(5),
            ..Settings::default()
        };
        let (journal, _) = Journal::open_with(RealDisk, &root, settings).unwrap();
        let session = begin(&journal, 1);
        session.append(&[5; 100]).unwrap();
        session.commit().unwrap().wait().unwrap();
        lose(&root.join(id(1).folder()), &folder.path().join("aside"));
        match session.finish(&metadata(1)) {
            // No checkpoint came before the loss, and the journal had all of it.
            Ok(()) => {
                let audio = fs::metadata(journal.store().content(&id(1))).unwrap();
                assert_eq!(audio.len(), 80 + 200, "{what}");
            }
            Err(error) => assert!(matches!(error, JournalError::Removed(_)), "{what}: {error}"),
        }
        while journal.figures().segments > 0 {
            std::thread::yield_now();
        }
    }
}

/// Whether the files are at their paths cannot be found out: nothing is acknowledged, and the journal goes on when it can.
#[test]
fn a_disk_that_cannot_be_asked_is_a_disk_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let (journal, _) = Journal::open_with(disk.clone(), folder.path(), patient()).unwrap();
    let session = begin(&journal, 1);
    session.append(&[5; 100]).unwrap();
    disk.fail(DiskFault {
        operation: Operation::Kind,
        after: 0,
        times: usize::MAX,
        kind: std::io::ErrorKind::Other,
        torn_bytes: 0,
    });
    let refused = session.step(&metadata(1)).unwrap().wait().unwrap_err();
    assert!(matches!(refused, JournalError::Disk { .. }), "{refused}");
    disk.heal();
    session.finish(&metadata(1)).unwrap();
    let audio = fs::metadata(journal.store().content(&id(1))).unwrap();
    assert_eq!(audio.len(), 80 + 200);
}
