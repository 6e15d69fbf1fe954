//! The bot: copy this file.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use onhook::prelude::*;
use onhook::recording::ErrorCode;
use onhook::{ConversationHandle, Error, NotPaused, NotResumed};
use tokio::sync::oneshot;

/// How long a caller may look for the card.
const PATIENCE: Duration = Duration::from_secs(60);

/// Takes payments by telephone.
pub(crate) struct Contoso {
    /// Who is called.
    company: &'static str,
    /// Who waits for a card number, by the id of the conversation.
    payments: Mutex<HashMap<String, oneshot::Sender<String>>>,
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
            // The result comes to `recording_started`.
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
    async fn answer(&self, turn: &Turn, text: Text<'_>, call: ConversationId<'_>) -> Result<()> {
        match Wish::of(&text) {
            Wish::Pay => {
                self.ask_for_card(turn.conversation(), &call);
                Ok(())
            }
            Wish::Card => match self.payment(&call) {
                Some(waiting) => {
                    // An error says that whoever asked has lost patience, and said so.
                    let _ = waiting.send(text.to_string());
                    Ok(())
                }
                None => turn.say("Thank you, but there is nothing to pay.").await,
            },
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
    pub(crate) fn new(company: &'static str) -> Contoso {
        Contoso {
            company,
            payments: Mutex::default(),
        }
    }

    /// Who waits for the card number in this call, if anybody does.
    fn payment(&self, call: &str) -> Option<oneshot::Sender<String>> {
        let mut payments = self.payments.lock().expect("nobody panics with it");
        payments.remove(call)
    }

    /// Asks for the card. The answer is a turn of its own, so this one must end: a task goes on with the call.
    fn ask_for_card(&self, conversation: ConversationHandle, call: &str) {
        let (waiting, card) = oneshot::channel();
        let mut payments = self.payments.lock().expect("nobody panics with it");
        payments.insert(call.to_owned(), waiting);
        tokio::spawn(async move {
            let taken = take_card(&conversation, card).await;
            // An error says that the caller has hung up.
            let _ = conversation.say(words_for(taken)).await;
        });
    }

    async fn say_good_bye(&self, turn: &Turn) -> Result<()> {
        turn.say(format!("Thank you for calling {}. Good-bye!", self.company))
            .await?;
        // Hangs up when that has been said; the recording ends with the call.
        turn.end_call().await
    }
}

/// Asks for the card, and hears it, while nothing is recorded.
async fn take_card(call: &ConversationHandle, mut card: oneshot::Receiver<String>) -> Result<()> {
    let mut ask = async || {
        call.say("I am not recording now. Please read me your card number.")
            .await?;
        let _card = tokio::time::timeout(PATIENCE, &mut card).await??;
        // A real bot charges the card here.
        Ok(())
    };
    match call.while_paused(ask()).await {
        // This bot starts the recording when the call begins: if there is none by now, there will be none.
        Err(error) if nothing_is_recorded(&error) => ask().await,
        taken => taken,
    }
}

fn nothing_is_recorded(error: &Error) -> bool {
    let not_paused = error.downcast_ref::<NotPaused>();
    let refused = not_paused.and_then(NotPaused::command_error);
    refused.and_then(CommandError::known) == Some(ErrorCode::RecordingNotStarted)
}

/// What to say after the pause.
fn words_for(taken: Result<()>) -> &'static str {
    match taken {
        Ok(()) => {
            "Thank you, your bill is paid. I am recording again. Can I help you with anything else?"
        }
        Err(error) if error.downcast_ref::<NotResumed<()>>().is_some() => {
            "Thank you, your bill is paid. Can I help you with anything else?"
        }
        Err(error) if error.downcast_ref::<NotPaused>().is_some() => {
            "I am sorry, I cannot take a card now. Please pay by letter."
        }
        Err(_) => "I have not heard a card number. I am recording again. What shall I do?",
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
        let contoso = Contoso::new("Contoso");
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

    #[tokio::test(start_paused = true)]
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
            // The task asks when the turn is over.
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert_eq!(turn.spoken()[0].contains("card number"), asks, "{pause:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn resumes_when_no_card_is_read_out() {
        let turn = TestTurn::message("I would like to pay my bill.");
        turn.answer::<RecordingPause>(Ok(RecordingStatus::default()));
        run(&turn).await;
        tokio::time::sleep(2 * PATIENCE).await;
        assert_eq!(turn.commands().len(), 2, "paused and resumed");
        assert!(turn.spoken()[1].contains("not heard a card number"));
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
