//! The recording store: what is on disk after each step, and after each fault.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use onhook_channel::store::{
    DiskFault, FaultyDisk, Operation, SessionFile, SessionId, Sha512Hex, Store, StoreError,
};
use onhook_channel::wav::WavProblem;
use tempfile::TempDir;
use time::{Date, Month};

fn id(conversation: &str, session: u32) -> SessionId {
    SessionId::new(
        conversation,
        session,
        Date::from_calendar_date(2026, Month::November, 22).unwrap(),
    )
}

fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("store"));
    (folder, store)
}

fn faulty() -> (TempDir, FaultyDisk, Store) {
    let (folder, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
    let store = Store::on(disk.clone(), folder.path().join("store"));
    (folder, disk, store)
}

fn fault(operation: Operation, after: usize, torn_bytes: usize) -> DiskFault {
    DiskFault {
        operation,
        after,
        times: 1,
        kind: ErrorKind::StorageFull,
        torn_bytes,
    }
}

fn ramp(from: i16, count: i16) -> Vec<i16> {
    (from..from + count).collect()
}

/// The samples by an independent reader, and nothing after them: the header's sizes are right.
fn heard(path: &Path) -> Vec<i16> {
    let mut reader = hound::WavReader::open(path).unwrap();
    let spec = reader.spec();
    assert_eq!(
        (spec.sample_rate, spec.channels, spec.bits_per_sample),
        (16_000, 1, 16)
    );
    let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
    assert_eq!(
        fs::metadata(path).unwrap().len(),
        80 + 2 * samples.len() as u64,
        "bytes after the audio"
    );
    samples
}

fn files_below(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn a_session_is_one_file_through_pause_stop_and_resume() {
    let (_folder, store) = store();
    let mut session = SessionFile::create(&store, id("conv-7", 1)).unwrap();
    assert!(
        session
            .path()
            .ends_with("store/2026/11/22/conv-7/0001/content.wav")
    );
    assert_eq!(heard(session.path()), [0_i16; 0]);

    session.append(&ramp(0, 320)).unwrap();
    session.append(&ramp(320, 320)).unwrap();
    session.sync().unwrap();
    assert_eq!(heard(session.path()), ramp(0, 640));
    session.append(&[7]).unwrap();
    let part = session.close().unwrap();
    assert_eq!(
        (part.samples, part.bytes, part.file.as_str()),
        (641, 80 + 1282, "content.wav")
    );
    assert_eq!(
        part.sha512,
        Sha512Hex::of(fs::File::open(session.path()).unwrap()).unwrap()
    );
    assert!(matches!(session.append(&[1]), Err(StoreError::Closed(_))));

    session.reopen().unwrap();
    session.reopen().unwrap();
    assert_eq!(session.samples(), Some(641));
    session.append(&ramp(1000, 50)).unwrap();
    let again = session.close().unwrap();
    assert_eq!(
        heard(session.path()),
        [ramp(0, 640), vec![7], ramp(1000, 50)].concat()
    );
    assert_ne!(part.sha512, again.sha512);
}

#[test]
fn the_hash_is_the_one_of_sha512sum() {
    let (_folder, store) = store();
    let mut session = SessionFile::create(&store, id("conv-7", 1)).unwrap();
    session.append(&ramp(-5000, 10_000)).unwrap();
    let part = session.close().unwrap();
    let Ok(output) = std::process::Command::new("sha512sum")
        .arg(session.path())
        .output()
    else {
        eprintln!("skipped: sha512sum is not on the PATH");
        return;
    };
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with(part.sha512.as_str())
    );
}

#[test]
fn nothing_is_ever_overwritten() {
    let (_folder, store) = store();
    let mut first = SessionFile::create(&store, id("conv-7", 1)).unwrap();
    first.append(&[1, 2, 3]).unwrap();
    first.close().unwrap();
    for _ in 0..2 {
        assert!(matches!(
            SessionFile::create(&store, id("conv-7", 1)),
            Err(StoreError::Exists(_))
        ));
        assert_eq!(heard(first.path()), [1, 2, 3]);
    }
    let second = SessionFile::create(&store, id("conv-7", 2)).unwrap();
    assert_ne!(first.path(), second.path());
    assert_eq!(store.sessions("conv-7", second.id().day()).unwrap(), [1, 2]);
    assert_eq!(
        store.sessions("conv-8", second.id().day()).unwrap(),
        [0_u32; 0]
    );
}

#[test]
fn of_many_that_create_one_session_one_wins() {
    let (_folder, store) = store();
    let created: usize = std::thread::scope(|scope| {
        let create = || SessionFile::create(&store, id("conv-7", 1)).is_ok();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(create)).collect();
        threads
            .into_iter()
            .map(|thread| usize::from(thread.join().unwrap()))
            .sum()
    });
    assert_eq!(created, 1);
}

#[test]
fn no_conversation_id_leaves_its_folder() {
    let (folder, store) = store();
    let long = "x".repeat(10_240);
    let ids = [
        "../../etc",
        "..",
        ".",
        "",
        "/",
        "/etc/passwd",
        "con",
        "a\0b",
        "a/b",
        "a\\b",
        "ü☎",
        "%2e%2e",
        &long,
    ];
    for (count, conversation) in ids.iter().enumerate() {
        let mut session = SessionFile::create(&store, id(conversation, 1)).unwrap();
        session.append(&[1]).unwrap();
        session.close().unwrap();
        let day = store.root().join("2026/11/22");
        assert_eq!(
            session.path().ancestors().nth(3),
            Some(&*day),
            "{conversation:?}"
        );
        assert_eq!(
            fs::read_dir(&day).unwrap().count(),
            count + 1,
            "{conversation:?}"
        );
        assert_eq!(
            files_below(folder.path()).len(),
            // The audio and the hashes of its seconds.
            2 * (count + 1),
            "{conversation:?}"
        );
    }
}

#[test]
fn a_session_that_cannot_begin_leaves_no_file_and_can_be_tried_again() {
    let steps = {
        let (_folder, disk, store) = faulty();
        SessionFile::create(&store, id("conv-7", 1)).unwrap();
        disk.operations()
    };
    for at in 0..steps.len() {
        let (folder, disk, store) = faulty();
        let after = steps[..at]
            .iter()
            .filter(|other| **other == steps[at])
            .count();
        disk.fail(fault(steps[at], after, 40));
        let error = SessionFile::create(&store, id("conv-7", 1)).unwrap_err();
        assert!(!matches!(error, StoreError::Exists(_)), "{at}: {error}");
        assert_eq!(
            files_below(folder.path()),
            Vec::<PathBuf>::new(),
            "{at}: {:?}",
            steps[at]
        );
        let again = SessionFile::create(&store, id("conv-7", 1));
        assert!(again.is_ok(), "{at}: {:?} {again:?}", steps[at]);
    }
}

#[test]
fn everything_is_synchronised_before_a_step_succeeds() {
    let (_folder, disk, store) = faulty();
    let mut session = SessionFile::create(&store, id("conv-7", 1)).unwrap();
    let created = disk.operations();
    let last = |operation| {
        created
            .iter()
            .rposition(|other| *other == operation)
            .unwrap()
    };
    assert!(
        last(Operation::Write) < last(Operation::Sync)
            && last(Operation::Sync) < last(Operation::SyncDir)
    );
    let count = |operation| created.iter().filter(|other| **other == operation).count();
    // The parent of each folder, and the folder of the file.
    assert_eq!(
        count(Operation::SyncDir),
        count(Operation::CreateDir) + 1,
        "{created:?}"
    );

    session.append(&[1]).unwrap();
    session.sync().unwrap();
    assert_eq!(
        disk.operations()[created.len()..],
        [Operation::Write, Operation::Write, Operation::Sync]
    );
    disk.fail(fault(Operation::Sync, 0, 0));
    assert!(matches!(
        session.sync(),
        Err(StoreError::Disk {
            doing: "synchronise",
            ..
        })
    ));
    for operation in [
        Operation::Write,
        Operation::Sync,
        Operation::Read,
        Operation::SyncDir,
    ] {
        disk.fail(fault(operation, 0, 0));
        session.close().unwrap_err();
        assert_eq!(
            session.samples(),
            Some(1),
            "{operation:?} has closed the file"
        );
    }
    assert_eq!(session.close().unwrap().samples, 1);
}

#[test]
fn a_full_disk_loses_only_the_samples_that_did_not_fit() {
    for torn_bytes in [0, 1, 2, 639, 640] {
        let (_folder, disk, store) = faulty();
        let mut session = SessionFile::create(&store, id("conv-7", 1)).unwrap();
        session.append(&ramp(0, 320)).unwrap();
        disk.fail(fault(Operation::Write, 0, torn_bytes));
        let error = session.append(&ramp(320, 320)).unwrap_err();
        let StoreError::Wav { source, .. } = error else {
            panic!("{error}")
        };
        assert!(
            matches!(&source.problem, WavProblem::Io(error) if error.kind() == ErrorKind::StorageFull)
        );
        assert_eq!(source.at, 80 + 640);
        // Somebody has made room.
        session.append(&[9, 8]).unwrap();
        assert_eq!(session.close().unwrap().samples, 322);
        assert_eq!(
            heard(session.path()),
            [ramp(0, 320), vec![9, 8]].concat(),
            "{torn_bytes}"
        );
    }
}

#[test]
fn a_disk_that_stays_full_still_gives_a_whole_file() {
    let (_folder, disk, store) = faulty();
    let mut session = SessionFile::create(&store, id("conv-7", 1)).unwrap();
    session.append(&ramp(0, 320)).unwrap();
    disk.fail(fault(Operation::Write, 0, 333));
    session.append(&ramp(320, 320)).unwrap_err();
    assert_eq!(session.close().unwrap().samples, 320);
    assert_eq!(heard(session.path()), ramp(0, 320));
}

#[test]
fn what_a_crash_leaves_is_recovered_and_appended_to() {
    for (left, samples) in [
        (None, 960),
        (Some(80 + 1281), 640),
        (Some(81), 0),
        (Some(80), 0),
        (Some(33), 0),
        (Some(0), 0),
    ] {
        let (_folder, store) = store();
        let mut session = SessionFile::create(&store, id("conv-7", 1)).unwrap();
        session.append(&ramp(0, 320)).unwrap();
        session.sync().unwrap();
        session.append(&ramp(320, 640)).unwrap();
        let path = session.path().to_owned();
        // Dropped without being closed, as by a kill: the header still says 320 samples.
        drop(session);
        if let Some(bytes) = left {
            fs::OpenOptions::new()
                .write(true)
                .open(&path)
                .unwrap()
                .set_len(bytes)
                .unwrap();
        }
        let mut recovered = SessionFile::recover(&store, id("conv-7", 1)).unwrap();
        assert_eq!(recovered.samples(), Some(samples), "{left:?}");
        let kept = ramp(0, i16::try_from(samples).unwrap());
        assert_eq!(heard(&path), kept, "{left:?}");
        recovered.append(&[-1]).unwrap();
        recovered.close().unwrap();
        assert_eq!(heard(&path), [kept, vec![-1]].concat(), "{left:?}");
    }
}

#[test]
fn a_foreign_file_is_not_touched() {
    let (_folder, store) = store();
    let mut session = SessionFile::create(&store, id("conv-7", 1)).unwrap();
    session.close().unwrap();
    let foreign = b"RIFF, but from somebody else: ".repeat(9);
    fs::write(session.path(), &foreign).unwrap();
    session.reopen().unwrap_err();
    SessionFile::recover(&store, id("conv-7", 1)).unwrap_err();
    assert_eq!(fs::read(session.path()).unwrap(), foreign);
}
