//! Bots of free functions, without a type of their own: listed with `handlers![…]`, chained with `or`.
//! What one function leaves in the turn, the next one takes as an argument.

use onhook::prelude::*;
use onhook_channel::{Channel, Dial};

/// Who calls, as far as it is known.
struct Customer {
    name: &'static str,
}

/// Runs before every other handler.
#[before_turn]
async fn look_up(turn: &Turn, caller: Sender<'_>) {
    if caller.id.as_deref() == Some("+14255550100") {
        turn.insert(Customer { name: "Ada" });
    }
}

#[on_members_added]
async fn greet(turn: &Turn, customer: Option<Local<Customer>>) -> Result<()> {
    let name = customer.map_or("stranger", |customer| customer.name);
    turn.say(format!("Hello {name}.")).await
}

#[on_message(text = "help")]
async fn help(turn: &Turn) -> Result<()> {
    turn.say("Say good-bye to hang up.").await
}

#[on_message(text = "good-bye")]
async fn good_bye(turn: &Turn) -> Result<()> {
    turn.say("Good-bye!").await?;
    turn.end_call().await
}

/// What nobody else takes.
mod fallback {
    use onhook::prelude::*;

    #[on_message]
    pub(super) async fn not_understood(turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(format!(
            "I do not know what “{text}” means. Say help for help."
        ))
        .await
    }

    #[on_error]
    pub(super) async fn apologise(turn: &Turn, error: &onhook::Error) -> Result<()> {
        eprintln!("a turn failed: {error:#}");
        turn.say("Something went wrong. Please say it again.").await
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let bot = handlers![look_up, greet, help, good_bye]
        .or(handlers![fallback::not_understood, fallback::apologise]);
    print_table(&bot);

    let call = Channel::builder(bot).build().dial(Dial::new());
    for words in ["My bill, please.", "help", "Good-bye"] {
        call.listens().await;
        call.says(words)
            .await
            .expect("the bot hangs up after good-bye only");
    }
    print!("{}", call.ended().await.transcript);
}

/// A bot can list its handlers, with the first line of their documentation.
fn print_table<B: Bot>(_: &B) {
    for hook in B::HOOKS.iter() {
        println!(
            "{:<17} {:<10} {:<15} {}",
            hook.attribute, hook.key, hook.handler, hook.doc
        );
    }
    println!();
}
