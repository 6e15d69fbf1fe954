//! The name of a command: a string literal, known or a MIME type; or a type.

#![allow(unused)]

use onhook::prelude::*;

struct Literals;

#[bot]
impl Literals {
    #[on_command_result(42)]
    async fn integer(&self, turn: &Turn) {}

    #[on_command_result(b"x")]
    async fn bytes(&self, turn: &Turn) {}

    #[on_command_result('x')]
    async fn character(&self, turn: &Turn) {}

    #[on_command_result(true)]
    async fn boolean(&self, turn: &Turn) {}

    #[on_command_result(["recording_start"])]
    async fn list(&self, turn: &Turn) {}

    #[on_command_result(recording_start)]
    async fn no_quotes(&self, turn: &Turn) {}

    #[on_command_result(concat!("recording", "_start"))]
    async fn computed(&self, turn: &Turn) {}

    #[on_event(concat!("a", "b"))]
    async fn computed_event(&self, turn: &Turn) {}

    #[on_command_result = "recording_start"]
    async fn equals(&self, turn: &Turn) {}
}

struct Names;

#[bot]
impl Names {
    #[on_command_result("")]
    async fn empty(&self, turn: &Turn) {}

    #[on_command_result(" recording_start")]
    async fn leading(&self, turn: &Turn) {}

    #[on_event("tokens/response ")]
    async fn trailing(&self, turn: &Turn) {}

    #[on_command_result("recording\n_start")]
    async fn control(&self, turn: &Turn) {}

    #[on_command_result("recording_strat")]
    async fn slip(&self, turn: &Turn) {}

    #[on_command_result("foo")]
    async fn unknown(&self, turn: &Turn) {}

    #[on_command_result("RecordingStart")]
    async fn csharp(&self, turn: &Turn) {}

    #[on_command("recording.pause")]
    async fn dotted(&self, turn: &Turn) {}

    #[on_command("session_init")]
    async fn session(&self, turn: &Turn) {}

    #[on_command("application/vnd.contoso/open")]
    async fn two_slashes(&self, turn: &Turn) {}

    #[on_command("application/open ticket")]
    async fn space(&self, turn: &Turn) {}

    #[on_command("application/")]
    async fn no_subtype(&self, turn: &Turn) {}
}

fn main() {}
