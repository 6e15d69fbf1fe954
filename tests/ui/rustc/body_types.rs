//! A type error in a body is rustc's, once.

#![allow(unused)]

use onhook::prelude::*;

struct Echo;

#[bot]
impl Echo {
    #[on_message]
    async fn echo(&self, turn: &Turn) -> Result<()> {
        turn.shout("hello").await
    }

    #[on_typing]
    async fn typing(&self, turn: &Turn) -> Result<()> {
        let text: u8 = "hello";
        Ok(())
    }
}

fn main() {}
