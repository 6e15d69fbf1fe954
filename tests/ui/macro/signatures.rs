//! A handler is a plain `async fn`.

#![allow(unused)]

use std::future::Future;

use onhook::prelude::*;

#[on_message]
fn not_async(turn: &Turn) {}

#[on_message]
fn future(turn: &Turn) -> impl Future<Output = Result<()>> {
    async { Ok(()) }
}

#[on_message]
const unsafe extern "C" fn qualified(turn: &Turn) {}

#[on_message]
async fn generic<T>(turn: &Turn, value: Value<T>) {}

#[on_message]
async fn constant<const N: usize>(turn: &Turn) {}

#[on_message]
async fn opaque(turn: &Turn, value: impl Clone) {}

#[on_message]
async fn clause(turn: &Turn)
where
    u8: Clone,
{
}

#[on_message]
async fn unique(turn: &mut Turn) {}

#[on_message]
async fn conditional(turn: &Turn, #[cfg(test)] text: Text<'_>) {}

fn main() {}
