//! Methods are bound by `#[bot]` on their block.

#![allow(unused)]

use onhook::on_message as hook;
use onhook::prelude::*;

struct Echo;

// `self` without `#[bot]`.
impl Echo {
    #[on_message]
    async fn echo(&self, turn: &Turn) {}
}

// `Self` without `#[bot]`.
impl Echo {
    #[on_typing]
    async fn typing(turn: &Turn, this: Local<Self>) {}
}

// A hook that `#[bot]` does not see: under another name, or written by a macro.
#[bot]
impl Echo {
    #[hook]
    async fn renamed(&self, turn: &Turn) {}

    #[on_typing]
    async fn seen(&self, turn: &Turn) {}
}

struct Hidden;

macro_rules! hidden {
    () => {
        #[on_message]
        async fn hidden(&self, turn: &Turn) {}
    };
}

#[bot]
impl Hidden {
    hidden!();

    #[on_typing]
    async fn seen(&self, turn: &Turn) {}
}

fn main() {}
