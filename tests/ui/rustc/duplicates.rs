//! Duplicates that only the compiler can see.

#![allow(unused)]

use onhook::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Command)]
#[command(name = "application/vnd.contoso.open-ticket")]
struct OpenTicket;

const HELLO: &str = "hello";

mod a {
    use onhook::prelude::*;

    #[on_command_result("recording_start")]
    pub async fn started(turn: &Turn) {}

    #[on_message(text = "yes")]
    pub async fn yes(turn: &Turn) {}

    #[on_activity]
    pub async fn rest(turn: &Turn) {}
}

mod b {
    use onhook::prelude::*;

    #[on_command_result(RecordingStart)]
    pub async fn started(turn: &Turn) {}

    #[on_message(text = ["no", "YES!"])]
    pub async fn no(turn: &Turn) {}

    #[on_activity]
    pub async fn rest(turn: &Turn) {}
}

struct Bot;

#[bot]
impl Bot {
    #[on_command("application/vnd.contoso.open-ticket")]
    async fn by_name(&self, turn: &Turn) {}

    #[on_command(OpenTicket)]
    async fn by_type(&self, turn: &Turn) {}

    #[on_event("hello")]
    async fn literal(&self, turn: &Turn) {}

    #[on_event(HELLO)]
    async fn constant(&self, turn: &Turn) {}
}

fn main() {
    let _ = handlers![a::started, b::started];
    let _ = handlers![a::yes, b::no];
    let _ = handlers![a::rest, b::rest];
}
