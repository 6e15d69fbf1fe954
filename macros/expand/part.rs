#[bot(part = billing)]
impl super::Contoso {
    #[on_message(text = "Pay!")]
    async fn pay(&self, turn: &Turn) -> Result<()> {
        turn.say("pay").await
    }

    #[on_event(OPENED)]
    #[cfg(unix)]
    async fn opened(&self) {}
}
