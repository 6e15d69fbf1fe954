//! Dialogs in whole calls: the call pattern of "Call Recording" to its last line, and calls whose bot does not stay.

use std::time::Duration;

use onhook::Host;
use onhook::prelude::*;
use onhook::question::Confirm;
use onhook::state::MemoryStore;
use onhook_channel::testing::{Fault, TestCall};

/// The bot of the document's call pattern, with `Dialog.RunAsync` at its end.
struct Contoso {
    company: &'static str,
}

#[bot]
impl Contoso {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>, joined: MembersAdded<'_>) -> Result<()> {
        // Greet anyone that was not the target (recipient) of this message.
        for _caller in joined.others() {
            // Start recording when the call begins
            let recording = call.start_recording(RecordingStart::new()).await;

            let company = self.company;
            call.say(format!(
                "Welcome to {company}! This call may be recorded for quality assurance purposes."
            ))
            .await?;

            // Check if recording started successfully
            if recording.is_err() {
                call.say("Recording has failed, but your call will continue.")
                    .await?;
            }

            self.dialog(call).await?;
        }
        Ok(())
    }

    async fn dialog(&self, call: &mut Dialog<'_>) -> Result<()> {
        let question = Confirm::new("Do you want our opening hours?").no_input(["Are you there?"]);
        match call.ask(question).await {
            Ok(true) => call.say("We are open from nine to five.").await?,
            Ok(false) => call.say("As you like.").await?,
            Err(_) => call.say("I cannot hear you.").await?,
        }
        call.end_call().await
    }
}

const CONTOSO: Contoso = Contoso { company: "Contoso" };
const WELCOME: &str =
    "Welcome to Contoso! This call may be recorded for quality assurance purposes.";
const HOURS: &str = "Do you want our opening hours?";

/// "await Dialog.RunAsync(turnContext, ConversationState.CreateProperty<DialogState>("`DialogState`"), cancellationToken);"
#[tokio::test(start_paused = true)]
async fn the_call_pattern_ends_with_a_dialog() {
    let mut call = TestCall::dial(CONTOSO);
    call.hears(WELCOME).await;
    call.hears(HOURS).await;
    call.says("Yes, please.").await;
    call.hears("We are open from nine to five.").await;
    let call = call.is_hung_up_on().await;
    call.assert_recorded("Yes, please.");
}

/// "Recording has failed, but your call will continue."
#[tokio::test(start_paused = true)]
async fn a_recording_that_fails_is_told_in_the_dialog() {
    let fault = Fault::ResultFails(
        "recording_start",
        CommandError::new("Unavailable", "Try later"),
    );
    let mut call = TestCall::builder(CONTOSO).fault(fault).dial();
    call.hears(WELCOME).await;
    call.hears("Recording has failed, but your call will continue.")
        .await;
    call.hears(HOURS).await;
    call.presses("2").await;
    call.hears("As you like.").await;
    call.is_hung_up_on().await;
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_says_nothing_is_asked_again_and_let_go() {
    let mut call = TestCall::dial(CONTOSO);
    call.hears(WELCOME).await;
    call.hears(HOURS).await;
    call.waits(Duration::from_secs(12)).await;
    call.hears("Are you there?").await;
    call.waits(Duration::from_secs(20)).await;
    call.hears("Are you there?").await;
    call.hears("I cannot hear you.").await;
    call.is_hung_up_on().await;
}

#[tokio::test(start_paused = true)]
async fn a_bot_that_restarts_goes_on_where_it_was() {
    let mut call = TestCall::dial(CONTOSO);
    call.hears(WELCOME).await;
    call.hears(HOURS).await;
    call.restarts_the_bot().await;
    call.says("No.").await;
    call.hears("As you like.").await;
    call.is_hung_up_on().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_moves_to_another_host_and_back() {
    let store = MemoryStore::new();
    let [one, other] = [(); 2].map(|()| Host::builder(CONTOSO).state(store.clone()).build());
    let mut call = TestCall::with_host(one).dial();
    call.hears(WELCOME).await;
    call.hears(HOURS).await;
    call.moves_to(&other);
    call.says("Yes.").await;
    call.hears("We are open from nine to five.").await;
    call.is_hung_up_on().await;
}

/// Another version, which says more.
struct Newer;

#[bot(version = 2)]
impl Newer {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>, joined: MembersAdded<'_>) -> Result<()> {
        for _caller in joined.others() {
            let _recording = call.start_recording(RecordingStart::new()).await;
            call.say("Welcome.").await?;
            let hours = call.ask(Confirm::new("Our hours?")).await?;
            if call.since(2) {
                call.say("We have moved.").await?;
            }
            call.say(if hours { "Nine to six." } else { "Good-bye." })
                .await?;
            call.end_call().await?;
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_version_goes_on_with_calls_of_the_old_one() {
    let mut call = TestCall::dial(CONTOSO);
    call.hears(WELCOME).await;
    call.hears(HOURS).await;
    call.upgrades_to(Newer);
    call.says("Yes.").await;
    call.hears("Nine to six.").await;
    call.is_hung_up_on().await;
}
