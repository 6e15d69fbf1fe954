//! `#[derive(Choice)]` checks a menu.

#![allow(unused)]

use onhook::prelude::*;

#[derive(Choice)]
struct Struct;

#[derive(Choice)]
enum Empty {}

#[derive(Choice)]
enum Generic<T> {
    A,
    #[choice(other)]
    Other(T),
}

#[derive(Choice)]
enum Fields {
    #[choice(key = '1')]
    Hours,
    Pay(u32),
    Named { amount: u32 },
    Text(String),
}

#[derive(Choice)]
enum Others {
    Hours,
    #[choice(other)]
    Other(String),
    #[choice(other)]
    Another(String),
    #[choice(other)]
    Unit,
    #[choice(other, key = '1')]
    Keyed(String),
}

#[derive(Choice)]
enum OnlyOther {
    #[choice(other)]
    Other(String),
}

#[derive(Choice)]
enum Keys {
    #[choice(key = '1')]
    Hours,
    #[choice(key = '1')]
    Pay,
    #[choice(key = 'x')]
    Book,
    #[choice(key = 'a')]
    Lower,
    #[choice(key = 2)]
    Number,
    #[choice(key = "3")]
    Text,
    #[choice(key = "34")]
    Long,
}

#[derive(Choice)]
enum Words {
    #[choice(say = "opening hours", or = ["hours"])]
    Hours,
    #[choice(say = "pay", or = ["Hours!"])]
    Pay,
    #[choice(say = "book", or = ["Book", "café", ""])]
    Book,
    #[choice(or = "cafe")]
    Coffee,
    #[choice(say = "!?")]
    Mark,
}

#[derive(Choice)]
enum Spoken {
    #[choice(key = '1', say = "the second one", or = ["two", "drei"])]
    First,
    #[choice(key = '2', say = "option two")]
    Second,
    #[choice(key = '3')]
    Third,
}

#[derive(Choice)]
#[choice(key = '1', crates = ::onhook)]
enum Options {
    #[choice(kay = '1')]
    A,
    #[choice(synonyms = ["x"])]
    B,
    #[choice(othr)]
    C,
    #[choice(key)]
    D,
    #[choice('1')]
    E,
    #[choice]
    F,
    #[choice(say = "x", say = "y")]
    G,
    #[choice(crate = ::onhook)]
    H,
    #[choice(or = 1)]
    I,
}

fn main() {
    let _ = Words::choose("Which?");
}
