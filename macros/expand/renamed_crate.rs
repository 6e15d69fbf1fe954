#[bot(crate = ::topspin)]
impl Contoso {
    #[on_members_added]
    async fn joined(&self) {}

    #[on_members_removed]
    async fn left(&self) {}

    #[on_command_result("recording_start")]
    async fn started(&self, turn: &Turn) -> Result<()> {}

    #[on_command(OpenTicket)]
    async fn open(&self) {}

    #[on_event("a")]
    async fn literal(&self) {}

    #[on_event(A)]
    async fn constant(&self) {}

    #[on_dtmf('1')]
    async fn one(&self) {}

    #[on_message(text = "yes")]
    async fn yes(&self) {}

    #[on_error]
    async fn failed(&self) {}
}
