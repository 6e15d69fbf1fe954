//! One handler for one thing.

#![allow(unused)]

use onhook::prelude::*;

// The same hook twice, or two hooks, on one function.
#[on_message]
#[on_message]
async fn twice(turn: &Turn) {}

#[on_message]
#[on_typing]
async fn both(turn: &Turn) {}

struct Bot;

#[bot]
impl Bot {
    #[on_event("a")]
    #[on_event("b")]
    async fn two_events(&self, turn: &Turn) {}

    // The same command.
    #[on_command_result("recording_start")]
    async fn first(&self, turn: &Turn) {}

    #[on_command_result("recording_start")]
    async fn again(&self, turn: &Turn) {}

    // Under its wire name, and in the preview's dialect.
    #[on_command_result("channel/vnd.microsoft.telephony.recording.start")]
    async fn wire(&self, turn: &Turn) {}

    #[on_command_result("recording_start_command")]
    async fn preview(&self, turn: &Turn) {}

    // A command is not its result.
    #[on_command("recording_start")]
    async fn command(&self, turn: &Turn) {}

    // Texts are compared without regard to case.
    #[on_message(text = ["yes", "yeah"])]
    async fn yes(&self, turn: &Turn) {}

    #[on_message(text = ["no", "Yeah"])]
    async fn no(&self, turn: &Turn) {}

    #[on_dtmf('1', '2')]
    async fn one(&self, turn: &Turn) {}

    #[on_dtmf('3', '2')]
    async fn two(&self, turn: &Turn) {}

    // What stands for an event.
    #[on_handoff_status]
    async fn handoff(&self, turn: &Turn) {}

    #[on_event("handoff.status")]
    async fn event(&self, turn: &Turn) {}

    // Everything else.
    #[on_activity]
    async fn rest(&self, turn: &Turn) {}

    #[on_activity]
    async fn other_rest(&self, turn: &Turn) {}

    #[before_turn]
    async fn before(&self, turn: &Turn) {}

    #[before_turn]
    async fn before_too(&self, turn: &Turn) {}

    // Never compiled together.
    #[cfg(any())]
    #[on_typing]
    async fn typing(&self, turn: &Turn) {}

    #[cfg(not(any()))]
    #[on_typing]
    async fn typing(&self, turn: &Turn) {}
}

fn main() {}
