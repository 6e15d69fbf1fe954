//! Values that another version of the bot has written.

use onhook::prelude::*;
use onhook::testing::TestDialog;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "cart")]
struct CartV1 {
    items: u32,
}

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "cart", version = 2, from = CartV1)]
struct CartV2 {
    items: Vec<String>,
}

impl From<CartV1> for CartV2 {
    fn from(old: CartV1) -> CartV2 {
        CartV2 {
            items: (1..=old.items).map(|item| format!("item {item}")).collect(),
        }
    }
}

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "cart", version = 3, from = CartV2)]
struct CartV3 {
    items: Vec<String>,
    paid: bool,
}

impl From<CartV2> for CartV3 {
    fn from(CartV2 { items }: CartV2) -> CartV3 {
        CartV3 { items, paid: false }
    }
}

#[on_message]
async fn first(mut cart: State<'_, CartV1>) {
    cart.items += 2;
}

#[on_message]
async fn third(turn: &Turn, mut cart: State<'_, CartV3>) -> Result<()> {
    cart.paid |= !cart.items.is_empty();
    turn.say(format!("{} paid {}", cart.items.join(", "), cart.paid))
        .await
}

#[tokio::test(start_paused = true)]
async fn an_older_value_is_converted_along_the_chain() {
    let call = TestDialog::new(handlers![first]);
    call.says("x").await;
    let call = call.upgrades_to(handlers![third]);
    call.says("x").await;
    assert_eq!(call.heard(), ["item 1, item 2 paid true"]);
    let record = call.record().await.unwrap();
    assert!(record.contains(r#""cart":{"version":3,"#), "{record}");
}

/// A newer version's value, after a deploy was taken back: nobody here can read it.
#[tokio::test(start_paused = true)]
async fn a_value_that_nobody_can_read_is_the_default_and_is_told() {
    let call = TestDialog::new(handlers![third]);
    call.says("x").await;
    let call = call.upgrades_to(handlers![first]);
    let outcome = call.sends(Activity::message("x")).await;
    if cfg!(feature = "http") {
        outcome.unwrap();
    } else {
        let error = outcome.unwrap_err().to_string();
        assert!(
            error.contains(
                "the state `cart` was written by version 3 and cannot be read by version 1"
            ),
            "{error}"
        );
    }
    let record = call.record().await.unwrap();
    assert!(
        record.contains(r#""cart":{"version":1,"value":{"items":2}}"#),
        "{record}"
    );
}
