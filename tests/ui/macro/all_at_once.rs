//! All mistakes show in one run, and what is right stays bound.

#![allow(unused)]

use onhook::prelude::*;

// Three mistakes in one handler.
#[on_command_result("recording_strat")]
unsafe fn three(turn: &mut Turn) {}

struct Echo;

#[bot]
impl Echo {
    // Two in another.
    #[on_message(txt = "hi")]
    fn wrong(&self, turn: &Turn) {}

    #[on_typing]
    async fn right(&self, turn: &Turn) {}
}

// No further errors where the wrong ones are used.
fn main() {
    let _ = Echo.or(handlers![three]);
}
