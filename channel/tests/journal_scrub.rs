//! What was erased leaves the journal, too: segments, those that are ready, and those that are to be written over.

use std::fs;
use std::path::Path;
use std::time::Duration;

use onhook::prelude::*;
use onhook_channel::journal::{Journal, LiveSession, Settings};
use onhook_channel::store::metadata::SessionRecord;
use onhook_channel::store::{
    DiskFault, FaultyDisk, JournalRemainder, Operation, RealDisk, SessionId, Store,
};
use onhook_channel::{Channel, Dial};
use time::OffsetDateTime;

const CALLER: &str = "+14255550100";

fn record(conversation: &str, caller: &str) -> SessionRecord {
    let id = SessionId::new(conversation, 1, time::Date::MIN);
    let mut record = SessionRecord::new(id, OffsetDateTime::UNIX_EPOCH);
    record.from = Some(caller.to_owned());
    record.participants = vec![caller.to_owned()];
    record
}

fn begin(journal: &Journal, conversation: &str, caller: &str) -> LiveSession {
    let record = record(conversation, caller);
    journal
        .begin(record.id.clone(), &record.metadata())
        .unwrap()
}

/// Nothing leaves the journal by itself.
fn lazy() -> Settings {
    Settings {
        copy_interval: Duration::from_secs(3600),
        checkpoint_interval: Duration::from_secs(3600),
        segment_interval: Duration::from_secs(3600),
        segment_bytes: 1 << 16,
        ..Settings::default()
    }
}

/// Whether a file of the journal's has these bytes.
fn holds(root: &Path, pattern: &[u8]) -> bool {
    let entries = fs::read_dir(root.join("journal")).unwrap();
    let mut files = entries.filter_map(|entry| fs::read(entry.unwrap().path()).ok());
    files.any(|bytes| bytes.windows(pattern.len()).any(|window| window == pattern))
}

fn secret() -> (Vec<i16>, Vec<u8>) {
    let samples: Vec<i16> = (0..2000).map(|at| at * 13 - 9000).collect();
    let bytes = samples[700..900]
        .iter()
        .flat_map(|sample| sample.to_le_bytes());
    let bytes = bytes.collect();
    (samples, bytes)
}

#[test]
fn a_scrub_leaves_nothing_in_the_journal_and_costs_nobody_anything() {
    // With others that are recorded, silent or not, and with nobody.
    for others in [0, 1, 3] {
        for busy in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let (journal, _) = Journal::open_with(RealDisk, folder.path(), lazy()).unwrap();
            let erased = begin(&journal, "conv-secret", CALLER);
            let live: Vec<_> = (0..others)
                .map(|other| begin(&journal, &format!("conv-{other}"), "somebody"))
                .collect();
            let (samples, pattern) = secret();
            erased.append(&samples).unwrap();
            // So many that segments are full and others are made ready.
            for _ in 0..if busy { 40 } else { 0 } {
                for session in &live {
                    session.append(&[3; 2000]).unwrap();
                    session.commit().unwrap().wait().unwrap();
                }
            }
            erased
                .finish(&record("conv-secret", CALLER).metadata())
                .unwrap();
            assert!(holds(folder.path(), &pattern));
            journal.scrub().unwrap();
            for trace in [&pattern[..], CALLER.as_bytes(), b"conv-secret"] {
                assert!(
                    !holds(folder.path(), trace),
                    "{others} others, busy: {busy}"
                );
            }
            // A kill now costs the others nothing, and the journal goes on.
            for session in &live {
                session.append(&[5; 100]).unwrap();
                session.commit().unwrap().wait().unwrap();
            }
            for (other, session) in live.iter().enumerate() {
                let record = record(&format!("conv-{other}"), "somebody");
                session.finish(&record.metadata()).unwrap();
                let samples = if busy { 80_100 } else { 100 };
                let bytes = fs::metadata(journal.store().content(&record.id))
                    .unwrap()
                    .len();
                assert_eq!(bytes, 80 + 2 * samples);
            }
            journal.scrub().unwrap();
            assert_eq!(journal.figures().segments, 0);
        }
    }
}

/// As long as somebody is recorded there is a segment that says so: otherwise a kill would leave a recording without an
/// end.
#[test]
fn a_kill_after_a_scrub_leaves_no_recording_without_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let (root, killed) = (folder.path().join("store"), folder.path().join("killed"));
    let (journal, _) = Journal::open_with(RealDisk, &root, lazy()).unwrap();
    let session = begin(&journal, "conv-7", CALLER);
    session.append(&[5; 100]).unwrap();
    session.commit().unwrap().wait().unwrap();
    journal.scrub().unwrap();
    copy(&root, &killed);
    let (after, recovery) = Journal::open(RealDisk, &killed).unwrap();
    assert_eq!(recovery.sessions.len(), 1, "{recovery:?}");
    assert_eq!(recovery.sessions[0].samples, 100);
    let metadata = after.store().read_metadata(session.id()).unwrap();
    assert_eq!(
        metadata.onhook.session_end_reason.as_deref(),
        Some("ServiceRecovered")
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[on_message]
async fn record_all(turn: &Turn) -> Result<()> {
    turn.start_recording(RecordingStart::new()).await.map(drop)
}

#[tokio::test]
async fn an_erasure_reaches_the_journal_of_a_channel() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    let channel = Channel::builder(handlers![record_all])
        .recordings(&root)
        .build();
    let other = channel.dial(Dial::new());
    other.says("record").await.unwrap();
    let call = channel.dial(Dial::new().from(CALLER));
    call.says("record").await.unwrap();
    call.listens().await;
    other.listens().await;
    let report = call.hangs_up().await;
    assert_eq!(report.recordings.len(), 1, "{}", report.transcript);
    assert!(holds(&root, CALLER.as_bytes()));
    let store = Store::new(&root);
    let erased = store.erase(CALLER, OffsetDateTime::now_utc());
    assert_eq!(erased.deleted.len(), 1, "{erased:?}");
    assert_eq!(erased.journal, JournalRemainder::Nothing);
    assert!(!holds(&root, CALLER.as_bytes()));
    let report = other.hangs_up().await;
    assert!(store.verify(..).is_intact(), "{}", store.verify(..));
    assert_eq!(report.recordings.len(), 1);
}

#[test]
fn an_erasure_that_cannot_reach_the_journal_says_until_when() {
    let folder = tempfile::tempdir().unwrap();
    let (root, killed) = (folder.path().join("store"), folder.path().join("killed"));
    let now = OffsetDateTime::now_utc();
    let store = Store::new(&root);
    assert_eq!(store.erase(CALLER, now).journal, JournalRemainder::Nothing);
    let (journal, _) = Journal::open_with(RealDisk, &root, lazy()).unwrap();
    assert_eq!(store.erase(CALLER, now).journal, JournalRemainder::Nothing);
    let session = begin(&journal, "conv-7", CALLER);
    // Somebody has the folder who is not asked: 30 seconds for a segment, twice, and two checkpoints of 10.
    let until = now + Duration::from_secs(80);
    assert_eq!(
        store.erase(CALLER, now).journal,
        JournalRemainder::Until(until)
    );
    copy(&root, &killed);
    let killed = Store::new(killed);
    assert_eq!(
        killed.erase(CALLER, now).journal,
        JournalRemainder::UntilOpened
    );
    drop(session);
}

/// A disk that does not let segments go keeps nobody waiting for ever, and the journal works on.
#[test]
fn a_scrub_that_the_disk_refuses_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::default();
    let (journal, _) = Journal::open_with(disk.clone(), folder.path(), lazy()).unwrap();
    let session = begin(&journal, "conv-7", CALLER);
    session.append(&[5; 100]).unwrap();
    session.commit().unwrap().wait().unwrap();
    session
        .finish(&record("conv-7", CALLER).metadata())
        .unwrap();
    disk.fail(DiskFault {
        operation: Operation::RemoveFile,
        after: 0,
        times: usize::MAX,
        kind: std::io::ErrorKind::Other,
        torn_bytes: 0,
    });
    journal.scrub().unwrap_err();
    disk.heal();
    journal.scrub().unwrap();
    let session = begin(&journal, "conv-8", CALLER);
    session
        .finish(&record("conv-8", CALLER).metadata())
        .unwrap();
}
