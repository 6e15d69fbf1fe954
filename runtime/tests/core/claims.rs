//! A result goes to one place, in whatever order things happen.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use onhook::{Activity, ActivityType, Outcome, Receipt, TurnOutcome};

use crate::stub::{Call, MINUTE, OpenTicket, bot, open_ticket, result_of};

type Kept = Arc<Mutex<Option<Receipt<OpenTicket>>>>;

/// A bot that keeps its receipt for a task outside, and counts the results that reach its hook.
fn keeping_call() -> (Call, Kept, Arc<AtomicUsize>) {
    let (kept, hooked) = (Kept::default(), Arc::new(AtomicUsize::new(0)));
    let (keep, count) = (Arc::clone(&kept), Arc::clone(&hooked));
    let call = Call::new(bot(move |turn| {
        let (keep, count) = (Arc::clone(&keep), Arc::clone(&count));
        Box::pin(async move {
            if *turn.kind() == ActivityType::CommandResult {
                count.fetch_add(1, Ordering::SeqCst);
            } else {
                let receipt = turn.command(open_ticket()).await?;
                *keep.lock().unwrap() = Some(receipt);
            }
            Ok(Outcome::Handled)
        })
    }));
    (call, kept, hooked)
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Every order of the steps of three actors, as a list of who is next.
fn orders(left: [usize; 3]) -> Vec<Vec<usize>> {
    if left == [0; 3] {
        return vec![Vec::new()];
    }
    let next = (0..3).filter(|actor| left[*actor] > 0);
    next.flat_map(|actor| {
        let mut rest = left;
        rest[actor] -= 1;
        orders(rest).into_iter().map(move |mut order| {
            order.insert(0, actor);
            order
        })
    })
    .collect()
}

#[tokio::test(start_paused = true)]
async fn exactly_one_takes_each_result_in_every_order() {
    let all = orders([3, 2, 2]);
    assert_eq!(all.len(), 210);
    for order in all {
        let (call, kept, hooked) = keeping_call();
        call.run(Activity::message("go")).await.unwrap();
        let command = call.first_sent().await;
        let mut receipt = kept.lock().unwrap().take().unwrap();
        // The first actor polls its wait twice and gives it up; the others accept a result and run its turn.
        let mut wait = Some(Box::pin(async move { receipt.result().await }));
        let (mut steps, mut claims, mut claimed) = ([0; 3], 0, 0);
        let mut deliveries = [None, None];
        for actor in &order {
            steps[*actor] += 1;
            match (actor, steps[*actor]) {
                (0, 3) => drop(wait.take()),
                (0, _) => {
                    if let Some(Ok(_)) = wait.as_mut().and_then(|wait| poll(wait.as_mut())) {
                        claims += 1;
                        wait = None;
                    }
                }
                (actor, 1) => {
                    let result = result_of(&command, r#""data":{"number":7}"#);
                    deliveries[actor - 1] = Some(Box::pin(call.accept(result).unwrap()));
                }
                (actor, _) => {
                    let delivery = deliveries[actor - 1].as_mut().unwrap();
                    if let Some(outcome) = poll(delivery.as_mut()) {
                        claimed += usize::from(matches!(outcome.unwrap(), TurnOutcome::Claimed));
                        deliveries[actor - 1] = None;
                    }
                }
            }
        }
        drop(wait);
        for delivery in deliveries.into_iter().flatten() {
            let outcome = delivery.await.unwrap();
            claimed += usize::from(matches!(outcome, TurnOutcome::Claimed));
        }
        let hooks = hooked.load(Ordering::SeqCst);
        assert_eq!((claims, hooks), (claimed, 2 - claimed), "{order:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_one_takes_each_result_on_two_threads() {
    for _ in 0..300 {
        let (call, kept, hooked) = keeping_call();
        call.run(Activity::message("go")).await.unwrap();
        let command = call.first_sent().await;
        let mut receipt = kept.lock().unwrap().take().unwrap().within(MINUTE);
        let wait = tokio::spawn(async move { receipt.result().await });
        let deliveries = [0; 3].map(|_| {
            let (call, result) = (call.clone(), result_of(&command, r#""data":{"number":7}"#));
            tokio::spawn(async move { call.run(result).await })
        });
        let mut claimed = 0;
        for delivery in deliveries {
            let outcome = delivery.await.unwrap().unwrap();
            claimed += usize::from(matches!(outcome, TurnOutcome::Claimed));
        }
        assert_eq!(claimed + hooked.load(Ordering::SeqCst), 3);
        // The hook may have been faster with all three; then the wait ends with the conversation.
        call.run(Activity::end_of_conversation()).await.unwrap();
        let got = wait.await.unwrap().is_ok();
        assert_eq!(usize::from(got), claimed);
    }
}
