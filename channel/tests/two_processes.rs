//! While one process records, another holds, releases, expires and erases: every live event stays in the log, and no
//! hold loses its audio.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use onhook::prelude::*;
use onhook_channel::events::SubjectForm;
use onhook_channel::store::metadata::{SessionRecord, SessionState};
use onhook_channel::store::{SessionFile, SessionId, Store, StoreError};
use onhook_channel::{Channel, Dial};
use time::{Duration, OffsetDateTime};

const FOLDER: &str = "ONHOOK_TWO_FOLDER";
const CALLS: usize = 120;
const CALLER: &str = "+14255550199";

#[on_message]
async fn record(turn: &Turn) -> Result<()> {
    turn.start_recording(RecordingStart::new()).await.map(drop)
}

/// Not a test: the process that records, when the environment says so.
#[tokio::test(start_paused = true)]
async fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let channel = Channel::builder(handlers![record])
        .recordings(folder)
        .build();
    for number in 0..CALLS {
        let dial = Dial::new().conversation_id(format!("live{number}"));
        let call = channel.dial(dial);
        call.says("record").await.unwrap();
        call.listens().await;
        let report = call.hangs_up().await;
        assert_eq!(report.recordings.len(), 1, "{}", report.transcript);
        println!("\ndone {number}");
        std::io::stdout().flush().unwrap();
    }
}

/// A sealed recording of somebody who will be erased, published.
fn somebody(store: &Store, number: usize) -> SessionId {
    let now = OffsetDateTime::now_utc();
    let id = SessionId::new(format!("old{number}"), 1, now.date() - Duration::weeks(1));
    let mut file = SessionFile::create(store, id.clone()).unwrap();
    file.append(&[7; 100]).unwrap();
    let mut record = SessionRecord::new(id.clone(), now - Duration::weeks(1));
    record.parts.push(file.close().unwrap());
    record.participants = vec![CALLER.to_owned()];
    record.state = SessionState::Sealed;
    record.delete_after = Some(now + Duration::weeks(1));
    let _written = store.write_record(&mut record).unwrap();
    let published = store.publish_missing_events(SubjectForm::default(), now, |_| ());
    published.unwrap();
    id
}

#[test]
fn what_another_process_records_is_not_lost_to_erasures() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env(FOLDER, &root)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let store = Store::new(&root);
    let today = OffsetDateTime::now_utc().date();
    let (mut erased, mut held) = (0, Vec::new());
    for line in lines.map_while(std::result::Result::ok) {
        let Some(number) = line.strip_prefix("done ") else {
            continue;
        };
        let number: usize = number.parse().unwrap();
        let live = SessionId::new(format!("live{number}"), 1, today);
        let now = OffsetDateTime::now_utc();
        match store.hold_recording(&live, "case", now) {
            Ok(()) => held.push(live),
            // The other process was ahead, and this one has expired it.
            Err(StoreError::Deleted(_)) => assert!(!store.content(&live).exists()),
            Err(error) => panic!("{error}"),
        }
        // The log is written anew while the other process appends to it.
        let old = somebody(&store, number);
        let deletions = store.erase(CALLER, now);
        assert!(deletions.failed.is_empty(), "{deletions:?}");
        assert_eq!(deletions.deleted.len(), 1);
        assert!(!store.content(&old).exists());
        erased += 1;
        if number.is_multiple_of(20) {
            let deletions = store.expire(now + Duration::weeks(9));
            assert!(deletions.failed.is_empty(), "{deletions:?}");
        }
    }
    assert!(child.wait().unwrap().success());
    assert_eq!(erased, CALLS);

    let events = store.events().unwrap().map(|event| event.unwrap());
    let mut live: Vec<String> = events
        .filter_map(|event| event.recording_id().map(str::to_owned))
        .collect();
    live.sort();
    live.dedup();
    let mut wanted: Vec<String> = (0..CALLS)
        .map(|number| format!("live{number}-0001"))
        .collect();
    wanted.sort();
    // Expired recordings keep their events; those that were erased do not.
    assert_eq!(live, wanted);
    let report = store.verify(..);
    assert!(report.is_intact(), "{report}");
    assert!(!held.is_empty());
    for id in held {
        assert!(store.content(&id).exists(), "{id:?}");
    }
}
