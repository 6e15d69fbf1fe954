//! Transfers: what becomes of the call, of its recording and of the bot.

use std::time::Duration;

use onhook::prelude::*;
use onhook_channel::voice::Party;
use onhook_channel::{Call, CallReport, Channel, Dial, EndedBy, Event, Transfer};
use onhook_tests::obedient::Obedient;
use onhook_tests::recorded::{heard, metadata, samples};
use serde_json::{Value, json};
use tempfile::TempDir;

const AGENT: &str = "+14255550111";

async fn says(call: &Call, words: &[&str]) {
    for word in words {
        call.says(*word).await.unwrap();
        call.listens().await;
    }
}

/// The states of `handoff.status` that the bot was told of, with their messages.
fn statuses(bot: &Obedient) -> Vec<Value> {
    let events = bot.events().into_iter();
    events
        .filter(|(name, _)| name == "handoff.status")
        .map(|(_, value)| value)
        .collect()
}

fn transfers(report: &CallReport) -> Vec<(&str, Option<&str>)> {
    let lines = report.transcript.lines.iter();
    lines
        .filter_map(|line| match &line.what {
            Event::Transfer { to, failure } => Some((to.as_str(), failure.as_deref())),
            _ => None,
        })
        .collect()
}

/// "Successful transfer ends the bot's part", and the recording is stopped automatically.
#[tokio::test(start_paused = true)]
async fn a_transfer_that_succeeds_ends_the_bots_part_and_the_recording() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    let channel = Channel::builder(bot.clone())
        .recordings(folder.path())
        .build();
    let call = channel.dial(Dial::new());
    says(&call, &["start", "apple"]).await;
    call.says("transfer").await.unwrap();
    let report = call.ended().await;
    assert_eq!(report.ended_by, EndedBy::Transfer, "{}", report.transcript);
    assert_eq!(transfers(&report), [(AGENT, None)]);
    assert_eq!(statuses(&bot), [json!({ "state": "accepted" })]);
    assert_eq!(report.recordings[0].end_reason, "CallTransferred");
    assert_eq!(bot.events().last().unwrap().0, "endOfConversation");
}

/// A transfer that fails, for whatever reason, is reported as failed, and nothing else changes.
#[tokio::test(start_paused = true)]
async fn a_transfer_that_fails_changes_nothing_and_the_recording_goes_on() {
    for (outcome, why) in [
        (Transfer::NoAnswer, "no answer"),
        (Transfer::Busy, "busy"),
        (Transfer::Failed("out of order".to_owned()), "out of order"),
    ] {
        let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
        let channel = Channel::builder(bot.clone())
            .recordings(folder.path())
            .build();
        let call = channel.dial(Dial::new().transfer(outcome));
        says(&call, &["start", "transfer", "apple"]).await;
        let report = call.hangs_up().await;
        assert_eq!(report.ended_by, EndedBy::Caller, "{}", report.transcript);
        assert_eq!(transfers(&report), [(AGENT, Some(why))]);
        let failed = json!({ "state": "failed", "message": why });
        assert_eq!(statuses(&bot), [failed]);
        let [recording] = report.recordings.as_slice() else {
            panic!("{}", report.transcript)
        };
        assert_eq!(recording.end_reason, "CallEnded");
        let audio = samples(&recording.content);
        assert_eq!(heard(&audio, "apple", Party::Caller).len(), 1);
        let metadata = metadata(&recording.metadata);
        assert_eq!(metadata["pauseResumeIntervals"], json!([]));
    }
}

/// It rings at the other side, and meanwhile the call and its recording go on.
#[tokio::test(start_paused = true)]
async fn the_call_goes_on_while_it_rings() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    let channel = Channel::builder(bot.clone())
        .recordings(folder.path())
        .build();
    let ring = Duration::from_secs(20);
    let dial = Dial::new().transfer_rings_for(ring);
    let call = channel.dial(dial.transfers([Transfer::NoAnswer, Transfer::Accepted]));
    says(&call, &["start"]).await;
    call.says("transfer").await.unwrap();
    call.says("pause").await.unwrap();
    call.says("resume").await.unwrap();
    call.says("apple").await.unwrap();
    assert_eq!(statuses(&bot), [Value::Null; 0], "it still rings");
    call.listens().await;
    assert_eq!(statuses(&bot).len(), 1);
    call.says("transfer").await.unwrap();
    let report = call.ended().await;

    assert_eq!(
        transfers(&report),
        [(AGENT, Some("no answer")), (AGENT, None)],
        "{}",
        report.transcript
    );
    let when = |wanted: fn(&Event) -> bool| -> Vec<Duration> {
        let lines = report.transcript.lines.iter();
        let lines = lines.filter(|line| wanted(&line.what));
        lines.map(|line| line.at).collect()
    };
    let begun = when(|what| matches!(what, Event::TransferRings(_)));
    let decided = when(|what| matches!(what, Event::Transfer { .. }));
    let took: Vec<Duration> = (begun.iter().zip(&decided))
        .map(|(begun, decided)| decided.saturating_sub(*begun))
        .collect();
    assert_eq!(took, [ring, ring]);
    assert_eq!(report.transcript.results().len(), 3, "start, pause, resume");
    let [recording] = report.recordings.as_slice() else {
        panic!("{}", report.transcript)
    };
    assert_eq!(recording.end_reason, "CallTransferred");
    let audio = samples(&recording.content);
    assert_eq!(heard(&audio, "apple", Party::Caller).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_while_it_rings_is_not_transferred() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    let channel = Channel::builder(bot.clone())
        .recordings(folder.path())
        .build();
    let call = channel.dial(Dial::new().transfer_rings_for(Duration::from_secs(20)));
    says(&call, &["start"]).await;
    call.says("transfer").await.unwrap();
    call.says("never mind").await.unwrap();
    let report = call.hangs_up().await;
    assert_eq!(report.ended_by, EndedBy::Caller);
    assert_eq!(transfers(&report), [(AGENT, Some("the call is over"))]);
    let failed = json!({ "state": "failed", "message": "the call is over" });
    assert_eq!(statuses(&bot), [failed]);
    assert_eq!(report.recordings[0].end_reason, "CallEnded");
}

/// A bot that transfers and hangs up has transferred, if the other side answers.
#[tokio::test(start_paused = true)]
async fn a_hang_up_behind_a_transfer_waits_for_its_outcome() {
    for (outcome, ended_by) in [
        (Transfer::Accepted, EndedBy::Transfer),
        (Transfer::Busy, EndedBy::Bot),
    ] {
        let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
        let mut transfer = onhook::Activity::event("handoff.initiate");
        transfer.value = onhook::Json::of(&json!({ "TargetPhoneNumber": AGENT })).ok();
        bot.raw([transfer, onhook::Activity::end_of_conversation()]);
        let channel = Channel::builder(bot).recordings(folder.path()).build();
        let dial = Dial::new().transfer(outcome);
        let call = channel.dial(dial.transfer_rings_for(Duration::from_secs(3)));
        call.says("raw").await.unwrap();
        let report = call.ended().await;
        assert_eq!(report.ended_by, ended_by, "{}", report.transcript);
        assert_eq!(report.duration, Duration::from_millis(180 + 80 + 3_000));
    }
}

/// The number is E.164 without dashes; anything else is refused, and is not written down.
#[tokio::test(start_paused = true)]
async fn a_number_that_is_not_e164_is_not_called() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    let values = [
        json!({ "TargetPhoneNumber": "+1-425-555-0111" }),
        json!({ "TargetPhoneNumber": "4255550111" }),
        json!({ "TargetPhoneNumber": 1 }),
        json!({}),
    ];
    let activity = |value: &Value| {
        let mut activity = onhook::Activity::event("handoff.initiate");
        activity.value = onhook::Json::of(value).ok();
        activity
    };
    bot.raw(values.iter().map(activity).collect::<Vec<_>>());
    let channel = Channel::builder(bot.clone())
        .recordings(folder.path())
        .build();
    let call = channel.dial(Dial::new().transfer_rings_for(Duration::from_secs(3)));
    says(&call, &["raw"]).await;
    let report = call.hangs_up().await;
    assert_eq!(report.ended_by, EndedBy::Caller);
    let failures = statuses(&bot);
    assert_eq!(failures.len(), values.len());
    assert!(failures.iter().all(|status| status["state"] == "failed"));
    assert!(transfers(&report).iter().all(|(to, _)| *to == "?"));
    assert!(!report.transcript.to_string().contains("425"));
}

/// A bot that speaks before it transfers is heard to the end.
#[tokio::test(start_paused = true)]
async fn what_is_said_before_a_transfer_is_heard() {
    #[on_message]
    async fn connect(turn: &Turn) -> Result<()> {
        turn.say("connecting").await?;
        turn.transfer_to(AGENT).await
    }
    let folder = TempDir::new().unwrap();
    let channel = Channel::builder(handlers![connect])
        .recordings(folder.path())
        .build();
    let call = channel.dial(Dial::new());
    call.says("agent").await.unwrap();
    let report = call.ended().await;
    assert_eq!(report.ended_by, EndedBy::Transfer);
    // "agent", "connecting".
    assert_eq!(report.duration, Duration::from_millis(260 + 80 + 460 + 80));
}
