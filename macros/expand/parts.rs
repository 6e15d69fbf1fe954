#[bot(parts = [billing, menu])]
impl Contoso {
    #[on_message]
    async fn other(&self) {}
}
