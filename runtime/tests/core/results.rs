//! Which command a result answers, and where it goes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::prelude::*;
use onhook::{ActivityType, BoxFuture, Dialect, Host, Outcome, Receipt, ResultError, TurnOutcome};
use tokio::sync::mpsc;

use crate::stub::{
    Answer, Call, HeldBack, OpenTicket, StubBot, Ticket, activity, bot, command_id, in_call,
    open_ticket, result_of, until,
};

const SEVEN: &str = r#""data":{"number":7}"#;

type Outcomes = mpsc::UnboundedReceiver<Result<Ticket, ResultError>>;

/// A bot that opens a ticket on a message and waits for it; results that reach the hook are counted.
fn waiting_bot() -> (StubBot, Outcomes, Arc<Mutex<Vec<String>>>) {
    let (tell, told) = mpsc::unbounded_channel();
    let hooked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&hooked);
    let bot = bot(move |turn| {
        let (tell, seen) = (tell.clone(), Arc::clone(&seen));
        Box::pin(async move {
            if *turn.kind() == ActivityType::CommandResult {
                seen.lock().unwrap().push(turn.name().to_owned());
            } else if *turn.kind() == ActivityType::Message {
                let mut receipt = turn.command(open_ticket()).await?;
                let _ = tell.send(receipt.result().await);
            }
            Ok(Outcome::Handled)
        })
    });
    (bot, told, hooked)
}

#[tokio::test(start_paused = true)]
async fn a_waiting_handler_gets_the_result_past_the_mailbox_and_the_hook_does_not_run() {
    let (bot, mut told, hooked) = waiting_bot();
    let call = Call::new(bot);
    let turn = call.spawn(Activity::message("go"));
    let other = call.spawn(Activity::typing());
    let result = result_of(&call.first_sent().await, SEVEN);
    let outcome = call.run(result).await.unwrap();
    assert!(matches!(outcome, TurnOutcome::Claimed));
    assert_eq!(told.try_recv().unwrap(), Ok(Ticket { number: 7 }));
    assert!(hooked.lock().unwrap().is_empty());
    turn.await.unwrap().unwrap();
    other.await.unwrap().unwrap();
}

type Case = (&'static str, &'static str, bool, Option<&'static str>);

/// A result, whether the waiting handler gets it, and the name under which the hook gets it if it does not.
const CASES: [Case; 12] = [
    (
        "its id",
        r#"{"type":"commandResult","name":"$NAME","value":{"commandId":"$ID",$DATA}}"#,
        true,
        None,
    ),
    (
        "its id under another of its names",
        r#"{"type":"commandResult","name":"application/vnd.contoso.ticket","value":{"commandId":"$ID",$DATA}}"#,
        true,
        None,
    ),
    (
        "its id without a name",
        r#"{"type":"commandResult","value":{"commandId":"$ID",$DATA}}"#,
        true,
        None,
    ),
    (
        "what it replies to",
        r#"{"type":"commandResult","name":"$NAME","replyToId":"activity-1","value":{$DATA}}"#,
        true,
        None,
    ),
    (
        "what it replies to, an empty id",
        r#"{"type":"commandResult","name":"$NAME","replyToId":"activity-1","value":{"commandId":"",$DATA}}"#,
        true,
        None,
    ),
    (
        "what it replies to without a name",
        r#"{"type":"commandResult","replyToId":"activity-1","value":{$DATA}}"#,
        true,
        None,
    ),
    (
        "A6413: another name",
        r#"{"type":"commandResult","name":"application/other","value":{"commandId":"$ID",$DATA}}"#,
        false,
        Some("application/other"),
    ),
    (
        "another id",
        r#"{"type":"commandResult","name":"$NAME","value":{"commandId":"other",$DATA}}"#,
        false,
        Some(OpenTicket::NAME),
    ),
    (
        "another id that replies to it",
        r#"{"type":"commandResult","name":"$NAME","replyToId":"activity-1","value":{"commandId":"other",$DATA}}"#,
        false,
        Some(OpenTicket::NAME),
    ),
    (
        "neither",
        r#"{"type":"commandResult","name":"$NAME","value":{$DATA}}"#,
        false,
        Some(OpenTicket::NAME),
    ),
    (
        "A6412: neither, without a name",
        r#"{"type":"commandResult","value":{$DATA}}"#,
        false,
        None,
    ),
    (
        "A6412: its id, with an invalid name",
        r#"{"type":"commandResult","name":"open ticket","value":{"commandId":"$ID",$DATA}}"#,
        false,
        None,
    ),
];

#[tokio::test(start_paused = true)]
async fn what_answers_a_command_and_what_does_not() {
    for (case, result, claimed, hook) in CASES {
        let (bot, mut told, hooked) = waiting_bot();
        let call = Call::new(bot);
        let turn = call.spawn(Activity::message("go"));
        let id = command_id(&call.first_sent().await);
        let result = result
            .replace("$NAME", OpenTicket::NAME)
            .replace("$ID", &id)
            .replace("$DATA", SEVEN);
        let delivery = call.spawn(activity(&result));
        turn.await.unwrap().unwrap();
        let outcome = delivery.await.unwrap().unwrap();
        assert_eq!(
            matches!(outcome, TurnOutcome::Claimed),
            claimed,
            "{case}: {outcome:?}"
        );
        assert_eq!(told.try_recv().unwrap().is_ok(), claimed, "{case}");
        assert_eq!(
            hooked.lock().unwrap().first().map(String::as_str),
            hook,
            "{case}"
        );
        assert_eq!(
            matches!(outcome, TurnOutcome::Ignored(_)),
            !claimed && hook.is_none(),
            "{case}"
        );
    }
}

/// The rest of a result's value, and what whoever waits for it is told.
#[tokio::test(start_paused = true)]
async fn who_waits_is_told_of_a_failure_in_whatever_shape_it_comes() {
    for (value, failure) in [
        (r#"{"commandId":"$ID","error":"no disk"}"#, "no disk"),
        (
            r#"{"CommandId":"$ID","Error":{"Code":"A","Message":"b"}}"#,
            "A: b",
        ),
        (
            r#"{"commandId":"$ID","error":false,"data":{"number":7}}"#,
            "the command failed without a reason",
        ),
        (r#"{"COMMANDID":"$ID","error":{"code":503}}"#, "503"),
        (
            r#"{"commandId":"$ID","data":{"number":"seven"}}"#,
            "the result cannot be read: `value.data` is malformed: \
             invalid type: string \"seven\", expected u32 at line 1 column 17",
        ),
        (
            r#"{"commandId":"$ID"}"#,
            "the result cannot be read: `value.data` is malformed: \
             invalid type: null, expected struct Ticket at line 1 column 4",
        ),
    ] {
        let (bot, mut told, hooked) = waiting_bot();
        let call = Call::new(bot);
        let turn = call.spawn(Activity::message("go"));
        let id = command_id(&call.first_sent().await);
        let result = format!(
            r#"{{"type":"commandResult","name":"{}","value":{}}}"#,
            OpenTicket::NAME,
            value.replace("$ID", &id)
        );
        let outcome = call.run(activity(&result)).await.unwrap();
        assert!(matches!(outcome, TurnOutcome::Claimed), "{value}");
        turn.await.unwrap().unwrap();
        let error = told.try_recv().unwrap().unwrap_err();
        assert_eq!(error.to_string(), failure, "{value}");
        assert!(hooked.lock().unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_in_the_other_dialect_answers_the_command() {
    for (dialect, name) in [
        (Dialect::Current, "recording_pause_command"),
        (
            Dialect::Preview,
            "channel/vnd.microsoft.telephony.recording.pause",
        ),
    ] {
        let bot = bot(|turn| {
            Box::pin(async move {
                turn.pause_recording().await?.result().await?;
                Ok(Outcome::Handled)
            })
        });
        let call = Call::on(Host::builder(bot).dialect(dialect).build());
        let turn = call.spawn(Activity::message("pause"));
        let mut result = result_of(&call.first_sent().await, "");
        result.name = Some(name.into());
        assert!(
            matches!(call.run(result).await, Ok(TurnOutcome::Claimed)),
            "{name}"
        );
        turn.await.unwrap().expect(name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_that_comes_before_send_returns_is_kept_for_the_handler() {
    // By its id, and by what it replies to although the bot does not know that id yet.
    for by_id in [true, false] {
        let (bot, mut told, hooked) = waiting_bot();
        let (host, channel) = (Host::new(bot), HeldBack::new());
        let turn = tokio::spawn(
            host.accept(in_call(Activity::message("go")), channel.clone())
                .unwrap(),
        );
        until(|| !channel.outbox.sent().is_empty()).await;
        let mut result = result_of(&channel.outbox.sent()[0], SEVEN);
        if !by_id {
            result.name = None;
            result.reply_to_id = Some("activity-1".into());
            result.value = Some(crate::stub::json(&format!("{{{SEVEN}}}")));
        }
        let delivery = tokio::spawn(host.accept(in_call(result), channel.clone()).unwrap());
        tokio::task::yield_now().await;
        channel.answer();
        turn.await.unwrap().unwrap();
        assert_eq!(
            told.try_recv().unwrap(),
            Ok(Ticket { number: 7 }),
            "by id: {by_id}"
        );
        assert!(matches!(delivery.await.unwrap(), Ok(TurnOutcome::Claimed)));
        assert!(hooked.lock().unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn the_result_for_a_dropped_receipt_goes_to_the_hook_under_the_command_s_name() {
    // Also one without a name (the session.* commands of Activity 3.4) that came before send returned.
    for early in [false, true] {
        let hooked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&hooked);
        let host = Host::new(bot(move |turn| {
            let seen = Arc::clone(&seen);
            Box::pin(async move {
                if *turn.kind() == ActivityType::CommandResult {
                    seen.lock().unwrap().push(turn.name().to_owned());
                } else {
                    turn.command(open_ticket()).await?;
                }
                Ok(Outcome::Handled)
            })
        }));
        let channel = HeldBack::new();
        let turn = tokio::spawn(
            host.accept(in_call(Activity::message("go")), channel.clone())
                .unwrap(),
        );
        until(|| !channel.outbox.sent().is_empty()).await;
        let mut turn = Some(turn);
        if !early {
            channel.answer();
            turn.take().unwrap().await.unwrap().unwrap();
        }
        let result = activity(
            r#"{"type":"commandResult","replyToId":"activity-1","value":{"status":"ok"}}"#,
        );
        let delivery = tokio::spawn(host.accept(in_call(result), channel.clone()).unwrap());
        if let Some(turn) = turn {
            channel.answer();
            turn.await.unwrap().unwrap();
        }
        let outcome = delivery.await.unwrap().unwrap();
        assert!(
            matches!(outcome, TurnOutcome::Handled),
            "early: {early}, {outcome:?}"
        );
        assert_eq!(*hooked.lock().unwrap(), [OpenTicket::NAME]);
    }
}

#[tokio::test(start_paused = true)]
async fn a6400_a_command_may_have_several_results_and_each_is_delivered_once() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let hooks = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&hooks);
    let call = Call::new(bot(move |turn| {
        let (tell, seen) = (tell.clone(), Arc::clone(&seen));
        Box::pin(async move {
            if *turn.kind() == ActivityType::CommandResult {
                *seen.lock().unwrap() += 1;
                return Ok(Outcome::Handled);
            }
            let mut receipt = turn.command(open_ticket()).await?;
            for _ in 0..2 {
                let _ = tell.send(receipt.result().await?.number);
            }
            Ok(Outcome::Handled)
        })
    }));
    let turn = call.spawn(Activity::message("go"));
    let command = call.first_sent().await;
    let deliveries: Vec<_> = ["1", "2", "3"]
        .map(|number| {
            call.spawn(result_of(
                &command,
                &format!(r#""data":{{"number":{number}}}"#),
            ))
        })
        .into();
    turn.await.unwrap().unwrap();
    let mut outcomes = Vec::new();
    for delivery in deliveries {
        outcomes.push(matches!(
            delivery.await.unwrap().unwrap(),
            TurnOutcome::Claimed
        ));
    }
    assert_eq!((told.try_recv().unwrap(), told.try_recv().unwrap()), (1, 2));
    assert_eq!(outcomes, [true, true, false]);
    assert_eq!(*hooks.lock().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_does_not_come_is_a_timeout_and_goes_to_the_hook_when_it_comes() {
    let (bot, mut told, hooked) = waiting_bot();
    let call = Call::on(
        Host::builder(bot)
            .result_timeout(Duration::from_secs(7))
            .build(),
    );
    let before = tokio::time::Instant::now();
    call.run(Activity::message("go")).await.unwrap();
    assert_eq!(before.elapsed(), Duration::from_secs(7));
    let timeout = told.try_recv().unwrap().unwrap_err();
    assert_eq!(timeout, ResultError::TimedOut(Duration::from_secs(7)));
    assert_eq!(timeout.to_string(), "no result came within 7000 ms");
    let late = result_of(&call.first_sent().await, SEVEN);
    assert!(matches!(call.run(late).await, Ok(TurnOutcome::Handled)));
    assert_eq!(hooked.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_may_have_a_patience_of_its_own() {
    let call = Call::new(bot(|turn| {
        Box::pin(async move {
            let mut receipt = turn
                .command(open_ticket())
                .await?
                .within(Duration::from_millis(50));
            assert!(matches!(
                receipt.result().await,
                Err(ResultError::TimedOut(_))
            ));
            Ok(Outcome::Handled)
        })
    }));
    let before = tokio::time::Instant::now();
    call.run(Activity::message("go")).await.unwrap();
    assert_eq!(before.elapsed(), Duration::from_millis(50));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_conversation_wakes_who_waits_even_if_the_mailbox_is_full() {
    for limit in [0, 8] {
        let (bot, mut told, _) = waiting_bot();
        let call = Call::on(Host::builder(bot).queue_limit(limit).build());
        let turn = call.spawn(Activity::message("go"));
        call.first_sent().await;
        call.run(Activity::end_of_conversation()).await.unwrap();
        turn.await.unwrap().unwrap();
        assert_eq!(told.try_recv().unwrap(), Err(ResultError::Ended));
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_that_came_before_the_end_is_still_a_result() {
    let (bot, mut told, _) = waiting_bot();
    let call = Call::new(bot);
    let turn = call.spawn(Activity::message("go"));
    let result = result_of(&call.first_sent().await, SEVEN);
    let deliveries = [
        call.spawn(result),
        call.spawn(Activity::end_of_conversation()),
    ];
    turn.await.unwrap().unwrap();
    assert_eq!(told.try_recv().unwrap(), Ok(Ticket { number: 7 }));
    for delivery in deliveries {
        delivery.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_waited_for_passes_a_full_mailbox() {
    let (bot, mut told, _) = waiting_bot();
    let call = Call::on(Host::builder(bot).queue_limit(1).build());
    let turn = call.spawn(Activity::message("go"));
    let result = result_of(&call.first_sent().await, SEVEN);
    let queued = call.spawn(Activity::typing());
    assert!(
        call.accept(Activity::typing()).is_err(),
        "the mailbox is full"
    );
    assert!(matches!(call.run(result).await, Ok(TurnOutcome::Claimed)));
    assert_eq!(told.try_recv().unwrap(), Ok(Ticket { number: 7 }));
    turn.await.unwrap().unwrap();
    queued.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_receipt_can_be_kept_for_a_later_turn() {
    fn turn_of(
        turn: &Turn,
        kept: Arc<Mutex<Option<Receipt<OpenTicket>>>>,
    ) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            if turn.activity().text.as_deref() == Some("open") {
                let receipt = turn.command(open_ticket()).await?;
                *kept.lock().unwrap() = Some(receipt);
            } else {
                let receipt = kept.lock().unwrap().take();
                let ticket = receipt.expect("a receipt").result().await?;
                turn.say(format!("Ticket {}.", ticket.number)).await?;
            }
            Ok(Outcome::Handled)
        })
    }
    let kept = Arc::default();
    let call = Call::new(bot(move |turn| turn_of(turn, Arc::clone(&kept))));
    call.run(Activity::message("open")).await.unwrap();
    let turn = call.spawn(Activity::message("ask"));
    tokio::task::yield_now().await;
    let result = result_of(&call.first_sent().await, SEVEN);
    assert!(matches!(call.run(result).await, Ok(TurnOutcome::Claimed)));
    turn.await.unwrap().unwrap();
    assert_eq!(call.outbox.spoken(), ["Ticket 7."]);
}
