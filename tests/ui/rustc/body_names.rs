//! A mistake in a body is rustc's, once; `self` must be asked for.

#![allow(unused)]

use onhook::prelude::*;

struct Echo {
    greeting: &'static str,
}

#[bot]
impl Echo {
    #[on_message]
    async fn unresolved(&self, turn: &Turn) -> Result<()> {
        turn.say(greeting).await
    }

    #[on_typing]
    async fn no_self(turn: &Turn) -> Result<()> {
        turn.say(self.greeting).await
    }
}

fn main() {}
