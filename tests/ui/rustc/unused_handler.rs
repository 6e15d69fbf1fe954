//! A handler that no list names is dead code, and is said to be.

#![deny(dead_code)]

use onhook::prelude::*;

#[on_message]
async fn used(turn: &Turn) -> Result<()> {
    turn.say("hello").await
}

#[on_typing]
async fn forgotten(turn: &Turn) -> Result<()> {
    turn.say("hello").await
}

fn main() {
    let _ = handlers![used];
}
