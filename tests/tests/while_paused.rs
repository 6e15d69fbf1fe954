//! What is done while the recording is paused is not in it, and what comes after is, however the pause ends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::prelude::*;
use onhook::{CommandError, Host, NotPaused};
use onhook_channel::Standin;
use onhook_channel::testing::{Fault, TestCall, TestCallBuilder};
use tokio::sync::oneshot;

const PAUSE: &str = "channel/vnd.microsoft.telephony.recording.pause";
const RESUME: &str = "channel/vnd.microsoft.telephony.recording.resume";

const CARD: &str = "four nine two nine";

/// Asks for a card in a task, and does other things in a pause.
#[derive(Clone, Default)]
struct Cashier {
    /// Who waits for the caller's next words.
    card: Arc<Mutex<Option<oneshot::Sender<String>>>>,
}

#[bot]
impl Cashier {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await?.detach();
        turn.say("This call may be recorded.").await
    }

    #[on_message(text = "pay")]
    async fn pay(&self, turn: &Turn) {
        let (heard, card) = oneshot::channel();
        *self.card.lock().unwrap() = Some(heard);
        let call = turn.conversation();
        tokio::spawn(async move {
            let paid = call.while_paused(async {
                call.say("Please read me your card number.").await?;
                Ok(tokio::time::timeout(Duration::from_secs(60), card).await??)
            });
            let words = match paid.await {
                Ok(card) => format!("I have {} words.", card.split(' ').count()),
                Err(error) if error.downcast_ref::<NotPaused>().is_some() => {
                    "I cannot take a card now.".to_owned()
                }
                Err(_) => "Let us do that later.".to_owned(),
            };
            // The call may be over.
            let _ = call.say(words).await;
        });
    }

    #[on_message(text = "for ever")]
    async fn for_ever(&self, turn: &Turn) -> Result<()> {
        turn.while_paused(std::future::pending()).await
    }

    #[on_message(text = "fail")]
    async fn fail(&self, turn: &Turn) -> Result<()> {
        turn.while_paused(async { Err(onhook::Error::msg("told to fail")) })
            .await
    }

    #[on_message(text = "panic")]
    async fn panic(&self, turn: &Turn) -> Result<()> {
        turn.while_paused(async { panic!("told to panic") }).await
    }

    #[on_message(text = "wait")]
    async fn wait(&self, turn: &Turn) -> Result<()> {
        let waited = turn.while_paused(async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            Ok(())
        });
        waited.await?;
        turn.say("I have waited.").await
    }

    #[on_message]
    async fn hear(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        let waiting = self.card.lock().unwrap().take();
        match waiting.map(|waiting| waiting.send(text.to_string())) {
            Some(Ok(())) => Ok(()),
            _ => turn.say(format!("You said {text}.")).await,
        }
    }

    #[on_error]
    async fn sorry(&self, turn: &Turn) -> Result<()> {
        turn.say("Sorry.").await
    }
}

/// A call that is recorded, with a turn given up after ten seconds.
async fn dial(set: impl FnOnce(TestCallBuilder) -> TestCallBuilder) -> TestCall {
    let host = Host::new(Cashier::default());
    let builder = TestCall::with_host(host).channel(|channel| {
        channel.standin(Standin::silent().longest_turn(Duration::from_secs(10)))
    });
    let mut call = set(builder).dial();
    call.hears("This call may be recorded.").await;
    call
}

/// Pauses and resumes, in order, and whether they failed.
fn pauses(results: &[(String, Option<String>)]) -> Vec<(&str, bool)> {
    let of_pauses = results
        .iter()
        .filter(|(name, _)| name == PAUSE || name == RESUME);
    of_pauses
        .map(|(name, error)| (&**name, error.is_none()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_card_is_asked_for_and_heard_in_the_pause() {
    let mut call = dial(|call| call).await;
    call.says("pay").await;
    call.hears("Please read me your card number.").await;
    call.says(CARD).await;
    call.hears("I have 4 words.").await;
    call.says("thank you").await;
    call.hears("You said thank you.").await;
    let ended = call.hangs_up().await;
    ended.assert_not_recorded(CARD);
    ended.assert_recorded("pay");
    ended.assert_recorded("thank you");
    assert_eq!(pauses(&ended.results()), [(PAUSE, true), (RESUME, true)]);
}

#[tokio::test(start_paused = true)]
async fn a_card_that_never_comes_does_not_leave_the_recording_paused() {
    let mut call = dial(|call| call).await;
    call.says("pay").await;
    call.hears("Please read me your card number.").await;
    call.advance(Duration::from_secs(61)).await;
    call.hears("Let us do that later.").await;
    call.says("good idea").await;
    call.hears("You said good idea.").await;
    call.hangs_up().await.assert_recorded("good idea");
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_fails_asks_for_nothing() {
    let refused = CommandError::recording_storage_failed();
    for fault in [
        Fault::ResultFails("recording_pause", refused),
        Fault::ResultLost("recording_pause"),
        // Later than anybody waits.
        Fault::ResultLate("recording_pause", Duration::from_secs(45)),
    ] {
        let mut call = dial(|call| call.fault(fault.clone())).await;
        call.says("pay").await;
        call.advance(Duration::from_secs(60)).await;
        call.hears("I cannot take a card now.").await;
        // It was paused after all, or not: it goes on.
        call.says("never mind").await;
        call.hears("You said never mind.").await;
        call.hangs_up().await.assert_recorded("never mind");
    }
}

#[tokio::test(start_paused = true)]
async fn however_a_body_ends_the_recording_goes_on() {
    for (said, answer) in [
        ("wait", Some("I have waited.")),
        ("fail", Some("Sorry.")),
        ("panic", Some("Sorry.")),
        // Given up by the channel, which drops the turn.
        ("for ever", None),
    ] {
        let mut call = dial(|call| call).await;
        call.says(said).await;
        if let Some(answer) = answer {
            call.hears(answer).await;
        } else {
            call.advance(Duration::from_secs(11)).await;
        }
        call.says("and now").await;
        call.hears("You said and now.").await;
        let ended = call.hangs_up().await;
        ended.assert_recorded("and now");
        let results = ended.results();
        assert_eq!(pauses(&results), [(PAUSE, true), (RESUME, true)], "{said}");
    }
}

/// The host's own limit drops the handler before the error hook speaks.
#[tokio::test(start_paused = true)]
async fn a_turn_that_takes_too_long_resumes_before_the_error_hook() {
    let host = Host::builder(Cashier::default()).turn_timeout(Duration::from_secs(4));
    let mut call = TestCall::with_host(host.build()).dial();
    call.hears("This call may be recorded.").await;
    call.says("for ever").await;
    call.hears("Sorry.").await;
    let ended = call.hangs_up().await;
    assert_eq!(pauses(&ended.results()), [(PAUSE, true), (RESUME, true)]);
    let told = ended.report().transcript.to_string();
    assert!(
        told.find("recording.resume").unwrap() < told.find("Sorry.").unwrap(),
        "{told}"
    );
}

/// Whoever speaks while a turn is given up is heard by the next turn, which begins behind the resume.
#[tokio::test(start_paused = true)]
async fn a_pause_right_after_a_body_that_was_dropped_is_a_pause() {
    let mut call = dial(|call| call).await;
    call.says("for ever").await;
    call.says("wait").await;
    call.advance(Duration::from_secs(15)).await;
    call.hears("I have waited.").await;
    let ended = call.hangs_up().await;
    let results = ended.results();
    let twice = [(PAUSE, true), (RESUME, true), (PAUSE, true), (RESUME, true)];
    assert_eq!(pauses(&results), twice);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_in_the_pause_ends_it() {
    for said in ["pay", "for ever", "wait"] {
        let mut call = dial(|call| call).await;
        call.says(said).await;
        call.advance(Duration::from_secs(1)).await;
        let ended = call.hangs_up().await;
        assert_eq!(ended.recordings().len(), 1, "{said}");
        tokio::time::sleep(Duration::from_secs(120)).await;
    }
}
