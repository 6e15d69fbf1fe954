//! A syntax error in a body is rustc's, once.

#![allow(unused)]

use onhook::prelude::*;

struct Echo;

#[bot]
impl Echo {
    #[on_message]
    async fn echo(&self, turn: &Turn) {
        let x = ;
    }

    #[on_typing]
    async fn typing(&self, turn: &Turn) {}
}

fn main() {}
