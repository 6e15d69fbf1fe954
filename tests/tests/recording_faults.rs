//! When the disk is full or broken, or the recorder dies: the call continues, the state follows, and nothing that
//! was recorded is lost.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use onhook::Activity;
use onhook_channel::store::{DiskFault, FaultyDisk, Operation, Store};
use onhook_channel::voice::{Party, Speaking, Speech, ToneVoice, Voice};
use onhook_channel::{Call, CallReport, Channel, Dial, EndedBy, Event};
use onhook_tests::obedient::Obedient;
use onhook_tests::recorded::{PER_MS, heard, metadata, samples};
use serde_json::json;
use tempfile::TempDir;

const FAILED: &str = "RecordingStorageFailed";

struct Bench {
    folder: TempDir,
    disk: FaultyDisk,
    bot: Obedient,
    call: Call,
}

impl Bench {
    fn new() -> Bench {
        let (folder, disk, bot) = (
            TempDir::new().unwrap(),
            FaultyDisk::default(),
            Obedient::new(),
        );
        let channel = Channel::builder(bot.clone())
            .store(Store::on(disk.clone(), folder.path()))
            .build();
        let call = channel.dial(Dial::new());
        Bench {
            folder,
            disk,
            bot,
            call,
        }
    }

    async fn say(&self, words: &[&str]) {
        for word in words {
            self.call.says(*word).await.unwrap();
            self.call.listens().await;
        }
    }

    /// Fails until it is healed: the journal survives a single failure.
    fn fail(&self, operation: Operation) {
        self.fail_times(operation, usize::MAX);
    }

    fn fail_times(&self, operation: Operation, times: usize) {
        self.disk.fail(DiskFault {
            operation,
            after: 0,
            times,
            kind: ErrorKind::StorageFull,
            torn_bytes: 100,
        });
    }

    fn outcomes(&self) -> Vec<String> {
        let results = self.bot.results();
        results
            .iter()
            .map(|answer| answer.outcome().to_owned())
            .collect()
    }
}

/// Milliseconds of a recording, read back, and what its metadata call it.
fn kept(report: &CallReport, index: usize) -> (u64, String, String) {
    let recording = &report.recordings[index];
    let audio = samples(&recording.content);
    assert_eq!(
        audio.len() as u64,
        recording.samples,
        "the report says what is there"
    );
    let metadata = metadata(&recording.metadata);
    assert_eq!(metadata["chunkDuration"], audio.len() as u64 / PER_MS);
    let word = |field: &str| {
        metadata["onhook"][field]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (
        audio.len() as u64 / PER_MS,
        word("state"),
        word("sessionEndReason"),
    )
}

/// "Recording has failed, but your call will continue." A full disk stops the session, which keeps what it has;
/// the bot is told; the next start may try again.
#[tokio::test(start_paused = true)]
async fn a_full_disk_stops_the_recording_and_not_the_call() {
    let bench = Bench::new();
    bench.say(&["start", "apple"]).await;
    bench.say(&["pause", "resume"]).await;
    bench.fail(Operation::Write);
    // A second of audio and more goes to the disk while this is said.
    bench.say(&["representatives", "representatives"]).await;
    let events = bench.bot.events();
    assert_eq!(
        events,
        [("recordingStateChanged".to_owned(), json!("stopped"))]
    );
    bench.disk.heal();
    bench.say(&["start", "cherry"]).await;
    assert_eq!(
        bench.outcomes(),
        ["ok"; 4],
        "each answered once, before or after the failure"
    );

    let (call, _folder) = (bench.call, bench.folder);
    let report = call.hangs_up().await;
    assert_eq!(report.ended_by, EndedBy::Caller);
    // What was heard until the failure is kept: it waited for the disk, which works again.
    let (ms, state, reason) = kept(&report, 0);
    assert_eq!((&*state, &*reason), ("partial", "StorageFailed"));
    assert!((1680..1800).contains(&ms), "{ms} ms");
    assert_eq!(kept(&report, 1).1, "sealed");
    assert_eq!(report.recordings[1].session, 2);
}

/// A single failure costs nothing: what was to be written is written elsewhere in the journal.
#[tokio::test(start_paused = true)]
async fn a_disk_that_fails_once_costs_nothing() {
    for operation in [Operation::Write, Operation::Sync, Operation::Rename] {
        let bench = Bench::new();
        bench.say(&["start", "apple"]).await;
        bench.fail_times(operation, 1);
        bench.say(&["pause", "secret", "resume", "cherry"]).await;
        assert_eq!(bench.outcomes(), ["ok"; 3], "{operation:?}");
        let report = bench.call.hangs_up().await;
        assert_eq!(
            (kept(&report, 0).1, report.recordings.len()),
            ("sealed".to_owned(), 1)
        );
    }
}

/// Metadata that cannot be put in their place are in the journal all the same, and are put there later.
#[tokio::test(start_paused = true)]
async fn metadata_that_cannot_be_placed_fail_no_command() {
    let bench = Bench::new();
    bench.fail(Operation::Rename);
    bench.say(&["start", "apple", "pause"]).await;
    bench.disk.heal();
    assert_eq!(bench.outcomes(), ["ok"; 2]);
    let report = bench.call.hangs_up().await;
    assert_eq!(
        kept(&report, 0),
        (680, "sealed".to_owned(), "CallEnded".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn a_start_that_cannot_be_stored_fails_and_may_be_tried_again() {
    for operation in [
        Operation::CreateDir,
        Operation::CreateNew,
        Operation::Write,
        Operation::Sync,
        Operation::SyncDir,
    ] {
        let bench = Bench::new();
        bench.fail(operation);
        bench.say(&["start", "apple"]).await;
        bench.disk.heal();
        bench.say(&["start", "cherry"]).await;
        assert_eq!(bench.outcomes(), [FAILED, "ok"], "{operation:?}");
        let report = bench.call.hangs_up().await;
        assert_eq!(report.recordings.len(), 1, "{operation:?}");
        let audio = samples(&report.recordings[0].content);
        assert_eq!(heard(&audio, "cherry", Party::Caller), [0], "{operation:?}");
        assert!(heard(&audio, "apple", Party::Caller).is_empty());
    }
}

/// A start that fails has no effect: what was stopped before it can still be resumed.
#[tokio::test(start_paused = true)]
async fn a_start_that_fails_leaves_the_session_before_it_to_be_resumed() {
    for operation in [Operation::CreateNew, Operation::Write, Operation::Sync] {
        let bench = Bench::new();
        bench.say(&["start", "apple", "stop"]).await;
        bench.fail(operation);
        bench.say(&["start", "banana"]).await;
        bench.disk.heal();
        bench.say(&["resume", "cherry"]).await;
        assert_eq!(
            bench.outcomes(),
            ["ok", "ok", FAILED, "ok"],
            "{operation:?}"
        );
        let report = bench.call.hangs_up().await;
        let audio = samples(&report.recordings[0].content);
        assert_eq!(
            heard(&audio, "cherry", Party::Caller),
            [340 + 300],
            "{operation:?}"
        );
        assert!(heard(&audio, "banana", Party::Caller).is_empty());
        assert_eq!(
            (report.recordings.len(), kept(&report, 0).1),
            (1, "sealed".to_owned())
        );
    }
}

/// A pause that cannot be confirmed closes the session: the bot must not think that the recording can go on.
#[tokio::test(start_paused = true)]
async fn a_pause_that_fails_closes_the_session() {
    for operation in [Operation::Write, Operation::Sync] {
        let bench = Bench::new();
        bench.say(&["start", "apple"]).await;
        bench.fail(operation);
        bench.say(&["pause", "secret", "pause"]).await;
        bench.disk.heal();
        assert_eq!(
            bench.outcomes(),
            ["ok", FAILED, "RecordingNotStarted"],
            "{operation:?}"
        );
        let report = bench.call.hangs_up().await;
        let (_, state, reason) = kept(&report, 0);
        assert_eq!(
            (&*state, &*reason),
            ("partial", "StorageFailed"),
            "{operation:?}"
        );
        let audio = samples(&report.recordings[0].content);
        assert!(heard(&audio, "secret", Party::Caller).is_empty());
        assert_eq!(heard(&audio, "apple", Party::Caller), [0], "{operation:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_resume_that_fails_closes_the_session_that_was_paused() {
    let bench = Bench::new();
    bench.say(&["start", "apple", "pause"]).await;
    bench.fail(Operation::Sync);
    bench.say(&["resume", "banana"]).await;
    bench.disk.heal();
    assert_eq!(bench.outcomes(), ["ok", "ok", FAILED]);
    let report = bench.call.hangs_up().await;
    assert_eq!(
        kept(&report, 0),
        (680, "partial".to_owned(), "StorageFailed".to_owned())
    );
}

/// A resume after a stop that fails leaves the closed session as it was, and may be tried again.
#[tokio::test(start_paused = true)]
async fn a_resume_after_a_stop_that_fails_changes_nothing() {
    for operation in [Operation::Write, Operation::Sync] {
        let bench = Bench::new();
        bench.say(&["start", "apple", "stop"]).await;
        bench.fail(operation);
        bench.say(&["resume", "banana"]).await;
        bench.disk.heal();
        bench.say(&["resume", "cherry"]).await;
        assert_eq!(
            bench.outcomes(),
            ["ok", "ok", FAILED, "ok"],
            "{operation:?}"
        );
        let report = bench.call.hangs_up().await;
        let audio = samples(&report.recordings[0].content);
        assert_eq!(
            heard(&audio, "cherry", Party::Caller),
            [640],
            "{operation:?}"
        );
        assert!(heard(&audio, "banana", Party::Caller).is_empty());
        assert_eq!(kept(&report, 0).1, "sealed");
        assert_eq!(
            metadata(&report.recordings[0].metadata)["onhook"]["revision"],
            2
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_fails_is_tried_again_and_keeps_everything() {
    for operation in [Operation::Sync, Operation::Read, Operation::Rename] {
        let bench = Bench::new();
        bench.say(&["start", "apple"]).await;
        bench.fail(operation);
        bench.say(&["stop", "banana"]).await;
        bench.disk.heal();
        assert_eq!(bench.outcomes(), ["ok", FAILED], "{operation:?}");
        let report = bench.call.hangs_up().await;
        assert_eq!(
            kept(&report, 0),
            (640, "partial".to_owned(), "StorageFailed".to_owned()),
            "{operation:?}"
        );
    }
}

/// A disk that never works again costs the recording, and neither the call nor its end.
#[tokio::test(start_paused = true)]
async fn a_disk_that_stays_broken_does_not_keep_the_call_from_ending() {
    for operation in [
        Operation::Write,
        Operation::Sync,
        Operation::Rename,
        Operation::Read,
    ] {
        let bench = Bench::new();
        bench.say(&["start", "apple", "pause"]).await;
        bench.fail(operation);
        bench
            .say(&[
                "resume",
                "representatives",
                "representatives",
                "stop",
                "start",
            ])
            .await;
        let report = bench.call.hangs_up().await;
        assert_eq!(bench.bot.results().len(), 5, "{operation:?}");
        // A disk that cannot read or rename can be written to: the last start succeeds.
        let works = matches!(operation, Operation::Read | Operation::Rename);
        let sessions = 1 + usize::from(works);
        assert_eq!(report.recordings.len(), sessions, "{operation:?}");
        let audio = samples(&report.recordings[0].content);
        assert_eq!(heard(&audio, "apple", Party::Caller), [0], "{operation:?}");
    }
}

/// A disk that panics when it is to write, once it has been told to.
fn panicking_disk(panics: Arc<AtomicBool>) -> FaultyDisk {
    let disk = FaultyDisk::default();
    disk.before(Operation::Write, move || {
        assert!(
            !panics.swap(false, Ordering::Relaxed),
            "the disk driver panics once, as it was told to"
        );
    });
    disk
}

/// The state follows the recorder: one that died is not "in progress" for ever.
#[tokio::test(start_paused = true)]
async fn a_recorder_that_dies_leaves_no_recording_in_progress() {
    let (folder, bot, panics) = (
        TempDir::new().unwrap(),
        Obedient::new(),
        Arc::new(AtomicBool::new(false)),
    );
    let disk = panicking_disk(Arc::clone(&panics));
    let channel = Channel::builder(bot.clone())
        .store(Store::on(disk, folder.path()))
        .build();
    let call = channel.dial(Dial::new());
    for word in ["start", "apple", "pause", "resume"] {
        call.says(word).await.unwrap();
        call.listens().await;
    }
    panics.store(true, Ordering::Relaxed);
    for word in ["representatives", "representatives", "start", "cherry"] {
        call.says(word).await.unwrap();
        call.listens().await;
    }
    assert_eq!(
        bot.events()[0],
        ("recordingStateChanged".to_owned(), json!("stopped"))
    );
    assert_eq!(
        bot.results().last().unwrap().outcome(),
        "ok",
        "the next start is not refused"
    );
    let report = call.hangs_up().await;
    assert_eq!(
        kept(&report, 0),
        (680, "partial".to_owned(), "StorageFailed".to_owned())
    );
    let audio = samples(&report.recordings[1].content);
    assert_eq!(heard(&audio, "cherry", Party::Caller), [0]);
}

/// The store panics while it carries out a command.
#[tokio::test(start_paused = true)]
async fn a_recorder_that_dies_at_a_command_fails_it() {
    let (folder, bot, panics) = (
        TempDir::new().unwrap(),
        Obedient::new(),
        Arc::new(AtomicBool::new(false)),
    );
    let disk = panicking_disk(Arc::clone(&panics));
    let channel = Channel::builder(bot.clone())
        .store(Store::on(disk, folder.path()))
        .build();
    let call = channel.dial(Dial::new());
    panics.store(true, Ordering::Relaxed);
    for word in ["start", "start", "cherry"] {
        call.says(word).await.unwrap();
        call.listens().await;
    }
    let report = call.hangs_up().await;
    let outcomes: Vec<String> = bot
        .results()
        .iter()
        .map(|answer| answer.outcome().to_owned())
        .collect();
    assert_eq!(outcomes, [FAILED, "ok"]);
    assert_eq!(
        heard(
            &samples(&report.recordings[0].content),
            "cherry",
            Party::Caller
        ),
        [0]
    );
}

/// A tone voice that panics at one word.
struct Stammering;

impl Voice for Stammering {
    fn speak<'a>(&'a self, speech: &'a Speech) -> Speaking<'a> {
        let forbidden = onhook_channel::voice::Segment::Text("forbidden".to_owned());
        assert!(
            !speech.segments.contains(&forbidden),
            "the voice panics at this word"
        );
        ToneVoice.speak(speech)
    }

    fn name(&self) -> &'static str {
        "stammering"
    }
}

#[tokio::test(start_paused = true)]
async fn a_voice_that_panics_is_silent_and_holds_nobody_up() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    bot.raw([Activity::message("forbidden"), Activity::message("apple")]);
    let channel = Channel::builder(bot.clone())
        .recordings(folder.path())
        .voice(Stammering)
        .build();
    let call = channel.dial(Dial::new());
    for word in ["start", "forbidden", "raw", "hang up"] {
        call.says(word).await.unwrap();
        call.listens().await;
    }
    let report = call.ended().await;
    assert_eq!(report.ended_by, EndedBy::Bot);
    assert_eq!(
        heard(&samples(&report.recordings[0].content), "apple", Party::Bot).len(),
        1
    );
    let trouble = |line: &&onhook_channel::Line| matches!(line.what, Event::Trouble(_));
    assert_eq!(report.transcript.lines.iter().filter(trouble).count(), 2);
}

/// What watches a call is not the call.
#[tokio::test(start_paused = true)]
async fn a_listener_that_panics_does_not_end_the_call() {
    let (folder, bot) = (TempDir::new().unwrap(), Obedient::new());
    let channel = Channel::builder(bot).recordings(folder.path()).build();
    let dial = Dial::new()
        .on_line(|line| assert_ne!(line.what, Event::Answered, "a listener's own mistake"));
    let call = channel.dial(dial);
    for word in ["start", "apple"] {
        call.says(word).await.unwrap();
    }
    let report = call.hangs_up().await;
    assert_eq!(kept(&report, 0).0, 340);
}
