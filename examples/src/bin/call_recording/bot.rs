//! The bot: copy this file.

use onhook::prelude::*;
use onhook::recording::ErrorCode;
use onhook::{Receipt, ResultError};

/// Takes payments by telephone.
pub(crate) struct Contoso {
    /// Who is called.
    pub(crate) company: &'static str,
}

#[bot]
impl Contoso {
    #[on_members_added]
    async fn greet(&self, turn: &Turn, joined: MembersAdded<'_>) -> Result<()> {
        // Everyone but the bot.
        for caller in joined.others() {
            let name = caller.name.as_deref().unwrap_or("unknown");
            let start = RecordingStart::new()
                .metadata("queue", "billing")
                .metadata("caller", name);
            // Nobody waits for the result here: it comes to `recording_started`.
            turn.start_recording(start).await?.detach();
            turn.say(format!(
                "Welcome to {}! This call may be recorded. How can I help you?",
                self.company
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
        if result.outcome().is_err() {
            turn.say("Recording has failed, but your call will continue.")
                .await?;
        }
        Ok(())
    }

    #[on_message]
    async fn answer(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        match Wish::of(&text) {
            Wish::Pay => self.ask_for_card(turn).await,
            Wish::Card => self.take_card(turn).await,
            Wish::Leave => self.say_good_bye(turn).await,
            Wish::Other => {
                turn.say("I can take a payment, or say good-bye. What shall it be?")
                    .await
            }
        }
    }

    /// Keys mean nothing to this bot; without a handler of their own they are messages like any other.
    #[on_dtmf]
    async fn ignore_keys(&self) {}
}

impl Contoso {
    /// Asks for the card only when it is certain that nothing said from now on is recorded.
    async fn ask_for_card(&self, turn: &Turn) -> Result<()> {
        match not_recording(turn.pause_recording().await?).await {
            Ok(()) => {
                turn.say("I have paused the recording. Please read me your card number.")
                    .await
            }
            Err(_still_recording) => {
                turn.say("I am sorry, I cannot take a card now. Please pay by letter.")
                    .await
            }
        }
    }

    async fn take_card(&self, turn: &Turn) -> Result<()> {
        // A recording that never started cannot be resumed, and need not be.
        let resumed = turn.resume_recording().await?.result().await;
        let again = if resumed.is_ok() {
            "The recording goes on. "
        } else {
            ""
        };
        turn.say(format!(
            "Thank you, your bill is paid. {again}Can I help you with anything else?"
        ))
        .await
    }

    async fn say_good_bye(&self, turn: &Turn) -> Result<()> {
        turn.say(format!("Thank you for calling {}. Good-bye!", self.company))
            .await?;
        // Hangs up when that has been said; the recording ends with the call.
        turn.end_call().await
    }
}

/// Waits for the result of a pause; what is not recorded, or paused already, is as good as paused.
async fn not_recording(mut pause: Receipt<RecordingPause>) -> Result<(), ResultError> {
    match pause.result().await {
        Err(ResultError::Failed(error))
            if matches!(
                error.known(),
                Some(ErrorCode::RecordingNotStarted | ErrorCode::RecordingAlreadyPaused)
            ) =>
        {
            Ok(())
        }
        result => result.map(drop),
    }
}

/// What a caller wants; a real bot asks a language model here.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Pay,
    Card,
    Leave,
    Other,
}

impl Wish {
    fn of(text: &str) -> Wish {
        let text = text.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if text.chars().filter(char::is_ascii_digit).count() >= 12 {
            Wish::Card
        } else if says(&["pay", "bill"]) {
            Wish::Pay
        } else if says(&["bye", "thank", "that was all"]) {
            Wish::Leave
        } else {
            Wish::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use onhook::testing::TestTurn;

    use super::*;

    async fn run(turn: &TestTurn) {
        let contoso = Contoso { company: "Contoso" };
        // Boxed, because clippy counts a whole turn's future among the large ones.
        Box::pin(turn.run(&contoso)).await.unwrap();
    }

    #[tokio::test]
    async fn greets_and_records_the_caller_and_not_itself() {
        let turn = TestTurn::members_added(["bot", "+14255550100"]);
        run(&turn).await;
        assert_eq!(
            turn.commands(),
            ["channel/vnd.microsoft.telephony.recording.start"]
        );
        assert_eq!(
            turn.spoken(),
            ["Welcome to Contoso! This call may be recorded. How can I help you?"]
        );
    }

    #[tokio::test]
    async fn apologises_when_recording_fails() {
        let failed = CommandError::recording_storage_failed();
        let turn = TestTurn::command_result::<RecordingStart>(Err(failed));
        run(&turn).await;
        assert_eq!(
            turn.spoken(),
            ["Recording has failed, but your call will continue."]
        );
    }

    #[tokio::test]
    async fn asks_for_the_card_only_when_nothing_is_recorded() {
        for (pause, asks) in [
            (Ok(RecordingStatus::default()), true),
            (Err(CommandError::recording_not_started()), true),
            (Err(CommandError::recording_already_paused()), true),
            (Err(CommandError::recording_storage_failed()), false),
        ] {
            let turn = TestTurn::message("I would like to pay my bill.");
            turn.answer::<RecordingPause>(pause.clone());
            run(&turn).await;
            assert_eq!(turn.spoken()[0].contains("card number"), asks, "{pause:?}");
        }
    }

    #[test]
    fn knows_what_the_caller_wants() {
        for (text, wish) in [
            (
                "Hello. I would like to pay my electricity bill, please.",
                Wish::Pay,
            ),
            (
                "4, 1, 1, 1. 1, 1, 1, 1. 1, 1, 1, 1. 1, 1, 1, 1.",
                Wish::Card,
            ),
            ("That was all. Thank you, good bye.", Wish::Leave),
            ("What time is it?", Wish::Other),
        ] {
            assert_eq!(Wish::of(text), wish, "{text}");
        }
    }
}
