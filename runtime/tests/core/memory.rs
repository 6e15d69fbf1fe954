//! A conversation is in memory as long as something of it is, and not for ever.

use onhook::{Activity, ActivityType, Host, Outcome};

use crate::stub::{Call, MINUTE, StubBot, activity, bot, in_conversation, open_ticket, result_of};

/// A bot that sends a command on every message and does not wait for its result.
fn asking_bot() -> StubBot {
    bot(|turn| {
        Box::pin(async move {
            if *turn.kind() == ActivityType::Message {
                turn.command(open_ticket()).await?.detach();
            }
            Ok(Outcome::Handled)
        })
    })
}

fn number(kind: ActivityType, number: usize) -> Activity {
    in_conversation(Activity::new(kind), &format!("call-{number}"))
}

#[tokio::test]
async fn nothing_is_left_of_many_conversations() {
    let call = Call::new(StubBot::new());
    for id in 0..10_000 {
        call.run(number(ActivityType::Typing, id)).await.unwrap();
    }
    assert_eq!(call.host.conversations(), 0);
}

#[tokio::test]
async fn nothing_is_left_of_what_was_given_up_or_refused() {
    let call = Call::on(Host::builder(StubBot::new()).queue_limit(0).build());
    drop(call.accept(Activity::typing()).unwrap());
    assert_eq!(call.host.conversations(), 0, "given up");
    let rejected =
        activity(r#"{"type":"commandResult","name":"a/b","conversation":{"id":"call-2"}}"#);
    call.accept(rejected).unwrap_err();
    assert_eq!(call.host.conversations(), 0, "rejected");
    let running = call.accept(Activity::typing()).unwrap();
    call.accept(Activity::typing()).unwrap_err();
    assert_eq!(call.host.conversations(), 1, "the turn that runs");
    drop(running);
    assert_eq!(call.host.conversations(), 0, "refused");
}

#[tokio::test(start_paused = true)]
async fn a_conversation_whose_command_has_no_result_stays_until_there_is_one() {
    let call = Call::new(asking_bot());
    call.run(Activity::message("go")).await.unwrap();
    assert_eq!(call.host.conversations(), 1);
    let result = result_of(&call.first_sent().await, "");
    call.run(result).await.unwrap();
    assert_eq!(call.host.conversations(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_whose_command_is_never_answered_goes_with_its_end() {
    let call = Call::new(asking_bot());
    call.run(Activity::message("go")).await.unwrap();
    call.run(Activity::end_of_conversation()).await.unwrap();
    assert_eq!(call.host.conversations(), 0);
}

#[tokio::test(start_paused = true)]
async fn without_an_end_it_goes_ten_minutes_after_its_last_turn() {
    let call = Call::new(asking_bot());
    call.run(Activity::message("go")).await.unwrap();
    tokio::time::advance(9 * MINUTE).await;
    call.run(Activity::typing()).await.unwrap();
    tokio::time::advance(9 * MINUTE).await;
    call.run(number(ActivityType::Typing, 2)).await.unwrap();
    assert_eq!(
        call.host.conversations(),
        1,
        "9 minutes after its last turn"
    );
    tokio::time::advance(MINUTE).await;
    call.run(number(ActivityType::Typing, 2)).await.unwrap();
    assert_eq!(
        call.host.conversations(),
        0,
        "10 minutes after its last turn"
    );
}

#[tokio::test(start_paused = true)]
async fn a_conversation_in_which_a_turn_runs_does_not_go() {
    let waiting = bot(|turn| {
        Box::pin(async move {
            if *turn.kind() == ActivityType::Message {
                let receipt = turn.command(open_ticket()).await?;
                receipt.within(30 * MINUTE).result().await?;
            }
            Ok(Outcome::Handled)
        })
    });
    let call = Call::new(waiting);
    // Lingers first, and is then visited again.
    drop(call.accept(Activity::typing()).unwrap());
    let turn = call.spawn(Activity::message("go"));
    let command = call.first_sent().await;
    tokio::time::advance(20 * MINUTE).await;
    call.run(number(ActivityType::Typing, 2)).await.unwrap();
    let result = result_of(&command, r#""data":{"number":7}"#);
    call.run(result).await.unwrap();
    turn.await
        .unwrap()
        .expect("the result found its conversation");
    assert_eq!(call.host.conversations(), 0);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_such_conversations_are_kept_and_no_more() {
    let call = Call::new(asking_bot());
    for id in 0..10_050 {
        let message = in_conversation(Activity::message("go"), &format!("call-{id}"));
        call.run(message).await.unwrap();
    }
    assert_eq!(call.host.conversations(), 10_000);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_was_busy_when_its_time_came_goes_ten_minutes_later() {
    let call = Call::new(bot(|turn| {
        Box::pin(async move {
            if *turn.kind() == ActivityType::Message {
                turn.command(open_ticket()).await?.detach();
            } else if turn.name() == "wait" {
                tokio::time::sleep(20 * MINUTE).await;
            }
            Ok(Outcome::Handled)
        })
    }));
    call.run(Activity::message("go")).await.unwrap();
    let long = call.spawn(Activity::event("wait"));
    tokio::task::yield_now().await;
    tokio::time::advance(11 * MINUTE).await;
    call.run(number(ActivityType::Typing, 2)).await.unwrap();
    assert_eq!(call.host.conversations(), 1, "a turn runs");
    long.await.unwrap().unwrap();
    tokio::time::advance(10 * MINUTE).await;
    call.run(number(ActivityType::Typing, 2)).await.unwrap();
    assert_eq!(call.host.conversations(), 0);
}
