//! A thousand calls at the same time, in one process and on one thread: none knows of another.

use std::collections::BTreeSet;
use std::path::Path;

use onhook::prelude::*;
use onhook_channel::media::FRAME_SAMPLES;
use onhook_channel::store::Store;
use onhook_channel::voice::{Party, ToneVoice};
use onhook_channel::{CallReport, Channel, Dial};
use onhook_tests::recorded::{by_hound, files, metadata};
use tempfile::TempDir;

const CALLS: usize = 1000;

#[on_members_added]
async fn record(turn: &Turn, id: ConversationId<'_>) -> Result<()> {
    let start = RecordingStart::new().metadata("call", &*id);
    turn.start_recording(start).await?.result().await?;
    Ok(())
}

#[on_message]
async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
    turn.say(text).await
}

/// A word that only this caller says.
fn word(number: usize) -> String {
    format!("{number:x}")
}

async fn call(channel: Channel, number: usize) -> CallReport {
    let call = channel.dial(Dial::new().conversation_id(format!("call-{number}")));
    call.says(word(number)).await.unwrap();
    call.listens().await;
    call.hangs_up().await
}

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_at_once_are_recorded_each_for_itself() {
    // In memory where there is such a folder: thousands of synchronisations are the disk's business, not the test's.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        TempDir::new_in(memory)
    } else {
        TempDir::new()
    };
    let folder = folder.unwrap();
    let channel = Channel::builder(handlers![record, echo])
        .recordings(folder.path())
        .build();
    let calls: Vec<_> = (0..CALLS)
        .map(|number| tokio::spawn(call(channel.clone(), number)))
        .collect();
    let mut folders = BTreeSet::new();
    for (number, call) in calls.into_iter().enumerate() {
        let report = call.await.unwrap();
        assert_eq!(
            report.transcript.bot(),
            [word(number)],
            "{}",
            report.transcript
        );
        let [recording] = report.recordings.as_slice() else {
            panic!("{}", report.transcript)
        };
        let heard = |party| {
            let mut heard = ToneVoice::say(&word(number), party);
            heard.resize(heard.len().next_multiple_of(FRAME_SAMPLES), 0);
            heard
        };
        // Exactly this caller, and then exactly what the bot said to it.
        let expected = [heard(Party::Caller), heard(Party::Bot)].concat();
        assert!(by_hound(&recording.content) == expected, "call {number}");
        let metadata = metadata(&recording.metadata);
        assert_eq!(
            metadata["onhook"]["custom"]["call"],
            format!("call-{number}")
        );
        folders.insert(recording.folder.clone());
    }
    assert_eq!(folders.len(), CALLS);
    // Audio, the hashes of its seconds, metadata and a vCon for each; one log of events for all, and the store's lock.
    // The journal has what it has until it is closed.
    let mut kept = files(folder.path());
    kept.retain(|path| !path.starts_with(folder.path().join("journal")));
    assert_eq!(kept.len(), 4 * CALLS + 2);
    assert!(kept.contains(&folder.path().join("lock")));
    let store = Store::new(folder.path());
    let published: BTreeSet<String> = store.events().unwrap().map(|e| e.unwrap().id).collect();
    assert_eq!(published.len(), CALLS);
    assert!(store.verify(..).is_intact());
}
