//! Generated code trips no lint of rustc or clippy. Clippy itself is run on this file with the others.

#![deny(
    warnings,
    clippy::all,
    clippy::cargo,
    clippy::nursery,
    clippy::pedantic,
    deprecated,
    future_incompatible,
    keyword_idents,
    missing_docs,
    nonstandard_style,
    rust_2018_idioms,
    rust_2024_compatibility,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unused,
    unused_lifetimes,
    unused_qualifications,
    unused_results
)]
// Findings about the dependencies of the whole, not about the code here.
#![allow(clippy::cargo_common_metadata, clippy::multiple_crate_versions)]
// The opposite of `unreachable_pub`.
#![allow(clippy::redundant_pub_crate)]

use onhook::prelude::*;
use onhook::testing::TestTurn;
use serde::{Deserialize, Serialize};

/// A command.
#[derive(Debug, Serialize, Deserialize, Command)]
#[command(name = "application/vnd.contoso.open-ticket")]
struct OpenTicket;

/// A bot.
#[derive(Debug)]
struct Echo;

#[bot]
impl Echo {
    /// Says it again.
    #[on_message]
    async fn echo(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(text).await
    }

    /// Replaced.
    #[deprecated = "use something else"]
    #[on_message(text = ["old", "older"])]
    async fn old(&self) {}

    /// Waits for nothing, asks for nothing of the bot, and does not consume what it takes.
    #[on_dtmf('1')]
    async fn one(&self, turn: &Turn, text: Option<Text<'_>>) -> Result<()> {
        assert!(text.is_some());
        turn.say("one").await
    }

    #[on_members_added]
    async fn joined(&self, joined: MembersAdded<'_>) {
        assert_eq!(joined.others().count(), 1);
    }

    #[cfg(not(target_os = "none"))]
    #[on_members_removed]
    async fn left(&self) {}

    #[on_command(OpenTicket)]
    async fn open(&self, command: CommandValue<OpenTicket>) {
        let _ = format!("{command:?}");
    }

    #[allow(non_snake_case)]
    #[on_event("a")]
    async fn onEvent(&self) {}

    #[cfg(not(target_os = "none"))]
    #[on_activity]
    async fn rest() {}

    #[before_turn]
    async fn before(&self) {}
}

mod inner {
    use onhook::prelude::*;

    #[on_typing]
    pub(crate) async fn typing() {}

    #[deprecated]
    #[on_message]
    pub(crate) async fn old(text: Text<'_>) {
        assert!(!text.is_empty());
    }
}

#[tokio::test]
#[allow(deprecated)]
async fn the_bots_of_this_file_work() {
    let turn = TestTurn::message("hello");
    let bot = Echo.or(handlers![inner::typing, inner::old]);
    assert!(turn.run(&bot).await.is_ok());
    assert_eq!(turn.spoken(), ["hello"]);
}
