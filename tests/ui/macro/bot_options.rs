//! `#[bot]` accepts `crate = ..`, an absolute path.

#![allow(unused)]

use onhook::prelude::*;

struct A;

#[bot(foo)]
impl A {
    #[on_message]
    async fn echo(&self, turn: &Turn) {}
}

struct B;

#[bot(state = u8, "x")]
impl B {
    #[on_message]
    async fn echo(&self, turn: &Turn) {}
}

struct C;

#[bot(crate = onhook)]
impl C {
    #[on_message]
    async fn echo(&self, turn: &Turn) {}
}

struct D;

#[bot(crate = "onhook")]
impl D {
    #[on_message]
    async fn echo(&self, turn: &Turn) {}
}

// On a method it is `#[bot]`'s.
struct E;

#[bot]
impl E {
    #[on_message(crate = ::onhook)]
    async fn echo(&self, turn: &Turn) {}
}

fn main() {}
