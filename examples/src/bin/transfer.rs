//! Hands the caller over to a person, and goes on when nobody answers.
//! Two calls are played: one whose transfer fails, one whose transfer succeeds.

use onhook::activity::{HandoffState, HandoffStatus};
use onhook::prelude::*;
use onhook_channel::{Channel, Dial, Transfer};

/// Whom to call, in E.164 form.
const AGENT: &str = "+14255550123";

struct Reception;

#[bot]
impl Reception {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        turn.say("Welcome to Contoso! Press 0 to talk to a person.")
            .await
    }

    #[on_dtmf('0')]
    async fn press_zero(&self, turn: &Turn) -> Result<()> {
        self.hand_over(turn).await
    }

    #[on_message(text = "agent")]
    async fn ask_for_agent(&self, turn: &Turn) -> Result<()> {
        self.hand_over(turn).await
    }

    /// After a transfer that succeeds, often nothing but the end of the conversation is heard.
    #[on_handoff_status]
    async fn transferred(&self, turn: &Turn, status: HandoffStatus) -> Result<()> {
        if status.state == Some(HandoffState::Failed) {
            turn.say("I am sorry, everybody is busy. Please call again tomorrow.")
                .await?;
            turn.end_call().await?;
        }
        Ok(())
    }
}

impl Reception {
    async fn hand_over(&self, turn: &Turn) -> Result<()> {
        turn.say("One moment, please.").await?;
        turn.transfer_to(AGENT).await
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let channel = Channel::builder(Reception).build();

    let busy = Transfer::Failed("the line is busy".to_owned());
    let call = channel.dial(Dial::new().transfer(busy));
    call.listens().await;
    call.says("agent")
        .await
        .expect("the bot waits for the caller");
    println!("{}", call.ended().await.transcript);

    let call = channel.dial(Dial::new());
    call.listens().await;
    call.presses("0")
        .await
        .expect("the bot waits for the caller");
    print!("{}", call.ended().await.transcript);
}
