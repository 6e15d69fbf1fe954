//! How many calls one process can have at the same time, and what each costs while it is live.
//!
//! 1,000 calls unless the environment variable `ONHOOK_CALLS` names another number; 10,000 take half a minute.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use onhook::prelude::*;
use onhook_channel::voice::{Speaking, Speech as Spoken, Voice};
use onhook_channel::{Call, Channel, Dial, EndedBy};
use tempfile::TempDir;

/// What a live call may have on the heap, without the audio that its voices make.
const BUDGET: usize = 32 * 1024;

fn calls() -> usize {
    let number = std::env::var("ONHOOK_CALLS").ok();
    number.map_or(1_000, |number| number.parse().unwrap())
}

/// Says everything in one frame.
struct Terse;

impl Voice for Terse {
    fn speak<'a>(&'a self, _speech: &'a Spoken) -> Speaking<'a> {
        Box::pin(async { Ok(vec![1; 320]) })
    }

    fn name(&self) -> &'static str {
        "terse"
    }
}

#[on_members_added]
async fn greet(turn: &Turn) -> Result<()> {
    turn.say("Welcome!").await
}

#[on_message(text = "record")]
async fn record(turn: &Turn) -> Result<()> {
    turn.start_recording(RecordingStart::new()).await.map(drop)
}

#[on_message]
async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
    turn.say(text).await
}

/// In memory where there is such a folder: thousands of synchronisations are the disk's business, not the test's.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        TempDir::new_in(memory).unwrap()
    } else {
        TempDir::new().unwrap()
    }
}

/// All callers say it at the same time, and listen.
async fn all_say(calls: &[Arc<Call>], word: &'static str) {
    let says = |call: &Arc<Call>| {
        let call = Arc::clone(call);
        tokio::spawn(async move {
            call.says(word).await.unwrap();
            call.listens().await;
        })
    };
    let saying: Vec<_> = calls.iter().map(says).collect();
    for said in saying {
        said.await.unwrap();
    }
}

/// Heap in use for each call, in bytes.
fn each(before: usize, calls: usize) -> usize {
    onhook_allocations::live().saturating_sub(before) / calls
}

/// The same when the journal has written what it had: virtual time brings half a second of all calls at once, which is
/// on its way to the disk for a moment. Gives up after some seconds.
fn settled(before: usize, calls: usize) -> usize {
    let start = Instant::now();
    loop {
        let now = each(before, calls);
        if now <= BUDGET || start.elapsed() > Duration::from_secs(5) {
            return now;
        }
        std::thread::yield_now();
    }
}

#[tokio::test(start_paused = true)]
async fn a_live_call_has_little_on_the_heap() {
    let (folder, number) = (folder(), calls());
    let channel = Channel::builder(handlers![greet, record, echo])
        .recordings(folder.path())
        .voice(Terse)
        .build();
    let before = onhook_allocations::live();
    let calls: Vec<Arc<Call>> = (0..number)
        .map(|_| Arc::new(channel.dial(Dial::new())))
        .collect();
    for call in &calls {
        call.listens().await;
    }
    let greeted = each(before, number);
    all_say(&calls, "hello").await;
    let talked = each(before, number);
    all_say(&calls, "record").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let recorded = settled(before, number);
    println!(
        "{number} live calls: {greeted} bytes of heap each after the greeting, {talked} after an answer, \
         {recorded} while recording"
    );
    assert!(greeted <= BUDGET, "{greeted}");
    assert!(talked <= BUDGET, "{talked}");
    assert!(recorded <= BUDGET, "{recorded}");

    let hang_up = |call| tokio::spawn(Arc::<Call>::into_inner(call).unwrap().hangs_up());
    let ending: Vec<_> = calls.into_iter().map(hang_up).collect();
    for call in ending {
        let report = call.await.unwrap();
        assert_eq!(report.ended_by, EndedBy::Caller);
        assert_eq!(report.recordings.len(), 1, "{}", report.transcript);
    }
}
