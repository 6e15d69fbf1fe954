//! The folder of the recordings, or a part of it, is removed, renamed or replaced while calls are recorded: no command is
//! answered with a success that is not on disk, the bot is told, and the next recording is whole.

#![cfg(unix)]

use std::fs;
use std::path::Path;

use onhook_channel::store::Store;
use onhook_channel::voice::Party;
use onhook_channel::{Channel, Dial};
use onhook_tests::obedient::Obedient;
use onhook_tests::recorded::{heard, metadata, samples};

const FAILED: &str = "RecordingStorageFailed";

/// Removes a folder in one step, whoever makes files in it meanwhile.
fn remove(folder: &Path, aside: &Path) {
    fs::rename(folder, aside).unwrap();
    fs::remove_dir_all(aside).unwrap();
}

/// What is taken away in the folder of the recordings; `aside` is a path where nothing is.
type Loss = fn(root: &Path, aside: &Path);

const LOSSES: [(&str, Loss); 6] = [
    ("removed", remove),
    ("renamed", |root, aside| fs::rename(root, aside).unwrap()),
    ("replaced", |root, aside| {
        fs::rename(root, aside).unwrap();
        fs::create_dir(root).unwrap();
    }),
    ("without a journal", |root, aside| {
        remove(&root.join("journal"), aside);
    }),
    ("without segments", |root, _| {
        for entry in fs::read_dir(root.join("journal")).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().is_some_and(|name| name != "lock") {
                // Another may be made at the same time.
                drop(fs::remove_file(path));
            }
        }
    }),
    ("without days", |root, aside| {
        for entry in fs::read_dir(root).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name().to_string_lossy().starts_with("20") {
                remove(&entry.path(), aside);
            }
        }
    }),
];

/// Whether a recording that is lost so may be whole all the same: what is left has all of it.
fn spares_recordings(what: &str) -> bool {
    what.starts_with("without")
}

/// What a bot is told by its commands and events.
fn told(bot: &Obedient) -> Vec<String> {
    let results = bot.results();
    let mut told: Vec<String> = results
        .iter()
        .map(|answer| answer.outcome().to_owned())
        .collect();
    told.extend(bot.events().into_iter().map(|(name, _)| name));
    told
}

/// The words are said, the loss comes before the last of them. The bot learns of it by that command or by an event, and
/// the next calls of the channel have their recordings.
#[tokio::test(start_paused = true)]
async fn a_loss_at_each_step_is_told_and_does_not_outlast_the_call() {
    let cases: [&[&str]; 5] = [
        &["start", "apple", "pause"],
        &["start", "pause", "resume"],
        &["start", "apple", "stop"],
        &["start", "apple", "stop", "resume"],
        &["start", "apple", "stop", "start"],
    ];
    for (what, lose) in LOSSES {
        for words in cases {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().join("store");
            let bot = Obedient::new();
            let channel = Channel::builder(bot.clone()).recordings(&root).build();
            let call = channel.dial(Dial::new());
            let (last, before) = words.split_last().unwrap();
            for word in before {
                call.says(*word).await.unwrap();
                call.listens().await;
            }
            lose(&root, &folder.path().join("aside"));
            call.says(*last).await.unwrap();
            call.listens().await;
            let report = call.hangs_up().await;
            let told = told(&bot);
            let case = format!("{what}, {words:?}: {told:?}\n{}", report.transcript);
            let answered = told
                .iter()
                .filter(|told| *told == "ok" || *told == FAILED)
                .count();
            let commands = words.iter().filter(|word| **word != "apple").count();
            assert_eq!(answered, commands, "each command once: {case}");
            // What was answered with a success is there.
            let last_ok = bot
                .results()
                .last()
                .is_some_and(|answer| answer.outcome() == "ok");
            if last_ok && *last == "start" {
                let recording = report.recordings.last().unwrap();
                let state = metadata(&recording.metadata)["onhook"]["state"].clone();
                assert_eq!(state, "empty", "nothing was said any more: {case}");
                drop(samples(&recording.content));
            } else if last_ok {
                assert!(spares_recordings(what), "a success of nothing: {case}");
                for recording in &report.recordings {
                    drop(samples(&recording.content));
                    drop(metadata(&recording.metadata));
                }
            }
            for next in 0..4 {
                let call = channel.dial(Dial::new());
                for word in ["start", "cherry", "stop"] {
                    call.says(word).await.unwrap();
                    call.listens().await;
                }
                let report = call.hangs_up().await;
                let recording = &report.recordings[0];
                let audio = samples(&recording.content);
                assert_eq!(
                    heard(&audio, "cherry", Party::Caller),
                    [0],
                    "call {next} after {case}"
                );
                let state = metadata(&recording.metadata)["onhook"]["state"].clone();
                assert_eq!(state, "sealed", "call {next} after {case}");
            }
            let recordings = Store::new(&root).recordings(..).flatten().count();
            assert!(recordings >= 4, "{case}");
        }
    }
}

/// The call that was recorded when the folder went away goes on, and can be recorded anew.
#[tokio::test(start_paused = true)]
async fn a_call_is_told_of_the_loss_and_can_start_again() {
    for (what, lose) in LOSSES {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("store");
        let bot = Obedient::new();
        let channel = Channel::builder(bot.clone()).recordings(&root).build();
        let call = channel.dial(Dial::new());
        for word in ["start", "apple"] {
            call.says(word).await.unwrap();
            call.listens().await;
        }
        lose(&root, &folder.path().join("aside"));
        for word in ["pause", "start", "cherry"] {
            call.says(word).await.unwrap();
            call.listens().await;
        }
        let report = call.hangs_up().await;
        let outcomes: Vec<String> = bot
            .results()
            .iter()
            .map(|answer| answer.outcome().to_owned())
            .collect();
        assert_eq!(
            outcomes,
            ["ok", FAILED, "ok"],
            "{what}\n{}",
            report.transcript
        );
        let last = report.recordings.last().unwrap();
        assert_eq!(last.session, 2, "{what}");
        assert_eq!(heard(&samples(&last.content), "cherry", Party::Caller), [0]);
    }
}

/// Audio alone tells of the loss: no command need be sent.
#[tokio::test(start_paused = true)]
async fn a_bot_that_sends_nothing_is_told_of_the_loss() {
    for (what, lose) in LOSSES {
        if what == "without days" {
            // The journal has all that is heard; the next checkpoint finds out, or the next command.
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("store");
        let bot = Obedient::new();
        let channel = Channel::builder(bot.clone()).recordings(&root).build();
        let call = channel.dial(Dial::new());
        for word in ["start", "apple"] {
            call.says(word).await.unwrap();
            call.listens().await;
        }
        lose(&root, &folder.path().join("aside"));
        // Real time passes as little as it can: until the journal has committed once.
        for _ in 0..100 {
            if !bot.events().is_empty() {
                break;
            }
            call.says("representatives").await.unwrap();
            call.listens().await;
        }
        let stopped = ("recordingStateChanged".to_owned(), "stopped".into());
        assert_eq!(bot.events(), [stopped], "{what}");
        let transcript = call.hangs_up().await.transcript.to_string();
        assert!(transcript.contains("removed or replaced"), "{transcript}");
    }
}

/// Nobody can make the folder again: the start fails with its name, and succeeds when somebody can.
#[tokio::test(start_paused = true)]
async fn a_start_without_a_place_for_the_folder_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let (parent, aside) = (folder.path().join("disk"), folder.path().join("aside"));
    fs::create_dir(&parent).unwrap();
    let root = parent.join("store");
    let bot = Obedient::new();
    let channel = Channel::builder(bot.clone()).recordings(&root).build();
    let call = channel.dial(Dial::new());
    call.says("start").await.unwrap();
    call.listens().await;
    drop(call.hangs_up().await);
    fs::rename(&parent, &aside).unwrap();
    let call = channel.dial(Dial::new());
    call.says("start").await.unwrap();
    call.listens().await;
    let transcript = call.hangs_up().await.transcript.to_string();
    assert!(
        transcript.contains(&root.display().to_string()),
        "{transcript}"
    );
    fs::create_dir(&parent).unwrap();
    let call = channel.dial(Dial::new());
    call.says("start").await.unwrap();
    call.says("cherry").await.unwrap();
    call.listens().await;
    let report = call.hangs_up().await;
    let outcomes: Vec<String> = bot
        .results()
        .iter()
        .map(|answer| answer.outcome().to_owned())
        .collect();
    assert_eq!(outcomes, ["ok", FAILED, "ok"], "{}", report.transcript);
    drop(samples(&report.recordings[0].content));
}
