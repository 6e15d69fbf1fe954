//! What the activity says of how it is to be answered.

use std::sync::Arc;

use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower_service::Service;

use crate::channel::{call, endpoint, message, post, request};
use crate::desk::{Desk, Sorry};
use crate::sloppy::null;
use onhook::prelude::*;

pub(crate) fn expecting(text: &str, more: Value) -> Value {
    let mut activity = message(text, more);
    activity["deliveryMode"] = json!("expectReplies");
    activity
}

pub(crate) fn streaming(text: &str, more: Value) -> Value {
    let mut activity = message(text, more);
    activity["deliveryMode"] = json!("stream");
    activity
}

pub(crate) fn texts(replies: &Value) -> Vec<&str> {
    let replies = replies["activities"].as_array().into_iter().flatten();
    replies.filter_map(|reply| reply["text"].as_str()).collect()
}

#[tokio::test]
async fn expected_replies_stand_in_the_response_and_nobody_is_called() {
    for service_url in [json!("https://evil.example"), Value::Null] {
        let (endpoint, channel) = endpoint(Desk::new());
        let asks = expecting("two", json!({"id": "1", "serviceUrl": service_url}));
        let answer = post(&endpoint, &asks).await;
        assert_eq!(answer.status, 200);
        assert!(answer.content_type.starts_with("application/json"));
        let replies = answer.json();
        assert_eq!(texts(&replies), ["one", "two"]);
        assert_eq!(replies["activities"][0]["replyToId"], "1");
        assert_eq!(null(&replies), None, "{replies}");
        assert!(channel.sent().is_empty());
    }
}

#[tokio::test]
async fn expected_replies_of_other_turns() {
    for (activity, status, expected) in [
        (
            expecting("quiet", Value::Null),
            200,
            json!({"activities": []}),
        ),
        (
            expecting("", json!({"type": "event"})),
            200,
            json!({"activities": []}),
        ),
        (
            expecting("", json!({"type": "invoke", "name": "teapot"})),
            418,
            json!({"activities": [], "body": ["short", "stout"]}),
        ),
        (
            expecting("", json!({"type": "invoke", "name": "nobody"})),
            501,
            json!({"activities": []}),
        ),
        // A trace is for the emulator.
        (
            expecting("", json!({"type": "typing"})),
            200,
            json!({"activities": []}),
        ),
    ] {
        let (endpoint, channel) = endpoint(Desk::new());
        let answer = post(&endpoint, &activity).await;
        assert_eq!(
            (answer.status, answer.json()),
            (status, expected),
            "{activity}"
        );
        assert!(channel.sent().is_empty());
    }
    let (endpoint, _) = endpoint(Desk::new());
    for text in ["fail", "half", "update"] {
        let answer = post(&endpoint, &expecting(text, Value::Null)).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (500, "BotError"),
            "{text}"
        );
    }
    let trace = expecting("", json!({"type": "typing", "channelId": "emulator"}));
    let answer = post(&endpoint, &trace).await;
    assert_eq!(answer.json()["activities"][0]["type"], "trace");
}

#[tokio::test]
async fn an_error_hook_speaks_in_the_response_too() {
    let (endpoint, _) = crate::channel::endpoint(Desk::new().or(Sorry));
    let answer = post(&endpoint, &expecting("half", Value::Null)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(texts(&answer.json()), ["one", "Sorry."]);
}

/// Name and data of each event.
pub(crate) fn events(body: &[u8]) -> Vec<(String, Value)> {
    let text = std::str::from_utf8(body).unwrap();
    let events = text.split("\r\n\r\n").filter(|event| !event.is_empty());
    events
        .map(|event| {
            let (name, data) = event.split_once("\r\n").unwrap();
            let name = name.strip_prefix("event: ").unwrap();
            let data = data.strip_prefix("data: ").unwrap();
            (name.to_owned(), serde_json::from_str(data).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn a_stream_is_answered_as_server_sent_events() {
    let (endpoint, channel) = endpoint(Desk::new());
    let answer = post(&endpoint, &streaming("two", json!({"serviceUrl": null}))).await;
    assert_eq!(
        (answer.status, &*answer.content_type),
        (200, "text/event-stream")
    );
    let events = events(&answer.body);
    let names: Vec<_> = events.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["activity", "activity"]);
    assert_eq!(
        (&events[0].1["text"], &events[1].1["text"]),
        (&json!("one"), &json!("two"))
    );
    assert_eq!(null(&events[0].1), None);
    assert!(channel.sent().is_empty());
}

#[tokio::test]
async fn a_stream_ends_with_what_the_status_would_have_said() {
    for (activity, status, expected) in [
        (streaming("quiet", Value::Null), 200, vec![]),
        (
            streaming("", json!({"type": "invoke", "name": "teapot"})),
            200,
            vec![(
                "invokeResponse",
                json!({"status": 418, "body": ["short", "stout"]}),
            )],
        ),
        (
            streaming("", json!({"type": "invoke", "name": "nobody"})),
            200,
            vec![("invokeResponse", json!({"status": 501}))],
        ),
    ] {
        let (endpoint, _) = endpoint(Desk::new());
        let answer = post(&endpoint, &activity).await;
        assert_eq!(answer.status, status, "{activity}");
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(name, data)| (name.to_owned(), data))
            .collect();
        assert_eq!(events(&answer.body), expected, "{activity}");
    }
    let (endpoint, _) = endpoint(Desk::new());
    // Nothing was sent: there is a status to say it.
    let answer = post(&endpoint, &streaming("fail", Value::Null)).await;
    assert_eq!((answer.status, &*answer.code()), (500, "BotError"));
    let answer = post(&endpoint, &streaming("half", Value::Null)).await;
    assert_eq!(answer.status, 200);
    let events = events(&answer.body);
    assert_eq!(events.len(), 2);
    assert_eq!(
        (&*events[1].0, &events[1].1["error"]["code"]),
        ("error", &json!("BotError"))
    );
}

#[tokio::test]
async fn the_first_event_comes_while_the_turn_runs() {
    struct Slow(Arc<tokio::sync::Notify>);
    #[bot]
    impl Slow {
        #[on_message]
        async fn slow(&self, turn: &Turn) -> Result<()> {
            turn.say("one").await?;
            self.0.notified().await;
            turn.say("two\r\nlines").await
        }
    }
    let go_on = Arc::new(tokio::sync::Notify::new());
    let (endpoint, _) = endpoint(Slow(Arc::clone(&go_on)));
    let asks = request(streaming("hello", Value::Null).to_string());
    let response = endpoint.clone().call(asks).await.unwrap();
    let mut body = response.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(events(&first)[0].1["text"], "one");
    go_on.notify_one();
    let rest = body.collect().await.unwrap().to_bytes();
    let text = events(&rest)[0].1["text"].clone();
    assert!(text.as_str().is_some_and(|text| text.starts_with("two")));
}

#[tokio::test]
async fn a_reader_of_a_stream_that_leaves_ends_what_is_sent_and_not_the_bot() {
    let desk = Desk::new();
    let (endpoint, _) = endpoint(desk);
    let asks = request(streaming("two", Value::Null).to_string());
    drop(endpoint.clone().call(asks).await.unwrap());
    endpoint.idle().await;
    assert_eq!(
        call(
            &endpoint,
            request(message("hello", Value::Null).to_string())
        )
        .await
        .status,
        200
    );
}

#[tokio::test]
async fn unknown_modes_are_handled_as_normal() {
    for mode in ["normal", "notification", "ephemeral", "EXPECTREPLIES2", ""] {
        let (endpoint, channel) = endpoint(Desk::new());
        let asks = message("hello", json!({"deliveryMode": mode}));
        let answer = post(&endpoint, &asks).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{mode}");
        assert_eq!(channel.texts(), ["Echo: hello"], "{mode}");
    }
}
