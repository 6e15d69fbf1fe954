//! What the bot says before a command in the same turn: a stop leaves it in the recording, a resume leaves it out, and
//! neither a pause nor a start waits for it.

use std::time::Duration;

use onhook::prelude::*;
use onhook::{Activity, InputHint};
use onhook_channel::testing::{EndedCall, TestCall};
use onhook_channel::{EndedBy, Event};

/// Records from the beginning; each word of the caller's is a turn of its own.
struct Clerk;

#[bot]
impl Clerk {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await.map(drop)
    }

    #[on_message(text = "say and stop")]
    async fn say_and_stop(&self, turn: &Turn) -> Result<()> {
        turn.say("before").await?;
        turn.stop_recording().await?.detach();
        turn.say("after").await
    }

    #[on_message(text = "say and wait")]
    async fn say_and_wait(&self, turn: &Turn) -> Result<()> {
        turn.say("before").await?;
        turn.stop_recording().await?.result().await?;
        turn.say("after").await
    }

    #[on_message(text = "card")]
    async fn secret(&self, turn: &Turn) -> Result<()> {
        turn.pause_recording().await?.detach();
        turn.say("secret number").await?;
        turn.resume_recording().await?.detach();
        turn.say("public words").await
    }

    #[on_message(text = "say and pause")]
    async fn say_and_pause(&self, turn: &Turn) -> Result<()> {
        turn.say("before").await?;
        turn.stop_recording().await?.detach();
        turn.start_recording(RecordingStart::new()).await?.detach();
        turn.pause_recording().await?.detach();
        turn.say("after").await
    }

    #[on_message(text = "long")]
    async fn long(&self, turn: &Turn) -> Result<()> {
        let mut message = Activity::message("terms and conditions of great length");
        message.input_hint = Some(InputHint::IgnoringInput);
        turn.send(message).await.map(drop)
    }

    #[on_message(text = "long and stop")]
    async fn long_and_stop(&self, turn: &Turn) -> Result<()> {
        turn.say("terms and conditions of great length").await?;
        turn.stop_recording().await.map(drop)
    }

    #[on_message(text = "terms and stop")]
    async fn terms_and_stop(&self, turn: &Turn) -> Result<()> {
        self.long(turn).await?;
        turn.stop_recording().await.map(drop)
    }

    #[on_message(text = "stop")]
    async fn stop(&self, turn: &Turn) -> Result<()> {
        turn.stop_recording().await.map(drop)
    }

    #[on_message(text = "pause")]
    async fn pause(&self, turn: &Turn) -> Result<()> {
        turn.pause_recording().await.map(drop)
    }

    #[on_message(text = "refused")]
    async fn refused(&self, turn: &Turn) -> Result<()> {
        turn.stop_recording().await?.detach();
        turn.say("terms and conditions of great length").await?;
        turn.stop_recording().await.map(drop)
    }

    #[on_message(text = "stop and leave")]
    async fn stop_and_leave(&self, turn: &Turn) -> Result<()> {
        turn.say("before").await?;
        turn.stop_recording().await?.detach();
        turn.say("after").await?;
        turn.end_call().await
    }

    #[on_message]
    async fn listen(&self) {}
}

async fn call(words: &[&str]) -> EndedCall {
    let mut call = TestCall::dial(Clerk);
    for words in words {
        call.says(*words).await;
        call.listens().await;
    }
    call.hangs_up().await
}

/// When a line comes, in milliseconds of the call.
fn at(call: &EndedCall, wanted: impl Fn(&Event) -> bool) -> u128 {
    let lines = &call.report().transcript.lines;
    let line = lines.iter().find(|line| wanted(&line.what));
    line.unwrap_or_else(|| panic!("{}", call.report().transcript))
        .at
        .as_millis()
}

fn is_stopped(event: &Event) -> bool {
    matches!(event, Event::Recording(what) if what.starts_with("stopped"))
}

#[tokio::test(start_paused = true)]
async fn what_is_said_before_a_stop_is_recorded_and_what_is_said_after_it_is_not() {
    for words in ["say and stop", "say and wait"] {
        let call = call(&[words]).await;
        call.assert_recorded("before");
        call.assert_not_recorded("after");
        let after = at(
            &call,
            |event| matches!(event, Event::BotSays(text) if text == "after"),
        );
        assert_eq!(at(&call, is_stopped), after, "{}", call.report().transcript);
        assert_eq!(call.recording().report.duration.as_millis(), after);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_said_before_a_resume_is_not_recorded_and_what_is_said_after_it_is() {
    let call = call(&["card", "apple"]).await;
    call.assert_not_recorded("secret");
    call.assert_recorded("public words");
    call.assert_recorded("apple");
}

/// The order of the commands stays, and the pause is carried out at once: what is said is recorded nowhere.
#[tokio::test(start_paused = true)]
async fn a_pause_waits_for_nothing_that_waits() {
    let call = call(&["say and pause", "apple"]).await;
    for words in ["before", "after", "apple"] {
        call.assert_not_recorded(words);
    }
    let outcomes: Vec<_> = call.results().into_iter().map(|(_, error)| error).collect();
    assert_eq!(outcomes, [const { None }; 4], "start, stop, start, pause");
    assert_eq!(call.recordings().len(), 2);
}

/// A pause of another turn does not wait either: the stop before it is carried out, and the pause comes too late.
#[tokio::test(start_paused = true)]
async fn a_pause_of_the_next_turn_ends_the_waiting() {
    let mut call = TestCall::dial(Clerk);
    call.says("terms and stop").await;
    call.says("pause").await;
    call.listens().await;
    let call = call.hangs_up().await;
    call.assert_recorded("terms");
    call.assert_not_recorded("length");
    let outcomes: Vec<_> = call.results().into_iter().map(|(_, error)| error).collect();
    let too_late = "RecordingNotStarted: Recording has not started".to_owned();
    assert_eq!(outcomes, [None, None, Some(too_late)]);
    let paused = at(&call, |event| {
        *event == Event::CallerSays(Some("pause".to_owned()))
    });
    assert_eq!(
        at(&call, is_stopped),
        paused + 340,
        "{}",
        call.report().transcript
    );
}

/// What was said in another turn is not waited for.
#[tokio::test(start_paused = true)]
async fn a_stop_of_another_turn_is_carried_out_at_once() {
    let mut call = TestCall::dial(Clerk);
    call.says("long").await;
    call.says("stop").await;
    call.listens().await;
    let call = call.hangs_up().await;
    call.assert_recorded("terms");
    call.assert_not_recorded("length");
}

#[tokio::test(start_paused = true)]
async fn an_interruption_ends_the_waiting() {
    let mut call = TestCall::dial(Clerk);
    call.says("long and stop").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    call.says("apple").await;
    call.listens().await;
    let call = call.hangs_up().await;
    let interrupted = at(&call, |event| matches!(event, Event::BargeIn { .. }));
    assert_eq!(
        at(&call, is_stopped),
        interrupted + 20,
        "{}",
        call.report().transcript
    );
    call.assert_not_recorded("length");
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_ends_the_waiting() {
    let mut call = TestCall::dial(Clerk);
    call.says("long and stop").await;
    let call = call.hangs_up_at_once().await;
    assert_eq!(call.recording().report.end_reason, "StopRecording");
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_is_refused_is_refused_at_once() {
    let call = call(&["refused"]).await;
    let refused = at(&call, |event| {
        matches!(event, Event::Result { error: Some(_), .. })
    });
    let said = at(&call, |event| matches!(event, Event::BotSays(_)));
    assert_eq!(refused, said, "{}", call.report().transcript);
}

#[tokio::test(start_paused = true)]
async fn a_stop_and_an_end_each_come_in_their_turn() {
    let mut call = TestCall::dial(Clerk);
    call.says("stop and leave").await;
    let call = call.is_hung_up_on().await;
    call.assert_recorded("before");
    call.assert_not_recorded("after");
    assert_eq!(call.report().ended_by, EndedBy::Bot);
    assert_eq!(call.recording().report.end_reason, "StopRecording");
}
