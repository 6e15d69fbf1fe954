//! A type is one bot.

#![allow(unused)]

use onhook::prelude::*;

struct Echo;

#[bot]
impl Echo {
    #[on_message]
    async fn one(&self, turn: &Turn) {}
}

#[bot]
impl Echo {
    #[on_typing]
    async fn two(&self, turn: &Turn) {}
}

fn main() {}
