//! Those who are recorded are told of it by the channel, and the recording keeps the evidence.

use std::time::Duration;

use onhook::prelude::*;
use onhook_channel::media::level;
use onhook_channel::voice::Party;
use onhook_channel::{Channel, Dial, Event, Notice};
use onhook_tests::obedient::{self, Obedient};
use onhook_tests::recorded::{PER_MS, heard, metadata, samples};
use serde_json::Value;
use tempfile::TempDir;

const WORDS: &str = "recording now";
/// "recording", 420 ms, "now", 180 ms, and 80 ms after each.
const WORDS_MS: u64 = 420 + 80 + 180 + 80;

fn channel(folder: &TempDir, notice: Option<Notice>) -> Channel {
    let channel = Channel::builder(Obedient::new()).recordings(folder.path());
    match notice {
        Some(notice) => channel.notice(notice).build(),
        None => channel.build(),
    }
}

fn announcement() -> Notice {
    Notice::Announcement(WORDS.to_owned())
}

/// The fields of each consent that do not depend on the time of day.
fn consents(path: &std::path::Path) -> Vec<(u64, String, u64)> {
    let metadata = metadata(path);
    let consents = metadata["onhook"]["consent"].as_array();
    let consent = |consent: &Value| {
        assert!(consent["at"].as_str().unwrap().ends_with('Z'));
        let number = |field| consent[field].as_u64().unwrap();
        let how = consent["how"].as_str().unwrap().to_owned();
        (number("party"), how, number("evidenceOffsetMs"))
    };
    consents.into_iter().flatten().map(consent).collect()
}

/// An announcement is heard when a recording starts, is in the recording, and the metadata say where.
#[tokio::test(start_paused = true)]
async fn an_announcement_is_heard_and_kept_once_for_each_recording() {
    let folder = TempDir::new().unwrap();
    let channel = channel(&folder, Some(announcement()));
    let words = [
        "start", "apple", "pause", "resume", "stop", "start", "banana",
    ];
    let report = obedient::call(&channel, Dial::new(), &words).await;
    assert_eq!(report.transcript.channel(), [WORDS, WORDS]);
    assert_eq!(report.recordings.len(), 2);
    for recording in &report.recordings {
        let audio = samples(&recording.content);
        let told = heard(&audio, "recording", Party::Bot);
        let how = "announcement+continue".to_owned();
        assert_eq!(consents(&recording.metadata), [(0, how, told[0])]);
        assert_eq!(told.len(), 1, "{}", report.transcript);
    }
}

/// What the metadata call evidence is in the recording from its first word to its last.
#[tokio::test(start_paused = true)]
async fn an_announcement_that_is_not_all_in_the_recording_is_no_evidence() {
    for word in ["pause", "stop"] {
        let folder = TempDir::new().unwrap();
        let channel = channel(&folder, Some(announcement()));
        let call = channel.dial(Dial::new());
        call.says("start").await.unwrap();
        // It is heard while the announcement is.
        call.says(word).await.unwrap();
        call.listens().await;
        let report = call.hangs_up().await;
        assert_eq!(report.transcript.channel(), [WORDS]);
        let recording = &report.recordings[0];
        assert!(recording.duration < Duration::from_millis(WORDS_MS));
        assert!(consents(&recording.metadata).is_empty(), "{word}");
    }
}

/// Nothing interrupts the announcement, and a barge-in into what the bot says does not drop it.
#[tokio::test(start_paused = true)]
async fn a_barge_in_does_not_drop_the_announcement() {
    struct Greeter;
    #[bot]
    impl Greeter {
        #[on_members_added]
        async fn greet(&self, turn: &Turn) -> Result<()> {
            turn.say("welcome everybody").await?;
            turn.start_recording(RecordingStart::new()).await.map(drop)
        }

        #[on_message]
        async fn listen(&self) {}
    }
    let folder = TempDir::new().unwrap();
    let channel = Channel::builder(Greeter)
        .recordings(folder.path())
        .notice(announcement())
        .build();
    let call = channel.dial(Dial::new());
    tokio::time::sleep(Duration::from_millis(300)).await;
    call.says("stop").await.unwrap();
    call.says("stop").await.unwrap();
    call.listens().await;
    let report = call.hangs_up().await;
    let lines = &report.transcript.lines;
    let interrupted = |what: &Event| matches!(what, Event::BargeIn { .. });
    assert_eq!(
        lines.iter().filter(|line| interrupted(&line.what)).count(),
        1,
        "{}",
        report.transcript
    );
    let audio = samples(&report.recordings[0].content);
    assert_eq!(heard(&audio, "now", Party::Bot).len(), 1);
    assert_eq!(consents(&report.recordings[0].metadata).len(), 1);
}

/// A beep of 1,400 Hz comes when recording starts or goes on, and every 15 seconds.
#[tokio::test(start_paused = true)]
async fn a_beep_is_heard_every_15_seconds_of_recording() {
    let folder = TempDir::new().unwrap();
    let channel = channel(&folder, Some(Notice::Beep));
    let call = channel.dial(Dial::new());
    for word in ["start", "pause", "resume"] {
        call.says(word).await.unwrap();
        tokio::time::sleep(Duration::from_millis(31_010)).await;
    }
    let report = call.hangs_up().await;
    let [recording] = report.recordings.as_slice() else {
        panic!("{}", report.transcript)
    };
    let audio = samples(&recording.content);
    let loud = |chunk: &[i16]| (level(chunk) + 20.0).abs() < 0.5;
    // Each 20 ms of it: a beep is -20 dBFS, a word -12 and silence silent.
    let frame = 20 * usize::try_from(PER_MS).unwrap();
    let beeping: Vec<usize> = (audio.chunks_exact(frame).enumerate())
        .filter(|(_, chunk)| loud(chunk))
        .map(|(number, _)| number * 20)
        .collect();
    let begun: Vec<usize> = (beeping.iter().copied())
        .filter(|at| !beeping.contains(&(at.wrapping_sub(20))))
        .collect();
    let resumed = usize::try_from(heard_pause(&recording.metadata)).unwrap();
    let expected = [
        0,
        15_000,
        30_000,
        resumed,
        resumed + 15_000,
        resumed + 30_000,
    ];
    let fade = 20;
    assert_eq!(begun.len(), expected.len(), "{begun:?}");
    for (begun, expected) in begun.iter().zip(expected) {
        assert!(begun.abs_diff(expected) <= fade, "{begun} {expected}");
    }
    let how = || "beep+continue".to_owned();
    let resumed = u64::try_from(resumed).unwrap();
    assert_eq!(
        consents(&recording.metadata),
        [(0, how(), 0), (0, how(), resumed)]
    );
}

/// Where in the recording the pause is, in milliseconds.
fn heard_pause(path: &std::path::Path) -> u64 {
    let metadata = metadata(path);
    let timeline = metadata["onhook"]["timeline"].as_array().unwrap();
    let pause = timeline.iter().find(|entry| entry["event"] == "pause");
    pause.unwrap()["offsetMs"].as_u64().unwrap()
}

/// Without a notice the channel says nothing, and the metadata do not claim that anybody was told.
#[tokio::test(start_paused = true)]
async fn nothing_is_told_unless_it_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let channel = channel(&folder, None);
    let report = obedient::call(&channel, Dial::new(), &["start", "apple"]).await;
    assert!(report.transcript.channel().is_empty());
    let metadata = metadata(&report.recordings[0].metadata);
    assert_eq!(metadata["onhook"].get("consent"), None);
}
