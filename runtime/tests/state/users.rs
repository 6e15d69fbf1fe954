//! Values that belong to a user.

use std::sync::Arc;

use onhook::prelude::*;
use onhook::state::{MemoryStore, StateStore};
use onhook::testing::TestDialog;
use onhook::{ChannelAccount, ConversationAccount};
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "customer", scope = "user")]
struct Customer {
    calls: u32,
}

#[on_message]
async fn greet(turn: &Turn, mut customer: State<'_, Customer>) -> Result<()> {
    customer.calls += 1;
    turn.say(format!("call {}", customer.calls)).await
}

fn message(from: &str, conversation: &str) -> Activity {
    let mut activity = Activity::message("hello");
    activity.from = Some(ChannelAccount::new(from));
    activity.conversation = Some(ConversationAccount::new(conversation));
    activity
}

#[tokio::test(start_paused = true)]
async fn a_user_is_known_in_the_next_call_and_is_nobody_else() {
    let store = Arc::new(MemoryStore::new());
    let call = TestDialog::with_store(handlers![greet], store.clone());
    for (from, conversation) in [("ada", "call-1"), ("bob", "call-2"), ("ada", "call-3")] {
        call.sends(message(from, conversation)).await.unwrap();
    }
    assert_eq!(call.heard(), ["call 1", "call 1", "call 2"]);
    assert!(store.get("user/telephony/ada").await.unwrap().is_some());
    assert_eq!(
        store.len(),
        2,
        "conversations without state of their own have no record"
    );
}

#[tokio::test(start_paused = true)]
async fn a_user_outlives_the_conversation() {
    let call = TestDialog::new(handlers![greet]);
    call.says("hello").await;
    call.hangs_up().await;
    call.says("hello").await;
    assert_eq!(call.heard(), ["call 1", "call 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_telephone_number_is_in_no_key() {
    let store = Arc::new(MemoryStore::new());
    let call = TestDialog::with_store(handlers![greet], store.clone());
    call.sends(message("+14255550100", "call-1")).await.unwrap();
    call.sends(message("+14255550100", "call-2")).await.unwrap();
    assert_eq!(call.heard(), ["call 1", "call 2"]);
    assert!(
        store
            .get("user/telephony/+14255550100")
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(store.len(), 1);
}
