//! What stands in a hook's parentheses.

#![allow(unused)]

use onhook::prelude::*;

// Hooks without arguments.
#[on_members_added("x")]
async fn surplus(turn: &Turn) {}

#[on_typing(text = "hi")]
async fn surplus_option(turn: &Turn) {}

// `text`.
#[on_message(txt = "hi")]
async fn unknown(turn: &Turn) {}

#[on_message("hi")]
async fn positional(turn: &Turn) {}

#[on_message(text = "a", text = "b")]
async fn twice(turn: &Turn) {}

#[on_message(text)]
async fn no_equals(turn: &Turn) {}

#[on_message(text = )]
async fn no_value(turn: &Turn) {}

#[on_message(text = 1)]
async fn integer(turn: &Turn) {}

#[on_message(text = ["yes", 2, "YES"])]
async fn mixed(turn: &Turn) {}

#[on_message(text = [])]
async fn none(turn: &Turn) {}

#[on_message(text = " yes")]
async fn blank(turn: &Turn) {}

#[on_message(text = "a" "b")]
async fn no_comma(turn: &Turn) {}

// Names.
#[on_event("a" "b")]
async fn no_comma_either(turn: &Turn) {}

#[on_event("a", "b")]
async fn second(turn: &Turn) {}

#[on_event(,)]
async fn comma(turn: &Turn) {}

#[on_command(name = "recording_start")]
async fn named(turn: &Turn) {}

// Digits.
#[on_dtmf("12")]
async fn string(turn: &Turn) {}

#[on_dtmf(1)]
async fn number(turn: &Turn) {}

#[on_dtmf('x')]
async fn no_key(turn: &Turn) {}

#[on_dtmf('a')]
async fn lower(turn: &Turn) {}

#[on_dtmf('1', '1')]
async fn same(turn: &Turn) {}

fn main() {}
