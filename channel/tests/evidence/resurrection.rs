//! What was deleted does not come back out of the journal.

use std::fs;
use std::path::{Path, PathBuf};

use onhook_channel::journal::{Ending, Journal, LiveSession, Settings};
use onhook_channel::store::metadata::{SessionRecord, SessionState};
use onhook_channel::store::{FaultyDisk, RealDisk, SessionId, Store};
use time::Duration;

use crate::shelf::{CALLER, day, start};

fn record(session: u32, caller: &str, state: SessionState) -> SessionRecord {
    let mut record = SessionRecord::new(SessionId::new("conv-7", session, day()), start());
    record.participants = vec![caller.to_owned()];
    if state == SessionState::Sealed {
        record.session_end_reason = Some("CallEnded".to_owned());
        record.delete_after = Some(start() + Duration::hours(48));
    }
    record.state = state;
    record
}

fn finished(journal: &Journal, session: u32, caller: &str) -> LiveSession {
    let open = record(session, caller, SessionState::Recording);
    let live = journal.begin(open.id.clone(), &open.metadata()).unwrap();
    live.append(&vec![7; 16_000]).unwrap();
    live.commit().unwrap().wait().unwrap();
    live.settle().unwrap();
    let mut sealed = record(session, caller, SessionState::Sealed);
    sealed.open_samples = 16_000;
    live.finish(&sealed.metadata()).unwrap();
    live
}

/// The store's folder as a kill leaves it now.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// No checkpoint comes by itself: the journal keeps everything.
fn lazy() -> Settings {
    Settings {
        checkpoint_interval: std::time::Duration::from_secs(3600),
        ..Settings::default()
    }
}

fn open(
    root: &Path,
) -> (
    tempfile::TempDir,
    PathBuf,
    Journal,
    onhook_channel::journal::Recovery,
) {
    let folder = tempfile::tempdir().unwrap();
    let killed = folder.path().join("killed");
    copied(root, &killed);
    let (journal, recovery) = Journal::open_with(RealDisk, &killed, lazy()).unwrap();
    (folder, killed, journal, recovery)
}

fn ids(store: &Store) -> Vec<String> {
    let recordings = store.recordings(..);
    recordings
        .map(|one| one.unwrap().metadata.onhook.recording_id)
        .collect()
}

#[test]
fn a_kill_after_an_erasure_brings_nothing_back() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    let (journal, _) = Journal::open_with(RealDisk, &root, lazy()).unwrap();
    drop(finished(&journal, 1, CALLER));
    drop(finished(&journal, 2, "somebody else"));
    assert_eq!(journal.store().erase(CALLER, start()).deleted.len(), 1);

    let (_killed, _, after, recovery) = open(&root);
    let recovered: Vec<u32> = recovery
        .sessions
        .iter()
        .map(|one| one.id.session())
        .collect();
    assert_eq!(recovered, [2], "the journal had both");
    assert!(
        recovery.failed.is_empty() && recovery.damage.is_empty(),
        "{recovery:?}"
    );
    assert_eq!(ids(after.store()), ["conv-7-0002"]);
    let erased = after.store().folder(&SessionId::new("conv-7", 1, day()));
    assert!(!erased.exists());

    // Nor does the journal that goes on, and brings everything to the files when it is closed.
    let store = journal.store().clone();
    drop(journal);
    assert_eq!(ids(&store), ["conv-7-0002"]);
    assert!(!store.folder(&SessionId::new("conv-7", 1, day())).exists());
}

/// Killed at any operation of the erasure, the recording is whole, or goes and stays away.
#[test]
fn a_kill_in_an_erasure_brings_nothing_back_by_halves() {
    let operations = {
        let folder = tempfile::tempdir().unwrap();
        let (journal, _) = Journal::open_with(RealDisk, folder.path().join("s"), lazy()).unwrap();
        drop(finished(&journal, 1, CALLER));
        let disk = FaultyDisk::default();
        Store::on(disk.clone(), journal.store().root()).erase(CALLER, start());
        disk.operations()
    };
    assert!(operations.len() > 10, "{operations:?}");
    for at in 0..operations.len() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("store");
        let (journal, _) = Journal::open_with(RealDisk, &root, lazy()).unwrap();
        drop(finished(&journal, 1, CALLER));
        let disk = FaultyDisk::default();
        crate::shelf::dies_at(&disk, &operations, at);
        Store::on(disk, &root).erase(CALLER, start());

        let (_killed, _, after, recovery) = open(&root);
        assert!(
            recovery.failed.is_empty() && recovery.damage.is_empty(),
            "{at}: {recovery:?}"
        );
        let listed = ids(after.store());
        let is_erased = after.store().tombstones().unwrap().next().is_some();
        assert!(!is_erased || listed.is_empty(), "{at}: it is back");
        if listed.is_empty() {
            after.store().finish_deletions();
        } else {
            assert_eq!(recovery.sessions.len(), 1, "{at}");
            assert_eq!(recovery.sessions[0].ending, Ending::Finished, "{at}");
            after.store().erase(CALLER, start());
        }
        let gone = after.store().folder(&SessionId::new("conv-7", 1, day()));
        assert!(
            !gone.exists(),
            "{at} ({:?}) of {operations:?}",
            operations[at]
        );
        assert_eq!(ids(after.store()), <[String; 0]>::default(), "{at}");
    }
}

/// Another recording under the id of one that was erased is not taken for it.
#[test]
fn what_is_recorded_in_the_place_of_what_was_erased_is_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    let (journal, _) = Journal::open_with(RealDisk, &root, lazy()).unwrap();
    drop(finished(&journal, 1, CALLER));
    journal.store().erase(CALLER, start());
    let again = record(1, CALLER, SessionState::Recording);
    let live = journal.begin(again.id.clone(), &again.metadata()).unwrap();
    live.append(&[9; 320]).unwrap();
    live.commit().unwrap().wait().unwrap();

    let (_killed, _, after, recovery) = open(&root);
    assert!(recovery.failed.is_empty(), "{recovery:?}");
    let metadata = after.store().read_metadata(&again.id).unwrap();
    assert_eq!(
        metadata.onhook.session_end_reason.as_deref(),
        Some("ServiceRecovered")
    );
    assert_eq!(metadata.onhook.parts[0].samples, 320);
}
