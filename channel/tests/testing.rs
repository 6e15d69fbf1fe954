//! The test kit, used as the developer of a bot uses it.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use onhook::prelude::*;
use onhook::{CommandError, RecordingPause, RecordingStart};
use onhook_channel::Transfer;
use onhook_channel::store::metadata::SessionState;
use onhook_channel::testing::{Fault, TestCall, contains};
use onhook_channel::voice::{Speaking, Speech, Voice};
use onhook_channel::wav::Audio;

const START: &str = "channel/vnd.microsoft.telephony.recording.start";

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Takes card numbers, and does not record them.
#[derive(Clone, Copy)]
struct Shop {
    greeting: &'static str,
    pauses: bool,
}

const SHOP: Shop = Shop {
    greeting: "Welcome to the shop.",
    pauses: true,
};

#[bot]
impl Shop {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await?.detach();
        turn.say(self.greeting).await
    }

    #[on_command_result("recording_start")]
    async fn started(&self, turn: &Turn, result: CommandResult<RecordingStart>) -> Result<()> {
        if let Err(error) = result.outcome() {
            turn.say(format!("Not recording: {error}.")).await?;
        }
        Ok(())
    }

    #[on_message(text = "card")]
    async fn card(&self, turn: &Turn) -> Result<()> {
        if self.pauses {
            turn.pause_recording().await?.detach();
        }
        turn.say("Your number, please.").await
    }

    #[on_dtmf('#')]
    async fn taken(&self, turn: &Turn) -> Result<()> {
        turn.resume_recording().await?.detach();
        turn.say("Thank you.").await?;
        turn.say("Anything else?").await
    }

    #[on_dtmf]
    async fn key(&self) {}

    #[on_message(text = "operator")]
    async fn operator(&self, turn: &Turn) -> Result<()> {
        turn.transfer_to("+14255550111").await
    }

    #[on_message(text = "bye")]
    async fn bye(&self, turn: &Turn) -> Result<()> {
        turn.say("Goodbye.").await?;
        turn.end_call().await
    }

    #[on_message]
    async fn other(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(format!("You want {text}.")).await
    }
}

/// The call of most tests.
async fn pay(shop: Shop) -> onhook_channel::testing::EndedCall {
    let mut call = TestCall::dial(shop);
    call.hears("Welcome to the shop.").await;
    call.says("card").await;
    call.hears("Your number, please.").await;
    call.presses("4929#").await;
    call.hears_all(["Anything else?", "Thank you."]).await;
    call.says("flowers").await;
    call.hears(contains("flowers")).await;
    call.says("bye").await;
    call.hears("Goodbye.").await;
    call.is_hung_up_on().await
}

#[tokio::test(start_paused = true)]
async fn a_card_number_is_not_recorded_and_what_is_around_it_is() {
    let call = pay(SHOP).await;
    call.assert_recorded("welcome to the shop");
    call.assert_recorded("flowers");
    call.assert_not_recorded("4929");
    call.assert_not_recorded("your number");
    let recording = call.recording();
    assert_eq!(recording.metadata.onhook.state, SessionState::Sealed);
    assert_eq!(
        recording.audio.samples.len() as u64,
        recording.report.samples
    );
    assert!(call.results().iter().all(|(_, error)| error.is_none()));
    assert_eq!(call.results().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_time_of_the_call_is_recorded_or_not() {
    let call = pay(SHOP).await;
    let at = |what: &str| {
        let mut lines = call.report().transcript.lines.iter();
        let line = lines.find(|line| line.to_string().contains(what));
        line.unwrap_or_else(|| panic!("{what} is in no line")).at
    };
    let (asked, thanked) = (at("“Your number"), at("“Thank you"));
    call.assert_not_recorded(asked..thanked);
    call.assert_recorded(seconds(0)..asked);
    call.assert_recorded(thanked..call.report().duration);
}

/// A search that finds nothing proves something only if there was something to be found.
#[tokio::test(start_paused = true)]
async fn assertions_about_recordings_can_fail() {
    let call = pay(Shop {
        pauses: false,
        ..SHOP
    })
    .await;
    call.assert_recorded("4929");
    call.assert_recorded("your number please");
    let not_recorded = |passage: &str| message(|| call.assert_not_recorded(passage));
    let time_not_recorded = |end| message(|| call.assert_not_recorded(seconds(0)..seconds(end)));
    let nobody = "nobody said or pressed that in this call: looking for it proves nothing\n";
    for (expected, found, message) in [
        (
            "“4929” not to be",
            "the key 4 is heard at ",
            not_recorded("4929"),
        ),
        (
            "“flowers” not to be",
            "“flowers” is heard at ",
            not_recorded("flowers"),
        ),
        ("“1234” not to be", nobody, not_recorded("1234")),
        (
            "“flowers bye” to be",
            nobody,
            message(|| call.assert_recorded("flowers bye")),
        ),
        (
            "0ns to 1s of the call not to be",
            "0ns to 1s is in a recording\n",
            time_not_recorded(1),
        ),
        (
            "0ns to 900s of the call not to be",
            "the call had no such time, it lasted ",
            time_not_recorded(900),
        ),
    ] {
        let first = format!("expected {expected} recorded\nbut      {found}");
        assert!(message.starts_with(&first), "{message}");
    }
    let call = pay(SHOP).await;
    let message = message(|| call.assert_recorded("your number"));
    assert!(
        message.contains("but      it is not in the recording\n"),
        "{message}"
    );
}

/// A voice of silence.
struct Mute;
impl Voice for Mute {
    fn speak<'a>(&'a self, _speech: &'a Speech) -> Speaking<'a> {
        Box::pin(async { Ok(vec![0; 16_000]) })
    }
    fn name(&self) -> &'static str {
        "mute"
    }
}

/// What slow speech sounds like is known, and what another voice sounds like is not.
#[tokio::test(start_paused = true)]
async fn words_are_looked_for_as_they_were_spoken() {
    #[on_members_added]
    async fn greet(turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await?.detach();
        let mut greeting = onhook::Activity::message("Hello.");
        let slow = r#"<speak version="1.0"><prosody rate="50%">Good evening</prosody></speak>"#;
        greeting.speak = Some(slow.to_owned());
        turn.send(greeting).await.map(drop)
    }
    let mut call = TestCall::dial(handlers![greet]);
    call.hears("Hello.").await;
    let call = call.hangs_up().await;
    call.assert_recorded("good evening");
    let spoken = message(|| call.assert_not_recorded("evening"));
    assert!(spoken.contains("“evening” is heard at "), "{spoken}");
    let text = message(|| call.assert_not_recorded("hello"));
    assert!(text.contains("nobody said or pressed that"), "{text}");

    let mut call = TestCall::builder(SHOP)
        .channel(|channel| channel.voice(Mute))
        .dial();
    call.hears("Welcome to the shop.").await;
    let call = call.hangs_up().await;
    let other = message(|| call.assert_not_recorded("welcome"));
    assert!(
        other.contains("how words sound is known only of the tone voice"),
        "{other}"
    );
}

/// What an assertion that fails says.
fn message(assertion: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(AssertUnwindSafe(assertion));
    text(&*panic.expect_err("the assertion fails"))
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
        .expect("a text")
}

/// What a step that fails says.
async fn failure(step: impl Future<Output = ()> + Send + 'static) -> String {
    let error = tokio::spawn(step).await.expect_err("the step fails");
    text(&*error.into_panic())
}

#[tokio::test(start_paused = true)]
async fn a_failure_shows_what_was_expected_what_was_heard_and_the_call() {
    let message = failure(async {
        let mut call = TestCall::dial(SHOP);
        call.hears("Welcome to the shop.").await;
        call.says("flowers").await;
        call.hears("You want roses.").await;
    })
    .await;
    assert_eq!(
        message,
        "\
expected to hear “You want roses.”
but      heard   “You want flowers.”

the call so far:
  00:00.000  call       answered
  00:00.000  bot        → channel/vnd.microsoft.telephony.recording.start
  00:00.000  recording  started (session 1)
  00:00.000  channel    ← channel/vnd.microsoft.telephony.recording.start: ok
  00:00.000  bot        “Welcome to the shop.”
  00:01.200  caller     “flowers”
> 00:01.620  bot        “You want flowers.”
"
    );
}

#[tokio::test(start_paused = true)]
async fn every_expectation_can_fail() {
    let heard = failure(async { TestCall::dial(SHOP).hears_nothing().await }).await;
    let first = "expected to hear nothing\nbut      heard   “Welcome to the shop.”\n";
    assert!(heard.starts_with(first), "{heard}");

    let nothing = failure(async {
        let mut call = TestCall::dial(SHOP);
        call.hears_all([contains("shop"), contains("car")]).await;
    })
    .await;
    let first = "expected to hear something with “car”\nbut      the bot said nothing more, and the call is still up\n";
    assert!(nothing.starts_with(first), "{nothing}");

    let up = failure(async { drop(TestCall::dial(SHOP).is_hung_up_on().await) }).await;
    assert!(up.starts_with("expected that the bot hangs up\n"), "{up}");

    let over = failure(async {
        let mut call = TestCall::dial(SHOP);
        call.says("bye").await;
        call.listens().await;
        call.says("flowers").await;
    })
    .await;
    let first = "expected to say “flowers”\nbut      the bot has hung up\n";
    assert!(over.starts_with(first), "{over}");

    let loud = failure(async {
        let late = Fault::ResultLate("recording_start", seconds(3));
        let fails = Fault::ResultFails(START, CommandError::new("Busy", "Try again"));
        let mut call = TestCall::builder(SHOP).fault(fails).fault(late).dial();
        call.stays_silent_for(seconds(5)).await;
    })
    .await;
    let first =
        "expected to hear nothing for 5s\nbut      heard   “Not recording: Busy: Try again.”\n";
    assert!(loud.starts_with(first), "{loud}");

    let key = failure(async { TestCall::dial(SHOP).presses("12x").await }).await;
    assert_eq!(key, "“x” in “12x” is no key: 0 to 9, *, # and A to D are");
}

/// What a test gets wrong is said with what would be right.
#[tokio::test(start_paused = true)]
async fn a_failure_says_what_would_have_been_right() {
    #[on_members_added]
    async fn greet(turn: &Turn) -> Result<()> {
        turn.say("Hello.").await?;
        turn.say("How can I help?").await
    }
    let skipped = failure(async {
        let mut call = TestCall::dial(handlers![greet]);
        call.hears("How can I help?").await;
    })
    .await;
    let first = "expected to hear “How can I help?”
but      heard   “Hello.” first: each is to be asked for in its turn
";
    assert!(skipped.starts_with(first), "{skipped}");

    let unhandled = failure(async {
        let mut call = TestCall::dial(handlers![greet]);
        call.hears_all(["Hello.", "How can I help?"]).await;
        call.says("flowers").await;
        call.hears("You want flowers.").await;
    })
    .await;
    let first = "expected to hear “You want flowers.”
but      the bot has no handler for this message, and the call is still up
";
    assert!(unhandled.starts_with(first), "{unhandled}");

    for (word, step) in [("bye", "is_hung_up_on"), ("operator", "is_transferred")] {
        let over = failure(async move {
            let mut call = TestCall::dial(SHOP);
            call.says(word).await;
            drop(call.hangs_up().await);
        })
        .await;
        let hint = format!(": expect that with `{step}`\n");
        let first = over.lines().nth(1).unwrap().to_owned() + "\n";
        assert!(first.ends_with(&hint), "{over}");
    }

    let call = TestCall::dial(handlers![greet]).hangs_up().await;
    let none = message(|| {
        call.recording();
    });
    assert!(none.starts_with("expected one recording\nbut      there is none\n"));
}

/// The panic points at the line of the test.
#[test]
fn a_failure_points_at_the_test() {
    const CHILD: &str = "ONHOOK_FAILING_TEST";
    if std::env::var_os(CHILD).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        runtime.unwrap().block_on(async {
            let mut call = TestCall::dial(SHOP);
            call.hears("Goodbye.").await;
        });
    }
    let line = line!() - 3;
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_failure_points_at_the_test", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let place = format!(
        "thread 'a_failure_points_at_the_test' panicked at {}:{line}:18:\nexpected to hear “Goodbye.”\n",
        file!()
    );
    assert!(!output.status.success() && said.contains(&place), "{said}");
}

#[tokio::test]
async fn a_call_in_real_time_is_refused_and_says_what_to_do() {
    let panic = std::panic::catch_unwind(|| TestCall::dial(SHOP)).unwrap_err();
    let message = text(&*panic);
    let said = "a call of a test needs paused time: write `#[tokio::test(start_paused = true)]`";
    assert!(message.starts_with(said), "{message}");
}

#[test]
fn a_call_without_a_runtime_is_refused_too() {
    let panic = std::panic::catch_unwind(|| TestCall::dial(SHOP)).unwrap_err();
    assert!(text(&*panic).starts_with("a call of a test needs paused time"));
}

#[tokio::test(start_paused = true)]
async fn what_is_played_is_told_and_recorded() {
    let whistle: Vec<i16> = (0..8000_i16).map(|n| (n % 16 - 8) * 500).collect();
    let mut call = TestCall::dial(SHOP);
    call.hears("Welcome to the shop.").await;
    let audio = Audio {
        samples: whistle.clone(),
    };
    call.plays(audio, "flowers").await;
    call.hears("You want flowers.").await;
    call.hears_nothing().await;
    let call = call.hangs_up().await;
    let recorded = &call.recording().audio.samples;
    assert!(onhook_channel::media::find(recorded, &whistle).is_some());
    call.assert_recorded("you want flowers");
}

#[tokio::test(start_paused = true)]
async fn numbers_language_and_transfer_can_be_set() {
    #[on_members_added]
    async fn greet(turn: &Turn) -> Result<()> {
        let activity = turn.activity();
        let (from, to) = (activity.from_id(), activity.recipient_id());
        let locale = activity.locale.as_deref();
        turn.say(format!("{from:?} {to:?} {locale:?}")).await
    }
    let mut call = TestCall::builder(handlers![greet].or(SHOP))
        .from("+4930901820")
        .to("+14255550123")
        .language("de-DE")
        .transfer(Transfer::Failed("busy".to_owned()))
        .dial();
    let greeting = r#"Some("+4930901820") Some("+14255550123") Some("de-DE")"#;
    call.hears(greeting).await;
    call.says("operator").await;
    call.hears_nothing().await;
    call.hangs_up().await;

    let mut call = TestCall::dial(SHOP);
    call.says("operator").await;
    call.is_transferred().await;
}

#[tokio::test(start_paused = true)]
async fn results_are_late_lost_or_doubled_once() {
    #[on_members_added]
    async fn greet(turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await.map(drop)
    }
    #[on_message]
    async fn pause(turn: &Turn) -> Result<()> {
        turn.pause_recording().await.map(drop)
    }
    #[on_command_result("recording_start")]
    async fn started(turn: &Turn) -> Result<()> {
        turn.say("Started.").await
    }
    #[on_command_result("recording_pause")]
    async fn paused(turn: &Turn, result: CommandResult<RecordingPause>) -> Result<()> {
        let ok = result.outcome().is_ok();
        turn.say(if ok { "Paused." } else { "Not paused." }).await
    }
    let mut call = TestCall::builder(handlers![greet, pause, started, paused])
        .fault(Fault::ResultLate("recording_start", seconds(2)))
        .fault(Fault::ResultDoubled("recording_pause_command"))
        .fault(Fault::ResultLost("recording_pause"))
        .dial();
    call.hears_nothing().await;
    call.advance(Duration::from_millis(1999)).await;
    call.hears_nothing().await;
    call.advance(Duration::from_millis(1)).await;
    call.hears("Started.").await;
    call.says("one").await;
    call.hears("Paused.").await;
    call.hears("Paused.").await;
    call.says("two").await;
    call.hears_nothing().await;
    call.says("three").await;
    call.hears("Not paused.").await;
}

/// What fails is not carried out, and may be tried again.
#[tokio::test(start_paused = true)]
async fn a_command_that_fails_is_not_carried_out() {
    let error = CommandError::new("Busy", "Try again");
    let fault = Fault::ResultFails("recording_start", error);
    let mut call = TestCall::builder(SHOP).fault(fault).dial();
    call.hears_all(["Welcome to the shop.", "Not recording: Busy: Try again."])
        .await;
    let call = call.hangs_up().await;
    assert!(call.recordings().is_empty());
    let failed = (START.to_owned(), Some("Busy: Try again".to_owned()));
    assert_eq!(call.results(), [failed]);
}

#[tokio::test(start_paused = true)]
async fn a_store_is_full_until_it_heals() {
    let mut call = TestCall::builder(SHOP).fault(Fault::StoreFull).dial();
    call.hears("Welcome to the shop.").await;
    call.hears(contains("RecordingStorageFailed")).await;
    call.heals();
    call.presses("#").await;
    call.hears("Thank you.").await;
    let call = call.hangs_up().await;
    assert!(call.recordings().is_empty());
}

#[test]
#[should_panic(
    expected = "`recording_strat` is no command: recording_start, recording_pause, \
                           recording_resume, recording_stop and names with a `/` are"
)]
fn a_fault_of_no_command_is_refused() {
    let fault = Fault::ResultLost("recording_strat");
    drop(TestCall::builder(SHOP).fault(fault));
}
