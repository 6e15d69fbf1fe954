//! Commands of one's own, in both directions, with typed data and typed results.
//! The bot asks its application to open a ticket; the application asks the bot to tell the caller something.

use onhook::prelude::*;
use onhook_channel::{Channel, Dial};
use serde::{Deserialize, Serialize};

/// From the bot to the application.
#[derive(Command, Serialize, Deserialize)]
#[command(name = "application/vnd.contoso.open-ticket", result = Ticket)]
struct OpenTicket {
    subject: String,
}

#[derive(Serialize, Deserialize)]
struct Ticket {
    number: u32,
}

/// From the application to the bot.
#[derive(Command, Serialize, Deserialize)]
#[command(name = "application/vnd.contoso.announce", result = Announced)]
struct Announce {
    text: String,
}

#[derive(Serialize, Deserialize)]
struct Announced {
    words: usize,
}

struct HelpDesk;

#[bot]
impl HelpDesk {
    /// Sends a command and waits here for its result.
    #[on_message]
    async fn open_ticket(&self, turn: &Turn, problem: Text<'_>) -> Result<()> {
        let subject = problem.to_string();
        let ticket = turn.command(OpenTicket { subject }).await?.result().await?;
        turn.say(format!(
            "This is ticket {}. Somebody will call you.",
            ticket.number
        ))
        .await
    }

    /// Carries out a command; what is returned is sent as its result.
    #[on_command(Announce)]
    async fn announce(&self, turn: &Turn, command: CommandValue<Announce>) -> Result<CommandReply> {
        let text = &command.data.text;
        if text.is_empty() {
            return Ok(CommandReply::failure(CommandError::new(
                "NothingToSay",
                "the text is empty",
            )));
        }
        turn.say(text).await?;
        let words = text.split_whitespace().count();
        Ok(CommandReply::success(&Announced { words })?)
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let channel = Channel::builder(HelpDesk)
        .on_command(|open: OpenTicket| {
            println!("the application opens a ticket about “{}”", open.subject);
            Ok(Ticket { number: 4711 })
        })
        .build();
    let call = channel.dial(Dial::new());
    call.says("My telephone does not ring.")
        .await
        .expect("the bot does not hang up");
    call.listens().await;

    let text = "A technician is on the way.".to_owned();
    let announced = call
        .commands(&Announce { text })
        .await
        .expect("the bot announces it");
    println!("the bot announces {} words", announced.words);
    let refused = call
        .commands(&Announce {
            text: String::new(),
        })
        .await;
    println!(
        "the bot answers to an empty text: {}",
        refused.err().expect("the bot refuses it")
    );

    call.listens().await;
    print!("\n{}", call.hangs_up().await.transcript);
}
