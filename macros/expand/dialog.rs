#[bot(version = 2)]
impl Contoso {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>, joined: MembersAdded<'_>) -> Result<()> {
        call.say("Welcome.").await
    }

    #[on_message(text = "agent", interrupts)]
    async fn agent(&self, turn: &Turn) -> Result<Flow> {
        Ok(Flow::Cancel)
    }

    #[on_dtmf('0', interrupts)]
    async fn zero(&self, turn: &Turn) -> Result<Flow> {
        Ok(Flow::Resume)
    }
}
