#[bot]
impl Contoso {
    #[on_message(txt = "hi")]
    fn wrong(&mut self) {
        if 1
    }

    #[cfg(unix)]
    #[on_typing]
    async fn typing<T>(&self) {}

    #[on_activity]
    async fn right(&self) {}
}
