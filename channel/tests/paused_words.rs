//! What the caller says while a recording is paused is heard by the bot, and written down nowhere.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::prelude::*;
use onhook_channel::Event;
use onhook_channel::store::Store;
use onhook_channel::testing::TestCall;

const NUMBER: &str = "four nine two nine";

/// Asks for a number in a pause, and remembers what it was told.
#[derive(Clone, Default)]
struct Shop {
    /// How long it thinks before it pauses.
    hesitation: Duration,
    told: Arc<Mutex<Vec<String>>>,
}

#[bot]
impl Shop {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await.map(drop)
    }

    #[on_message(text = "card")]
    async fn card(&self, turn: &Turn) -> Result<()> {
        tokio::time::sleep(self.hesitation).await;
        turn.pause_recording().await.map(drop)
    }

    #[on_message(text = "done")]
    async fn done(&self, turn: &Turn) -> Result<()> {
        turn.resume_recording().await.map(drop)
    }

    #[on_message]
    async fn number(&self, text: Text<'_>) {
        self.told.lock().unwrap().push(text.to_string());
    }
}

/// The files below a folder in which a text stands.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else {
            let content = std::fs::read(&path).unwrap();
            let mut windows = content.windows(text.len());
            if windows.any(|bytes| bytes == text.as_bytes()) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

#[tokio::test(start_paused = true)]
async fn words_in_a_pause_are_told_to_the_bot_and_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let (bot, lines) = (Shop::default(), Arc::<Mutex<Vec<String>>>::default());
    let listener = Arc::clone(&lines);
    let mut call = TestCall::builder(bot.clone())
        .store(Store::new(folder.path()))
        .dialling(|dial| dial.on_line(move |line| listener.lock().unwrap().push(line.to_string())))
        .dial();
    for words in ["flowers", "card", NUMBER, "done", "nuts"] {
        call.says(words).await;
        call.listens().await;
    }
    let call = call.hangs_up().await;
    assert_eq!(*bot.told.lock().unwrap(), ["flowers", NUMBER, "nuts"]);
    let transcript = &call.report().transcript;
    // What ends the pause is said in it.
    assert_eq!(transcript.caller(), ["flowers", "card", "nuts"]);
    let written = transcript.to_string();
    assert_eq!(written, lines.lock().unwrap().join("\n") + "\n");
    assert_eq!(written.matches("caller     says something\n").count(), 2);
    assert!(!written.contains(NUMBER), "{written}");
    call.assert_not_recorded(NUMBER);
    assert_eq!(files_with(folder.path(), NUMBER), [""; 0]);
    assert!(!files_with(folder.path(), "CallEnded").is_empty());
}

/// What is hidden is found by its place in the call, not by its text.
#[tokio::test(start_paused = true)]
async fn the_same_words_are_hidden_in_the_pause_and_shown_outside_of_it() {
    let bot = Shop::default();
    let mut call = TestCall::dial(bot.clone());
    for words in ["yes", "card", "yes", "done", "yes"] {
        call.says(words).await;
        call.listens().await;
    }
    let transcript = call.transcript();
    let mut said = Vec::new();
    for line in &transcript.lines {
        if let Event::CallerSays(text) = &line.what {
            said.push(text.as_deref());
        }
    }
    let expected = [Some("yes"), Some("card"), None, None, Some("yes")];
    assert_eq!(said, expected, "{transcript}");
    assert_eq!(*bot.told.lock().unwrap(), ["yes"; 3]);
}

/// A pause that begins and ends within an utterance hides it: at neither end of it the recording is paused.
#[tokio::test(start_paused = true)]
async fn words_around_a_whole_pause_are_hidden() {
    #[on_members_added]
    async fn pause_for_a_moment(turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await?.detach();
        tokio::time::sleep(Duration::from_millis(300)).await;
        turn.pause_recording().await?.detach();
        tokio::time::sleep(Duration::from_millis(100)).await;
        turn.resume_recording().await.map(drop)
    }

    let lines = Arc::<Mutex<Vec<String>>>::default();
    let listener = Arc::clone(&lines);
    let mut call = TestCall::builder(handlers![pause_for_a_moment])
        .dialling(|dial| dial.on_line(move |line| listener.lock().unwrap().push(line.to_string())))
        .dial();
    call.says(NUMBER).await;
    call.listens().await;
    let call = call.hangs_up().await;
    let transcript = &call.report().transcript;
    assert_eq!(transcript.caller(), [""; 0], "{transcript}");
    let told = lines.lock().unwrap().join("\n");
    assert!(!told.contains(NUMBER), "{told}");
    assert!(told.contains("says something"), "{told}");
}

/// A key whose tone a pause cuts into is not written to the disk before the tone ends, and then without its value.
#[tokio::test(start_paused = true)]
async fn a_key_that_a_pause_cuts_into_is_in_no_file() {
    #[on_members_added]
    async fn pause_soon(turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await?.detach();
        tokio::time::sleep(Duration::from_millis(50)).await;
        turn.pause_recording().await.map(drop)
    }

    let folder = tempfile::tempdir().unwrap();
    let mut call = TestCall::builder(handlers![pause_soon])
        .store(Store::new(folder.path()))
        .dial();
    call.presses("7").await;
    call.listens().await;
    let call = call.hangs_up().await;
    let timeline = &call.recording().metadata.onhook.timeline;
    let timeline = serde_json::to_string(timeline).unwrap();
    assert!(
        timeline.contains(r#""event":"dtmf","party":0,"value":null"#),
        "{timeline}"
    );
    assert_eq!(files_with(folder.path(), r#""value":"7""#), [""; 0]);
    assert_eq!(files_with(folder.path(), r#""value": "7""#), [""; 0]);
    let transcript = call.report().transcript.to_string();
    assert!(transcript.contains("presses a key"), "{transcript}");
}

/// The recording has the beginning of these words; the text would have the end as well.
#[tokio::test(start_paused = true)]
async fn words_that_a_pause_cuts_into_are_not_in_the_transcript() {
    let bot = Shop {
        hesitation: Duration::from_millis(500),
        ..Shop::default()
    };
    let mut call = TestCall::dial(bot.clone());
    call.says("card").await;
    call.says(NUMBER).await;
    call.listens().await;
    assert_eq!(*bot.told.lock().unwrap(), [NUMBER]);
    let transcript = call.transcript();
    assert_eq!(transcript.caller(), ["card"]);
    let place = |wanted: &dyn Fn(&Event) -> bool| {
        let mut lines = transcript.lines.iter();
        lines.position(|line| wanted(&line.what)).unwrap()
    };
    let paused = |what: &Event| matches!(what, Event::BotCommands(name) if name.ends_with("pause"));
    let began = place(&|what| *what == Event::CallerSays(None));
    assert!(began < place(&paused), "{transcript}");
    let call = call.hangs_up().await;
    call.assert_recorded("four");
    call.assert_not_recorded("two nine");
}
