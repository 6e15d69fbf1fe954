#[bot]
impl Contoso {
    /// Welcomes whoever calls.
    #[on_members_added]
    async fn greet(&self, turn: &Turn, joined: MembersAdded<'_>) -> Result<()> {
        turn.say(self.greeting).await
    }

    const LIMIT: u8 = { 1 };
}
