//! The rules of recording beyond the table of states: ids, names, races, and what happens at the edges of a call.

use std::time::Duration;

use onhook::{Activity, Clock, Host, Json};
use onhook_channel::store::metadata::SessionState;
use onhook_channel::voice::Party;
use onhook_channel::{CallReport, Channel, Dial, EndedBy, Event, Transfer};
use onhook_tests::obedient::{Obedient, call, command};
use onhook_tests::recorded::{PER_MS, files, heard, metadata, samples};
use serde_json::{Value, json};
use tempfile::TempDir;

const START: &str = "channel/vnd.microsoft.telephony.recording.start";
const PAUSE: &str = "channel/vnd.microsoft.telephony.recording.pause";
const RESUME: &str = "channel/vnd.microsoft.telephony.recording.resume";
const STOP: &str = "channel/vnd.microsoft.telephony.recording.stop";

fn channel(folder: &TempDir, bot: &Obedient) -> Channel {
    Channel::builder(bot.clone())
        .recordings(folder.path())
        .build()
}

/// A call in which the bot sends `raw` for each `raw` that the caller says.
async fn call_with(raw: Vec<Vec<Activity>>, words: &[&str]) -> (TempDir, Obedient, CallReport) {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    for activities in raw {
        bot.raw(activities);
    }
    let report = call(&channel(&folder, &bot), Dial::new(), words).await;
    (folder, bot, report)
}

fn outcomes(bot: &Obedient) -> Vec<String> {
    let results = bot.results();
    results
        .iter()
        .map(|answer| answer.outcome().to_owned())
        .collect()
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

/// Milliseconds of each recording, read back.
fn lengths(report: &CallReport) -> Vec<u64> {
    let recordings = report.recordings.iter();
    recordings
        .map(|recording| samples(&recording.content).len() as u64 / PER_MS)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_command_id_that_comes_again_is_answered_again_and_not_carried_out() {
    let again = || vec![command(START, "7", &Value::Null)];
    let (_folder, bot, report) =
        call_with(vec![again(), again()], &["raw", "stop", "raw", "apple"]).await;
    let results = bot.results();
    assert_eq!(results[0].value, results[2].value, "the stored result");
    assert_ne!(
        results[0].reply_to, results[2].reply_to,
        "to the activity that asked"
    );
    assert_eq!(lengths(&report), [220 + 80], "no second session");
}

#[tokio::test(start_paused = true)]
async fn a_command_id_that_comes_again_in_the_other_dialect_is_the_same_command() {
    let raw = vec![
        command(START, "7", &Value::Null),
        command("recording_start_command", "7", &json!({})),
    ];
    let (_folder, bot, _report) = call_with(vec![raw], &["raw"]).await;
    let results = bot.results();
    assert_eq!(results[0].value, results[1].value);
    assert_eq!(
        (&*results[0].name, &*results[1].name),
        (START, "recording_start_command")
    );
}

#[tokio::test(start_paused = true)]
async fn a_command_id_that_comes_again_for_something_else_is_a_conflict_without_effect() {
    for other in [
        command(STOP, "7", &Value::Null),
        command(START, "7", &json!({ "metadata": { "queue": "billing" } })),
        command("application/vnd.contoso.other", "7", &Value::Null),
    ] {
        let raw = vec![vec![command(START, "7", &Value::Null)], vec![other.clone()]];
        let (_folder, bot, report) = call_with(raw, &["raw", "raw", "apple"]).await;
        let conflict = &bot.results()[1];
        assert_eq!(conflict.outcome(), "CommandIdConflict", "{other:?}");
        assert_eq!(
            conflict.message(),
            "The command id was already used for a different command"
        );
        assert_eq!(conflict.value["commandId"], "7");
        assert_eq!(lengths(&report), [260 + 340], "it goes on");
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_without_a_value_is_carried_out_and_answered_by_its_activity() {
    let bare = [START, PAUSE, RESUME, STOP].map(Activity::command).to_vec();
    let (_folder, bot, _report) = call_with(vec![bare], &["raw"]).await;
    let results = bot.results();
    assert_eq!(outcomes(&bot), ["ok"; 4]);
    let replies: Vec<String> = results
        .iter()
        .filter_map(|answer| answer.reply_to.clone())
        .collect();
    assert_eq!(replies, bot.sent());
    assert!(
        results
            .iter()
            .all(|answer| answer.value.get("commandId").is_none())
    );
}

/// 1,024 commands are remembered, and then the oldest is forgotten.
#[tokio::test(start_paused = true)]
async fn the_memory_of_commands_is_bounded() {
    let stop = |number: usize| command(STOP, &format!("stop {number}"), &Value::Null);
    let mut raw: Vec<Vec<Activity>> = Vec::new();
    let stops: Vec<Activity> = (0..1024).map(stop).collect();
    raw.extend(stops.chunks(128).map(<[Activity]>::to_vec));
    // The 1,025th; then the oldest that is remembered, and the one that is forgotten.
    raw.push(vec![
        command(START, "start", &Value::Null),
        stop(1),
        stop(0),
    ]);
    let words = vec!["raw"; raw.len()];
    let (_folder, bot, _report) = call_with(raw, &words).await;
    let outcomes = outcomes(&bot);
    assert_eq!(outcomes.len(), 1024 + 3);
    assert!(
        outcomes[..1024]
            .iter()
            .all(|outcome| outcome == "RecordingNotStarted")
    );
    assert_eq!(outcomes[1024..], ["ok", "RecordingNotStarted", "ok"]);
}

/// A mailbox that is full while the bot's turn runs delays results, and loses none.
#[tokio::test(start_paused = true)]
async fn a_bot_that_sends_more_than_its_mailbox_holds_gets_every_result() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    let stop = |number: usize| command(STOP, &number.to_string(), &Value::Null);
    bot.raw((0..40).map(stop).collect::<Vec<_>>());
    let host = Host::builder(bot.clone()).queue_limit(2).build();
    let channel = Channel::with_host(host).recordings(folder.path()).build();
    let report = call(&channel, Dial::new(), &["raw"]).await;
    let results = bot.results();
    let ids: Vec<_> = results
        .iter()
        .map(|answer| answer.value["commandId"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        ids,
        (0..40).map(|number| number.to_string()).collect::<Vec<_>>()
    );
    assert!(troubles(&report).is_empty());
}

#[tokio::test(start_paused = true)]
async fn of_two_starts_at_once_one_wins_and_nothing_else_happens() {
    let raw = vec![
        command(START, "1", &Value::Null),
        command(START, "2", &Value::Null),
    ];
    let (folder, bot, report) = call_with(vec![raw], &["raw", "apple"]).await;
    assert_eq!(outcomes(&bot), ["ok", "RecordingAlreadyInProgress"]);
    assert_eq!(lengths(&report), [340]);
    for name in ["content.wav", "metadata.json"] {
        let files = files(folder.path());
        let named = files.iter().filter(|path| path.ends_with(name));
        assert_eq!(named.count(), 1, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_names_of_the_preview_are_understood_and_echoed() {
    let names = [
        "recording_start_command",
        "recording_pause_command",
        "recording_resume_command",
        "recording_stop_command",
    ];
    let (_folder, bot, _report) =
        call_with(vec![names.map(Activity::command).to_vec()], &["raw"]).await;
    assert_eq!(outcomes(&bot), ["ok"; 4]);
    let echoed: Vec<String> = bot
        .results()
        .into_iter()
        .map(|answer| answer.name)
        .collect();
    assert_eq!(echoed, names);
}

#[tokio::test(start_paused = true)]
async fn a_command_that_nobody_knows_is_refused_by_its_name() {
    let name = "application/vnd.contoso.unknown";
    let (_folder, bot, _report) =
        call_with(vec![vec![command(name, "7", &Value::Null)]], &["raw"]).await;
    let results = bot.results();
    let [answer] = results.as_slice() else {
        panic!("one result")
    };
    assert_eq!(
        (answer.outcome(), &*answer.name),
        ("UnsupportedCommand", name)
    );
    assert!(answer.message().ends_with(name));
    assert_eq!(answer.value["commandId"], "7");
}

/// A6312, A6322: without a valid name, or without a value if it is no recording command, a command is ignored.
#[tokio::test(start_paused = true)]
async fn a_command_without_name_or_value_is_ignored() {
    let mut worthless = Activity::command(START);
    worthless.value = Some(Json::string("start"));
    for (ignored, rule) in [
        (Activity::command("no media type"), "A6312"),
        (
            Activity::command("application/vnd.contoso.unknown"),
            "A6322",
        ),
        (worthless, "A6322"),
    ] {
        let (_folder, bot, report) = call_with(vec![vec![ignored]], &["raw"]).await;
        assert!(bot.results().is_empty());
        assert!(
            troubles(&report)[0].starts_with(rule),
            "{}",
            report.transcript
        );
    }
}

#[tokio::test(start_paused = true)]
async fn data_that_cannot_be_used_are_a_bad_argument_without_effect() {
    let many: serde_json::Map<String, Value> =
        (0..65).map(|n| (n.to_string(), json!(""))).collect();
    for data in [
        json!({ "metadata": { "queue": 7 } }),
        json!({ "metadata": many }),
        json!({ "metadata": { "note": "x".repeat(16 * 1024) } }),
        json!({ "pauseOnStart": "yes" }),
        json!("start"),
    ] {
        let (folder, bot, _report) =
            call_with(vec![vec![command(START, "7", &data)]], &["raw"]).await;
        assert_eq!(outcomes(&bot), ["BadArgument"], "{data}");
        assert!(files(folder.path()).is_empty());
    }
}

/// Microsoft's clients write the settings of the preview as numbers or words, and the channel decides.
#[tokio::test(start_paused = true)]
async fn the_settings_of_the_preview_are_taken() {
    for data in [
        json!({ "RecordingContentType": 1, "RecordingChannelType": 0 }),
        json!({ "recordingContentType": "audioVideo", "recordingChannelType": "mixed" }),
    ] {
        let (_folder, bot, _report) =
            call_with(vec![vec![command(START, "7", &data)]], &["raw"]).await;
        assert_eq!(outcomes(&bot), ["ok"], "{data}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_before_the_call_is_answered_waits_for_the_audio() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    bot.at_once([command(START, "7", &Value::Null)]);
    let dial = Dial::new().rings_for(Duration::from_secs(5));
    let call = channel(&folder, &bot).dial(dial);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(
        bot.results().is_empty(),
        "there is nothing to record while it rings"
    );
    call.says("apple").await.unwrap();
    let report = call.hangs_up().await;
    let results = bot.results();
    assert_eq!(
        (results[0].outcome(), results[0].number("effectiveAtMs")),
        ("ok", 0)
    );
    let audio = samples(&report.recordings[0].content);
    assert_eq!(
        heard(&audio, "apple", Party::Caller),
        [0],
        "from the first sample on"
    );
    assert_eq!(report.recordings[0].duration, report.duration);
}

#[tokio::test(start_paused = true)]
async fn a_start_of_a_call_that_is_never_answered_is_refused() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    bot.at_once([command(START, "7", &Value::Null)]);
    let dial = Dial::new().rings_for(Duration::from_secs(5));
    let call = channel(&folder, &bot).dial(dial);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let report = call.hangs_up().await;
    assert_eq!(outcomes(&bot), ["ConversationEnded"]);
    assert_eq!(bot.results()[0].message(), "The conversation has ended");
    assert!(report.recordings.is_empty() && files(folder.path()).is_empty());
    assert_eq!(report.duration, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_transfer_ends_the_recording_and_the_bot_is_told() {
    let (_folder, bot, report) = call_with(vec![], &["start", "apple", "transfer"]).await;
    assert_eq!(report.ended_by, EndedBy::Transfer);
    assert_eq!(report.recordings[0].end_reason, "CallTransferred");
    let events = bot.events();
    assert_eq!(events[0].0, "handoff.status");
    assert_eq!(events[0].1["state"], "accepted");
    assert_eq!(events[1].0, "endOfConversation");
    assert_eq!(
        outcomes(&bot),
        ["ok"],
        "the stop is nobody's command, and is not answered"
    );
}

#[tokio::test(start_paused = true)]
async fn a_transfer_that_fails_changes_nothing() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    let dial = Dial::new().transfer(Transfer::Failed("busy".to_owned()));
    let words = ["start", "transfer", "apple", "pause", "resume"];
    let report = call(&channel(&folder, &bot), dial, &words).await;
    assert_eq!(
        bot.events()[0].1,
        json!({ "state": "failed", "message": "busy" })
    );
    assert_eq!(outcomes(&bot), ["ok"; 3], "the recording goes on and obeys");
    assert_eq!(report.recordings[0].end_reason, "CallEnded");
}

#[tokio::test(start_paused = true)]
async fn a_transfer_that_the_caller_does_not_wait_for_fails() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    // The transfer waits until this has been heard.
    bot.raw([
        Activity::message("a long farewell"),
        transfer("+14255550111"),
    ]);
    let call = channel(&folder, &bot).dial(Dial::new());
    call.says("raw").await.unwrap();
    let report = call.hangs_up().await;
    assert_eq!(report.ended_by, EndedBy::Caller);
    assert_eq!(bot.events()[0].1["state"], "failed");
}

fn transfer(number: &str) -> Activity {
    let mut activity = Activity::event("handoff.initiate");
    activity.value = Some(Json::of(&json!({ "TargetPhoneNumber": number })).unwrap());
    activity
}

/// Of a command and the end of the conversation, the one that the bot sent first wins.
#[tokio::test(start_paused = true)]
async fn a_stop_before_the_bot_hangs_up_is_carried_out_and_one_after_it_is_too_late() {
    let (stop, end) = (
        command(STOP, "7", &Value::Null),
        Activity::end_of_conversation(),
    );
    for (raw, outcome, reason) in [
        (vec![stop.clone(), end.clone()], "ok", "StopRecording"),
        (
            vec![end.clone(), stop.clone()],
            "RecordingNotStarted",
            "CallEnded",
        ),
        // The end waits for what is said before it, and the stop for the end.
        (
            vec![Activity::message("bye"), end, stop],
            "RecordingNotStarted",
            "CallEnded",
        ),
    ] {
        let (_folder, bot, report) = call_with(vec![raw], &["start", "apple", "raw"]).await;
        assert_eq!(outcomes(&bot), ["ok", outcome]);
        assert_eq!(report.recordings[0].end_reason, reason);
        assert_eq!(report.ended_by, EndedBy::Bot);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_before_the_caller_hangs_up_is_carried_out() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    let call = channel(&folder, &bot).dial(Dial::new());
    call.says("start").await.unwrap();
    call.says("stop").await.unwrap();
    // The bot has sent its stop, and the channel has not looked at it yet.
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    let report = call.hangs_up().await;
    assert_eq!(outcomes(&bot), ["ok", "ok"]);
    assert_eq!(report.recordings[0].end_reason, "StopRecording");
}

#[tokio::test(start_paused = true)]
async fn a_command_after_the_caller_hung_up_is_too_late() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    bot.at_end([
        command(STOP, "7", &Value::Null),
        command(START, "8", &Value::Null),
    ]);
    let report = call(&channel(&folder, &bot), Dial::new(), &["start", "apple"]).await;
    assert_eq!(
        outcomes(&bot),
        ["ok", "RecordingNotStarted", "ConversationEnded"]
    );
    assert_eq!(report.recordings[0].end_reason, "CallEnded");
}

/// What the bot says when nobody hears it is an error at the bot.
#[tokio::test(start_paused = true)]
async fn a_bot_that_speaks_after_the_end_is_told_that_it_has_ended() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    bot.at_end([Activity::message("goodbye")]);
    let report = call(&channel(&folder, &bot), Dial::new(), &["apple"]).await;
    assert_eq!(
        troubles(&report),
        ["the bot failed: the conversation has ended"]
    );
    assert!(report.transcript.bot().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_start_that_opens_paused_keeps_nothing_before_the_resume() {
    let paused = vec![command(START, "7", &json!({ "pauseOnStart": true }))];
    let (_folder, bot, report) =
        call_with(vec![paused], &["raw", "apple", "resume", "banana"]).await;
    let results = bot.results();
    assert_eq!(results[0].value["data"]["state"], "paused");
    let audio = samples(&report.recordings[0].content);
    assert_eq!(heard(&audio, "banana", Party::Caller), [0]);
    assert!(heard(&audio, "apple", Party::Caller).is_empty());
    let metadata = metadata(&report.recordings[0].metadata);
    // "apple" and "resume".
    assert_eq!(metadata["pauseResumeIntervals"][0]["duration"], 340 + 380);
    assert_eq!(metadata["onhook"]["pausedMs"], 720);
}

#[tokio::test(start_paused = true)]
async fn an_empty_recording_is_kept_and_says_so() {
    let start_stop = || {
        vec![
            command(START, "1", &Value::Null),
            command(STOP, "2", &Value::Null),
        ]
    };
    let restart = vec![command(START, "3", &Value::Null)];
    for (raw, words, empty) in [
        (vec![start_stop()], &["raw"][..], 1),
        (vec![start_stop(), restart], &["raw", "raw", "apple"][..], 1),
        (
            vec![vec![command(START, "1", &Value::Null)]],
            &["raw"][..],
            1,
        ),
        (
            vec![vec![command(START, "1", &json!({ "pauseOnStart": true }))]],
            &["raw", "apple"][..],
            1,
        ),
    ] {
        let (_folder, _bot, report) = call_with(raw, words).await;
        let recording = &report.recordings[0];
        assert_eq!(samples(&recording.content).len(), 0);
        let state = &metadata(&recording.metadata)["onhook"]["state"];
        assert_eq!(
            state,
            &serde_json::to_value(SessionState::Empty).unwrap(),
            "{words:?}"
        );
        assert_eq!(
            report.recordings.len() - empty,
            usize::from(words.len() == 3)
        );
    }
}

/// A recording is never longer than the call: its length is counted in samples, whatever the wall clock does.
#[tokio::test(start_paused = true)]
async fn a_wall_clock_that_does_not_keep_up_changes_no_length() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    // The system's clock shows milliseconds for the two minutes that this call lasts.
    let channel = Channel::builder(bot.clone())
        .recordings(folder.path())
        .clock(Clock::system())
        .build();
    let call = channel.dial(Dial::new());
    call.says("start").await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    call.says("pause").await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let report = call.hangs_up().await;
    assert_eq!(lengths(&report), [60_000 + 340]);
    let metadata = metadata(&report.recordings[0].metadata);
    assert_eq!(metadata["onhook"]["wallMs"], 60_340 + 60_000);
    let timeline = metadata["onhook"]["timeline"].as_array().unwrap();
    let offsets: Vec<u64> = timeline
        .iter()
        .map(|entry| entry["offsetMs"].as_u64().unwrap())
        .collect();
    assert_eq!(offsets, [0, 60_340, 60_340]);
}

/// Between a pause and a stop, and until the resume after that, it is one interruption.
#[tokio::test(start_paused = true)]
async fn a_pause_that_is_stopped_and_resumed_is_one_interruption() {
    let (_folder, _bot, report) = call_with(
        vec![],
        &[
            "start", "pause", "apple", "stop", "apple", "resume", "apple",
        ],
    )
    .await;
    let metadata = metadata(&report.recordings[0].metadata);
    let intervals = metadata["pauseResumeIntervals"].as_array().unwrap();
    assert_eq!(intervals.len(), 1);
    assert_eq!(intervals[0]["duration"], 340 + 300 + 340 + 380);
    assert_eq!(lengths(&report), [340 + 340]);
}

/// The longest call is ended by the channel, and its recording with it.
#[tokio::test(start_paused = true)]
async fn a_call_that_lasts_too_long_is_ended_and_its_recording_sealed() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    bot.at_once([command(START, "7", &Value::Null)]);
    let channel = Channel::builder(bot).recordings(folder.path());
    let channel = channel.longest_call(Duration::from_secs(30)).build();
    let report = channel.dial(Dial::new()).ended().await;
    assert_eq!(report.ended_by, EndedBy::Channel);
    assert_eq!(lengths(&report), [30_000]);
}

/// A caller whose handle is dropped has hung up, even behind a queue that is full.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_is_hung_up_and_its_recording_sealed() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    let call = channel(&folder, &bot).dial(Dial::new());
    call.says("start").await.unwrap();
    call.says("apple").await.unwrap();
    drop(call);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bot.events().last().unwrap().0, "endOfConversation");
    let files = files(folder.path());
    let file = |name: &str| files.iter().find(|path| path.ends_with(name)).unwrap();
    assert_eq!(samples(file("content.wav")).len(), 340 * 16);
    assert_eq!(metadata(file("metadata.json"))["onhook"]["state"], "sealed");
}
