#[bot]
impl<'b, T> Shop<'b, T>
where
    T: Send + Sync,
{
    #[on_dtmf('1', '2')]
    async fn digits() {}

    #[on_message(text = ["yes", "yeah"])]
    async fn yes<'t>(&self, text: Text<'t>) {}

    #[on_message]
    async fn any(&self) {}

    #[on_members_added]
    async fn joined(&self) {}

    #[on_members_removed]
    async fn left(&self) {}

    #[on_command_result("recording_start")]
    async fn started(&self, result: CommandResult<RecordingStart>) -> Result<Flow> {}

    #[on_command(OpenTicket)]
    async fn open(&self, State(shop): State<T>) {}

    #[on_event(names::HELLO)]
    async fn r#match(&self) {}

    #[cfg(feature = "typing")]
    #[on_typing]
    async fn typing(&self) {}

    #[cfg_attr(unix, on_activity)]
    async fn rest(&self) {}

    #[before_turn]
    async fn before(&self) {}
}
