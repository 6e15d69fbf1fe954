//! A path as a name is a `&'static str`.

#![allow(unused)]

use onhook::prelude::*;

const NUMBER: u8 = 1;

struct Bot;

#[bot]
impl Bot {
    #[on_event(NUMBER)]
    async fn number(&self, turn: &Turn) {}
}

#[on_invoke(NUMBER)]
async fn invoke(turn: &Turn) {}

fn main() {}
