//! Generated code trips no lint that its author has denied.

#![deny(
    warnings,
    deprecated,
    future_incompatible,
    let_underscore,
    missing_docs,
    nonstandard_style,
    rust_2018_idioms,
    rust_2024_compatibility,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_code,
    unreachable_pub,
    unused,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![forbid(unsafe_code)]

use onhook::prelude::*;
use serde::{Deserialize, Serialize};

/// A command.
#[derive(Debug, Serialize, Deserialize, Command)]
#[command(name = "application/vnd.contoso.open-ticket")]
pub struct OpenTicket;

/// A bot.
#[derive(Debug)]
pub struct Echo;

#[bot]
impl Echo {
    /// Says it again.
    #[on_message]
    pub async fn echo(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(text).await
    }

    /// Replaced.
    #[deprecated = "use something else"]
    #[on_message(text = ["old", "older"])]
    pub async fn old(&self) {}

    #[on_dtmf('1')]
    async fn one(&self) {}

    #[on_members_added]
    async fn joined(&self) {}

    #[cfg(all())]
    #[on_members_removed]
    async fn left(&self) {}

    #[cfg(all())]
    #[on_command(OpenTicket)]
    async fn open(&self) {}

    #[allow(non_snake_case)]
    #[on_event("a")]
    async fn onEvent(&self) {}

    #[cfg(all())]
    #[on_activity]
    async fn rest(&self) {}
}

mod inner {
    use onhook::prelude::*;

    #[on_typing]
    pub(crate) async fn typing() {}

    #[deprecated]
    #[on_message]
    pub(crate) async fn old() {}
}

fn main() {
    fn is_bot(_: impl Bot) {}
    is_bot(Echo);
    #[allow(deprecated)]
    {
        is_bot(handlers![inner::typing, inner::old]);
    }
}
