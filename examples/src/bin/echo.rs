//! Says what the caller said: the smallest bot that does something.
//! The call is played on virtual time, so the program ends as soon as it has begun.

use onhook::prelude::*;
use onhook_channel::{Channel, Dial};

struct Echo;

#[bot]
impl Echo {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        turn.say("Say something, and I will say it again.").await
    }

    #[on_message]
    async fn echo(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(format!("You said: {text}")).await
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let call = Channel::builder(Echo).build().dial(Dial::new());
    for words in ["Good morning!", "Is anybody there?"] {
        call.listens().await;
        call.says(words).await.expect("the bot does not hang up");
    }
    call.listens().await;
    print!("{}", call.hangs_up().await.transcript);
}
