//! Turns that the bot begins.

use onhook::http::connector::ConversationParameters;
use onhook::{ChannelAccount, ConversationAccount, ConversationReference};
use serde_json::Value;

use crate::channel::{SERVICE, endpoint, message, post};
use crate::desk::Desk;

fn reference() -> ConversationReference {
    let hello = message("hello", Value::Null).to_string();
    let hello = onhook::Activity::from_json(&hello).unwrap();
    hello.conversation_reference()
}

#[tokio::test]
async fn a_conversation_goes_on_where_nobody_has_spoken() {
    let (endpoint, channel) = endpoint(Desk::new());
    let turn = endpoint.continue_conversation(reference()).await.unwrap();
    turn.say("An agent is free now.").await.unwrap();
    let sent = channel.sent();
    assert_eq!(sent[0].line, "POST /v3/conversations/call-1/activities");
    assert_eq!(sent[0].body["recipient"]["id"], "caller");
    assert_eq!(sent[0].body["from"]["id"], "bot");
}

#[tokio::test]
async fn a_turn_of_the_bots_own_has_its_place_among_the_others() {
    let desk = Desk::new();
    let (endpoint, channel) = endpoint(desk.clone());
    let turn = endpoint.continue_conversation(reference()).await.unwrap();
    let answering = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { post(&endpoint, &message("hello", Value::Null)).await.status }
    });
    tokio::task::yield_now().await;
    turn.say("first").await.unwrap();
    assert_eq!(channel.texts(), ["first"]);
    assert_eq!(answering.await.unwrap(), 202);
    drop(turn);
    endpoint.idle().await;
    assert_eq!(channel.texts(), ["first", "Echo: hello"]);
    assert_eq!(endpoint.host().conversations(), 0);
}

#[tokio::test]
async fn a_conversation_begins() {
    let (endpoint, channel) = endpoint(Desk::new());
    let mut parameters = ConversationParameters::default();
    let mut bot = ChannelAccount::default();
    bot.id = Some("bot".to_owned());
    let mut caller = ChannelAccount::default();
    caller.id = Some("+14255550100".to_owned());
    parameters.bot = Some(bot);
    parameters.members = Some(vec![caller]);
    let reference = endpoint
        .create_conversation("telephony", SERVICE, parameters)
        .await
        .unwrap();
    assert_eq!(channel.sent()[0].line, "POST /v3/conversations");
    assert_eq!(
        reference.conversation,
        Some(ConversationAccount::new("sent-1"))
    );
    assert_eq!(reference.service_url.as_deref(), Some(SERVICE));
    let turn = endpoint.continue_conversation(reference).await.unwrap();
    turn.say("Hello.").await.unwrap();
    let hello = &channel.sent()[1];
    assert_eq!(hello.line, "POST /v3/conversations/sent-1/activities");
    assert_eq!(hello.body["recipient"]["id"], "+14255550100");
}

#[tokio::test]
async fn a_reference_to_elsewhere_is_not_called() {
    let desk = Desk::new();
    let endpoint = onhook::http::Endpoint::builder(desk)
        .connector(onhook::http::connector::ConnectorClient::builder().build())
        .build();
    let mut elsewhere = reference();
    elsewhere.service_url = Some("https://evil.example".to_owned());
    let turn = endpoint.continue_conversation(elsewhere).await.unwrap();
    let error = turn.say("hello").await.unwrap_err();
    assert!(error.to_string().contains("not called"), "{error}");
}
