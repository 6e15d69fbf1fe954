//! Turns of one conversation run in order of arrival, conversations side by side, and nothing grows.

use onhook::Host;
use serde_json::{Value, json};

use crate::channel::{endpoint, endpoint_with, message, post};
use crate::desk::Desk;

fn at(conversation: &str, text: &str) -> Value {
    message(text, json!({"conversation": {"id": conversation}}))
}

#[tokio::test]
async fn a_conversation_waits_for_its_turn_and_the_others_do_not() {
    let desk = Desk::new();
    let (endpoint, channel) = endpoint(desk.clone());
    let ask = |activity: Value| {
        let endpoint = endpoint.clone();
        tokio::spawn(async move { post(&endpoint, &activity).await.status })
    };
    let waits = ask(at("a", "wait"));
    desk.comes().await;
    let after: Vec<_> = (0..5)
        .map(|number| ask(at("a", &number.to_string())))
        .collect();
    // The same id on another channel is another conversation.
    let mut elsewhere = at("a", "elsewhere");
    elsewhere["channelId"] = json!("webchat");
    assert_eq!(ask(elsewhere).await.unwrap(), 200);
    assert_eq!(ask(at("b", "beside")).await.unwrap(), 200);
    assert_eq!(channel.texts(), ["Echo: elsewhere", "Echo: beside"]);
    desk.gate.add_permits(1);
    assert_eq!(waits.await.unwrap(), 200);
    for turn in after {
        assert_eq!(turn.await.unwrap(), 202);
    }
    endpoint.idle().await;
    let inside = &channel.texts()[2..];
    assert_eq!(
        inside,
        ["Echo: 0", "Echo: 1", "Echo: 2", "Echo: 3", "Echo: 4"]
    );
}

#[tokio::test]
async fn a_queue_has_a_limit() {
    let desk = Desk::new();
    let host = Host::builder(desk.clone()).queue_limit(2).build();
    let (endpoint, _) = endpoint_with(desk.clone(), |builder| builder.host(host));
    let mut turns = Vec::new();
    for _ in 0..3 {
        let endpoint = endpoint.clone();
        turns.push(tokio::spawn(async move {
            post(&endpoint, &at("a", "wait")).await.status
        }));
    }
    desk.comes().await;
    // On this one thread the other two have been accepted before.
    for number in 0..3 {
        let more = message(
            "hello",
            json!({"conversation": {"id": "a"}, "id": format!("m-{number}")}),
        );
        let answer = post(&endpoint, &more).await;
        assert_eq!((answer.status, &*answer.code()), (429, "TooManyRequests"));
        assert_eq!(answer.headers["retry-after"], "1");
    }
    assert_eq!(post(&endpoint, &at("b", "hello")).await.status, 200);
    desk.gate.add_permits(3);
    for (turn, status) in turns.into_iter().zip([200, 202, 202]) {
        assert_eq!(turn.await.unwrap(), status);
    }
    endpoint.idle().await;
    // What was refused may come again.
    let again = message("hello", json!({"conversation": {"id": "a"}, "id": "m-0"}));
    assert_eq!(post(&endpoint, &again).await.status, 200);
}

#[tokio::test]
async fn all_turns_have_a_limit_and_results_places_of_their_own() {
    let desk = Desk::new();
    let (endpoint, _) = endpoint_with(desk.clone(), |builder| builder.turn_limit(3));
    let mut turns = Vec::new();
    for number in 0..3 {
        let endpoint = endpoint.clone();
        turns.push(tokio::spawn(async move {
            post(&endpoint, &at(&number.to_string(), "wait"))
                .await
                .status
        }));
        desk.comes().await;
    }
    let answer = post(&endpoint, &at("b", "hello")).await;
    assert_eq!(
        (answer.status, &*answer.code()),
        (503, "ServiceUnavailable")
    );
    assert_eq!(answer.headers["retry-after"], "1");
    let mut end = at("c", "");
    end["type"] = json!("endOfConversation");
    assert_eq!(post(&endpoint, &end).await.status, 200);
    desk.gate.add_permits(3);
    for turn in turns {
        assert_eq!(turn.await.unwrap(), 200);
    }
    assert_eq!(post(&endpoint, &at("b", "hello")).await.status, 200);
}
