//! A constant name is not empty.

#![allow(unused)]

use onhook::prelude::*;

const EMPTY: &str = "";

#[on_event(EMPTY)]
async fn event(turn: &Turn) {}

fn main() {
    let _ = handlers![event];
}
