//! A dialog does not have the state of a user.

use onhook::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "customer", scope = "user")]
struct Customer {
    calls: u32,
}

#[on_members_added]
async fn greet(call: &mut Dialog<'_>) -> Result<()> {
    call.state::<Customer>().await.calls += 1;
    Ok(())
}

fn main() {
    let _ = handlers![greet];
}
