//! Handlers share the bot: they take `&self`.

#![allow(unused)]

use std::sync::Arc;

use onhook::prelude::*;

struct Bot;

#[bot]
impl Bot {
    #[on_message]
    async fn by_value(self, turn: &Turn) {}

    #[on_typing]
    async fn unique(&mut self, turn: &Turn) {}

    #[on_event]
    async fn shared(self: Arc<Self>, turn: &Turn) {}
}

fn main() {}
