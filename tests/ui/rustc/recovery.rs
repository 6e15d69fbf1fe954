//! A mistake of ours hides none of rustc's, in the same block or elsewhere.

#![allow(unused)]

use onhook::prelude::*;

struct Echo;

#[bot]
impl Echo {
    #[on_message(txt = "hi")]
    async fn wrong_attribute(&self, turn: &Turn) {
        let _: u8 = "wrong";
    }

    #[on_typing]
    async fn right(&self, turn: &Turn) {
        let _: u8 = "also wrong";
    }
}

fn main() {}
