//! Texts are compared by their normal form.

#![allow(unused)]

use onhook::prelude::*;

#[on_message(text = "\u{200B}\u{AD}")]
async fn invisible(turn: &Turn) {}

#[on_message(text = ["yes", "Yes.", "¡yes!"])]
async fn punctuated(turn: &Turn) {}

#[on_message(text = ["no", "no"])]
async fn to_the_letter(turn: &Turn) {}

struct Bot;

#[bot]
impl Bot {
    #[on_message(text = "sí")]
    async fn composed(&self, turn: &Turn) {}

    #[on_message(text = "si\u{301}")]
    async fn decomposed(&self, turn: &Turn) {}

    #[on_message(text = "Straße")]
    async fn street(&self, turn: &Turn) {}

    #[on_message(text = "STRASSE!")]
    async fn folded(&self, turn: &Turn) {}

    // Punctuation alone is a text, and inside of a text it counts.
    #[on_message(text = "?")]
    async fn asked(&self, turn: &Turn) {}

    #[on_message(text = ["#", "*"])]
    async fn keys(&self, turn: &Turn) {}

    #[on_message(text = ["12.5", "125"])]
    async fn numbers(&self, turn: &Turn) {}
}

fn main() {}
