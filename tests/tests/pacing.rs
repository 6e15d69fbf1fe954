//! The pace of a call: how fast the bot speaks, how long its pauses are, and when it hears of what the caller said.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::prelude::*;
use onhook::ssml::{Rate, Ssml};
use onhook_channel::voice::Party;
use onhook_channel::{CallReport, Channel, Dial, Event};
use onhook_tests::recorded::{heard, samples};
use tempfile::TempDir;

#[on_members_added]
async fn record(turn: &Turn) -> Result<()> {
    turn.start_recording(RecordingStart::new()).await.map(drop)
}

#[on_message]
async fn answer(turn: &Turn, text: Text<'_>) -> Result<()> {
    let speech = match &*text {
        "slow" => Ssml::new()
            .text("apple ")
            .rate(Rate::Change(-50), "banana")
            .text(" cherry"),
        "pause" => Ssml::new()
            .text("apple")
            .pause(Duration::from_secs(7))
            .text("cherry"),
        _ => Ssml::new().text(&*text),
    };
    turn.say(speech).await
}

async fn call(folder: &TempDir, dial: Dial, words: &[&str]) -> CallReport {
    let channel = Channel::builder(handlers![record, answer])
        .recordings(folder.path())
        .build();
    let call = channel.dial(dial);
    for word in words {
        call.says(*word).await.unwrap();
        call.listens().await;
    }
    call.hangs_up().await
}

fn begins(report: &CallReport, what: &Event) -> Duration {
    let mut lines = report.transcript.lines.iter();
    lines.find(|line| line.what == *what).unwrap().at
}

/// Words inside of `<prosody rate="-50%">` take twice their time; those around it do not.
#[tokio::test(start_paused = true)]
async fn a_rate_makes_words_longer() {
    let folder = TempDir::new().unwrap();
    let report = call(&folder, Dial::new(), &["slow"]).await;
    let audio = samples(&report.recordings[0].content);
    let at = |word| heard(&audio, word, Party::Bot);
    let (apple, banana, cherry) = (260 + 80, 2 * (300 + 80), 300 + 80);
    let begin = at("apple")[0];
    assert_eq!(at("banana"), [0; 0], "in its own time it is not there");
    assert_eq!(at("cherry"), [begin + apple + banana]);
    let end = begin + apple + banana + cherry;
    let end = end.next_multiple_of(20);
    assert_eq!(report.duration, Duration::from_millis(end));
}

/// A pause is silence of its length, also one that is longer than the 5 s of one break.
#[tokio::test(start_paused = true)]
async fn a_pause_is_silence() {
    let folder = TempDir::new().unwrap();
    let report = call(&folder, Dial::new(), &["pause"]).await;
    let audio = samples(&report.recordings[0].content);
    let at = |word| heard(&audio, word, Party::Bot)[0];
    assert_eq!(at("cherry") - at("apple"), 260 + 80 + 7_000);
}

/// The bot hears of what was said once it is recognised; keys take no time.
#[tokio::test(start_paused = true)]
async fn a_recogniser_takes_its_time() {
    for delay in [0, 400] {
        let folder = TempDir::new().unwrap();
        let dial = Dial::new().recogniser_delay(Duration::from_millis(delay));
        let report = call(&folder, dial, &["apple"]).await;
        let said = begins(&report, &Event::CallerSays(Some("apple".to_owned())));
        let answered = begins(&report, &Event::BotSays("apple".to_owned()));
        let expected = Duration::from_millis(260 + 80 + delay);
        assert_eq!(answered, said + expected, "{}", report.transcript);
    }
    let folder = TempDir::new().unwrap();
    let channel = Channel::builder(handlers![answer])
        .recordings(folder.path())
        .build();
    let dial = Dial::new().recogniser_delay(Duration::from_millis(400));
    let call = channel.dial(dial);
    call.presses("7").await.unwrap();
    call.listens().await;
    let report = call.hangs_up().await;
    let pressed = begins(&report, &Event::CallerPresses(Some('7')));
    let answered = begins(&report, &Event::BotSays("7".to_owned()));
    assert_eq!(answered, pressed + Duration::from_millis(160));
}

/// Remembers what the caller said.
struct Listener(Arc<Mutex<Vec<String>>>);

#[bot]
impl Listener {
    #[on_message]
    async fn listen(&self, text: Text<'_>) {
        self.0.lock().unwrap().push(text.to_string());
    }
}

/// What the caller has said to the end before hanging up still reaches the bot.
#[tokio::test(start_paused = true)]
async fn what_was_said_before_a_hang_up_is_recognised() {
    let said = Arc::default();
    let folder = TempDir::new().unwrap();
    let channel = Channel::builder(Listener(Arc::clone(&said)))
        .recordings(folder.path())
        .build();
    let call = channel.dial(Dial::new().recogniser_delay(Duration::from_secs(1)));
    let saying = call.says("goodbye");
    let saying = tokio::time::timeout(Duration::from_millis(600), saying);
    assert!(saying.await.is_err(), "it is not recognised yet");
    call.hangs_up().await;
    assert_eq!(*said.lock().unwrap(), ["goodbye"]);
}

/// A call has both ends from its first 20 ms: where nobody speaks, the recording is silent, and as long as the call.
#[tokio::test(start_paused = true)]
async fn silence_is_recorded_as_silence() {
    let folder = TempDir::new().unwrap();
    let channel = Channel::builder(handlers![record])
        .recordings(folder.path())
        .build();
    let call = channel.dial(Dial::new());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let report = call.hangs_up().await;
    let audio = samples(&report.recordings[0].content);
    assert!(audio.iter().all(|sample| *sample == 0));
    assert!(report.duration >= Duration::from_millis(1_980));
    assert_eq!(report.recordings[0].duration, report.duration);
}
