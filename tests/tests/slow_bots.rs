//! Bots that are slow, fail, panic or never come to an end: the caller is not left in silence, the call does not
//! hang, and no other call notices.

use std::time::Duration;

use onhook::Error;
use onhook::prelude::*;
use onhook_channel::{CallReport, Channel, Dial, EndedBy, Event, Standin};
use tempfile::TempDir;

const WAIT: &str = "One moment, please.";
const SORRY: &str = "Sorry, something went wrong.";

/// Does as it is told.
struct Clerk;

#[bot]
impl Clerk {
    #[on_message(text = "think")]
    async fn think(&self, turn: &Turn) -> Result<()> {
        tokio::time::sleep(Duration::from_secs(20)).await;
        turn.say("done").await
    }

    #[on_message(text = "ponder")]
    async fn ponder(&self, turn: &Turn) -> Result<()> {
        turn.say("well").await?;
        tokio::time::sleep(Duration::from_secs(20)).await;
        turn.say("done").await
    }

    #[on_message(text = "fail")]
    async fn fail(&self) -> Result<()> {
        Err(Error::msg("no such account"))
    }

    #[on_message(text = "panic")]
    async fn panic(&self) -> Result<()> {
        panic!("at the disco")
    }

    #[on_message(text = "freeze")]
    async fn freeze(&self) -> Result<()> {
        std::future::pending().await
    }

    #[on_message(text = "hello")]
    async fn hello(&self, turn: &Turn) -> Result<()> {
        turn.say("hello").await
    }
}

fn channel(folder: &TempDir, standin: Standin) -> Channel {
    Channel::builder(Clerk)
        .recordings(folder.path())
        .standin(standin)
        .build()
}

async fn call(standin: Standin, words: &[&str]) -> CallReport {
    let folder = TempDir::new().unwrap();
    let call = channel(&folder, standin).dial(Dial::new());
    for word in words {
        call.says(*word).await.unwrap();
        call.listens().await;
    }
    call.hangs_up().await
}

fn troubles(report: &CallReport) -> Vec<&str> {
    let lines = report.transcript.lines.iter();
    lines
        .filter_map(|line| match &line.what {
            Event::Trouble(what) => Some(what.as_str()),
            _ => None,
        })
        .collect()
}

/// When the channel said this, after the caller's first word was over.
fn said_after(report: &CallReport, text: &str) -> Duration {
    let at = |what: &Event| {
        let lines = report.transcript.lines.iter();
        let mut lines = lines.filter(|line| line.what == *what);
        lines.next().map(|line| line.at)
    };
    let word = report.transcript.caller()[0];
    let begun = at(&Event::CallerSays(Some(word.to_owned()))).unwrap();
    let letters = u64::try_from(word.len()).unwrap();
    let ended = begun + Duration::from_millis(60 + 40 * letters + 80);
    let said = at(&Event::ChannelSays(text.to_owned())).unwrap();
    said.saturating_sub(ended)
}

#[tokio::test(start_paused = true)]
async fn a_caller_whom_the_bot_keeps_waiting_is_told_so_once() {
    let report = call(Standin::default(), &["think"]).await;
    assert_eq!(report.transcript.channel(), [WAIT], "{}", report.transcript);
    assert_eq!(report.transcript.bot(), ["done"]);
    assert_eq!(said_after(&report, WAIT), Duration::from_secs(5));
    assert!(troubles(&report).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_bot_that_has_said_something_is_not_slow() {
    let report = call(Standin::default(), &["ponder"]).await;
    assert_eq!(
        report.transcript.channel(),
        [""; 0],
        "{}",
        report.transcript
    );
    assert_eq!(report.transcript.bot(), ["well", "done"]);
}

#[tokio::test(start_paused = true)]
async fn a_caller_whom_the_bot_fails_is_told_so() {
    for (word, why) in [
        ("fail", "the bot failed: no such account"),
        ("panic", "the bot failed: a handler panicked: at the disco"),
    ] {
        let report = call(Standin::default(), &[word, "hello"]).await;
        let case = &report.transcript;
        assert_eq!(case.channel(), [SORRY], "{case}");
        assert_eq!(troubles(&report), [why], "{case}");
        assert_eq!(case.bot(), ["hello"], "the call goes on: {case}");
        assert_eq!(report.ended_by, EndedBy::Caller, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_never_ends_is_given_up_and_the_next_one_runs() {
    let report = call(Standin::default(), &["freeze", "hello"]).await;
    let case = &report.transcript;
    assert_eq!(case.channel(), [WAIT, SORRY], "{case}");
    assert_eq!(said_after(&report, SORRY), Duration::from_secs(120));
    assert_eq!(case.bot(), ["hello"], "{case}");
    let given_up = "the bot's turn took too long and was given up";
    assert_eq!(troubles(&report), [given_up], "{case}");
}

/// A turn that waits for one that never ends has its own time, from when it runs.
#[tokio::test(start_paused = true)]
async fn a_turn_that_waited_for_another_has_all_its_time() {
    let folder = TempDir::new().unwrap();
    let standin = Standin::default().longest_turn(Duration::from_secs(30));
    let call = channel(&folder, standin).dial(Dial::new());
    call.says("freeze").await.unwrap();
    tokio::time::sleep(Duration::from_secs(25)).await;
    call.says("think").await.unwrap();
    call.listens().await;
    let report = call.hangs_up().await;
    assert_eq!(report.transcript.bot(), ["done"], "{}", report.transcript);
    assert_eq!(troubles(&report).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_can_hang_up_on_a_bot_that_never_answers() {
    let folder = TempDir::new().unwrap();
    let call = channel(&folder, Standin::default()).dial(Dial::new());
    call.says("freeze").await.unwrap();
    let begun = tokio::time::Instant::now();
    let report = call.hangs_up().await;
    assert_eq!(report.ended_by, EndedBy::Caller);
    assert!(report.duration < Duration::from_secs(1));
    assert!(begun.elapsed() <= Duration::from_secs(60));
    assert_eq!(
        troubles(&report),
        ["the bot's last turns were given up"],
        "{}",
        report.transcript
    );
}

#[tokio::test(start_paused = true)]
async fn another_call_does_not_notice() {
    let folder = TempDir::new().unwrap();
    let channel = channel(&folder, Standin::default());
    let calls = ["freeze", "panic", "fail", "think"].map(|word| {
        let call = channel.dial(Dial::new());
        tokio::spawn(async move {
            call.says(word).await.unwrap();
            call.listens().await;
            call.hangs_up().await
        })
    });
    let call = channel.dial(Dial::new());
    call.says("hello").await.unwrap();
    call.listens().await;
    let report = call.hangs_up().await;
    assert_eq!(report.transcript.bot(), ["hello"]);
    assert_eq!(report.transcript.channel(), [""; 0]);
    // "hello", and "hello".
    assert!(report.duration <= Duration::from_millis(2 * 340 + 40));
    for call in calls {
        assert_eq!(call.await.unwrap().ended_by, EndedBy::Caller);
    }
}

#[tokio::test(start_paused = true)]
async fn the_words_are_ones_own_or_none() {
    let own = Standin::default()
        .when_slow("un moment")
        .when_failed("désolé")
        .slow_after(Duration::from_secs(1));
    let report = call(own, &["think", "fail"]).await;
    assert_eq!(report.transcript.channel(), ["un moment", "désolé"]);
    assert_eq!(said_after(&report, "un moment"), Duration::from_secs(1));
    let report = call(Standin::silent(), &["think", "fail"]).await;
    assert_eq!(report.transcript.channel(), [""; 0]);
}

/// A bot that stays silent because no handler fits is told from one that has nothing to say.
#[tokio::test(start_paused = true)]
async fn what_no_handler_took_stands_in_the_transcript() {
    let folder = TempDir::new().unwrap();
    let call = channel(&folder, Standin::default()).dial(Dial::new());
    for word in ["mumble", "hello"] {
        call.says(word).await.unwrap();
        call.listens().await;
    }
    call.presses("7").await.unwrap();
    call.listens().await;
    let report = call.hangs_up().await;
    let lines = report.transcript.lines.iter();
    let unhandled: Vec<String> = lines
        .filter(|line| matches!(line.what, Event::Unhandled(_)))
        .map(|line| line.to_string().split_off(22))
        .collect();
    let expected = ["no handler took the message", "no handler took the key"];
    assert_eq!(unhandled, expected, "{}", report.transcript);
}
