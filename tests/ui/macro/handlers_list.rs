//! `handlers![..]` lists paths.

#![allow(unused)]

use onhook::prelude::*;

#[on_message]
async fn echo(turn: &Turn) {}

#[on_typing]
async fn typing(turn: &Turn) {}

fn main() {
    let _ = handlers![echo, typing, echo];
    let _ = handlers![];
    let _ = handlers![echo(), typing];
    let _ = handlers![|turn| {}];
    let _ = handlers!["echo"];
    let _ = handlers![echo typing];
    let _ = handlers![echo,, typing];
    let _ = handlers![#[allow(unused)] echo];
    let _ = handlers![crate = onhook, echo];
    let _ = handlers![#[cfg(any())] echo, echo];
}
