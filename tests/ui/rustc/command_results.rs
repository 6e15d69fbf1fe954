//! The name of a command fixes the type of its result.

#![allow(unused)]

use onhook::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Command)]
#[command(name = "application/vnd.contoso.open-ticket")]
struct OpenTicket;

struct NotACommand;

struct Bot;

#[bot]
impl Bot {
    #[on_command_result("recording_start")]
    async fn other_recording(&self, result: CommandResult<RecordingStop>) {}

    #[on_command_result(OpenTicket)]
    async fn other_type(&self, result: CommandResult<RecordingStop>) {}
}

#[on_command(OpenTicket)]
async fn result(value: CommandResult<OpenTicket>) {}

#[on_command(NotACommand)]
async fn no_command(turn: &Turn) {}

fn main() {}
