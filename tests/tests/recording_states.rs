//! The table of recording states, end to end: every command in every state, under both readings of resume and
//! under both families of names; and that a success is answered only when the disk has it.

use std::path::Path;
use std::sync::{Arc, Mutex};

use onhook::recording::{Action, ResumePolicy};
use onhook::{Activity, Dialect, Host};
use onhook_channel::{CallReport, Channel, Dial, Event};
use onhook_tests::obedient::{Answer, Obedient, call};
use onhook_tests::recorded::{PER_MS, by_hound, metadata, samples};
use serde_json::{Value, json};
use tempfile::TempDir;

const OK: &str = "ok";
const ALREADY: &str = "RecordingAlreadyInProgress: Recording is already in progress";
const NOT_STARTED: &str = "RecordingNotStarted: Recording has not started";
const PAUSED: &str = "RecordingAlreadyPaused: Recording is already paused";
const ENDED: &str = "ConversationEnded: The conversation has ended";
/// Stands for what [`ResumePolicy`] decides.
const BY_POLICY: &str = "by policy";

/// What leads to a state, and what comes of start, pause, resume and stop in it.
const TABLE: [(&[&str], [&str; 4]); 4] = [
    (&[], [OK, NOT_STARTED, NOT_STARTED, NOT_STARTED]),
    (&["start"], [ALREADY, OK, ALREADY, OK]),
    (&["start", "pause"], [ALREADY, PAUSED, OK, OK]),
    (
        &["start", "stop"],
        [OK, NOT_STARTED, BY_POLICY, NOT_STARTED],
    ),
];

const ACTIONS: [(&str, Action); 4] = [
    ("start", Action::Start),
    ("pause", Action::Pause),
    ("resume", Action::Resume),
    ("stop", Action::Stop),
];

fn channel(folder: &TempDir, bot: &Obedient, dialect: Dialect, policy: ResumePolicy) -> Channel {
    Channel::with_host(Host::builder(bot.clone()).dialect(dialect).build())
        .recordings(folder.path())
        .resume_policy(policy)
        .build()
}

fn text(answer: &Answer) -> String {
    match answer.outcome() {
        OK => OK.to_owned(),
        code => format!("{code}: {}", answer.message()),
    }
}

fn no_trouble(report: &CallReport) {
    let trouble = |line: &&onhook_channel::Line| matches!(line.what, Event::Trouble(_));
    let found = report.transcript.lines.iter().find(trouble);
    assert!(found.is_none(), "{}", report.transcript);
}

async fn every_command_in_every_state(dialect: Dialect, policy: ResumePolicy) {
    let folder = TempDir::new().unwrap();
    for (state, expected) in TABLE {
        for ((word, action), expected) in ACTIONS.into_iter().zip(expected) {
            let what = format!("{word} after {state:?}, {dialect:?}, {policy:?}");
            let bot = Obedient::new();
            let channel = channel(&folder, &bot, dialect, policy);
            let words: Vec<&str> = state.iter().copied().chain([word]).collect();
            let report = call(&channel, Dial::new(), &words).await;
            no_trouble(&report);

            let results = bot.results();
            assert_eq!(results.len(), words.len(), "{what}: one result for each");
            let expected = match (expected, policy) {
                (BY_POLICY, ResumePolicy::AfterStopAppends) => OK,
                (BY_POLICY, ResumePolicy::PausedOnly) => NOT_STARTED,
                (expected, _) => expected,
            };
            let answer = results.last().unwrap();
            assert_eq!(text(answer), expected, "{what}");
            assert_eq!(answer.name, action.wire_name(dialect), "A6413: {what}");

            // A refused command changes nothing; one that succeeds records what is said after it, or not.
            let started = usize::from(state.contains(&"start"));
            let opens = usize::from(word == "start" && expected == OK);
            assert_eq!(report.recordings.len(), started + opens, "{what}");
            for recording in &report.recordings {
                assert_eq!(samples(&recording.content).len() as u64, recording.samples);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_command_in_every_state_has_the_result_of_the_table() {
    every_command_in_every_state(Dialect::Current, ResumePolicy::AfterStopAppends).await;
}

#[tokio::test(start_paused = true)]
async fn every_command_in_every_state_under_the_names_of_the_preview() {
    every_command_in_every_state(Dialect::Preview, ResumePolicy::AfterStopAppends).await;
}

#[tokio::test(start_paused = true)]
async fn every_command_in_every_state_if_only_a_pause_can_be_resumed() {
    every_command_in_every_state(Dialect::Current, ResumePolicy::PausedOnly).await;
}

/// The last row of the table.
#[tokio::test(start_paused = true)]
async fn every_command_after_the_end_is_refused() {
    for state in [&[][..], &["start"], &["start", "pause"], &["start", "stop"]] {
        let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
        let names = ACTIONS.map(|(_, action)| action.wire_name(Dialect::Current));
        bot.at_end(names.map(Activity::command));
        let channel = channel(&folder, &bot, Dialect::Current, ResumePolicy::default());
        let report = call(&channel, Dial::new(), state).await;
        let late: Vec<String> = bot.results()[state.len()..].iter().map(text).collect();
        assert_eq!(
            late,
            [ENDED, NOT_STARTED, NOT_STARTED, NOT_STARTED],
            "{state:?}"
        );
        assert_eq!(report.recordings.len(), usize::from(!state.is_empty()));
    }
}

/// What the folder shows of the one session at the moment of a result: state, samples by the header, revision,
/// and whether the part is closed with its hash.
fn on_disk(folder: &Path) -> Value {
    let files = onhook_tests::recorded::files(folder);
    let find = |name| files.iter().find(|path| path.ends_with(name)).unwrap();
    let metadata = metadata(find("metadata.json"));
    let ours = &metadata["onhook"];
    json!({
        "state": ours["state"],
        "ms": by_hound(find("content.wav")).len() as u64 / PER_MS,
        "revision": ours["revision"],
        "hash": ours["parts"][0]["sha512"].as_str() == Some(onhook_tests::recorded::sha512(find("content.wav")).as_str()),
    })
}

/// A success is answered only when what it says is on disk: at the moment at which the handler gets it.
#[tokio::test(start_paused = true)]
async fn a_success_is_answered_when_the_disk_has_it() {
    let folder = TempDir::new().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (path, shown) = (folder.path().to_owned(), Arc::clone(&seen));
    let bot = Obedient::new().probe(move |_result| shown.lock().unwrap().push(on_disk(&path)));
    let channel = channel(&folder, &bot, Dialect::Current, ResumePolicy::default());
    let words = [
        "start", "apple", "pause", "banana", "resume", "cherry", "stop", "damson", "resume",
        "elder",
    ];
    let report = call(&channel, Dial::new(), &words).await;
    no_trouble(&report);

    // "apple" and "pause", then "cherry" and "stop", at 60 ms, 40 for each letter, and 80 after the word.
    let (paused, stopped) = (340 + 340, 680 + 380 + 300);
    let shown = |state, ms, revision, hash| json!({ "state": state, "ms": ms, "revision": revision, "hash": hash });
    assert_eq!(
        *seen.lock().unwrap(),
        [
            shown("recording", 0, 1, false),
            shown("paused", paused, 1, false),
            shown("recording", paused, 1, false),
            shown("stopped", stopped, 1, true),
            shown("recording", stopped, 2, false),
        ]
    );
    assert_eq!(
        on_disk(folder.path()),
        shown("sealed", stopped + 340, 2, true)
    );
    let results = bot.results();
    let recorded: Vec<u64> = results
        .iter()
        .map(|answer| answer.number("recordedMs"))
        .collect();
    assert_eq!(recorded, [0, paused, paused, stopped, stopped]);
    let begin = 340;
    let effective: Vec<u64> = results
        .iter()
        .map(|answer| answer.number("effectiveAtMs"))
        .collect();
    let resumed = begin + paused + 380 + 380;
    assert_eq!(
        effective,
        [
            begin,
            begin + paused,
            resumed,
            resumed + 680,
            resumed + 680 + 380 + 380
        ]
    );
    assert!(results.iter().all(|answer| answer.number("session") == 1));
}
