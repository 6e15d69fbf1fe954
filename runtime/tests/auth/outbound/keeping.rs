//! For how long a token is kept.

use std::sync::Arc;
use std::time::Duration;

use onhook::http::auth::TokenProvider;
use serde_json::json;
use tokio::time::{Instant, advance, sleep};

use super::{
    Answer, HOUR, MINUTE, Provider, SCOPE, SECOND, credentials, grant, named, token, words,
};
use crate::scene::NOW;

fn refusal() -> Answer {
    let body = json!({"error": "invalid_client", "error_description": "AADSTS7000215: no"});
    Answer::Text(401, body.to_string())
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_five_minutes_before_it_expires() {
    let provider = Provider::new();
    let credentials = credentials(&provider);
    assert_eq!(token(&credentials).await.unwrap(), "token-1");
    // Its hour began when it was asked for, a second ago.
    advance(54 * MINUTE + 58 * SECOND).await;
    assert_eq!(token(&credentials).await.unwrap(), "token-1");
    sleep(2 * SECOND).await;
    assert_eq!(provider.asked(), 1);

    let before = Instant::now();
    assert_eq!(token(&credentials).await.unwrap(), "token-1");
    assert_eq!(before.elapsed(), Duration::ZERO, "nobody waits");
    sleep(2 * SECOND).await;
    assert_eq!(token(&credentials).await.unwrap(), "token-2");
    assert_eq!(provider.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn while_renewing_fails_the_old_token_serves_to_its_end() {
    let provider = Provider::new();
    let credentials = credentials(&provider);
    assert_eq!(token(&credentials).await.unwrap(), "token-1");
    provider.tell((0..100).map(|_| refusal()));
    advance(55 * MINUTE).await;
    for _ in 0..294 {
        assert_eq!(token(&credentials).await.unwrap(), "token-1");
        sleep(SECOND).await;
    }
    let attempts = provider.asked() - 1;
    assert!((9..=10).contains(&attempts), "every 30 seconds: {attempts}");
    advance(10 * SECOND).await;
    let found = words(token(&credentials).await);
    assert!(found.contains("AADSTS7000215"), "{found}");
}

#[tokio::test(start_paused = true)]
async fn one_request_is_under_way_for_each_scope() {
    let provider = Provider::new();
    let credentials = Arc::new(credentials(&provider));
    let mut waiting = Vec::new();
    for number in 0..100 {
        let credentials = credentials.clone();
        waiting.push(tokio::spawn(async move {
            let scope = ["one/.default", "two/.default"][number % 2];
            credentials.token(scope).await.unwrap()
        }));
    }
    let mut tokens = Vec::new();
    for waiting in waiting {
        tokens.push(waiting.await.unwrap());
    }
    assert_eq!(provider.asked(), 2);
    for (number, token) in tokens.iter().enumerate() {
        assert_eq!(*token, tokens[number % 2]);
    }
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test(start_paused = true)]
async fn everyone_who_waits_gets_the_same_error() {
    let provider = Provider::new();
    let credentials = Arc::new(credentials(&provider));
    provider.tell((0..100).map(|_| refusal()));
    let mut waiting = Vec::new();
    for _ in 0..100 {
        let credentials = credentials.clone();
        waiting.push(tokio::spawn(async move { token(&credentials).await }));
    }
    for waiting in waiting {
        let found = words(waiting.await.unwrap());
        assert!(found.contains("AADSTS7000215"), "{found}");
    }
    assert_eq!(provider.asked(), 1);
    // And so for five seconds.
    sleep(4 * SECOND).await;
    assert!(token(&credentials).await.is_err());
    assert_eq!(provider.asked(), 1);
    sleep(SECOND).await;
    assert!(token(&credentials).await.is_err());
    assert_eq!(provider.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_refused_is_not_given_again() {
    let provider = Provider::new();
    let credentials = credentials(&provider);
    assert_eq!(token(&credentials).await.unwrap(), "token-1");
    credentials.refused("other/.default", &named("token-1"));
    credentials.refused(SCOPE, &named("token-0"));
    assert_eq!(token(&credentials).await.unwrap(), "token-1");
    assert_eq!(provider.asked(), 1);

    credentials.refused(SCOPE, &named("token-1"));
    assert_eq!(token(&credentials).await.unwrap(), "token-2");
    // Somebody who had the first one is late: the second is not meant.
    credentials.refused(SCOPE, &named("token-1"));
    assert_eq!(token(&credentials).await.unwrap(), "token-2");
    assert_eq!(provider.asked(), 2);

    provider.tell([Answer::Text(200, grant("token-2"))]);
    credentials.refused(SCOPE, &named("token-2"));
    let found = words(token(&credentials).await);
    assert!(found.contains("token_refused"), "{found}");
    assert!(!found.contains("token-2"), "{found}");
    sleep(5 * SECOND).await;
    assert_eq!(token(&credentials).await.unwrap(), "token-3");
}

#[tokio::test(start_paused = true)]
async fn a_lifetime_is_a_number_or_a_text() {
    let later = NOW + 7200;
    for (name, answer, lifetime) in [
        ("a number", json!({"expires_in": 7200}), Some(2 * HOUR)),
        ("a text", json!({"expires_in": "7200"}), Some(2 * HOUR)),
        (
            "both",
            json!({"expires_in": "7200", "expires_on": "1"}),
            Some(2 * HOUR),
        ),
        ("an instant", json!({ "expires_on": later }), Some(2 * HOUR)),
        (
            "an instant as a text",
            json!({"expires_on": later.to_string()}),
            Some(2 * HOUR),
        ),
        ("a year", json!({"expires_in": 31_536_000}), Some(24 * HOUR)),
        (
            "eight minutes",
            json!({"expires_in": 480}),
            Some(9 * MINUTE),
        ),
        ("nothing", json!({}), None),
        ("null", json!({"expires_in": null}), None),
        ("zero", json!({"expires_in": 0}), None),
        ("negative", json!({"expires_in": -3600}), None),
        ("a fraction", json!({"expires_in": 3600.5}), None),
        ("a word", json!({"expires_in": "soon"}), None),
        ("the past", json!({"expires_on": NOW - 1}), None),
    ] {
        let provider = Provider::new();
        let credentials = credentials(&provider);
        let mut answer = answer;
        answer["access_token"] = json!("first");
        provider.tell([Answer::Text(200, answer.to_string())]);
        let found = token(&credentials).await;
        let Some(lifetime) = lifetime else {
            assert!(words(found).contains("cannot be read"), "{name}");
            continue;
        };
        assert_eq!(found.unwrap(), "first", "{name}");
        // It is good until five minutes before its end, and no longer after it.
        let long = lifetime.saturating_sub(7 * MINUTE);
        advance(long).await;
        assert_eq!(token(&credentials).await.unwrap(), "first", "{name}");
        tokio::task::yield_now().await;
        assert_eq!(provider.asked(), 1, "{name}");
        advance(lifetime.saturating_sub(long)).await;
        assert_eq!(token(&credentials).await.unwrap(), "token-1", "{name}");
    }
}
