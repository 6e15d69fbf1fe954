//! Tokens: who gets one, and what happens when one is refused.

use std::sync::Arc;

use onhook::Activity;
use onhook::http::connector::{ConnectorClient, ConnectorError, ServiceUrls};

use crate::script::Answer::{NoConnection, Response};
use crate::script::{Script, Tokens, URL, builder, ok};

async fn say(client: &ConnectorClient, url: &str) -> Result<(), ConnectorError> {
    let hi = Activity::message("hi");
    let service = client.service(url)?;
    service.send_to_conversation("c", &hi).await.map(drop)
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[tokio::test]
async fn a_token_for_the_scope_goes_along() {
    let script = Script::new([ok(""), ok(""), ok("")]);
    let tokens = Arc::new(Tokens::default());
    let client = builder(&script).tokens(tokens.clone()).build();
    say(&client, URL).await.unwrap();
    say(&client.with_scope("app-1/.default"), URL)
        .await
        .unwrap();
    say(&client, URL).await.unwrap();
    assert_eq!(
        tokens.asked(),
        [
            ConnectorClient::SCOPE,
            "app-1/.default",
            ConnectorClient::SCOPE
        ]
    );
    assert_eq!(
        script.header("authorization"),
        vec![Some(bearer("token-1")); 3]
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_once() {
    for (answers, sent, refused, done) in [
        (
            vec![Response(401, ""), ok("")],
            vec!["token-1", "token-2"],
            vec!["token-1"],
            true,
        ),
        (
            vec![Response(401, ""), Response(401, "")],
            vec!["token-1", "token-2"],
            vec!["token-1"],
            false,
        ),
        (
            vec![NoConnection, Response(401, ""), ok("")],
            vec!["token-1", "token-1", "token-2"],
            vec!["token-1"],
            true,
        ),
        (
            vec![Response(401, ""), Response(429, ""), Response(401, "")],
            vec!["token-1", "token-2", "token-2"],
            vec!["token-1"],
            false,
        ),
        (vec![Response(403, "")], vec!["token-1"], vec![], false),
    ] {
        let script = Script::new(answers);
        let tokens = Arc::new(Tokens::default());
        let client = builder(&script).tokens(tokens.clone()).build();
        let result = say(&client, URL).await;
        assert_eq!(result.is_ok(), done, "{result:?}");
        let expected: Vec<_> = sent.into_iter().map(bearer).map(Some).collect();
        assert_eq!(script.header("authorization"), expected);
        assert_eq!(tokens.refused(), refused);
    }
}

#[tokio::test]
async fn without_tokens_a_401_is_a_refusal() {
    let script = Script::new([Response(401, "")]);
    let result = say(&builder(&script).build(), URL).await;
    assert!(matches!(result, Err(ConnectorError::Refused(refusal)) if refusal.status == 401));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let script = Script::new([]);
    let tokens = Arc::new(Tokens::failing());
    let client = builder(&script).tokens(tokens).build();
    let result = say(&client, URL).await;
    assert!(
        matches!(result, Err(ConnectorError::Token(_))),
        "{result:?}"
    );
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn who_is_not_known_gets_no_token() {
    for (urls, url, trusted) in [
        (ServiceUrls::any(), "http://localhost:3978", false),
        (ServiceUrls::any(), URL, false),
        (ServiceUrls::documented(), URL, true),
        (
            ServiceUrls::none().also_loopback(),
            "http://localhost:3978",
            true,
        ),
        (
            ServiceUrls::none().also("contoso.com").unwrap(),
            "https://contoso.com",
            true,
        ),
    ] {
        let script = Script::new([ok("")]);
        let tokens = Arc::new(Tokens::default());
        let client = builder(&script)
            .tokens(tokens.clone())
            .service_urls(urls)
            .build();
        say(&client, url).await.unwrap();
        assert_eq!(
            script.header("authorization")[0].is_some(),
            trusted,
            "{url}"
        );
        assert_eq!(tokens.asked().len(), usize::from(trusted));
    }
}

#[tokio::test]
async fn no_secret_is_in_a_message() {
    let script = Script::new([Response(401, "denied"), Response(401, "denied")]);
    let client = builder(&script).tokens(Arc::new(Tokens::default())).build();
    let error = say(&client, URL).await.unwrap_err();
    let texts = format!("{client:?} {error:?} {error}");
    assert!(!texts.contains("token-"), "{texts}");
}
