//! `#[derive(State)]` names a value, and a dialog reads it with its call.

#![allow(unused)]

use onhook::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize, State)]
struct Nameless;

#[derive(Default, Serialize, Deserialize, State)]
#[state(version = 2)]
struct NoName;

#[derive(Default, Serialize, Deserialize, State)]
#[state]
struct Bare;

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "")]
struct Empty;

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = 1, version = 0, from = 2)]
struct Types;

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "scope", scope = "users")]
struct Scope;

#[derive(Default, Serialize, Deserialize, State)]
#[state(nam = "cart", versions = 2, "x", key = "x", name = "cart", name = "basket")]
struct Options;

#[derive(State)]
#[state(name = "union")]
union Union {
    one: u8,
}

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "cart")]
struct Cart;

#[on_members_added]
async fn dialog(call: &mut Dialog<'_>, cart: State<'_, Cart>) -> Result<()> {
    Ok(())
}

#[on_message]
async fn optional(call: &mut Dialog<'_>, cart: Option<State<'_, Cart>>) -> Result<()> {
    Ok(())
}

fn main() {}
