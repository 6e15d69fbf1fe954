/// Says it again.
#[cfg(unix)]
#[on_message]
pub(crate) async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
    turn.say(text).await
}
