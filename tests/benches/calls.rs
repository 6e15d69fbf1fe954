//! Whole calls through the channel, in virtual time: dial, greet, record, answer, hang up, seal the recording.
//!
//! `cargo bench -p onhook-tests --bench calls` makes 1,000 calls, 100 at a time, on one thread.

use std::time::Instant;

use onhook::prelude::*;
use onhook_channel::{Channel, Dial};

const CALLS: usize = 1_000;
const AT_ONCE: usize = 100;

#[on_members_added]
async fn greet(turn: &Turn) -> Result<()> {
    turn.start_recording(RecordingStart::new().metadata("queue", "billing"))
        .await?
        .detach();
    turn.say("Welcome! This call may be recorded.").await?;
    Ok(())
}

#[on_message]
async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
    turn.say(format!("You said {text}.")).await
}

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("skipped: run it with `cargo bench`");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let recordings = tempfile::tempdir().expect("a temporary folder");
    let channel = Channel::builder(handlers![greet, echo])
        .recordings(recordings.path())
        .build();

    let start = Instant::now();
    let virtual_seconds = runtime.block_on(async {
        let start = tokio::time::Instant::now();
        let mut recorded = 0;
        for _ in 0..CALLS / AT_ONCE {
            let calls: Vec<_> = (0..AT_ONCE)
                .map(|_| tokio::spawn(call(channel.clone())))
                .collect();
            for call in calls {
                recorded += call.await.expect("a call does not panic");
            }
        }
        assert_eq!(recorded, CALLS, "every call has one recording");
        start.elapsed().as_secs_f64()
    });
    let seconds = start.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "1,000 is exact")]
    let per_second = CALLS as f64 / seconds;
    println!(
        "{CALLS} recorded calls, {AT_ONCE} at a time: {seconds:.2} s, {per_second:.0} calls/s; \
         {virtual_seconds:.0} s of virtual time"
    );
}

/// One call; gives the number of its recordings.
async fn call(channel: Channel) -> usize {
    let call = channel.dial(Dial::new());
    call.listens().await;
    call.says("pay my bill").await.expect("the call is up");
    call.listens().await;
    call.hangs_up().await.recordings.len()
}
