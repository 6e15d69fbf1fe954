//! Commands that reach the bot: ignored when the protocol says so, else answered.

use onhook::prelude::*;
use onhook::{Activity, Outcome, TurnOutcome};

use crate::stub::{Answer, Call, StubBot, activity, bot, json};

fn command(name: &str, value: &str) -> Activity {
    let mut command = Activity::command(name);
    command.value = Some(json(value));
    command
}

const NAME: &str = "application/vnd.contoso.open-ticket";

/// The value of the one result that `bot` sends for the command, which must carry the command's name.
async fn answer(bot: StubBot, value: &str) -> String {
    let call = Call::new(bot);
    let _ = call.run(command(NAME, value)).await;
    let [result] = call.outbox.sent().try_into().expect("one result");
    assert_eq!(result.kind.as_str(), "commandResult");
    assert_eq!(result.name.as_deref(), Some(NAME), "A6413");
    result.value.expect("A6421").as_str().to_owned()
}

fn replying(reply: fn() -> Answer) -> StubBot {
    bot(move |_| Box::pin(async move { reply() }))
}

#[tokio::test]
async fn an_unhandled_command_is_answered_not_supported_with_its_id() {
    let value = answer(StubBot::new(), r#"{"commandId":"c-1","data":{"x":1}}"#).await;
    assert_eq!(
        value,
        r#"{"commandId":"c-1","error":{"code":"NotSupported","message":"The command is not supported here"}}"#
    );
}

#[tokio::test]
async fn a11100_only_a_valid_command_id_is_echoed() {
    for value in [
        r#"{"data":1}"#,
        r#"{"commandId":17}"#,
        r#"{"commandId":null}"#,
    ] {
        let answered = answer(replying(|| Ok(Outcome::Reply(CommandReply::done()))), value).await;
        assert_eq!(answered, "{}", "{value}");
    }
}

#[tokio::test]
async fn a11301_success_has_data_and_no_error() {
    let reply = || Ok(Outcome::Reply(CommandReply::success(&[1, 2])?));
    let value = answer(replying(reply), r#"{"commandId":"c-1"}"#).await;
    assert_eq!(value, r#"{"commandId":"c-1","data":[1,2]}"#);
}

#[tokio::test]
async fn a11300_failure_has_an_error_and_no_data() {
    let reply = || {
        let error = CommandError::new("NoPaper", "The printer is empty");
        Ok(Outcome::Reply(CommandReply::failure(error)))
    };
    let value = answer(replying(reply), r#"{"commandId":"c-1"}"#).await;
    assert_eq!(
        value,
        r#"{"commandId":"c-1","error":{"code":"NoPaper","message":"The printer is empty"}}"#
    );
}

#[tokio::test]
async fn a11300_a_handler_that_fails_answers_with_an_error_that_tells_no_secrets() {
    let value = answer(
        replying(|| Err(std::io::Error::other("password is hunter2").into())),
        r#"{"commandId":"c-1"}"#,
    )
    .await;
    assert_eq!(
        value,
        r#"{"commandId":"c-1","error":{"code":"CommandFailed","message":"The command has failed"}}"#
    );
}

#[tokio::test]
async fn a_command_with_wrong_data_is_told_what_is_wrong() {
    let value = answer(
        replying(|| Err(Rejection::malformed("value.data", "missing field `subject`").into())),
        r#"{"commandId":"c-1"}"#,
    )
    .await;
    assert_eq!(
        value,
        r#"{"commandId":"c-1","error":{"code":"BadArgument","message":"`value.data` is malformed: missing field `subject`"}}"#
    );
}

#[tokio::test]
async fn a_command_that_a_handler_answered_itself_is_answered_once() {
    let by_hand = bot(|turn| {
        Box::pin(async move {
            turn.send(Activity::command_result(turn.name())).await?;
            Ok(Outcome::Unhandled)
        })
    });
    let call = Call::new(by_hand);
    call.run(command(NAME, "{}")).await.unwrap();
    assert_eq!(call.outbox.sent().len(), 1);
}

#[tokio::test]
async fn a6312_a6322_a_command_without_a_valid_name_or_value_is_ignored() {
    let call = Call::new(bot(|_| panic!("an ignored command is not dispatched")));
    for (json, rule) in [
        (r#"{"type":"command","value":{}}"#, "A6312"),
        (r#"{"type":"command","name":null,"value":{}}"#, "A6312"),
        (r#"{"type":"command","name":"","value":{}}"#, "A6312"),
        (
            r#"{"type":"command","name":"open ticket","value":{}}"#,
            "A6312",
        ),
        (r#"{"type":"command","name":"a/b"}"#, "A6322"),
        (r#"{"type":"command","name":"a/b","value":null}"#, "A6322"),
        (r#"{"type":"command","name":"a/b","value":"x"}"#, "A6322"),
        (r#"{"type":"command","name":"a/b","value":[]}"#, "A6322"),
    ] {
        let outcome = call.run(activity(json)).await.unwrap();
        assert!(
            matches!(outcome, TurnOutcome::Ignored(why) if why.starts_with(rule)),
            "{json}: {outcome:?}"
        );
    }
    assert!(call.outbox.sent().is_empty());
}
