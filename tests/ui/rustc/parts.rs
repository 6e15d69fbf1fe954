//! Parts and the blocks that join them, as far as types go.

#![allow(unused)]

use onhook::prelude::*;

// A part of a type that is no bot.
struct Orphan;

#[bot(part = orphaned)]
impl Orphan {
    #[on_message]
    async fn message(&self, turn: &Turn) {}

    #[on_typing]
    async fn typing(&self, turn: &Turn) {}
}

// A part that is nowhere.
struct Missing;

#[bot(parts = [nowhere])]
impl Missing {
    #[on_message]
    async fn message(&self, turn: &Turn) {}
}

// Two blocks that are the bot.
struct Twice;

#[bot(parts = [first])]
impl Twice {}

#[bot]
impl Twice {
    #[on_message]
    async fn message(&self, turn: &Turn) {}
}

#[bot(part = first)]
impl Twice {
    #[on_typing]
    async fn typing(&self, turn: &Turn) {}
}

// Two blocks of one name.
struct Same;

#[bot(parts = [same])]
impl Same {}

#[bot(part = same)]
impl Same {
    #[on_message]
    async fn message(&self, turn: &Turn) {}
}

#[bot(part = same)]
impl Same {
    #[on_typing]
    async fn typing(&self, turn: &Turn) {}
}

fn main() {}
