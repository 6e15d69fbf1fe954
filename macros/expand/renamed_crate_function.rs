#[on_command_result("recording_start", crate = ::topspin)]
async fn started(turn: &Turn) -> Result<()> {}
