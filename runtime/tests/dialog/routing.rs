//! Where an activity goes while a dialog waits.

use onhook::InvokeResponse;
use onhook::prelude::*;
use onhook::testing::TestDialog;

use crate::{secs, words};

struct Office;

#[bot]
impl Office {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        match call.ask(words("Name?").attempts(1)).await {
            Ok(name) => call.say(format!("Hello {name}.")).await?,
            Err(Unanswered::Cancelled) => call.say("As you like.").await?,
            Err(other) => return Err(other.into()),
        }
        let city = call.ask(words("City?")).await?;
        call.say(format!("So {city}.")).await
    }

    #[on_message(text = ["time", "what time is it"], interrupts)]
    async fn time(&self, turn: &Turn) -> Result<()> {
        turn.say("It is late.").await
    }

    #[on_message(text = "stop", interrupts)]
    async fn stop(&self) -> Result<Flow> {
        Ok(Flow::Cancel)
    }

    #[on_message(text = "agent", interrupts)]
    async fn agent(&self, call: &mut Dialog<'_>) -> Result<()> {
        let why = call.ask(words("Why an agent?")).await?;
        call.say(format!("Because of {why}.")).await
    }

    #[on_dtmf('0', interrupts)]
    async fn zero(&self, turn: &Turn) -> Result<Flow> {
        turn.say("Zero.").await?;
        Ok(Flow::Unhandled)
    }

    #[on_message(text = "plain")]
    async fn plain(&self, turn: &Turn) -> Result<()> {
        turn.say("not while a dialog waits").await
    }

    #[on_message]
    async fn other(&self, turn: &Turn) -> Result<()> {
        turn.say("No dialog is open.").await
    }

    #[on_event("weather")]
    async fn weather(&self, turn: &Turn) -> Result<()> {
        turn.say("It rains.").await
    }

    #[on_event("alarm")]
    async fn alarm(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.ask(words("Fire! Do you understand?")).await?;
        call.say("Run.").await
    }

    #[on_invoke("state")]
    async fn state(&self) -> Result<InvokeResponse> {
        Ok(InvokeResponse::status(204))
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_interrupts_is_no_attempt_and_the_question_comes_again() {
    let call = TestDialog::begin(Office).await;
    for _ in 0..3 {
        call.says("What time is it").await;
    }
    call.says("Kim").await;
    let late = ["It is late.", "Name?"];
    assert_eq!(
        call.heard()[..7],
        [&["Name?"][..], &late.repeat(3)].concat()
    );
    assert_eq!(call.heard()[7..], ["Hello Kim.", "City?"]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_cancel_the_question_or_leave_it_to_it() {
    let call = TestDialog::begin(Office).await;
    call.says("stop").await;
    assert_eq!(call.heard(), ["Name?", "As you like.", "City?"]);
    call.presses("0").await;
    assert_eq!(call.heard()[3..], ["Zero.", "City?"]);
    call.says("plain").await;
    assert_eq!(call.heard()[5..], ["So plain."]);
    call.says("hello").await;
    assert_eq!(call.heard()[6..], ["No dialog is open."]);
}

#[tokio::test(start_paused = true)]
async fn a_dialog_takes_over_and_the_one_before_is_cancelled() {
    let mut call = TestDialog::begin(Office).await;
    call.says("agent").await;
    assert_eq!(call.heard(), ["Name?", "As you like.", "Why an agent?"]);
    call.restarts_the_bot();
    call.says("the bill").await;
    assert_eq!(call.heard()[3..], ["Because of the bill."]);
    call.says("hello").await;
    assert_eq!(call.heard()[4..], ["No dialog is open."]);

    let call = TestDialog::begin(Office).await;
    call.event("alarm").await;
    call.says("yes").await;
    assert_eq!(
        call.heard(),
        ["Name?", "As you like.", "Fire! Do you understand?", "Run."]
    );
}

#[tokio::test(start_paused = true)]
async fn everything_else_goes_to_its_hooks_and_changes_nothing() {
    let call = TestDialog::begin(Office).await;
    call.event("weather").await;
    let mut invoke = Activity::new(onhook::ActivityType::Invoke);
    invoke.name = Some("state".into());
    let outcome = call.sends(invoke).await.unwrap();
    assert!(matches!(outcome, onhook::TurnOutcome::Invoke(response) if response.status == 204));
    call.sends(Activity::typing()).await.unwrap();
    assert_eq!(call.heard(), ["Name?", "It rains."]);
    call.says("Kim").await;
    assert_eq!(call.heard()[2..], ["Hello Kim.", "City?"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_with_the_time_out_is_heard_once() {
    let call = TestDialog::begin(Office).await;
    // The prompt's time and the time-out: 0.4 s and 5 s.
    tokio::time::sleep(secs(5) + std::time::Duration::from_millis(399)).await;
    call.says("Kim").await;
    call.waits(secs(1)).await;
    assert_eq!(call.heard(), ["Name?", "Hello Kim.", "City?"]);
}
