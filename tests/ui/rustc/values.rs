//! A value must be readable, and a generic extractor says of what.

#![allow(unused)]

use onhook::prelude::*;

struct NotDe;

#[on_event("a")]
async fn unreadable(turn: &Turn, value: Value<NotDe>) {}

#[on_command_result("recording_start")]
async fn of_what(turn: &Turn, result: CommandResult) {}

fn main() {}
