//! What is answered when.

use std::time::Duration;

use http::{Method, Request};
use http_body_util::Full;
use onhook::http::EndpointBuilder;
use onhook::prelude::*;
use serde_json::{Value, json};

use crate::channel::{call, endpoint, endpoint_with, message, post, request};
use crate::desk::{Desk, Sorry};

#[tokio::test]
async fn a_turn_is_answered_by_how_it_ended() {
    for (text, status, code) in [
        ("hello", 200, ""),
        ("quiet", 200, ""),
        ("fail", 500, "BotError"),
        ("panic", 500, "BotError"),
        ("half", 500, "BotError"),
    ] {
        let (endpoint, _) = endpoint(Desk::new());
        let answer = post(&endpoint, &message(text, Value::Null)).await;
        assert_eq!((answer.status, &*answer.code()), (status, code), "{text}");
        assert_eq!(answer.body.is_empty(), status == 200, "{text}");
        // A panic costs its turn and nothing else.
        assert_eq!(
            post(&endpoint, &message("hello", Value::Null)).await.status,
            200,
            "after {text}"
        );
    }
}

#[tokio::test]
async fn a_failure_that_an_error_hook_took_care_of_is_none() {
    for text in ["fail", "panic"] {
        let (endpoint, channel) = endpoint(Desk::new().or(Sorry));
        let answer = post(&endpoint, &message(text, Value::Null)).await;
        assert_eq!(answer.status, 200, "{text}");
        assert_eq!(channel.texts(), ["Sorry."], "{text}");
    }
}

#[tokio::test]
async fn the_words_of_a_failure_stay_in_the_house() {
    let (endpoint, _) = endpoint(Desk::new());
    for text in ["fail", "panic"] {
        let answer = post(&endpoint, &message(text, Value::Null)).await;
        let body = String::from_utf8_lossy(&answer.body);
        assert!(!body.contains("told to"), "{body}");
    }
}

#[tokio::test]
async fn what_no_handler_takes_is_taken_all_the_same() {
    let (endpoint, channel) = endpoint(Desk::new());
    for kind in [
        "event",
        "messageReaction",
        "somethingNew",
        "conversationUpdate",
    ] {
        let answer = post(&endpoint, &message("", json!({"type": kind}))).await;
        assert_eq!(answer.status, 200, "{kind}");
    }
    assert!(channel.sent().is_empty());
}

#[tokio::test]
async fn an_invoke_is_answered_by_its_handler() {
    for (name, value, status, body) in [
        ("teapot", Value::Null, 418, json!(["short", "stout"])),
        ("done", Value::Null, 200, Value::Null),
        ("sent", Value::Null, 201, json!({"made": 1})),
        ("status", json!(202), 202, json!("body")),
        ("status", json!(599), 599, json!("body")),
        // No number of an answer, and the bot's mistake.
        ("status", json!(100), 500, json!("body")),
        ("status", json!(101), 500, json!("body")),
        ("status", json!(7), 500, json!("body")),
        ("status", json!(1000), 500, json!("body")),
    ] {
        let (endpoint, _) = endpoint(Desk::new());
        let invoke = message("", json!({"type": "invoke", "name": name, "value": value}));
        let answer = post(&endpoint, &invoke).await;
        assert_eq!(
            (answer.status, answer.json()),
            (status, body),
            "{name} {value}"
        );
    }
}

#[tokio::test]
async fn an_invoke_that_nobody_handles_is_not_implemented() {
    let (endpoint, _) = endpoint(Desk::new());
    for invoke in [
        json!({"type": "invoke", "name": "nobody"}),
        json!({"type": "invoke"}),
    ] {
        let answer = post(&endpoint, &message("", invoke)).await;
        assert_eq!((answer.status, &*answer.code()), (501, "NotImplemented"));
    }
    let fails = message("", json!({"type": "invoke", "name": "fail"}));
    assert_eq!(post(&endpoint, &fails).await.status, 500);
}

#[tokio::test]
async fn what_is_no_activity_is_refused_where_it_is_wrong() {
    let (endpoint, channel) = endpoint(Desk::new());
    let deep = format!(
        r#"{{"type":"message","conversation":{{"id":"c"}},"value":{}1{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    for (text, target) in [
        ("", None),
        (" ", None),
        ("[]", None),
        (
            r#"[{"type":"message","conversation":{"id":"c"},"text":"hi"}]"#,
            None,
        ),
        ("null", None),
        ("NaN", None),
        ("\"message\"", None),
        ("{", None),
        ("{'type':'message'}", None),
        (r#"{"conversation":{"id":"c"},"text":"hi"}"#, Some("type")),
        (r#"{"type":null,"conversation":{"id":"c"}}"#, Some("type")),
        (r#"{"type":"","conversation":{"id":"c"}}"#, Some("type")),
        (r#"{"type":7,"conversation":{"id":"c"}}"#, Some("type")),
        (r#"{"type":"message","text":"hi"}"#, Some("conversation.id")),
        (
            r#"{"type":"message","conversation":null}"#,
            Some("conversation.id"),
        ),
        (
            r#"{"type":"message","conversation":{}}"#,
            Some("conversation.id"),
        ),
        (
            r#"{"type":"message","conversation":{"id":null}}"#,
            Some("conversation.id"),
        ),
        (
            r#"{"type":"message","conversation":{"id":""}}"#,
            Some("conversation.id"),
        ),
        (
            r#"{"type":"message","conversation":{"id":5}}"#,
            Some("conversation.id"),
        ),
        (
            r#"{"type":"message","conversation":"c"}"#,
            Some("conversation"),
        ),
        (
            r#"{"type":"message","conversation":{"id":"c"},"text":{}}"#,
            Some("text"),
        ),
        (
            r#"{"type":"message","conversation":{"id":"c"},"text":NaN}"#,
            Some("text"),
        ),
        (
            r#"{"type":"message","conversation":{"id":"c"},"membersAdded":[{},{"id":5}]}"#,
            Some("membersAdded[1].id"),
        ),
        (
            r#"{"type":"message","conversation":{"id":"c"},"from":[]}"#,
            Some("from"),
        ),
        (r#"{"type":"message","conversation":{"id":"c"}} x"#, None),
        (r#"{"type":"message","conversation":{"id":"c"}}{}"#, None),
        (
            r#"{"type":"message","conversation":{"id":"c"},"text":"hi""#,
            None,
        ),
        (&deep, None),
    ] {
        let answer = call(&endpoint, request(text.to_owned())).await;
        let shown: String = text.chars().take(100).collect();
        assert_eq!(answer.status, 400, "{shown}");
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "BadSyntax", "{shown}");
        assert!(error["message"].is_string(), "{shown}");
        assert_eq!(error["target"].as_str(), target, "{shown}: {error}");
        assert!(answer.content_type.starts_with("application/json"));
    }
    let not_text = call(
        &endpoint,
        request(&b"{\"type\":\"message\",\"text\":\"\xff\"}"[..]),
    )
    .await;
    assert_eq!(not_text.status, 400);
    assert!(channel.sent().is_empty());
}

#[tokio::test]
async fn a_result_without_a_value_is_rejected() {
    let (endpoint, _) = endpoint(Desk::new());
    for value in [Value::Null, json!("ok"), json!([])] {
        let result = json!({"type": "commandResult", "name": "application/x", "value": value});
        let answer = post(&endpoint, &message("", result)).await;
        assert_eq!(
            (answer.status, answer.json()["error"]["target"].clone()),
            (400, json!("value"))
        );
    }
}

#[tokio::test]
async fn a_request_must_be_a_post_of_json() {
    let (endpoint, channel) = endpoint(Desk::new());
    let hello = message("hello", Value::Null).to_string();
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "BREW"] {
        let mut request = request(hello.clone());
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = call(&endpoint, request).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (405, "MethodNotAllowed"),
            "{method}"
        );
        assert_eq!(answer.headers["allow"], "POST");
    }
    for (content_type, status) in [
        (None, 415),
        (Some("text/plain"), 415),
        (Some("application/x-www-form-urlencoded"), 415),
        (Some("application/json; charset=utf-16"), 415),
        (Some("Application/JSON;CharSet=UTF-8"), 200),
        (Some("application/json"), 200),
    ] {
        let mut request = request(hello.clone());
        request.headers_mut().remove("content-type");
        if let Some(content_type) = content_type {
            let name = http::HeaderName::from_bytes(b"CONTENT-type").unwrap();
            request
                .headers_mut()
                .insert(name, content_type.parse().unwrap());
        }
        assert_eq!(
            call(&endpoint, request).await.status,
            status,
            "{content_type:?}"
        );
    }
    assert_eq!(channel.texts().len(), 2);
}

#[tokio::test]
async fn a_body_has_a_limit() {
    fn padded(length: usize) -> String {
        let bare = message("quiet", json!({"channelData": ""})).to_string();
        message(
            "quiet",
            json!({"channelData": "x".repeat(length - bare.len())}),
        )
        .to_string()
    }
    let limit = 256 * 1024;
    let (default, _) = endpoint(Desk::new());
    let (small, _) = endpoint_with(Desk::new(), |builder| builder.body_limit(1000));
    for (endpoint, length, status) in [
        (&default, limit, 200),
        (&default, limit + 1, 413),
        (&default, 10 * limit, 413),
        (&small, 1000, 200),
        (&small, 1001, 413),
    ] {
        let body = padded(length);
        assert_eq!(body.len(), length);
        let answer = call(endpoint, request(body.clone())).await;
        assert_eq!(answer.status, status, "{length}");
        // A length that is not declared is counted.
        let pieces = pieces(&body);
        let answer = call_any(endpoint, pieces).await;
        assert_eq!(answer, status, "{length} in pieces");
    }
}

/// The request with its body in pieces of no declared length.
fn pieces(body: &str) -> Request<Pieces> {
    let (head, _) = request("").into_parts();
    let pieces = body
        .as_bytes()
        .chunks(977)
        .map(bytes::Bytes::copy_from_slice);
    Request::from_parts(head, Pieces(pieces.collect()))
}

struct Pieces(std::collections::VecDeque<bytes::Bytes>);

impl http_body::Body for Pieces {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
        let next = self.0.pop_front();
        std::task::Poll::Ready(next.map(|piece| Ok(http_body::Frame::data(piece))))
    }
}

async fn call_any<B: Bot + 'static>(
    endpoint: &onhook::http::Endpoint<B>,
    request: Request<Pieces>,
) -> u16 {
    endpoint.answer(request).await.status().as_u16()
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_given_up() {
    struct Never;
    impl http_body::Body for Never {
        type Data = bytes::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
            std::task::Poll::Pending
        }
    }
    let (endpoint, _) = endpoint_with(Desk::new(), |builder| {
        builder.read_timeout(Duration::from_secs(3))
    });
    let (head, _) = request("").into_parts();
    let began = tokio::time::Instant::now();
    let answer = endpoint.answer(Request::from_parts(head, Never)).await;
    assert_eq!(answer.status(), 408);
    assert_eq!(began.elapsed(), Duration::from_secs(3));
}

#[tokio::test]
async fn without_an_app_id_only_this_machine_is_taken() {
    let (endpoint, channel) = endpoint(Desk::new());
    let hello = message("hello", Value::Null).to_string();
    let far = "192.0.2.1:4".parse().unwrap();
    let mut requests = vec![request(hello.clone()), request(hello.clone())];
    requests[0]
        .extensions_mut()
        .insert(onhook::http::PeerAddress(far));
    requests[1]
        .headers_mut()
        .insert("x-forwarded-for", "127.0.0.1".parse().unwrap());
    let unknown = Request::post("/")
        .header("content-type", "application/json")
        .body(Full::new(hello.into()))
        .unwrap();
    requests.push(unknown);
    for request in requests {
        let answer = call(&endpoint, request).await;
        assert_eq!((answer.status, &*answer.code()), (401, "Unauthorized"));
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    assert!(channel.sent().is_empty());
}

#[tokio::test]
async fn by_option_it_is_answered_at_once_unless_the_answer_says_something() {
    let desk = Desk::new();
    let (endpoint, channel) = endpoint_with(desk.clone(), EndpointBuilder::answer_at_once);
    let wait = message("wait", Value::Null);
    assert_eq!(post(&endpoint, &wait).await.status, 202);
    desk.comes().await;
    desk.gate.add_permits(1);
    let invoke = message("", json!({"type": "invoke", "name": "teapot"}));
    assert_eq!(post(&endpoint, &invoke).await.status, 418);
    let replies = message("hello", json!({"deliveryMode": "expectReplies"}));
    assert_eq!(post(&endpoint, &replies).await.status, 200);
    endpoint.idle().await;
    assert!(channel.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_answer_does_not_wait_for_ever_and_the_turn_goes_on() {
    let limit = Duration::from_secs(5);
    for (activity, status) in [
        (message("wait", Value::Null), 202),
        (message("wait", json!({"deliveryMode": "odd"})), 202),
        (
            message("wait", json!({"deliveryMode": "expectReplies"})),
            504,
        ),
        (message("wait", json!({"deliveryMode": "stream"})), 504),
        (message("", json!({"type": "invoke", "name": "wait"})), 504),
    ] {
        let desk = Desk::new();
        let (endpoint, _) = endpoint_with(desk.clone(), |builder| builder.answer_timeout(limit));
        let began = tokio::time::Instant::now();
        assert_eq!(post(&endpoint, &activity).await.status, status);
        assert_eq!(began.elapsed(), limit);
        assert_eq!(endpoint.host().conversations(), 1, "it is under way");
        desk.gate.add_permits(1);
        endpoint.idle().await;
        assert_eq!(endpoint.host().conversations(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_never_ends_is_ended() {
    let host = onhook::Host::builder(Desk::new())
        .turn_timeout(Duration::from_secs(7))
        .build();
    let (endpoint, _) = endpoint_with(Desk::new(), |builder| builder.host(host));
    assert_eq!(
        post(&endpoint, &message("wait", Value::Null)).await.status,
        500
    );
    assert_eq!(endpoint.host().conversations(), 0);
}

#[tokio::test]
async fn a_caller_that_hangs_up_does_not_end_the_turn() {
    let desk = Desk::new();
    let (endpoint, _) = endpoint(desk.clone());
    let asking = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { post(&endpoint, &message("wait", Value::Null)).await }
    });
    desk.comes().await;
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    assert_eq!(endpoint.host().conversations(), 1);
    desk.gate.add_permits(1);
    endpoint.idle().await;
    assert_eq!(endpoint.host().conversations(), 0);
}

#[tokio::test]
async fn without_a_service_url_the_first_send_says_so() {
    use std::sync::{Arc, Mutex};
    struct Reports(Arc<Mutex<Vec<String>>>);
    #[bot]
    impl Reports {
        #[on_error]
        async fn report(&self, error: &onhook::Error) {
            self.0.lock().unwrap().push(error.to_string());
        }
    }
    for service_url in [Value::Null, json!("")] {
        let errors = Arc::default();
        let (endpoint, channel) = endpoint(Desk::new().or(Reports(Arc::clone(&errors))));
        for text in ["quiet", "hello"] {
            let activity = message(text, json!({"serviceUrl": service_url}));
            assert_eq!(post(&endpoint, &activity).await.status, 200, "{text}");
        }
        assert_eq!(*errors.lock().unwrap(), ["the activity has no service url"]);
        assert!(channel.sent().is_empty());
    }
    let (endpoint, _) = endpoint(Desk::new());
    let nowhere = message("hello", json!({"serviceUrl": null}));
    assert_eq!(post(&endpoint, &nowhere).await.status, 500);
}

#[tokio::test]
async fn an_id_that_is_too_long_is_refused_by_its_path() {
    let id = "x".repeat(200_000);
    for (path, more) in [
        ("conversation.id", json!({"conversation": {"id": id}})),
        ("id", json!({"id": id})),
        ("replyToId", json!({"replyToId": id})),
        ("channelId", json!({"channelId": id})),
        ("from.id", json!({"from": {"id": id}})),
        ("recipient.id", json!({"recipient": {"id": id}})),
        ("serviceUrl", json!({"serviceUrl": id})),
        (
            "value.commandId",
            json!({"type": "commandResult", "name": "a/b", "value": {"commandId": id}}),
        ),
    ] {
        let (endpoint, _) = endpoint(Desk::new());
        let answer = post(&endpoint, &message("hello", more)).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (400, "BadSyntax"),
            "{path}"
        );
        assert_eq!(answer.json()["error"]["target"], path);
        assert!(answer.body.len() < 300, "the id is not repeated");
        assert_eq!(endpoint.host().conversations(), 0, "{path}");
    }
}
