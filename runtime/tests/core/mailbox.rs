//! Turns of one conversation run one at a time in the order of arrival; conversations run side by side.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use onhook::{Activity, Host, Outcome, Refused};
use tokio::sync::Semaphore;

use crate::stub::{Call, StubBot, bot, in_conversation, until};

type Log = Arc<Mutex<Vec<(String, u32)>>>;

/// A bot that yields in its turns, notes their order, and fails if two of one conversation overlap.
fn noting_bot(log: &Log) -> StubBot {
    let log = Arc::clone(log);
    let running = Arc::new(Mutex::new(std::collections::HashSet::new()));
    bot(move |turn| {
        let (log, running) = (Arc::clone(&log), Arc::clone(&running));
        Box::pin(async move {
            let activity = turn.activity();
            let id = activity.conversation_id().unwrap().to_owned();
            assert!(running.lock().unwrap().insert(id.clone()), "turns overlap");
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            running.lock().unwrap().remove(&id);
            let number = activity.text.as_deref().unwrap().parse().unwrap();
            log.lock().unwrap().push((id, number));
            Ok(Outcome::Handled)
        })
    })
}

async fn turns_keep_their_order() {
    const TURNS: u32 = 50;
    let log = Log::default();
    let call = Call::new(noting_bot(&log));
    let mut turns = Vec::new();
    for number in 0..TURNS {
        for conversation in ["a", "b", "c"] {
            let activity = in_conversation(Activity::message(number.to_string()), conversation);
            turns.push(call.spawn(activity));
        }
    }
    for turn in turns {
        turn.await.unwrap().unwrap();
    }
    let log = log.lock().unwrap();
    for conversation in ["a", "b", "c"] {
        let of_one = log.iter().filter(|(id, _)| id == conversation);
        let order: Vec<_> = of_one.map(|(_, number)| *number).collect();
        assert_eq!(order, (0..TURNS).collect::<Vec<_>>(), "{conversation}");
    }
    assert_eq!(call.host.conversations(), 0);
}

#[tokio::test]
async fn turns_of_a_conversation_run_in_the_order_of_arrival() {
    turns_keep_their_order().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turns_of_a_conversation_run_in_the_order_of_arrival_on_two_threads() {
    turns_keep_their_order().await;
}

/// A bot whose turns wait until they are let go; those of messages that say "free" do not.
fn gated_bot(gate: &Arc<Semaphore>) -> StubBot {
    let gate = Arc::clone(gate);
    bot(move |turn| {
        let gate = Arc::clone(&gate);
        Box::pin(async move {
            if turn.activity().text.as_deref() != Some("free") {
                gate.acquire().await?.forget();
            }
            Ok(Outcome::Handled)
        })
    })
}

#[tokio::test]
async fn a_turn_that_waits_does_not_hold_up_other_conversations() {
    let gate = Arc::new(Semaphore::new(0));
    let call = Call::new(gated_bot(&gate));
    let held = call.spawn(in_conversation(Activity::message("wait"), "a"));
    tokio::task::yield_now().await;
    // The same id on another channel, another id, and none at all are other conversations.
    let mut elsewhere = in_conversation(Activity::message("free"), "a");
    elsewhere.channel_id = Some("webchat".into());
    call.run(elsewhere).await.unwrap();
    call.run(in_conversation(Activity::message("free"), "b"))
        .await
        .unwrap();
    let nowhere = Activity::message("free");
    call.host
        .accept(nowhere, call.outbox.clone())
        .unwrap()
        .await
        .unwrap();
    assert!(!held.is_finished());
    gate.add_permits(1);
    held.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_full_mailbox_refuses_and_has_room_again_later() {
    let gate = Arc::new(Semaphore::new(0));
    let call = Call::on(Host::builder(gated_bot(&gate)).queue_limit(2).build());
    let turns = [0; 3].map(|_| call.spawn(Activity::message("wait")));
    assert_eq!(
        call.accept(Activity::typing()).unwrap_err(),
        Refused::QueueFull(2)
    );
    call.run(in_conversation(Activity::message("free"), "other"))
        .await
        .expect("room elsewhere");
    gate.add_permits(3);
    for turn in turns {
        turn.await.unwrap().unwrap();
    }
    call.run(Activity::message("free"))
        .await
        .expect("room again");
}

#[tokio::test]
async fn turns_that_were_given_up_do_not_run_and_do_not_hold_up_the_next() {
    let ran = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&ran);
    let gate = Arc::new(Semaphore::new(0));
    let wait = Arc::clone(&gate);
    let call = Call::on(
        Host::builder(bot(move |turn| {
            let (seen, wait) = (Arc::clone(&seen), Arc::clone(&wait));
            Box::pin(async move {
                match turn.activity().text.as_deref() {
                    Some("given up") => seen.store(true, Ordering::SeqCst),
                    Some("wait") => wait.acquire().await?.forget(),
                    _ => {}
                }
                Ok(Outcome::Handled)
            })
        }))
        .queue_limit(1)
        .build(),
    );
    // Before it ran, while it waits for its turn, and in the middle of it.
    drop(call.accept(Activity::message("given up")).unwrap());
    let stuck = call.spawn(Activity::message("wait"));
    tokio::task::yield_now().await;
    drop(call.accept(Activity::message("given up")).unwrap());
    let next = call.spawn(Activity::message("next"));
    stuck.abort();
    next.await.unwrap().unwrap();
    assert!(!ran.load(Ordering::SeqCst));
    until(|| call.host.conversations() == 0).await;
}
