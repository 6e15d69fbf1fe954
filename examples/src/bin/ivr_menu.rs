//! A menu for the keys of a telephone: exact keys first, then any other key, then words.
//! State of a call is the bot's own: here it counts who has not found a way out of the menu.

use std::collections::HashMap;
use std::sync::Mutex;

use onhook::prelude::*;
use onhook_channel::{Channel, Dial};

const MENU: &str = "For opening hours, press 1. For your balance, press 2. To hang up, press star.";
/// After so many keys that mean nothing the bot gives up.
const PATIENCE: u8 = 3;

#[derive(Default)]
struct Menu {
    /// How many wrong keys were pressed, by conversation.
    wrong_keys: Mutex<HashMap<String, u8>>,
}

#[bot]
impl Menu {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        turn.say("Welcome to Contoso!").await?;
        // Asks the channel to let keys interrupt, and words not.
        turn.say(Speech::text(MENU).key_barge_in()).await
    }

    #[on_dtmf('1')]
    async fn opening_hours(&self, turn: &Turn) -> Result<()> {
        turn.say("We are open from 9 to 17 o'clock, Monday to Friday.")
            .await
    }

    #[on_dtmf('2')]
    async fn balance(&self, turn: &Turn, caller: Sender<'_>) -> Result<()> {
        let number = caller.id.as_deref().unwrap_or("your number");
        turn.say(format!("The balance of {number} is 12 dollars."))
            .await
    }

    #[on_dtmf('*')]
    async fn good_bye(&self, turn: &Turn) -> Result<()> {
        turn.say("Good-bye!").await?;
        turn.end_call().await
    }

    /// Every other key.
    #[on_dtmf]
    async fn wrong_key(&self, turn: &Turn, digit: Digit, call: ConversationId<'_>) -> Result<()> {
        if self.count_wrong_key(&call) >= PATIENCE {
            turn.say("I am sorry that I cannot help you. Good-bye.")
                .await?;
            turn.end_call().await?;
        } else {
            turn.say(format!("There is nothing behind {digit}. {MENU}"))
                .await?;
        }
        Ok(())
    }

    /// What is said, not pressed.
    #[on_message]
    async fn words(&self, turn: &Turn) -> Result<()> {
        turn.say(format!("I understand keys only. {MENU}")).await
    }

    #[on_end_of_conversation]
    async fn forget(&self, call: ConversationId<'_>) {
        self.wrong_keys
            .lock()
            .expect("nobody panics with it")
            .remove(&*call);
    }
}

impl Menu {
    fn count_wrong_key(&self, call: &str) -> u8 {
        let mut wrong_keys = self.wrong_keys.lock().expect("nobody panics with it");
        let count = wrong_keys.entry(call.to_owned()).or_default();
        *count += 1;
        *count
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let call = Channel::builder(Menu::default()).build().dial(Dial::new());
    for key in ["7", "2", "1", "*"] {
        call.listens().await;
        call.presses(key)
            .await
            .expect("the bot hangs up after the star only");
    }
    print!("{}", call.ended().await.transcript);
}
