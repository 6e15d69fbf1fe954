//! When a call is made again, in virtual time.

use std::time::Duration;

use onhook::Activity;
use onhook::http::TransportError;
use onhook::http::connector::{
    ConnectorClient, ConnectorError, ConversationParameters, RetryPolicy,
};
use tokio::time::Instant;

use crate::script::Answer::{
    self, Broken, NoConnection, Response, Silence, TimedOut, TooLong, With,
};
use crate::script::{Script, builder, client, ok, service};

#[derive(Clone, Copy, Debug)]
enum Operation {
    Send,
    Create,
    Update,
    Delete,
    Members,
}

async fn run(client: &ConnectorClient, operation: Operation) -> Result<(), ConnectorError> {
    let service = service(client);
    let hi = Activity::message("hi");
    match operation {
        Operation::Send => service.send_to_conversation("c", &hi).await.map(drop),
        Operation::Create => service
            .create_conversation(&ConversationParameters::default())
            .await
            .map(drop),
        Operation::Update => service.update_activity("c", "a", &hi).await.map(drop),
        Operation::Delete => service.delete_activity("c", "a").await,
        Operation::Members => service.paged_members("c", None, None).await.map(drop),
    }
}

/// The second answer would be a success: is it asked for?
#[tokio::test(start_paused = true)]
async fn nothing_that_may_have_been_executed_is_executed_twice() {
    use Operation::{Create, Delete, Members, Send, Update};
    type First = fn() -> Answer;

    let answers: [(&str, First, bool, bool); 14] = [
        ("no connection", || NoConnection, true, true),
        ("timed out", || TimedOut, false, true),
        ("broken", || Broken, false, true),
        ("too long", || TooLong, false, false),
        ("429", || Response(429, ""), true, true),
        (
            "429 with a time",
            || With(429, "retry-after", "2"),
            true,
            true,
        ),
        ("503", || Response(503, ""), false, true),
        (
            "503 with a time",
            || With(503, "retry-after", "2"),
            true,
            true,
        ),
        ("502", || Response(502, ""), false, true),
        ("504", || Response(504, ""), false, true),
        ("500", || Response(500, ""), false, false),
        ("400", || Response(400, ""), false, false),
        ("404", || Response(404, ""), false, false),
        ("307", || With(307, "location", "https://x/"), false, false),
    ];
    for (what, first, posts, others) in answers {
        for (operation, again) in [
            (Send, posts),
            (Create, posts),
            (Update, others),
            (Delete, others),
            (Members, others),
        ] {
            let script = Script::new([first(), ok("{}")]);
            let result = run(&client(&script), operation).await;
            assert_eq!(
                script.sent().len(),
                1 + usize::from(again),
                "{operation:?} {what}"
            );
            assert_eq!(result.is_ok(), again, "{operation:?} {what}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn waits_double_and_are_spread_by_up_to_a_half() {
    let script = Script::new([NoConnection, NoConnection, NoConnection, NoConnection]);
    let result = run(&client(&script), Operation::Send).await;
    assert!(
        matches!(&result, Err(ConnectorError::Transport(error)) if error.is_unsent()),
        "{result:?}"
    );
    let waits = script.waits();
    assert_eq!(waits.len(), 3);
    for (wait, longest) in waits.iter().zip([100, 200, 400]) {
        assert!((longest / 2..=longest + 1).contains(wait), "{waits:?}");
    }
    assert!(
        waits
            .iter()
            .zip([100, 200, 400])
            .any(|(wait, longest)| *wait < longest)
    );
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_asks_for_time_gets_it() {
    for (header, value, earliest) in [
        ("retry-after", "0", 0),
        ("retry-after", "7", 7_000),
        ("retry-after", "soon", 50),
    ] {
        let script = Script::new([With(429, header, value), ok("")]);
        run(&client(&script), Operation::Send).await.unwrap();
        let [wait] = script.waits().try_into().unwrap();
        assert!(
            (earliest..=earliest + 101).contains(&wait),
            "{value}: {wait}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_asks_for_more_time_than_there_is_ends_the_call_at_once() {
    let script = Script::new([With(429, "retry-after", "20")]);
    let begun = Instant::now();
    let Err(ConnectorError::Refused(refusal)) = run(&client(&script), Operation::Send).await else {
        panic!("it was refused");
    };
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(
        (refusal.status, refusal.retry_after),
        (429, Some(Duration::from_secs(20)))
    );
}

#[tokio::test(start_paused = true)]
async fn the_budget_holds_for_the_whole_call() {
    // Nine seconds each: a third one would end after 20 s.
    let nine = || With(429, "retry-after", "9");
    let script = Script::new([nine(), nine(), nine()]);
    let result = run(&client(&script), Operation::Send).await;
    assert!(matches!(result, Err(ConnectorError::Refused(_))));
    assert_eq!(script.sent().len(), 3);

    let script = Script::new([With(429, "retry-after", "9"), Silence]);
    let begun = Instant::now();
    let result = run(&client(&script), Operation::Send).await;
    assert!(
        matches!(
            result,
            Err(ConnectorError::Transport(TransportError::TimedOut(_)))
        ),
        "{result:?}"
    );
    assert_eq!(begun.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn the_last_answer_is_the_one_that_is_reported() {
    let script = Script::new([Broken, Response(502, ""), TimedOut, Response(503, "late")]);
    let Err(ConnectorError::Refused(refusal)) = run(&client(&script), Operation::Members).await
    else {
        panic!("it was refused");
    };
    assert_eq!((refusal.status, &*refusal.message), (503, "late"));
    assert_eq!(script.sent().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_was_done_by_a_lost_attempt_is_done() {
    for (answers, done) in [
        (vec![TimedOut, Response(404, "")], true),
        (vec![Broken, Response(410, "")], true),
        (
            vec![Response(502, ""), NoConnection, Response(404, "")],
            true,
        ),
        (vec![NoConnection, Response(404, "")], false),
        (vec![Response(429, ""), Response(404, "")], false),
        (vec![Response(404, "")], false),
        (vec![TimedOut, Response(403, "")], false),
    ] {
        let script = Script::new(answers);
        let result = run(&client(&script), Operation::Delete).await;
        assert_eq!(result.is_ok(), done, "{:?}: {result:?}", script.sent());
    }
    let script = Script::new([TimedOut, Response(404, "")]);
    assert!(run(&client(&script), Operation::Update).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn one_who_wants_no_retries_gets_none() {
    let script = Script::new([NoConnection]);
    let client = builder(&script).retry(RetryPolicy::never()).build();
    assert!(run(&client, Operation::Members).await.is_err());
    assert_eq!(script.sent().len(), 1);
}
