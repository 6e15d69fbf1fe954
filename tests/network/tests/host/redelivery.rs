//! An activity that comes again, because its sender believes that it or its answer was lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use onhook::http::{Endpoint, EndpointBuilder};
use onhook::prelude::*;
use onhook::{Bot, Or};
use serde_json::{Value, json};

use crate::channel::{Answer, Channel, endpoint_with, message, post};
use crate::delivery::{events, expecting, streaming};
use crate::desk::{Desk, Sorry};

/// Counts the turns.
#[derive(Clone, Default)]
pub(crate) struct Counter(Arc<AtomicUsize>);

#[bot]
impl Counter {
    #[before_turn]
    async fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Counter {
    pub(crate) fn turns(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

pub(crate) type Counted<B> = Endpoint<Or<Counter, B>>;

pub(crate) fn counted<B: Bot + 'static>(bot: B) -> (Counted<B>, Arc<Channel>, Counter) {
    counted_with(bot, |builder| builder)
}

pub(crate) fn counted_with<B: Bot + 'static>(
    bot: B,
    set: impl FnOnce(EndpointBuilder<Or<Counter, B>>) -> EndpointBuilder<Or<Counter, B>>,
) -> (Counted<B>, Arc<Channel>, Counter) {
    let counter = Counter::default();
    let (endpoint, channel) = endpoint_with(counter.clone().or(bot), set);
    (endpoint, channel, counter)
}

pub(crate) fn invoke(name: &str, more: Value) -> Value {
    let mut invoke = message("", json!({"type": "invoke", "id": "m-1", "name": name}));
    if let (Some(fields), Value::Object(more)) = (invoke.as_object_mut(), more) {
        fields.extend(more);
    }
    invoke
}

#[tokio::test]
async fn it_is_answered_as_the_first_was() {
    let id = || json!({"id": "m-1"});
    for (activity, status, turns) in [
        (message("hello", id()), 200, 1),
        (message("quiet", id()), 200, 1),
        (message("", json!({"id": "m-1", "type": "event"})), 200, 1),
        (expecting("two", id()), 200, 1),
        (expecting("quiet", id()), 200, 1),
        (streaming("two", id()), 200, 1),
        (streaming("quiet", id()), 200, 1),
        (invoke("teapot", Value::Null), 418, 1),
        (invoke("done", Value::Null), 200, 1),
        (invoke("sent", Value::Null), 201, 1),
        (invoke("nobody", Value::Null), 501, 1),
        (invoke("status", json!({"value": 404})), 404, 1),
        (
            invoke("teapot", json!({"deliveryMode": "expectReplies"})),
            418,
            1,
        ),
        (
            invoke("nobody", json!({"deliveryMode": "expectReplies"})),
            501,
            1,
        ),
        (invoke("teapot", json!({"deliveryMode": "stream"})), 200, 1),
        (invoke("nobody", json!({"deliveryMode": "stream"})), 200, 1),
        // It comes again so that it is tried again.
        (message("fail", id()), 500, 3),
        (message("panic", id()), 500, 3),
        (message("half", id()), 500, 3),
        (expecting("half", id()), 500, 3),
        (streaming("fail", id()), 500, 3),
        (streaming("half", id()), 200, 3),
        (invoke("fail", Value::Null), 500, 3),
        // The handler says that it should be.
        (invoke("status", json!({"value": 408})), 408, 3),
        (invoke("status", json!({"value": 429})), 429, 3),
        (invoke("status", json!({"value": 503})), 503, 3),
        (invoke("status", json!({"value": 7})), 500, 3),
    ] {
        let (bot, _, counter) = counted(Desk::new());
        let first = post(&bot, &activity).await;
        assert_eq!(first.status, status, "{activity}");
        for _ in 0..2 {
            let again = post(&bot, &activity).await;
            assert_eq!(again.status, first.status, "{activity}");
            assert_eq!(again.body, first.body, "{activity}");
            assert_eq!(again.content_type, first.content_type, "{activity}");
        }
        assert_eq!(counter.turns(), turns, "{activity}");
    }
}

#[tokio::test]
async fn a_failure_that_was_taken_care_of_is_none() {
    let (bot, channel, counter) = counted(Desk::new().or(Sorry));
    for _ in 0..2 {
        let answer = post(&bot, &message("fail", json!({"id": "m-1"}))).await;
        assert_eq!(answer.status, 200);
    }
    assert_eq!(
        (channel.texts(), counter.turns()),
        (vec!["Sorry.".to_owned()], 1)
    );
}

#[tokio::test]
async fn a_turn_that_failed_can_succeed_the_next_time() {
    struct Recovers(AtomicUsize);
    #[bot]
    impl Recovers {
        #[on_message]
        async fn try_again(&self, turn: &Turn) -> Result<()> {
            match self.0.fetch_add(1, Ordering::Relaxed) {
                0 => Err(onhook::Error::msg("the database is away")),
                _ => turn.say("done").await,
            }
        }
    }
    let (bot, channel, _) = counted(Recovers(AtomicUsize::new(0)));
    let asks = message("", json!({"id": "m-1"}));
    for status in [500, 200, 200] {
        assert_eq!(post(&bot, &asks).await.status, status);
    }
    assert_eq!(channel.texts(), ["done"]);
}

/// What an answer says, whatever its mode: the activities, and the invoke's status and body.
fn said(answer: &Answer) -> Value {
    if answer.content_type == "text/event-stream" {
        let mut document = json!({"activities": []});
        for (name, data) in events(&answer.body) {
            if name == "activity" {
                document["activities"].as_array_mut().unwrap().push(data);
            } else {
                document["invoke"] = data;
            }
        }
        return document;
    }
    let mut document = answer.json();
    if document["activities"].is_null() {
        document = json!({"activities": [], "body": document});
    }
    let mut invoke = json!({"status": answer.status});
    let body = document.as_object_mut().unwrap().remove("body");
    if let Some(body) = body.filter(|body| !body.is_null()) {
        invoke["body"] = body;
    }
    document["invoke"] = invoke;
    document
}

#[tokio::test]
async fn it_may_ask_for_another_form_of_answer() {
    let modes = ["normal", "expectReplies", "stream"];
    for first in modes {
        for again in modes {
            // The replies of a normal message were sent, and are in no answer.
            let (bot, channel, counter) = counted(Desk::new());
            let two = |mode| message("two", json!({"id": "m-1", "deliveryMode": mode}));
            let original = said(&post(&bot, &two(first)).await);
            let repeated = post(&bot, &two(again)).await;
            assert_eq!(repeated.status, 200, "{first}, {again}");
            let replies = said(&repeated)["activities"].clone();
            assert_eq!(replies, original["activities"], "{first}, {again}");
            let sent = if first == "normal" { 2 } else { 0 };
            assert_eq!(channel.sent().len(), sent, "{first}, {again}");
            assert_eq!(replies.as_array().unwrap().len(), 2 - sent);

            let invoke = |mode| invoke("teapot", json!({"id": "m-2", "deliveryMode": mode}));
            let original = said(&post(&bot, &invoke(first)).await);
            let repeated = said(&post(&bot, &invoke(again)).await);
            assert_eq!(repeated, original, "{first}, {again}");
            assert_eq!(original["invoke"]["status"], 418);

            let nobody = |mode| {
                message(
                    "",
                    json!({"type": "invoke", "id": "m-3", "deliveryMode": mode}),
                )
            };
            post(&bot, &nobody(first)).await;
            let repeated = post(&bot, &nobody(again)).await;
            match again {
                "stream" => assert_eq!(said(&repeated)["invoke"]["status"], 501),
                "normal" => assert_eq!(
                    (repeated.status, &*repeated.code()),
                    (501, "NotImplemented")
                ),
                _ => assert_eq!(
                    (repeated.status, repeated.json()),
                    (501, json!({"activities": []}))
                ),
            }
            assert_eq!(counter.turns(), 3, "{first}, {again}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn its_id_decides_for_ten_minutes() {
    let (bot, channel, _) = counted(Desk::new());
    let hello = message("hello", json!({"id": "m-1"}));
    for _ in 0..3 {
        assert_eq!(post(&bot, &hello).await.status, 200);
    }
    // Other content makes no other activity of it.
    assert_eq!(
        post(&bot, &message("good bye", json!({"id": "m-1"})))
            .await
            .status,
        200
    );
    assert_eq!(channel.texts(), ["Echo: hello"]);
    // Another conversation has ids of its own, and so has another channel.
    for more in [
        json!({"id": "m-1", "conversation": {"id": "call-2"}}),
        json!({"id": "m-1", "channelId": "webchat"}),
        json!({"id": "m-2"}),
    ] {
        assert_eq!(post(&bot, &message("hello", more)).await.status, 200);
    }
    assert_eq!(channel.texts().len(), 4);
    tokio::time::advance(Duration::from_secs(10 * 60)).await;
    assert_eq!(post(&bot, &hello).await.status, 200);
    assert_eq!(channel.texts().len(), 5);
}

#[tokio::test]
async fn a_refusal_is_not_remembered() {
    let (bot, channel, _) = counted(Desk::new());
    let id = "m-1";
    let result = json!({"type": "commandResult", "id": id, "name": "application/x", "value": 5});
    assert_eq!(post(&bot, &message("", result)).await.status, 400);
    assert_eq!(
        post(&bot, &message("hello", json!({"id": id})))
            .await
            .status,
        200
    );
    assert_eq!(channel.texts().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_not_kept_is_said_to_be_gone() {
    for (activity, more) in [
        (
            expecting("two", json!({"id": "m-1"})),
            expecting("two", json!({"id": "m-2"})),
        ),
        (
            streaming("two", json!({"id": "m-1"})),
            streaming("two", json!({"id": "m-2"})),
        ),
        (
            invoke("teapot", Value::Null),
            invoke("teapot", json!({"id": "m-2"})),
        ),
    ] {
        for budget in [0, 1500] {
            let (bot, _, counter) =
                counted_with(Desk::new(), |builder| builder.answer_memory(budget));
            let first = post(&bot, &activity).await;
            if budget > 0 {
                let again = post(&bot, &activity).await;
                assert_eq!((again.status, again.body), (first.status, first.body));
                for _ in 0..20 {
                    let mut more = more.clone();
                    more["conversation"]["id"] = json!(format!("call-{}", counter.turns()));
                    post(&bot, &more).await;
                }
            }
            let before = counter.turns();
            let gone = post(&bot, &activity).await;
            assert_eq!(
                (gone.status, &*gone.code()),
                (410, "AnswerNotKept"),
                "{activity}"
            );
            assert_eq!(counter.turns(), before, "{activity}");
        }
    }
    // Where there was no content, none is missing.
    let (bot, _, _) = counted_with(Desk::new(), |builder| builder.answer_memory(0));
    for activity in [
        message("hello", json!({"id": "m-1"})),
        expecting("quiet", json!({"id": "m-2"})),
        invoke("done", json!({"id": "m-3"})),
        invoke("nobody", json!({"id": "m-4"})),
    ] {
        let first = post(&bot, &activity).await;
        let again = post(&bot, &activity).await;
        assert_eq!((again.status, again.body), (first.status, first.body));
    }
}
