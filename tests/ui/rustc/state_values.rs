//! A type that is no state, and a `from` that is no older version.

use onhook::prelude::*;
use serde::{Deserialize, Serialize};

struct Basket;

#[on_message]
async fn look(basket: State<'_, Basket>) {
    drop(basket);
}

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "cart", version = 2)]
struct CartV1;

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "cart", version = 2, from = CartV1)]
struct Cart;

impl From<CartV1> for Cart {
    fn from(_: CartV1) -> Cart {
        Cart
    }
}

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "basket", version = 3, from = CartV1)]
struct OtherName;

impl From<CartV1> for OtherName {
    fn from(_: CartV1) -> OtherName {
        OtherName
    }
}

fn main() {
    let _ = handlers![look];
}
