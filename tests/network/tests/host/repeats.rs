//! An activity that comes again while the turn of the first is under way.

use std::time::Duration;

use onhook::prelude::*;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::channel::{Answer, message, post};
use crate::delivery::{expecting, streaming};
use crate::desk::Desk;
use crate::redelivery::{Counted, counted, counted_with, invoke};

fn sending(bot: &Counted<Desk>, activity: &Value) -> JoinHandle<Answer> {
    let (bot, activity) = (bot.clone(), activity.clone());
    tokio::spawn(async move { post(&bot, &activity).await })
}

/// Lets what can go on go on.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn it_waits_for_a_turn_under_way_and_is_answered_with_it() {
    let id = || json!({"id": "m-1"});
    for (activity, fails) in [
        (message("wait", id()), false),
        (expecting("wait", id()), false),
        (invoke("wait", Value::Null), false),
        (streaming("wait", id()), false),
    ] {
        let desk = Desk::new();
        let (bot, _, counter) = counted(desk.clone());
        let first = sending(&bot, &activity);
        desk.comes().await;
        let again = [sending(&bot, &activity), sending(&bot, &activity)];
        settle().await;
        assert!(again.iter().all(|again| !again.is_finished()), "{activity}");
        desk.gate.add_permits(1);
        let first = first.await.unwrap();
        assert_eq!(first.status, if fails { 500 } else { 200 });
        for again in again {
            let again = again.await.unwrap();
            assert_eq!(
                (again.status, again.body),
                (first.status, first.body.clone())
            );
        }
        assert_eq!(counter.turns(), 1, "{activity}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_waits_no_longer_than_the_first() {
    let limit = Duration::from_secs(5);
    for (activity, status) in [
        (message("wait", json!({"id": "m-1"})), 202),
        (expecting("wait", json!({"id": "m-1"})), 504),
        (streaming("wait", json!({"id": "m-1"})), 504),
        (invoke("wait", Value::Null), 504),
    ] {
        let desk = Desk::new();
        let (bot, _, counter) = counted_with(desk.clone(), |builder| builder.answer_timeout(limit));
        let first = sending(&bot, &activity);
        desk.comes().await;
        tokio::time::advance(Duration::from_secs(2)).await;
        let again = sending(&bot, &activity);
        assert_eq!(first.await.unwrap().status, status, "{activity}");
        assert_eq!(again.await.unwrap().status, status, "{activity}");
        // The first was accepted: there is nothing to wait for. Or there is, and the answer comes.
        let third = sending(&bot, &activity);
        settle().await;
        assert_eq!(third.is_finished(), status == 202, "{activity}");
        desk.gate.add_permits(1);
        bot.idle().await;
        assert_eq!(
            third.await.unwrap().status,
            if status == 202 { 202 } else { 200 }
        );
        assert_eq!(post(&bot, &activity).await.status, 200);
        assert_eq!(counter.turns(), 1, "{activity}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_is_accepted_again() {
    let desk = Desk::new();
    let (bot, channel, counter) = counted(desk.clone());
    let first = sending(&bot, &message("wait", Value::Null));
    desk.comes().await;
    let waits = message("hello", json!({"id": "m-1"}));
    for _ in 0..3 {
        // Its sender may be what the turn under way waits for.
        assert_eq!(post(&bot, &waits).await.status, 202);
    }
    // Who needs more of an answer waits for it.
    let asks = sending(&bot, &expecting("hello", json!({"id": "m-1"})));
    settle().await;
    assert!(!asks.is_finished());
    desk.gate.add_permits(1);
    assert_eq!(first.await.unwrap().status, 200);
    let asked = asks.await.unwrap();
    assert_eq!(
        (asked.status, asked.json()),
        (200, json!({"activities": []}))
    );
    assert_eq!(post(&bot, &waits).await.status, 200);
    assert_eq!((channel.texts().len(), counter.turns()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn it_learns_that_the_turn_it_waits_for_failed() {
    struct Fails(Desk);
    #[bot]
    impl Fails {
        #[on_message]
        async fn fail(&self) -> Result<()> {
            self.0.waiting.add_permits(1);
            self.0.gate.acquire().await?.forget();
            Err(onhook::Error::msg("told to fail"))
        }
    }
    let desk = Desk::new();
    let (bot, _, counter) = counted(Fails(desk.clone()));
    let asks = message("", json!({"id": "m-1"}));
    let sending = |bot: &Counted<Fails>| {
        let (bot, asks) = (bot.clone(), asks.clone());
        tokio::spawn(async move { post(&bot, &asks).await.status })
    };
    let first = sending(&bot);
    desk.comes().await;
    let again = sending(&bot);
    settle().await;
    desk.gate.add_permits(2);
    assert_eq!((first.await.unwrap(), again.await.unwrap()), (500, 500));
    assert_eq!(counter.turns(), 1);
    assert_eq!(post(&bot, &asks).await.status, 500);
    assert_eq!(counter.turns(), 2);
}

#[tokio::test]
async fn those_who_wait_have_places_too() {
    let desk = Desk::new();
    let (bot, _, _) = counted_with(desk.clone(), |builder| builder.turn_limit(2));
    let wait = message("wait", json!({"id": "m-1"}));
    let first = sending(&bot, &wait);
    desk.comes().await;
    let again = sending(&bot, &wait);
    settle().await;
    assert_eq!(post(&bot, &wait).await.status, 503);
    again.abort();
    let _ = again.await;
    let again = sending(&bot, &wait);
    settle().await;
    desk.gate.add_permits(1);
    assert_eq!(
        (first.await.unwrap().status, again.await.unwrap().status),
        (200, 200)
    );
    bot.idle().await;
}
