//! Members of a `#[bot]` block: what is no function, and hooks that do not exist.

#![allow(unused)]

use onhook::prelude::*;

struct Bot;

#[bot]
impl Bot {
    #[on_members_added]
    const LIMIT: u8 = 1;

    #[on_member_added]
    async fn slip(&self, turn: &Turn) {}

    #[OnMembersAdded]
    async fn csharp(&self, turn: &Turn) {}

    #[onMembersAdded]
    async fn javascript(&self, turn: &Turn) {}

    #[members_added]
    async fn bare(&self, turn: &Turn) {}

    #[on_recording_start_result]
    async fn telephony(&self, turn: &Turn) {}

    #[on_turn_error]
    async fn failed(&self, turn: &Turn) {}

    #[on_typing]
    async fn right(&self, turn: &Turn) {}
}

fn main() {}
