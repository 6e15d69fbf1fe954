//! A burst leaves nothing behind.

use serde_json::json;

use crate::channel::{endpoint_with, message, post};
use crate::desk::Desk;

#[tokio::test]
async fn ten_thousand_idle_conversations_are_given_back() {
    let desk = Desk::new();
    let (endpoint, _) = endpoint_with(desk.clone(), |builder| builder.turn_limit(20_000));
    let mut turns = tokio::task::JoinSet::new();
    for number in 0..10_000 {
        let endpoint = endpoint.clone();
        turns.spawn(async move {
            let conversation = json!({"conversation": {"id": format!("call-{number}")}});
            post(&endpoint, &message("wait", conversation)).await.status
        });
    }
    for _ in 0..10_000 {
        desk.comes().await;
    }
    assert_eq!(endpoint.host().conversations(), 10_000);
    desk.gate.add_permits(10_000);
    while let Some(status) = turns.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    endpoint.idle().await;
    assert_eq!(endpoint.host().conversations(), 0);
}
