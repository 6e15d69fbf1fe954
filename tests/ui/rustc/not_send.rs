//! A handler's future may move between threads.

#![allow(unused)]

use std::rc::Rc;

use onhook::prelude::*;

struct Bot;

#[bot]
impl Bot {
    #[on_message]
    async fn echo(&self, turn: &Turn) -> Result<()> {
        let count = Rc::new(1);
        turn.say("one").await?;
        drop(count);
        Ok(())
    }
}

#[on_typing]
async fn typing(turn: &Turn) -> Result<()> {
    let count = Rc::new(1);
    turn.say("one").await?;
    drop(count);
    Ok(())
}

fn main() {}
