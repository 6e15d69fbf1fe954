//! What does nothing, or is not yet certain, unless it is used.

#![deny(unused_must_use)]

use onhook::prelude::*;

#[on_message(text = "pay")]
async fn pay(turn: &Turn) -> Result<()> {
    turn.pause_recording().await?;
    turn.say("Please read me your card number.");
    turn.while_paused(async { Ok(()) });
    turn.conversation();
    Speech::text("Thank you.").no_barge_in();
    RecordingStart::new().metadata("queue", "billing");
    Ok(())
}

#[on_command]
async fn command() {
    CommandReply::done();
}

#[on_invoke]
async fn invoke() {
    InvokeResponse::status(404);
}

fn main() {
    let _ = handlers![pay, command, invoke];
}
