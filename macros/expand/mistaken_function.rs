#[on_command("recording_strat")]
pub fn wrong(turn: &Turn) {
    if 1
}
