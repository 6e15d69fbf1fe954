//! An argument that the hook does not have.

#![allow(unused)]

use onhook::prelude::*;

struct Wrong;

struct Echo;

#[bot]
impl Echo {
    #[on_message]
    async fn boolean(&self, turn: &Turn, flag: bool) {}

    #[on_typing]
    async fn joined(&self, turn: &Turn, joined: MembersAdded<'_>) {}

    #[on_members_added]
    async fn reference(&self, turn: &Turn, joined: &MembersAdded<'_>) {}

    #[on_members_removed]
    async fn text(&self, text: Text<'_>) {}

    #[on_event]
    async fn own(&self, wrong: Option<Wrong>) {}
}

#[on_dtmf]
async fn free(turn: &Turn, result: CommandResult<RecordingStart>) {}

fn main() {}
