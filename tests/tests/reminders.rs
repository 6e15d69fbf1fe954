//! A bot comes back to a call when its turn is over: with timers of its own, in the time of the call.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::prelude::*;
use onhook::{ConversationHandle, Error, SendError};
use onhook_channel::testing::TestCall;

const THIRTY: Duration = Duration::from_secs(30);

/// Reminds the caller 30 seconds after "hold on", and keeps what became of that.
#[derive(Clone, Default)]
struct Patient {
    reminded: Arc<Mutex<Vec<Result<(), Error>>>>,
    /// The handle of the last call, which a bot must not need.
    call: Arc<Mutex<Option<ConversationHandle>>>,
}

#[bot]
impl Patient {
    #[on_message(text = "hold on")]
    async fn hold(&self, turn: &Turn) -> Result<()> {
        let (conversation, reminded) = (turn.conversation(), Arc::clone(&self.reminded));
        *self.call.lock().unwrap() = Some(conversation.clone());
        tokio::spawn(async move {
            tokio::time::sleep(THIRTY).await;
            let said = conversation.say("Are you still there?").await;
            reminded.lock().unwrap().push(said);
        });
        turn.say("Take your time.").await
    }

    #[on_message(text = "think")]
    async fn think(&self, turn: &Turn) -> Result<()> {
        tokio::time::sleep(Duration::from_secs(40)).await;
        turn.say("I have thought.").await
    }

    #[on_message]
    async fn echo(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(format!("You said {text}.")).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_is_reminded_and_can_speak_meanwhile() {
    let mut call = TestCall::dial(Patient::default());
    call.says("hold on").await;
    call.hears("Take your time.").await;
    call.says("one moment").await;
    call.hears("You said one moment.").await;
    call.stays_silent_for(Duration::from_secs(20)).await;
    call.advance(THIRTY).await;
    call.hears("Are you still there?").await;
    call.says("yes").await;
    call.hears("You said yes.").await;
    call.hangs_up().await;
}

#[tokio::test(start_paused = true)]
async fn a_reminder_waits_for_the_turn_that_runs() {
    let mut call = TestCall::dial(Patient::default());
    call.says("hold on").await;
    call.hears("Take your time.").await;
    call.advance(Duration::from_secs(15)).await;
    call.says("think").await;
    // The channel speaks for a bot that thinks for so long.
    call.hears("One moment, please.").await;
    call.hears("I have thought.").await;
    call.hears("Are you still there?").await;
    call.hangs_up().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_has_hung_up_meanwhile_hears_nothing_and_the_bot_is_told() {
    let bot = Patient::default();
    let mut call = TestCall::dial(bot.clone());
    call.says("hold on").await;
    call.hears("Take your time.").await;
    let report = call.hangs_up().await;
    tokio::time::sleep(2 * THIRTY).await;
    let mut reminded = std::mem::take(&mut *bot.reminded.lock().unwrap());
    let error = reminded.remove(0).unwrap_err();
    assert!(
        matches!(error.downcast_ref(), Some(SendError::Ended)),
        "{error:?}"
    );
    assert!(bot.call.lock().unwrap().as_ref().unwrap().has_ended());
    assert_eq!(report.report().transcript.bot(), ["Take your time."]);
}
