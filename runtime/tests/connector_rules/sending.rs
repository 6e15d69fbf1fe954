//! The client as a bot's connector.

use onhook::http::connector::{ServiceUrlError, ServiceUrls};
use onhook::{Activity, ActivityType, Connector, ConversationAccount, Json, SendError};

use crate::script::{Answer, Script, Tokens, URL, builder, client, ok};

fn to_call(mut activity: Activity) -> Activity {
    activity.service_url = Some(URL.into());
    activity.channel_id = Some("telephony".into());
    activity.conversation = Some(ConversationAccount::new("call 1"));
    activity
}

fn to(service_url: &str) -> Activity {
    let mut activity = to_call(Activity::message("hi"));
    activity.service_url = Some(service_url.into());
    activity
}

const CONVERSATION: &str = "https://smba.trafficmanager.net/amer/v3/conversations/call%201";

#[tokio::test]
async fn an_activity_is_a_reply_if_it_says_so() {
    for (reply_to, path) in [
        (None, "activities"),
        (Some(""), "activities"),
        (Some(" \t"), "activities"),
        (Some("a-1"), "activities/a-1"),
        (Some("a/1"), "activities/a%2F1"),
    ] {
        let script = Script::new([ok(r#"{"id":"given"}"#)]);
        let mut activity = to_call(Activity::message("hi"));
        activity.reply_to_id = reply_to.map(Into::into);
        let given = client(&script).send(activity).await.unwrap();
        assert_eq!(given.id.as_deref(), Some("given"));
        let [sent] = script.sent().try_into().unwrap();
        let expected = format!("POST {CONVERSATION}/{path} ");
        assert!(sent.starts_with(&expected), "{reply_to:?}: {sent}");
    }
}

#[tokio::test]
async fn the_channel_gives_the_id_and_no_field_is_null() {
    let script = Script::new([ok("")]);
    let mut activity = to_call(Activity::message("hi"));
    activity.id = Some("mine".into());
    client(&script).send(activity).await.unwrap();
    assert_eq!(
        script.sent(),
        [format!(
            r#"POST {CONVERSATION}/activities {{"type":"message","serviceUrl":"{URL}","channelId":"telephony","conversation":{{"id":"call 1"}},"text":"hi"}}"#
        )]
    );
    assert_eq!(
        script.header("content-type"),
        [Some("application/json".to_owned())]
    );
    assert_eq!(script.header("authorization"), [None]);
}

#[tokio::test]
async fn what_the_channel_took_is_sent_whatever_its_answer_is() {
    for (status, body, id) in [
        (200, r#"{"id":"1"}"#, Some("1")),
        (201, r#"{"id":"1","more":[]}"#, Some("1")),
        (202, r#" {"id":"1"} "#, Some("1")),
        (204, "", None),
        (200, "", None),
        (200, "{}", None),
        (200, r#"{"id":""}"#, None),
        (200, r#"{"id":null}"#, None),
        (200, r#"{"id":5}"#, None),
        (200, "null", None),
        (200, "[]", None),
        (200, r#""accepted""#, None),
        (202, "accepted", None),
        (200, r#"{"id":"1""#, None),
        (200, "<html></html>", None),
    ] {
        let script = Script::new([Answer::Response(status, body)]);
        let given = client(&script).send(to(URL)).await.unwrap();
        assert_eq!(given.id.as_deref(), id, "{status} {body}");
    }
}

#[tokio::test]
async fn what_is_not_for_the_channel_stays() {
    for (kind, channel, sent) in [
        (ActivityType::Trace, "telephony", 0),
        (ActivityType::Trace, "emulator", 1),
        (ActivityType::InvokeResponse, "telephony", 0),
        (ActivityType::InvokeResponse, "emulator", 0),
        (ActivityType::Typing, "telephony", 1),
    ] {
        let script = Script::new([ok(r#"{"id":"1"}"#)]);
        let mut activity = to_call(Activity::new(kind.clone()));
        activity.channel_id = Some(channel.into());
        let given = client(&script).send(activity).await.unwrap();
        assert_eq!(script.sent().len(), sent, "{kind} on {channel}");
        assert_eq!(given.id.is_some(), sent == 1, "{kind} on {channel}");
    }
    // Even without an address: nothing goes anywhere.
    let script = Script::new([]);
    let trace = Activity::new(ActivityType::Trace);
    assert!(client(&script).send(trace).await.is_ok());
}

#[tokio::test]
async fn updates_and_deletions_name_their_activity() {
    let script = Script::new([ok(r#"{"id":"a/1"}"#), ok("")]);
    let client = client(&script);
    let mut activity = to_call(Activity::message("better"));
    activity.id = Some("a/1".into());
    let given = client.update(activity.clone()).await.unwrap();
    assert_eq!(given.id.as_deref(), Some("a/1"));
    client.delete(activity).await.unwrap();
    let sent = script.sent();
    assert!(sent[0].starts_with(&format!("PUT {CONVERSATION}/activities/a%2F1 {{")));
    assert!(sent[0].contains(r#""id":"a/1""#), "{}", sent[0]);
    assert_eq!(sent[1], format!("DELETE {CONVERSATION}/activities/a%2F1"));

    for id in [None, Some(String::new())] {
        let mut activity = to_call(Activity::message("better"));
        activity.id = id;
        let result = client.update(activity.clone()).await;
        assert!(matches!(result, Err(SendError::NoActivityId("update"))));
        let result = client.delete(activity).await;
        assert!(matches!(result, Err(SendError::NoActivityId("delete"))));
    }
    assert_eq!(script.sent().len(), 2);
}

#[tokio::test]
async fn without_an_address_nothing_is_sent() {
    let script = Script::new([]);
    let client = client(&script);
    for url in [None, Some(""), Some(" ")] {
        let mut activity = to(URL);
        activity.service_url = url.map(Into::into);
        let result = client.send(activity).await;
        assert!(matches!(result, Err(SendError::NoServiceUrl)), "{url:?}");
    }
    for conversation in [
        None,
        Some(ConversationAccount::default()),
        Some(ConversationAccount::new("")),
    ] {
        let mut activity = to(URL);
        activity.conversation = conversation;
        let result = client.send(activity).await;
        assert!(matches!(result, Err(SendError::NoConversation)));
    }
    let mut activity = to(URL);
    activity.conversation = Some(ConversationAccount::new(".."));
    let result = client.send(activity).await;
    assert!(matches!(result, Err(SendError::Id("conversation"))));
}

#[tokio::test]
async fn a_service_url_that_is_not_allowed_gets_neither_request_nor_token() {
    let script = Script::new([]);
    let tokens = std::sync::Arc::new(Tokens::default());
    let client = builder(&script).tokens(tokens.clone()).build();
    for url in [
        "https://evilbotframework.com/",
        "https://api.botframework.com@evil.com/",
        "http://api.botframework.com/",
        "https://169.254.169.254/",
        "file:///etc/passwd",
    ] {
        let mut activity = to(url);
        activity.id = Some("a".into());
        let error = client.send(activity.clone()).await.unwrap_err();
        assert!(matches!(error, SendError::ServiceUrl(_)), "{url}: {error}");
        assert!(client.update(activity.clone()).await.is_err());
        assert!(client.delete(activity).await.is_err());
        assert!(client.service(url).is_err());
    }
    assert!(script.sent().is_empty() && tokens.asked().is_empty());
}

#[tokio::test]
async fn the_error_names_the_host_that_is_missing_in_the_list() {
    let script = Script::new([]);
    let error = client(&script)
        .send(to("https://connector.contoso.com"))
        .await;
    let Err(SendError::ServiceUrl(error)) = error else {
        panic!("it is not allowed");
    };
    assert_eq!(error, ServiceUrlError::Host("connector.contoso.com".into()));
    assert_eq!(
        error.to_string(),
        "the host `connector.contoso.com` of the service url is not allowed"
    );
}

#[tokio::test]
async fn a_refusal_carries_status_code_message_and_wait() {
    let body = r#"{"error":{"code":"ConversationNotFound","message":"There is none."}}"#;
    for (answer, status, code, message, seconds) in [
        (
            Answer::Response(404, body),
            404,
            "ConversationNotFound",
            "There is none.",
            None,
        ),
        (
            Answer::Response(500, ""),
            500,
            "500",
            "Internal Server Error",
            None,
        ),
        (
            Answer::With(429, "retry-after", "600"),
            429,
            "429",
            "Too Many Requests",
            Some(600),
        ),
        (
            Answer::With(302, "location", "https://x/"),
            302,
            "302",
            "the channel is at https://x/",
            None,
        ),
    ] {
        let script = Script::new([answer]);
        let error = client(&script).send(to(URL)).await.unwrap_err();
        let SendError::Refused {
            status: given,
            code: given_code,
            message: given_message,
            retry_after,
        } = error
        else {
            panic!("it was refused: {error}");
        };
        assert_eq!(
            (
                given,
                &*given_code,
                &*given_message,
                retry_after.map(|wait| wait.as_secs())
            ),
            (Some(status), code, message, seconds)
        );
        assert_eq!(script.sent().len(), 1);
    }
}

#[tokio::test]
async fn whether_it_may_have_been_sent_is_told_by_the_error() {
    for (answer, unsent) in [
        (Answer::NoConnection, true),
        (Answer::TimedOut, false),
        (Answer::Broken, false),
        (Answer::TooLong, false),
    ] {
        let script = Script::new([answer]);
        let client = builder(&script)
            .retry(onhook::http::connector::RetryPolicy::never())
            .build();
        match client.send(to(URL)).await.unwrap_err() {
            SendError::Unreachable(_) => assert!(unsent),
            SendError::Unanswered(_) => assert!(!unsent),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_before_the_future_is_polled() {
    let script = Script::new([]);
    drop(client(&script).send(to(URL)));
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn a_turn_s_reply_goes_where_its_activity_came_from() {
    let script = Script::new([ok(""), ok("")]);
    let client = builder(&script).service_urls(ServiceUrls::any()).build();
    let mut incoming = to("http://localhost:3978/base");
    incoming.id = Some("in-1".into());
    let mut reply = Activity::event("x");
    reply.value = Some(Json::null());
    reply.apply_reference(&incoming.conversation_reference());
    client.send(reply).await.unwrap();
    let [sent] = script.sent().try_into().unwrap();
    assert!(
        sent.starts_with(
            "POST http://localhost:3978/base/v3/conversations/call%201/activities/in-1 "
        ),
        "{sent}"
    );
}
