#[derive(Choice)]
enum Menu {
    #[choice(key = '1', say = "opening hours", or = ["hours", "When are you open?"])]
    Hours,
    #[choice(key = '2')]
    PayBill,
    #[choice(other)]
    Other(String),
}
