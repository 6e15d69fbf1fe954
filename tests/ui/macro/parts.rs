//! `#[bot(part = ..)]` and `#[bot(parts = [..])]`.

#![allow(unused)]

use onhook::prelude::*;

struct A;

#[bot(parts = [one, one])]
impl A {
    #[on_message]
    async fn other(&self, turn: &Turn) {}
}

#[bot(part = one)]
impl A {
    #[on_typing]
    async fn typing(&self, turn: &Turn) {}
}

struct B;

#[bot(parts = [])]
impl B {
    #[on_message]
    async fn other(&self, turn: &Turn) {}
}

struct C;

#[bot(parts = billing)]
impl C {
    #[on_message]
    async fn other(&self, turn: &Turn) {}
}

struct D;

#[bot(parts = ["billing", 2, a::b])]
impl D {
    #[on_message]
    async fn other(&self, turn: &Turn) {}
}

struct E;

#[bot(part)]
impl E {
    #[on_message]
    async fn other(&self, turn: &Turn) {}
}

struct F;

#[bot(part = "billing")]
impl F {
    #[on_message]
    async fn other(&self, turn: &Turn) {}
}

struct G;

#[bot(part = one, parts = [two])]
impl G {
    #[on_message]
    async fn other(&self, turn: &Turn) {}
}

struct H;

#[bot(prats = [two])]
impl H {
    #[on_message]
    async fn other(&self, turn: &Turn) {}
}

// A part without handlers is a mistake, as any block without them.
struct I;

#[bot(parts = [empty])]
impl I {}

#[bot(part = empty)]
impl I {
    fn helper(&self) {}
}

fn main() {}
