//! A generic bot; a command with parameters.

use std::fmt::Display;

use onhook::prelude::*;
use serde::{Deserialize, Serialize};

struct Greeter<'g, T, const N: usize> {
    greetings: [&'g T; N],
}

#[bot]
impl<'g, T, const N: usize> Greeter<'g, T, N>
where
    T: Display + Send + Sync,
{
    const NAME: &'static str = "name";

    #[on_message]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        for greeting in self.greetings {
            turn.say(greeting.to_string()).await?;
        }
        Ok(())
    }

    #[on_event(Self::NAME)]
    async fn event(&self) {}

    #[on_command_result(Labelled<u8>)]
    async fn labelled(&self, result: CommandResult<Labelled<u8>>) {
        let _ = result;
    }
}

#[derive(Serialize, Deserialize, Command)]
#[command(name = "application/vnd.contoso.labelled", result = Option<Vec<u8>>)]
#[serde(bound = "L: Serialize + serde::de::DeserializeOwned")]
struct Labelled<L>
where
    L: Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
{
    label: L,
}

fn is_bot(_: impl Bot) {}

fn main() {
    let hello = String::from("hello");
    is_bot(Greeter { greetings: [&hello, &hello] });
    let _ = Labelled { label: 1 }.label;
}
