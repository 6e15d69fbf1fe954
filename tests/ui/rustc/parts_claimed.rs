//! Duplicates across the parts of a bot, and a part that its bot does not join.

#![allow(unused)]

use onhook::prelude::*;

const HELLO: &str = "hello";

// Duplicates across blocks and modules: one error each, at the later handler.
struct Bot;

#[bot(parts = [a, b])]
impl Bot {
    #[on_message(text = "yes")]
    async fn yes(&self, turn: &Turn) {}

    #[on_activity]
    async fn rest(&self, turn: &Turn) {}
}

mod a {
    use onhook::prelude::*;

    #[bot(part = a)]
    impl super::Bot {
        #[on_message(text = ["no", "Yes!"])]
        async fn no(&self, turn: &Turn) {}

        #[on_event("hello")]
        async fn hello(&self, turn: &Turn) {}

        #[on_activity]
        async fn other_rest(&self, turn: &Turn) {}
    }
}

mod b {
    use onhook::prelude::*;

    #[bot(part = b)]
    impl super::Bot {
        #[on_event(super::HELLO)]
        async fn constant(&self, turn: &Turn) {}

        #[on_typing]
        async fn typing(&self, turn: &Turn) {}
    }
}

// A part that nobody joins, although there is a bot.
struct Forgotten;

#[bot(parts = [one])]
impl Forgotten {}

#[bot(part = one)]
impl Forgotten {
    #[on_message]
    async fn message(&self, turn: &Turn) {}
}

#[bot(part = two)]
impl Forgotten {
    #[on_typing]
    async fn typing(&self, turn: &Turn) {}

    #[on_activity]
    async fn rest(&self, turn: &Turn) {}
}

fn main() {}
