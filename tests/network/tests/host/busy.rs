//! Who waits, and who does not, while a turn of the conversation is under way.

use std::sync::Arc;
use std::time::Duration;

use onhook::http::Endpoint;
use onhook::prelude::*;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::channel::{Answer, endpoint, endpoint_with, message, post};
use crate::desk::Desk;

/// Something that keeps the turns of the conversation waiting until it is let go.
#[derive(Clone, Copy, Debug)]
enum Busy {
    /// A handler that computes.
    Handler,
    /// A handler that waits for the result of its command.
    Result,
    /// A turn that the bot has begun.
    Proactive,
}

/// Every kind of activity, and whether the sender needs more than to know that it was accepted.
fn kinds() -> Vec<(Value, bool)> {
    let command = json!({"type": "command", "name": "application/x", "value": {"commandId": "c"}});
    let result =
        json!({"type": "commandResult", "name": "application/x", "value": {"commandId": "c"}});
    vec![
        (json!({"type": "message", "text": "quiet"}), false),
        (json!({"type": "event", "name": "x"}), false),
        (json!({"type": "conversationUpdate"}), false),
        (json!({"type": "typing"}), false),
        (json!({"type": "messageUpdate"}), false),
        (json!({"type": "somethingNew"}), false),
        (command, false),
        // The protocol says to ignore it.
        (json!({"type": "command", "name": ""}), false),
        (result, false),
        (json!({"type": "endOfConversation"}), false),
        (
            json!({"text": "quiet", "deliveryMode": "notification"}),
            false,
        ),
        (
            json!({"text": "quiet", "deliveryMode": "expectReplies"}),
            true,
        ),
        (json!({"text": "quiet", "deliveryMode": "stream"}), true),
        (json!({"type": "invoke", "name": "done"}), true),
        (
            json!({"type": "invoke", "name": "done", "deliveryMode": "expectReplies"}),
            true,
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn who_needs_no_answer_does_not_wait_for_another_turn() {
    for busy in [Busy::Handler, Busy::Result, Busy::Proactive] {
        for (activity, needs_answer) in kinds() {
            let desk = Desk::new();
            let (bot, channel) = endpoint(desk.clone());
            let hello = message("wait", Value::Null);
            let mut proactive = None;
            match busy {
                Busy::Handler => {
                    sending(&bot, hello);
                    desk.comes().await;
                }
                Busy::Result => {
                    sending(&bot, message("ticket", Value::Null));
                    channel.next().await;
                }
                Busy::Proactive => {
                    let hello = onhook::Activity::from_json(&hello.to_string()).unwrap();
                    let reference = hello.conversation_reference();
                    proactive = Some(bot.continue_conversation(reference).await.unwrap());
                }
            }
            let said = format!("{busy:?}, {activity}");
            let began = Instant::now();
            let asked = sending(&bot, message("", activity.clone()));
            if needs_answer {
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
                assert!(!asked.is_finished(), "{said}");
            } else {
                assert_eq!(asked.await.unwrap().status, 202, "{said}");
                assert_eq!(began.elapsed(), Duration::ZERO, "{said}");
                continue;
            }
            desk.gate.add_permits(1);
            drop(proactive);
            if matches!(busy, Busy::Result) {
                // Its end ends the waiting.
                let end = message("", json!({"type": "endOfConversation"}));
                assert_eq!(post(&bot, &end).await.status, 202, "{said}");
            }
            assert_eq!(asked.await.unwrap().status, 200, "{said}");
            assert_eq!(began.elapsed(), Duration::ZERO, "{said}");
            bot.idle().await;
        }
    }
}

fn sending(bot: &Endpoint<Desk>, activity: Value) -> JoinHandle<Answer> {
    let bot = bot.clone();
    tokio::spawn(async move { post(&bot, &activity).await })
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_turn_under_way_is_told_how_its_own_ended() {
    for (activity, _) in kinds() {
        let (bot, _) = endpoint(Desk::new());
        let answer = post(&bot, &message("", activity.clone())).await;
        assert_eq!(answer.status, 200, "{activity}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_counts_among_the_turns() {
    let desk = Desk::new();
    let host = onhook::Host::builder(desk.clone()).queue_limit(1).build();
    let (bot, _) = endpoint_with(desk.clone(), |builder| builder.host(host).turn_limit(3));
    let first = sending(&bot, message("wait", Value::Null));
    desk.comes().await;
    let quiet = message("quiet", Value::Null);
    assert_eq!(post(&bot, &quiet).await.status, 202);
    assert_eq!(post(&bot, &quiet).await.status, 429, "the mailbox is full");
    let elsewhere = |name: &str| message("wait", json!({"conversation": {"id": name}}));
    let third = sending(&bot, elsewhere("call-2"));
    desk.comes().await;
    assert_eq!(post(&bot, &elsewhere("call-3")).await.status, 503);
    let idle = tokio::spawn({
        let bot = bot.clone();
        async move { bot.idle().await }
    });
    tokio::task::yield_now().await;
    assert!(!idle.is_finished());
    desk.gate.add_permits(2);
    idle.await.unwrap();
    assert_eq!(
        (first.await.unwrap().status, third.await.unwrap().status),
        (200, 200)
    );
    assert_eq!(bot.host().conversations(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_fails_after_it_was_accepted_tells_the_bot() {
    struct Told(Arc<Semaphore>);
    #[bot]
    impl Told {
        #[on_error]
        async fn told(&self) {
            self.0.add_permits(1);
        }
    }
    let (desk, told) = (Desk::new(), Arc::new(Semaphore::new(0)));
    let (bot, _) = endpoint(desk.clone().or(Told(Arc::clone(&told))));
    let first = tokio::spawn({
        let bot = bot.clone();
        async move { post(&bot, &message("wait", Value::Null)).await.status }
    });
    desk.comes().await;
    assert_eq!(post(&bot, &message("fail", Value::Null)).await.status, 202);
    assert_eq!(told.available_permits(), 0);
    desk.gate.add_permits(1);
    assert_eq!(first.await.unwrap(), 200);
    bot.idle().await;
    assert_eq!(told.available_permits(), 1);
}
