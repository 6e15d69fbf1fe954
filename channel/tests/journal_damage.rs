//! What becomes of recordings and of audio in the journal when a segment cannot be read, or the journal is gone: nothing
//! goes on for ever, and nothing is kept for ever.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use onhook::prelude::*;
use onhook_channel::journal::{Ending, Harm, Journal, Recovery, Settings};
use onhook_channel::store::metadata::{RETENTION, SessionRecord, SessionState};
use onhook_channel::store::{DamagedFate, RealDisk, SessionId, Store};
use onhook_channel::{Channel, Dial};
use time::{Duration, OffsetDateTime};

const CALLER: &str = "+14255550100";

fn day() -> time::Date {
    OffsetDateTime::now_utc().date()
}

fn record(conversation: &str) -> SessionRecord {
    let id = SessionId::new(conversation, 1, day());
    let mut record = SessionRecord::new(id, OffsetDateTime::now_utc());
    record.from = Some(CALLER.to_owned());
    record.participants = vec![CALLER.to_owned()];
    record
}

/// The folder as a kill leaves it: `conversations` are recorded, and their files have what was heard.
fn killed(conversations: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (live, root) = (folder.path().join("live"), folder.path().join("store"));
    let settings = Settings {
        checkpoint_interval: std::time::Duration::from_secs(3600),
        ..Settings::default()
    };
    let (journal, _) = Journal::open_with(RealDisk, &live, settings).unwrap();
    let mut sessions = Vec::new();
    for conversation in conversations {
        let record = record(conversation);
        let session = journal
            .begin(record.id.clone(), &record.metadata())
            .unwrap();
        session.append(&vec![7; 16_000]).unwrap();
        session.step(&record.metadata()).unwrap().wait().unwrap();
        session.settle().unwrap();
        sessions.push(session);
    }
    copy(&live, &root);
    (folder, root)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            // What is renamed meanwhile is there under its other name.
            drop(fs::copy(entry.path(), to));
        }
    }
}

fn segment(root: &Path) -> PathBuf {
    root.join("journal/0000000000000001.journal")
}

fn retained() -> Settings {
    Settings {
        retention: Some(RETENTION),
        ..Settings::default()
    }
}

fn open(root: &Path) -> (Journal, Recovery) {
    Journal::open_with(RealDisk, root, retained()).unwrap()
}

type Damage = fn(root: &Path);

/// Ways in which nothing of the journal can be read.
const LOSSES: [(&str, Damage); 4] = [
    ("rubbish", |root| {
        let length = fs::metadata(segment(root)).unwrap().len();
        let rubbish = (0..length).map(|at| (at % 251) as u8 | 1);
        fs::write(segment(root), rubbish.collect::<Vec<_>>()).unwrap();
    }),
    ("a beginning that is another's", |root| {
        let mut bytes = fs::read(segment(root)).unwrap();
        bytes.iter_mut().take(20_000).for_each(|byte| *byte ^= 0x55);
        fs::write(segment(root), bytes).unwrap();
    }),
    ("no journal", |root| {
        fs::remove_dir_all(root.join("journal")).unwrap();
    }),
    ("a session without metadata, and no journal", |root| {
        fs::remove_dir_all(root.join("journal")).unwrap();
        let id = SessionId::new("conv-7", 1, day());
        fs::remove_file(Store::new(root).folder(&id).join("metadata.json")).unwrap();
    }),
];

#[test]
fn recordings_that_nobody_has_are_sealed_as_partial() {
    for (what, lose) in LOSSES {
        let (_folder, root) = killed(&["conv-7", "conv:8"]);
        lose(&root);
        let (journal, recovery) = open(&root);
        assert!(recovery.failed.is_empty(), "{what}: {recovery:?}");
        let mut ids: Vec<&str> = (recovery.sessions.iter())
            .map(|session| session.id.conversation())
            .collect();
        ids.sort_unstable();
        assert_eq!(ids, ["conv-7", "conv:8"], "{what}");
        let store = journal.store();
        for session in &recovery.sessions {
            assert_eq!(session.samples, 16_000, "{what}");
            let onhook = store.read_metadata(&session.id).unwrap().onhook;
            assert_eq!(onhook.state, SessionState::Partial, "{what}");
            assert_eq!(
                onhook.session_end_reason.as_deref(),
                Some("ServiceRecovered")
            );
            assert_eq!(onhook.parts[0].samples, 16_000, "{what}");
            assert!(onhook.retention.is_some(), "{what}");
        }
        assert!(store.verify(..).is_intact(), "{what}: {}", store.verify(..));
        // They are what all recordings are.
        let late = OffsetDateTime::now_utc() + Duration::weeks(1);
        let nameless = what.contains("without metadata");
        let erased = store.erase(CALLER, OffsetDateTime::now_utc()).deleted.len();
        assert_eq!(erased, 2 - usize::from(nameless), "{what}");
        assert_eq!(
            store.expire(late).deleted.len(),
            usize::from(nameless),
            "{what}"
        );
        assert_eq!(store.recordings(..).count(), 0, "{what}");
        // The next start finds nothing to do.
        drop(journal);
        assert!(open(&root).1.sessions.is_empty(), "{what}");
    }
}

#[on_message]
async fn record_it(turn: &Turn, text: Text<'_>) -> Result<()> {
    if &*text == "record" {
        turn.start_recording(RecordingStart::new())
            .await
            .map(drop)?;
    }
    Ok(())
}

/// The segments are gone and nothing of the journal shows it. A channel finds them all the same, tells of them, and
/// leaves alone what it records itself.
#[tokio::test]
async fn a_channel_ends_and_publishes_what_nobody_has() {
    let (_folder, root) = killed(&["conv-7"]);
    fs::remove_file(segment(&root)).unwrap();
    let (told, heard) = (
        Arc::new(Mutex::new(Vec::new())),
        tokio::sync::mpsc::unbounded_channel(),
    );
    let (sender, mut events) = heard;
    let tell = Arc::clone(&told);
    let channel = Channel::builder(handlers![record_it])
        .recordings(&root)
        .on_recording_event(move |event| {
            tell.lock()
                .unwrap()
                .push(event.recording_id().unwrap().to_owned());
            sender.send(()).unwrap();
        })
        .build();
    let call = channel.dial(Dial::new());
    call.says("record").await.unwrap();
    channel.ready().await.unwrap();
    events.recv().await.unwrap();
    assert_eq!(*told.lock().unwrap(), ["conv-7-0001"]);
    let store = Store::new(&root);
    let metadata = store
        .read_metadata(&SessionId::new("conv-7", 1, day()))
        .unwrap();
    assert_eq!(metadata.onhook.state, SessionState::Partial);
    let report = call.hangs_up().await;
    let metadata = fs::read_to_string(&report.recordings[0].metadata).unwrap();
    assert!(metadata.contains("CallEnded"), "{metadata}");
}

/// A segment of which a part can be read: `conv-7` is in it.
fn damaged() -> (tempfile::TempDir, PathBuf, Journal, Recovery) {
    let (folder, root) = killed(&["conv-7", "conv-8"]);
    let mut bytes = fs::read(segment(&root)).unwrap();
    // In the audio of the first.
    let audio = bytes
        .windows(6)
        .position(|six| six == [7, 0, 7, 0, 7, 0])
        .unwrap();
    bytes[audio + 100] ^= 0x10;
    fs::write(segment(&root), bytes).unwrap();
    let (journal, recovery) = open(&root);
    assert!(
        matches!(recovery.damage[0].harm, Harm::Bytes { .. }),
        "{recovery:?}"
    );
    (folder, root, journal, recovery)
}

fn fates(deletions: &onhook_channel::store::Deletions) -> Vec<DamagedFate> {
    assert!(deletions.failed.is_empty(), "{deletions:?}");
    deletions.damaged.iter().map(|file| file.fate).collect()
}

#[test]
fn a_damaged_segment_is_named_and_kept_no_longer_than_a_recording() {
    let (_folder, root, journal, recovery) = damaged();
    let kept = segment(&root).with_extension("damaged");
    assert_eq!(recovery.kept, std::slice::from_ref(&kept));
    let store = journal.store();
    assert_eq!(store.verify(..).damaged, std::slice::from_ref(&kept));
    let now = OffsetDateTime::now_utc();
    let [DamagedFate::KeptUntil(until)] = fates(&store.expire(now))[..] else {
        panic!("it is too early");
    };
    let hours = (until - now).as_seconds_f64() / 3600.0;
    assert!((47.9..=48.0).contains(&hours), "{hours} hours");
    assert_eq!(fates(&store.expire(until - Duration::SECOND)).len(), 1);
    assert!(kept.exists());
    assert_eq!(fates(&store.expire(until)), [DamagedFate::Deleted]);
    let names = fs::read_dir(root.join("journal")).unwrap();
    let left = names.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().contains("damaged")
    });
    assert_eq!(left.count(), 0, "with what was known of it");
    assert!(fates(&store.expire(until)).is_empty());
}

type Hold = fn(&Store, OffsetDateTime);

#[test]
fn an_erasure_reaches_damaged_segments_and_a_legal_hold_keeps_them() {
    let now = OffsetDateTime::now_utc();
    let cases: [(&str, Hold, DamagedFate); 4] = [
        ("no hold", |_, _| (), DamagedFate::Deleted),
        (
            "a recording that is in it",
            |store, now| {
                let id = SessionId::new("conv-8", 1, day());
                store.hold_recording(&id, "case 1", now).unwrap();
            },
            DamagedFate::Held,
        ),
        (
            "a conversation that is in it",
            |store, now| {
                store
                    .hold_conversation("conv-7", day(), "case 1", now)
                    .unwrap();
            },
            DamagedFate::Held,
        ),
        (
            "another",
            |store, now| {
                store
                    .hold_conversation("conv-9", day(), "case 1", now)
                    .unwrap();
            },
            DamagedFate::Deleted,
        ),
    ];
    for (what, hold, fate) in cases {
        let (_folder, root, journal, _) = damaged();
        hold(journal.store(), now);
        // From another process as well: the journal is not asked.
        let erased = Store::new(&root).erase(CALLER, now);
        assert_eq!(fates(&erased), [fate], "{what}");
        let kept = segment(&root).with_extension("damaged");
        assert_eq!(kept.exists(), fate == DamagedFate::Held, "{what}");
        let late = now + Duration::weeks(9);
        assert_eq!(
            fates(&journal.store().expire(late)).len(),
            usize::from(kept.exists()),
            "{what}"
        );
        assert_eq!(
            kept.exists(),
            fate == DamagedFate::Held,
            "{what}: holds outlast time"
        );
    }
}

/// Of a segment that an earlier version has left nobody knows since when.
#[test]
fn a_damaged_segment_without_a_note_is_found_when_it_is_seen() {
    let (_folder, root) = killed(&[]);
    let kept = root.join("journal/0000000000000007.damaged");
    fs::write(&kept, "whose is this?").unwrap();
    let (store, now) = (Store::new(&root), OffsetDateTime::now_utc());
    let until = now + Duration::hours(48);
    assert_eq!(fates(&store.expire(now)), [DamagedFate::KeptUntil(until)]);
    assert_eq!(fates(&store.expire(until)), [DamagedFate::Deleted]);
    fs::write(&kept, "whose is this?").unwrap();
    assert_eq!(fates(&store.erase(CALLER, now)), [DamagedFate::Deleted]);
    // Anything that is held may be in it.
    let (_folder, root) = killed(&["conv-7"]);
    drop(open(&root));
    let kept = root.join("journal/0000000000000007.damaged");
    fs::write(&kept, "whose is this?").unwrap();
    let store = Store::new(&root);
    store
        .hold_conversation("conv-7", day(), "case 1", now)
        .unwrap();
    assert_eq!(fates(&store.erase(CALLER, now)), [DamagedFate::Held]);
}

/// A recording whose audio was taken away while nobody recorded must not keep the journal, with all that is in it, for
/// ever: its beginning has left the journal, and there is more to it than silence may stand for.
#[test]
fn what_fits_into_no_file_does_not_stay_in_the_journal() {
    for (what, content_stays) in [("removed", false), ("cut", true)] {
        let folder = tempfile::tempdir().unwrap();
        let (live, root) = (folder.path().join("live"), folder.path().join("store"));
        let settings = Settings {
            copy_interval: std::time::Duration::from_millis(5),
            checkpoint_interval: std::time::Duration::from_millis(20),
            segment_bytes: 1 << 16,
            ..Settings::default()
        };
        let (journal, _) = Journal::open_with(RealDisk, &live, settings).unwrap();
        let [bad, good] = ["conv-7", "conv-8"].map(|conversation| {
            let record = record(conversation);
            let session = journal.begin(record.id.clone(), &record.metadata());
            (session.unwrap(), record)
        });
        // More than a minute.
        for _ in 0..100 {
            bad.0.append(&vec![7; 16_000]).unwrap();
            bad.0.commit().unwrap().wait().unwrap();
        }
        bad.0.settle().unwrap();
        while segment(&live).exists() || journal.figures().segments > 2 {
            good.0.append(&vec![3; 16_000]).unwrap();
            good.0.commit().unwrap().wait().unwrap();
        }
        for (session, record) in [&bad, &good] {
            session.append(&[5; 160]).unwrap();
            session.step(&record.metadata()).unwrap().wait().unwrap();
        }
        copy(&live, &root);
        let content = Store::new(&root).content(&bad.1.id);
        if content_stays {
            let file = fs::OpenOptions::new().write(true).open(&content).unwrap();
            file.set_len(80 + 3200).unwrap();
        } else {
            fs::remove_file(&content).unwrap();
        }
        let (journal, recovery) = open(&root);
        let unplaced =
            |damage: &onhook_channel::journal::Damage| matches!(damage.harm, Harm::Unplaced { .. });
        assert!(recovery.damage.iter().any(unplaced), "{what}: {recovery:?}");
        let names = fs::read_dir(root.join("journal")).unwrap();
        let segments = names.filter(|entry| {
            let path = entry.as_ref().unwrap().path();
            path.extension().is_some_and(|name| name == "journal")
        });
        assert_eq!(segments.count(), 0, "{what}: {recovery:?}");
        assert!(!recovery.kept.is_empty(), "{what}");
        let sessions = &recovery.sessions;
        let whole = sessions.iter().find(|one| one.id == good.1.id).unwrap();
        assert_eq!(whole.ending, Ending::Interrupted, "{what}");
        let metadata = journal.store().read_metadata(&bad.1.id).unwrap();
        assert!(
            metadata.onhook.retention.is_some(),
            "{what}: it can be deleted"
        );
        drop(journal);
        let (_, again) = open(&root);
        assert!(
            again.failed.is_empty() && again.damage.is_empty(),
            "{what}: {again:?}"
        );
    }
}
