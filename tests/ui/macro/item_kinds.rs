//! A hook marks an `async fn` and nothing else.

#![allow(unused)]

use onhook::prelude::*;

#[on_message]
struct Unit;

#[on_typing]
pub(crate) enum Choice {
    One,
}

#[on_event("a")]
const ANSWER: u8 = 42;

#[on_invoke]
static WORD: &str = "x";

#[on_activity]
mod inner {}

#[on_error]
trait Shape {}

#[before_turn]
type Alias = u8;

struct Bot;

#[on_message]
impl Bot {}

trait Greets {
    #[on_message]
    async fn greet(turn: &Turn);

    #[on_message]
    async fn method(&self, turn: &Turn);
}

fn main() {}
