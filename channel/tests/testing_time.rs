//! The test kit and time: a caller who interrupts at a time, a bot with timers of its own, results that come late.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use onhook::prelude::*;
use onhook::{Activity, ActivityType, AnyHost, Connector, Delivery, Host, Ids, InputHint, Refused};
use onhook_channel::Event;
use onhook_channel::testing::{Fault, SavedCall, TestCall};

const MENU: &str = "Say balance or operator or hold the line.";

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The message with which a step fails.
async fn failure(steps: impl Future<Output = ()>) -> String {
    let caught = AssertUnwindSafe(steps);
    let task = tokio::task::LocalSet::new();
    let failed: Box<dyn Any + Send> = task.run_until(catch(caught)).await.unwrap_err();
    *failed.downcast::<String>().unwrap()
}

/// Runs a future, and gives its panic.
async fn catch(future: impl Future<Output = ()>) -> Result<(), Box<dyn Any + Send>> {
    let mut future = Box::pin(future);
    std::future::poll_fn(move |context| {
        let polled = AssertUnwindSafe(|| future.as_mut().poll(context));
        match std::panic::catch_unwind(polled) {
            Ok(std::task::Poll::Pending) => std::task::Poll::Pending,
            Ok(std::task::Poll::Ready(())) => std::task::Poll::Ready(Ok(())),
            Err(panic) => std::task::Poll::Ready(Err(panic)),
        }
    })
    .await
}

#[on_members_added]
async fn menu(turn: &Turn) -> Result<()> {
    turn.say(MENU).await
}

#[on_message]
async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
    turn.say(format!("You want {text}.")).await
}

fn interruption(call: &TestCall) -> (Duration, Duration) {
    let transcript = call.transcript();
    let mut lines = transcript.lines.iter();
    let found = lines.find_map(|line| match line.what {
        Event::BargeIn { played, .. } => Some((line.at, played)),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{transcript}"))
}

#[tokio::test(start_paused = true)]
async fn the_caller_interrupts_as_long_after_the_bot_began_as_the_test_says() {
    // The tones of a caller begin with their first sample; 20 ms are a frame.
    for (after, played) in [(0, 20), (20, 20), (500, 500), (501, 520), (1_000, 1_000)] {
        let mut call = TestCall::dial(handlers![menu, echo]);
        call.interrupts_after(millis(after), "operator").await;
        assert_eq!(
            interruption(&call),
            (millis(played), millis(played)),
            "{after}"
        );
        call.hears(MENU).await;
        call.hears("You want operator.").await;
    }
}

/// The bot need not have begun, and answers that are still to come count from their own beginning.
#[tokio::test(start_paused = true)]
async fn the_caller_interrupts_the_next_thing_that_the_bot_says() {
    #[on_message(text = "later")]
    async fn later(turn: &Turn) -> Result<()> {
        tokio::time::sleep(Duration::from_secs(3)).await;
        turn.say("I have looked it up for you now.").await
    }
    let mut call = TestCall::dial(handlers![later, echo]);
    call.says("later").await;
    call.interrupts_after(millis(400), "thanks").await;
    let (at, played) = interruption(&call);
    assert_eq!((at, played), (millis(340 + 3_000 + 400), millis(400)));
}

#[tokio::test(start_paused = true)]
async fn an_interruption_that_is_not_to_be_is_a_failure() {
    let too_short = failure(async {
        let mut call = TestCall::dial(handlers![menu]);
        call.interrupts_after(Duration::from_secs(30), "operator")
            .await;
    })
    .await;
    let first = "expected to say “operator” when the bot has been speaking for 30s\nbut      the bot did not";
    assert!(too_short.starts_with(first), "{too_short}");
    let too_late = failure(async {
        let mut call = TestCall::dial(handlers![menu]);
        tokio::time::sleep(millis(800)).await;
        call.interrupts_after(millis(500), "operator").await;
    })
    .await;
    assert!(
        too_late.contains("or spoke for longer already"),
        "{too_late}"
    );
    let silent = failure(async {
        let mut call = TestCall::dial(handlers![echo]);
        call.interrupts_after(millis(500), "operator").await;
    })
    .await;
    assert!(silent.contains("the bot did not begin"), "{silent}");
    let over = failure(async {
        #[on_members_added]
        async fn leave(turn: &Turn) -> Result<()> {
            turn.end_call().await
        }
        let mut call = TestCall::dial(handlers![leave]);
        call.interrupts_after(millis(500), "operator").await;
    })
    .await;
    assert!(over.contains("but      the bot has hung up\n"), "{over}");
}

/// A hint that lets nothing interrupt lets the caller speak all the same.
#[tokio::test(start_paused = true)]
async fn the_caller_may_speak_into_what_nothing_interrupts() {
    #[on_members_added]
    async fn insist(turn: &Turn) -> Result<()> {
        let mut message = Activity::message(MENU);
        message.input_hint = Some(InputHint::IgnoringInput);
        turn.send(message).await.map(drop)
    }
    let mut call = TestCall::dial(handlers![insist, echo]);
    call.interrupts_after(millis(300), "operator").await;
    call.listens().await;
    let transcript = call.transcript();
    assert_eq!(transcript.bot(), [MENU, "You want operator."]);
    let mut lines = transcript.lines.iter();
    let said = lines.find(|line| matches!(line.what, Event::CallerSays(_)));
    assert_eq!(said.unwrap().at, millis(300));
}

#[tokio::test(start_paused = true)]
async fn an_interruption_is_saved_and_replayed() {
    let mut call = TestCall::dial(handlers![menu, echo]);
    call.interrupts_after(millis(700), "operator").await;
    let text = call.hangs_up().await.saved().to_string();
    let saved: SavedCall = text.parse().unwrap();
    saved.replay(handlers![menu, echo]).await.assert_same();
}

/// Says something and hangs up by timers of its own, beside all turns.
struct Reminder(Host<Nothing>);

struct Nothing;

#[bot]
impl Nothing {
    #[on_message]
    async fn listen(&self) {}
}

impl AnyHost for Reminder {
    fn accept(&self, activity: Activity, line: Arc<dyn Connector>) -> Result<Delivery, Refused> {
        if activity.kind == ActivityType::Message {
            let line = Arc::clone(&line);
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(30)).await;
                line.send(Activity::message("Are you still there?")).await?;
                tokio::time::sleep(Duration::from_secs(30)).await;
                line.send(Activity::end_of_conversation()).await
            });
        }
        self.0.accept(activity, line)
    }
}

fn reminder() -> Reminder {
    Reminder(Host::builder(Nothing).ids(Ids::seeded(1)).build())
}

#[tokio::test(start_paused = true)]
async fn the_caller_waits_for_the_bots_own_timers() {
    let mut call = TestCall::with_host(reminder()).dial();
    call.says("hello").await;
    call.hears("Are you still there?").await;
    let call = call.is_hung_up_on().await;
    let saved: SavedCall = call.saved().to_string().parse().unwrap();
    let replay = saved.replay_with(TestCall::with_host(reminder())).await;
    replay.assert_same();
    let mut call = TestCall::with_host(reminder()).dial();
    call.says("hello").await;
    call.hears_all(["Are you still there?"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_waited_in_vain_says_how_long() {
    let began = tokio::time::Instant::now();
    let silent = failure(async {
        let mut call = TestCall::dial(handlers![echo]);
        call.hears("Are you still there?").await;
    })
    .await;
    let first = "expected to hear “Are you still there?”\nbut      the bot said nothing more, and the call is still up\n         (the caller listened for another 60 s)\n";
    assert!(silent.starts_with(first), "{silent}");
    assert_eq!(began.elapsed().as_secs(), 60);
    let up = failure(async {
        let call = TestCall::dial(handlers![echo]);
        drop(call.is_hung_up_on().await);
    })
    .await;
    assert!(
        up.contains("the call is still up\n         (the caller listened for another 60 s)\n"),
        "{up}"
    );
    // Something else than what was expected is told at once.
    let began = tokio::time::Instant::now();
    let other = failure(async {
        let mut call = TestCall::dial(handlers![menu]);
        call.hears("Hello.").await;
    })
    .await;
    assert!(other.contains("heard   “Say balance"), "{other}");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[on_message(text = "record")]
async fn record(turn: &Turn) -> Result<()> {
    turn.start_recording(RecordingStart::new()).await.map(drop)
}

#[on_command_result("recording_start")]
async fn started(turn: &Turn) -> Result<()> {
    turn.say("We are recording.").await
}

/// The transcript from the first answer of the channel on.
async fn with(fault: Fault) -> Vec<String> {
    let comes = !matches!(fault, Fault::ResultLost(_));
    let mut call = TestCall::builder(handlers![record, started])
        .fault(fault)
        .dial();
    call.says("record").await;
    call.listens().await;
    if comes {
        call.hears("We are recording.").await;
    }
    let transcript = call.transcript();
    let lines = transcript.lines.iter().map(ToString::to_string);
    lines.skip_while(|line| !line.contains('←')).collect()
}

#[tokio::test(start_paused = true)]
async fn the_transcript_has_when_a_result_was_made_and_when_it_came() {
    let name = "channel/vnd.microsoft.telephony.recording.start";
    let made = format!("00:00.380  channel    ← {name}: ok");
    let said = |at: &str| format!("{at}  bot        “We are recording.”");
    let late = with(Fault::ResultLate("recording_start", millis(7_990))).await;
    assert_eq!(
        late,
        [
            made.clone(),
            format!("00:00.380  fault      the result of {name} is held back for 7.99s"),
            format!("00:08.360  fault      the result of {name} comes, 7.99s late"),
            said("00:08.360"),
        ]
    );
    let lost = with(Fault::ResultLost("recording_start")).await;
    assert_eq!(
        lost[1],
        format!("00:00.380  fault      the result of {name} is lost")
    );
    let twice = with(Fault::ResultDoubled("recording_start")).await;
    assert_eq!(twice[0], made);
    assert_eq!(
        twice[1],
        format!("00:00.380  fault      the result of {name} comes twice")
    );
    assert_eq!(twice[2], said("00:00.380"));
}
