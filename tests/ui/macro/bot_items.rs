//! `#[bot]` stands on an inherent impl that has handlers.

#![allow(unused)]

use onhook::prelude::*;

#[bot]
struct Unit;

#[bot]
fn function() {}

#[bot]
mod inner {}

// A trait impl.
struct Echo;

trait Shape {
    fn area(&self) -> u8;
}

#[bot]
impl Shape for Echo {
    fn area(&self) -> u8 {
        0
    }
}

// No handlers.
struct Empty;

#[bot]
impl Empty {
    async fn not_a_handler(&self) {}
}

// No handlers in sight.
struct Hidden;

macro_rules! hidden {
    () => {};
}

#[bot]
impl Hidden {
    hidden!();
}

fn main() {}
