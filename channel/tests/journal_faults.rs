//! What the journal does with a disk that fails: it says so, harms nobody else, and goes on when the disk does.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use onhook_channel::journal::{Ending, Harm, Journal, LiveSession, Refused, Settings};
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

fn open(disk: &FaultyDisk, folder: &Path, settings: Settings) -> Journal {
    Journal::open_with(disk.clone(), folder, settings)
        .unwrap()
        .0
}

fn begin(journal: &Journal, session: u32) -> LiveSession {
    journal.begin(id(session), &metadata(session)).unwrap()
}

fn fault(operation: Operation, kind: ErrorKind, times: usize) -> DiskFault {
    DiskFault {
        operation,
        after: 0,
        times,
        kind,
        torn_bytes: 3,
    }
}

fn samples(journal: &Journal, session: u32) -> Vec<i16> {
    let wav = hound::WavReader::open(journal.store().content(&id(session)));
    wav.unwrap()
        .into_samples()
        .map(|sample| sample.unwrap())
        .collect()
}

#[test]
fn a_step_that_cannot_be_made_durable_is_refused_and_the_next_one_is_not() {
    for operation in [
        Operation::Write,
        Operation::Sync,
        Operation::CreateNew,
        Operation::SyncDir,
    ] {
        let folder = tempfile::tempdir().unwrap();
        let disk = FaultyDisk::default();
        let journal = open(&disk, folder.path(), patient());
        let session = begin(&journal, 1);
        session.append(&[5; 100]).unwrap();
        // The first failure is lived with; a new segment, if it is needed, fails as well.
        if matches!(operation, Operation::CreateNew | Operation::SyncDir) {
            disk.fail(fault(Operation::Write, ErrorKind::StorageFull, 1));
        }
        disk.fail(fault(operation, ErrorKind::StorageFull, 1000));
        let refused = session.step(&metadata(1)).unwrap().wait();
        assert!(refused.is_err(), "{operation:?}");
        disk.heal();
        session.append(&[6; 100]).unwrap();
        session.finish(&metadata(1)).unwrap();
        assert_eq!(
            samples(&journal, 1),
            [[5; 100], [6; 100]].concat(),
            "{operation:?}"
        );
    }
}

#[test]
fn one_failure_of_the_journal_costs_nothing() {
    for operation in [Operation::Write, Operation::Sync] {
        let folder = tempfile::tempdir().unwrap();
        let disk = FaultyDisk::default();
        let journal = open(&disk, folder.path(), patient());
        let session = begin(&journal, 1);
        session.append(&[5; 100]).unwrap();
        disk.fail(fault(operation, ErrorKind::Other, 1));
        session.step(&metadata(1)).unwrap().wait().unwrap();
        assert_eq!(
            journal.figures().segments,
            2,
            "{operation:?}: the file that failed is not used again"
        );
        session.finish(&metadata(1)).unwrap();
        assert_eq!(samples(&journal, 1), [5; 100], "{operation:?}");
    }
}

#[test]
fn a_session_file_that_fails_harms_nobody_and_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let journal = open(&disk, folder.path(), patient());
    let (bad, good) = (begin(&journal, 1), begin(&journal, 2));
    let hidden = folder.path().join("elsewhere");
    std::fs::rename(journal.store().folder(&id(1)), &hidden).unwrap();
    std::fs::write(journal.store().folder(&id(1)), "in the way").unwrap();
    for session in [&bad, &good] {
        session.append(&[9; 50]).unwrap();
        session.step(&metadata(1)).unwrap().wait().unwrap();
    }
    assert!(bad.settle().is_err());
    good.finish(&metadata(2)).unwrap();
    assert_eq!(samples(&journal, 2), [9; 50]);
    assert!(bad.finish(&metadata(1)).is_err());
    std::fs::remove_file(journal.store().folder(&id(1))).unwrap();
    std::fs::rename(&hidden, journal.store().folder(&id(1))).unwrap();
    bad.finish(&metadata(1)).unwrap();
    assert_eq!(samples(&journal, 1), [9; 50]);
}

#[test]
fn what_does_not_fit_into_memory_is_refused_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        pending_bytes: 1000,
        ..patient()
    };
    let journal = open(&FaultyDisk::default(), folder.path(), settings);
    let session = begin(&journal, 1);
    session.append(&[1; 400]).unwrap();
    assert!(session.is_pressed());
    assert_eq!(session.append(&[2; 400]), Err(Refused::Full));
    session.relief();
    session.append(&[3; 400]).unwrap();
    assert_eq!(session.refused(), 400);
    session.finish(&metadata(1)).unwrap();
    assert_eq!(samples(&journal, 1), [[1; 400], [3; 400]].concat());
    assert_eq!(session.append(&[4; 4]), Err(Refused::Closed));
}

#[test]
fn damage_in_the_middle_is_reported_and_the_rest_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&FaultyDisk::default(), folder.path(), patient());
    let session = begin(&journal, 1);
    for value in 1..=4 {
        session.append(&[value; 1000]).unwrap();
        session.step(&metadata(1)).unwrap().wait().unwrap();
    }
    drop(journal);
    let segment = folder.path().join("journal/0000000000000001.journal");
    let mut bytes = std::fs::read(&segment).unwrap();
    let hit = bytes
        .windows(4)
        .position(|four| four == [2, 0, 2, 0])
        .unwrap();
    bytes[hit + 9] ^= 0x10;
    std::fs::write(&segment, bytes).unwrap();

    let (journal, recovery) = Journal::open(RealDisk, folder.path()).unwrap();
    assert!(recovery.failed.is_empty(), "{:?}", recovery.failed);
    let bytes = |damage: &&onhook_channel::journal::Damage| matches!(damage.harm, Harm::Bytes { from, to } if (from..to).contains(&(hit as u64)));
    assert_eq!(
        recovery.damage.iter().filter(bytes).count(),
        1,
        "{:?}",
        recovery.damage
    );
    let recovered = &recovery.sessions[0];
    assert_eq!((recovered.samples, recovered.missing), (4000, 1000));
    assert_eq!(recovered.ending, Ending::Interrupted);
    assert_eq!(
        samples(&journal, 1),
        [[1; 1000], [0; 1000], [3; 1000], [4; 1000]].concat()
    );
    assert!(
        segment.with_extension("damaged").exists(),
        "kept for whoever wants to know"
    );
}

#[tokio::test(start_paused = true)]
async fn virtual_time_stands_still_while_a_step_is_awaited() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&FaultyDisk::default(), folder.path(), patient());
    let session = begin(&journal, 1);
    let start = tokio::time::Instant::now();
    tokio::select! {
        biased;
        () = tokio::time::sleep(Duration::from_millis(1)) => panic!("time went on"),
        outcome = session.step(&metadata(1)).unwrap().acknowledged() => outcome.unwrap(),
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[test]
fn a_finished_journal_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&FaultyDisk::default(), folder.path(), patient());
    let session = begin(&journal, 1);
    session.append(&[1; 10]).unwrap();
    session.finish(&metadata(1)).unwrap();
    drop(journal);
    let left = std::fs::read_dir(folder.path().join("journal")).unwrap();
    let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(
        names,
        ["lock"],
        "whose name says who may write, not its content"
    );
}

/// The segment that is left of a session that was cut off.
fn left_behind() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&FaultyDisk::default(), folder.path(), patient());
    let session = begin(&journal, 1);
    for value in 1..=3 {
        session.append(&[value; 30]).unwrap();
        session.step(&metadata(1)).unwrap().wait().unwrap();
    }
    drop(journal);
    std::fs::read(folder.path().join("journal/0000000000000001.journal")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_in_a_journal_are_a_reason_to_panic(
        good in Just(left_behind()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        rubbish in prop::collection::vec(any::<u8>(), 0..300),
        second in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("journal")).unwrap();
        let mut bytes = good.clone();
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        if second {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes.extend(&rubbish);
        std::fs::write(folder.path().join("journal/0000000000000001.journal"), bytes).unwrap();
        std::fs::write(folder.path().join("journal/0000000000000002.journal"), &rubbish).unwrap();
        let (journal, recovery) = Journal::open(RealDisk, folder.path()).unwrap();
        if changes.is_empty() && !second {
            prop_assert_eq!(recovery.sessions[0].samples, 90);
        }
        begin(&journal, 2).finish(&metadata(2)).unwrap();
    }
}
