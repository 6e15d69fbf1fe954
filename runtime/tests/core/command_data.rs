//! What a result says: success, failure, data that are missing or wrong.

use onhook::prelude::*;
use onhook::{Host, Outcome, ResultError};
use tokio::sync::mpsc;

use crate::stub::{Call, OpenTicket, Ticket, bot, in_call, json, open_ticket, result_of};

/// What a handler that waits gets when the channel answers with `rest` in the result's value.
async fn outcome(rest: &'static str) -> Result<Ticket, ResultError> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let call = Call::new(bot(move |turn| {
        let tell = tell.clone();
        Box::pin(async move {
            let _ = tell.send(turn.command(open_ticket()).await?.result().await);
            Ok(Outcome::Handled)
        })
    }));
    let turn = call.spawn(Activity::message("go"));
    let result = result_of(&call.first_sent().await, rest);
    let _ = call.run(result).await;
    turn.await.unwrap().unwrap();
    told.try_recv().expect("a result")
}

#[tokio::test]
async fn a11301_without_an_error_a_command_has_succeeded() {
    for rest in [
        r#""data":{"number":7}"#,
        r#""data":{"number":7},"error":null"#,
        r#""error":null,"data":{"number":7,"new":true},"x":1"#,
    ] {
        assert_eq!(outcome(rest).await, Ok(Ticket { number: 7 }), "{rest}");
    }
}

#[tokio::test]
async fn a11300_an_error_is_a_failure_even_if_it_is_empty() {
    for (rest, printed) in [
        (
            r#""error":{"code":"NoPaper","message":"The printer is empty"}"#,
            "NoPaper: The printer is empty",
        ),
        (
            r#""data":{"number":7},"error":{}"#,
            "the command failed without a reason",
        ),
        (r#""error":"no""#, "no"),
        (
            r#""data":{"number":7},"error":false"#,
            "the command failed without a reason",
        ),
    ] {
        let Err(ResultError::Failed(error)) = outcome(rest).await else {
            panic!("{rest} is a failure");
        };
        assert_eq!(error.to_string(), printed);
    }
}

#[tokio::test]
async fn a_result_that_cannot_be_read_is_neither() {
    for (rest, path) in [
        (r#""data":{"number":"seven"}"#, "value.data"),
        ("", "value.data"),
    ] {
        let Err(ResultError::Malformed(rejection)) = outcome(rest).await else {
            panic!("{rest} cannot be read");
        };
        assert_eq!(rejection.path, path, "{rest}");
    }
}

#[tokio::test]
async fn a11200_a_recording_result_needs_no_data() {
    for rest in ["", r#""data":null"#, r#""data":{}"#] {
        let paused = bot(|turn| {
            Box::pin(async move {
                let status = turn.pause_recording().await?.result().await?;
                assert_eq!(status, RecordingStatus::default());
                Ok(Outcome::Handled)
            })
        });
        let call = Call::on(Host::new(paused));
        let turn = call.spawn(Activity::message("pause"));
        let result = result_of(&call.first_sent().await, rest);
        call.run(result).await.unwrap();
        turn.await.unwrap().expect(rest);
    }
}

#[tokio::test]
async fn a6422_a_result_without_an_object_for_a_value_is_rejected_and_answers_nothing() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let call = Call::new(bot(move |turn| {
        let tell = tell.clone();
        Box::pin(async move {
            let _ = tell.send(turn.command(open_ticket()).await?.result().await);
            Ok(Outcome::Handled)
        })
    }));
    let turn = call.spawn(Activity::message("go"));
    let command = call.first_sent().await;
    for value in [None, Some("null"), Some("[]"), Some("17"), Some(r#""ok""#)] {
        let mut result = Activity::command_result(OpenTicket::NAME);
        result.reply_to_id = Some("activity-1".into());
        result.value = value.map(json);
        let refused = call.accept(in_call(result)).unwrap_err();
        assert!(refused.to_string().starts_with("A6422"), "{value:?}");
    }
    assert!(told.try_recv().is_err(), "no result has come");
    let good = result_of(&command, r#""data":{"number":7}"#);
    call.run(good).await.unwrap();
    turn.await.unwrap().unwrap();
    assert_eq!(told.try_recv().unwrap(), Ok(Ticket { number: 7 }));
}
