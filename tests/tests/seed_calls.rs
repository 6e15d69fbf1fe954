//! The sentences of "Call Recording", the document this project was started from: a test each, and a call in
//! each. Every quotation stands above the test that proves it.

use std::time::Duration;

use onhook::prelude::*;
use onhook_channel::testing::{Fault, TestCall, contains};
use onhook_channel::voice::Party;
use onhook_channel::{CallReport, Channel, Dial, EndedBy, Event, Transfer};
use onhook_tests::recorded::{heard, metadata, samples};
use tempfile::TempDir;

const START: &str = "channel/vnd.microsoft.telephony.recording.start";
const STOP: &str = "channel/vnd.microsoft.telephony.recording.stop";

/// The bot of the document's call pattern.
struct Contoso {
    company: &'static str,
}

#[bot]
impl Contoso {
    #[on_members_added]
    async fn greet(&self, turn: &Turn, joined: MembersAdded<'_>) -> Result<()> {
        // Greet anyone that was not the target (recipient) of this message.
        for _caller in joined.others() {
            // Start recording when the call begins
            turn.start_recording(RecordingStart::new()).await?.detach();
            let company = self.company;
            turn.say(format!(
                "Welcome to {company}! This call may be recorded for quality assurance purposes."
            ))
            .await?;
        }
        Ok(())
    }

    #[on_command_result("recording_start")]
    async fn recording_started(
        &self,
        turn: &Turn,
        result: CommandResult<RecordingStart>,
    ) -> Result<()> {
        // Check if recording started successfully
        if result.outcome().is_err() {
            turn.say("Recording has failed, but your call will continue.")
                .await?;
        }
        Ok(())
    }

    #[on_message]
    async fn echo(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(format!("You said {text}.")).await
    }
}

/// A bot whose caller gives the orders.
struct Secretary;

#[bot]
impl Secretary {
    #[on_message(text = "start")]
    async fn start(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await.map(drop)
    }

    #[on_message(text = "pause")]
    async fn pause(&self, turn: &Turn) -> Result<()> {
        turn.pause_recording().await.map(drop)
    }

    #[on_message(text = "resume")]
    async fn resume(&self, turn: &Turn) -> Result<()> {
        turn.resume_recording().await.map(drop)
    }

    #[on_message(text = "stop")]
    async fn stop(&self, turn: &Turn) -> Result<()> {
        turn.stop_recording().await.map(drop)
    }

    #[on_message(text = "goodbye")]
    async fn goodbye(&self, turn: &Turn) -> Result<()> {
        turn.say("farewell").await?;
        turn.end_call().await
    }

    #[on_message(text = "operator")]
    async fn operator(&self, turn: &Turn) -> Result<()> {
        turn.say("connecting").await?;
        turn.transfer_to("+14255550111").await
    }

    #[on_message]
    async fn listen(&self) {}

    #[on_command_result("recording_start")]
    async fn start_answered(
        &self,
        turn: &Turn,
        result: CommandResult<RecordingStart>,
    ) -> Result<()> {
        if let Err(error) = result.outcome() {
            turn.say(error.message.as_str()).await?;
        }
        Ok(())
    }

    #[on_command_result("recording_stop")]
    async fn stop_answered(&self, turn: &Turn, result: CommandResult<RecordingStop>) -> Result<()> {
        if let Err(error) = result.outcome() {
            turn.say(error.message.as_str()).await?;
        }
        Ok(())
    }
}

/// Calls the secretary, and says these words one after the other until somebody hangs up.
async fn call(folder: &TempDir, dial: Dial, words: &[&str]) -> CallReport {
    let channel = Channel::builder(Secretary)
        .recordings(folder.path())
        .build();
    let call = channel.dial(dial.conversation_id("conv-7"));
    for word in words {
        call.says(*word).await.unwrap();
        call.listens().await;
    }
    call.hangs_up().await
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap()
}

fn troubles(report: &CallReport) -> Vec<&Event> {
    let events = report.transcript.lines.iter().map(|line| &line.what);
    events
        .filter(|event| matches!(event, Event::Trouble(_)))
        .collect()
}

/// "`StartRecording` starts recording the conversation." and the document's call pattern: "Start recording when
/// the call begins", then "Welcome to `{CompanyName}`! This call may be recorded for quality assurance purposes."
#[tokio::test(start_paused = true)]
async fn start_recording_starts_recording_the_conversation_when_the_call_begins() {
    let folder = TempDir::new().unwrap();
    let channel = Channel::builder(Contoso { company: "Contoso" })
        .recordings(folder.path())
        .build();
    let call = channel.dial(Dial::new());
    call.listens().await;
    call.says("hello").await.unwrap();
    call.listens().await;
    let report = call.hangs_up().await;

    assert_eq!(
        report.transcript.bot(),
        [
            "Welcome to Contoso! This call may be recorded for quality assurance purposes.",
            "You said hello."
        ]
    );
    assert_eq!(report.transcript.results(), [(START, None)]);
    assert!(troubles(&report).is_empty(), "{}", report.transcript);

    // Both parties are in the recording, from the first word to the last, where they were in the call.
    let [recording] = report.recordings.as_slice() else {
        panic!("one recording: {:?}", report.recordings);
    };
    let audio = samples(&recording.content);
    assert_eq!(recording.duration, report.duration);
    assert_eq!(audio.len() as u64, recording.samples);
    let said = |word, party| heard(&audio, word, party);
    assert_eq!(said("Welcome", Party::Bot), [0]);
    let hello = said("hello", Party::Caller);
    let lines = &report.transcript.lines;
    let caller = lines
        .iter()
        .find(|line| line.what == Event::CallerSays(Some("hello".to_owned())));
    assert_eq!(hello, [millis(caller.unwrap().at)]);
    // "You said hello.": 60 ms and 40 ms for each letter, and 80 ms after each word.
    let echo = hello[0] + 260 + 80;
    assert_eq!(said("hello", Party::Bot), [echo + 180 + 80 + 220 + 80]);
}

/// "Recording has failed, but your call will continue."
#[tokio::test(start_paused = true)]
async fn recording_has_failed_but_your_call_will_continue() {
    let bot = Contoso { company: "Contoso" };
    let mut call = TestCall::builder(bot).fault(Fault::StoreFull).dial();
    call.hears(contains("Welcome to Contoso!")).await;
    call.hears("Recording has failed, but your call will continue.")
        .await;
    call.says("hello").await;
    call.hears("You said hello.").await;
    let call = call.hangs_up().await;
    let failed = "RecordingStorageFailed: Recording could not be stored".to_owned();
    assert_eq!(call.results(), [(START.to_owned(), Some(failed))]);
    assert!(call.recordings().is_empty());
}

/// "`StopRecording` stops recording the conversation."
#[tokio::test(start_paused = true)]
async fn stop_recording_stops_recording_the_conversation() {
    let folder = TempDir::new().unwrap();
    let report = call(&folder, Dial::new(), &["start", "apple", "stop", "banana"]).await;
    let [recording] = report.recordings.as_slice() else {
        panic!("one recording: {:?}", report.recordings);
    };
    let audio = samples(&recording.content);
    assert_eq!(heard(&audio, "apple", Party::Caller), [0]);
    assert!(heard(&audio, "banana", Party::Caller).is_empty());
    // "apple" and "stop", with 80 ms after each.
    assert_eq!(audio.len(), (260 + 80 + 220 + 80) * 16);
    assert_eq!(recording.end_reason, "StopRecording");
}

/// "`ResumeRecording` resumes recording the conversation, appending the new section of the recording to the
/// previously started recording for this conversation."
#[tokio::test(start_paused = true)]
async fn resume_recording_appends_to_the_previously_started_recording() {
    let folder = TempDir::new().unwrap();
    let words = ["start", "apple", "stop", "banana", "resume", "cherry"];
    let report = call(&folder, Dial::new(), &words).await;
    let [recording] = report.recordings.as_slice() else {
        panic!("one recording: {:?}", report.recordings);
    };
    let audio = samples(&recording.content);
    let said = |word| heard(&audio, word, Party::Caller);
    let stopped_at = 340 + 300;
    assert_eq!(said("apple"), [0]);
    assert_eq!((said("banana"), said("resume")), (vec![], vec![]));
    assert_eq!(said("cherry"), [stopped_at]);
    let metadata = metadata(&recording.metadata);
    assert_eq!(metadata["onhook"]["revision"], 2, "published again");
    // "banana" and "resume" were not recorded.
    assert_eq!(metadata["pauseResumeIntervals"][0]["duration"], 2 * 380);
}

/// "If `StopRecording` is never called, the recording is stopped when the bot ends the conversation."
#[tokio::test(start_paused = true)]
async fn a_recording_that_is_never_stopped_is_stopped_when_the_bot_ends_the_conversation() {
    let folder = TempDir::new().unwrap();
    let report = call(&folder, Dial::new(), &["start", "apple", "goodbye"]).await;
    assert_eq!(report.ended_by, EndedBy::Bot);
    let [recording] = report.recordings.as_slice() else {
        panic!("one recording: {:?}", report.recordings);
    };
    let audio = samples(&recording.content);
    assert_eq!(heard(&audio, "farewell", Party::Bot), [340 + 340 + 80]);
    assert_eq!(recording.end_reason, "CallEnded");
    assert_eq!(metadata(&recording.metadata)["onhook"]["state"], "sealed");
    assert_eq!(
        report.transcript.results().len(),
        1,
        "only the start is answered"
    );
}

/// The same if it is the caller who hangs up.
#[tokio::test(start_paused = true)]
async fn a_recording_that_is_never_stopped_is_stopped_when_the_caller_hangs_up() {
    let folder = TempDir::new().unwrap();
    let report = call(&folder, Dial::new(), &["start", "apple"]).await;
    assert_eq!(report.ended_by, EndedBy::Caller);
    let recording = &report.recordings[0];
    assert_eq!(samples(&recording.content).len(), 340 * 16);
    assert_eq!(recording.end_reason, "CallEnded");
}

/// The same if the call is transferred to somebody else.
#[tokio::test(start_paused = true)]
async fn a_recording_that_is_never_stopped_is_stopped_by_a_transfer() {
    let folder = TempDir::new().unwrap();
    let report = call(&folder, Dial::new(), &["start", "operator"]).await;
    assert_eq!(report.ended_by, EndedBy::Transfer);
    let recording = &report.recordings[0];
    let audio = samples(&recording.content);
    assert_eq!(heard(&audio, "connecting", Party::Bot), [380 + 80]);
    assert_eq!(recording.end_reason, "CallTransferred");
}

/// A transfer that fails is no end of the conversation.
#[tokio::test(start_paused = true)]
async fn a_recording_goes_on_when_a_transfer_fails() {
    let folder = TempDir::new().unwrap();
    let dial = Dial::new().transfer(Transfer::Failed("nobody answers".to_owned()));
    let report = call(&folder, dial, &["start", "operator", "apple"]).await;
    assert_eq!(report.ended_by, EndedBy::Caller);
    let recording = &report.recordings[0];
    let audio = samples(&recording.content);
    assert_eq!(heard(&audio, "apple", Party::Caller).len(), 1);
    assert_eq!(recording.end_reason, "CallEnded");
}

/// "If a recording is started for a conversation, another recording for the same conversation cannot be
/// started. In such case, Telephony channel returns an error indicating that the "Recording is already in
/// progress"."
#[tokio::test(start_paused = true)]
async fn another_recording_for_the_same_conversation_cannot_be_started() {
    let folder = TempDir::new().unwrap();
    let report = call(&folder, Dial::new(), &["start", "start", "apple"]).await;
    assert_eq!(
        report.transcript.bot(),
        ["Recording is already in progress"]
    );
    let error = "RecordingAlreadyInProgress: Recording is already in progress";
    let results = report.transcript.results();
    assert_eq!(results, [(START, None), (START, Some(error))]);
    let [recording] = report.recordings.as_slice() else {
        panic!("one recording: {:?}", report.recordings);
    };
    let audio = samples(&recording.content);
    assert_eq!(heard(&audio, "start", Party::Caller), [0]);
    assert_eq!(heard(&audio, "apple", Party::Caller).len(), 1);
}

/// "If `StopRecording` is called and there is no recording in progress, Telephony channel returns an error
/// indicating that the "Recording has not started"."
#[tokio::test(start_paused = true)]
async fn a_stop_without_a_recording_is_an_error() {
    let folder = TempDir::new().unwrap();
    let report = call(&folder, Dial::new(), &["stop"]).await;
    assert_eq!(report.transcript.bot(), ["Recording has not started"]);
    let error = "RecordingNotStarted: Recording has not started";
    assert_eq!(report.transcript.results(), [(STOP, Some(error))]);
    assert!(report.recordings.is_empty());
}

/// "If a recording for a single conversation is paused and resumed again, the recordings are appended in
/// storage."
#[tokio::test(start_paused = true)]
async fn paused_and_resumed_recordings_are_appended_in_storage() {
    let folder = TempDir::new().unwrap();
    let words = ["start", "apple", "pause", "banana", "resume", "cherry"];
    let report = call(&folder, Dial::new(), &words).await;
    let [recording] = report.recordings.as_slice() else {
        panic!("one recording: {:?}", report.recordings);
    };
    let audio = samples(&recording.content);
    let said = |word| heard(&audio, word, Party::Caller);
    assert_eq!((said("apple"), said("banana")), (vec![0], vec![]));
    assert_eq!(said("cherry"), [340 + 340]);
    assert_eq!(metadata(&recording.metadata)["onhook"]["revision"], 1);
}

/// "If a recording for a single conversation is stopped and started again, the recordings appear as multiple
/// recording sessions in the storage."
#[tokio::test(start_paused = true)]
async fn stopped_and_started_recordings_are_multiple_sessions_in_the_storage() {
    let folder = TempDir::new().unwrap();
    let words = ["start", "apple", "stop", "banana", "start", "cherry"];
    let report = call(&folder, Dial::new(), &words).await;
    let [first, second] = report.recordings.as_slice() else {
        panic!("two recordings: {:?}", report.recordings);
    };
    assert_eq!((first.session, second.session), (1, 2));
    assert_ne!(first.folder, second.folder);
    let (one, two) = (samples(&first.content), samples(&second.content));
    assert_eq!(heard(&one, "apple", Party::Caller), [0]);
    assert_eq!(heard(&two, "cherry", Party::Caller), [0]);
    for (audio, word) in [
        (&one, "cherry"),
        (&two, "apple"),
        (&one, "banana"),
        (&two, "banana"),
    ] {
        assert!(heard(audio, word, Party::Caller).is_empty(), "{word}");
    }
    assert_eq!(first.end_reason, "StopRecording");
    assert_eq!(metadata(&first.metadata)["onhook"]["state"], "sealed");
}

/// "attach metadata to the recording", says the section's heading.
#[tokio::test(start_paused = true)]
async fn metadata_are_attached_to_the_recording() {
    #[on_members_added]
    async fn record(turn: &Turn) -> Result<()> {
        let start = RecordingStart::new().metadata("queue", "billing");
        let mut started = turn
            .start_recording(start.metadata("ticket", "A-17"))
            .await?;
        started.result().await?;
        Ok(())
    }

    let mut call = TestCall::dial(handlers![record]);
    call.says("apple").await;
    let call = call.hangs_up().await;
    let custom = &call.recording().metadata.onhook.custom;
    let custom: Vec<_> = custom
        .iter()
        .map(|(key, value)| (&**key, &**value))
        .collect();
    assert_eq!(custom, [("queue", "billing"), ("ticket", "A-17")]);
}

/// "at a rate of $0.01/minute of recorded content"
#[tokio::test(start_paused = true)]
async fn recorded_content_costs_a_cent_a_minute() {
    let folder = TempDir::new().unwrap();
    let words = ["start", "apple", "pause", "banana"];
    let report = call(&folder, Dial::new(), &words).await;
    let recording = &report.recordings[0];
    // 680 ms; the pause costs nothing.
    assert_eq!(recording.price.to_string(), "$0.000113");
    let line = recording.to_string();
    assert!(
        line.starts_with("00:00.680 ") && line.contains(" $0.000113 "),
        "{line}"
    );
}
