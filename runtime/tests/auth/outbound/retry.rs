//! When the provider is asked again.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::{Answer, Provider, SECOND, credentials, token, words};

fn status(status: u16) -> Answer {
    Answer::Text(status, String::new())
}

#[tokio::test(start_paused = true)]
async fn a_busy_provider_is_asked_three_times() {
    let half = Duration::from_millis(500);
    // Each attempt takes a second; the pauses are half a second and a second.
    for (name, answers, expected, attempts, took) in [
        ("at once", vec![], "token-1", 1, SECOND),
        ("429", vec![status(429)], "token-1", 2, 2 * SECOND + half),
        ("503", vec![status(503)], "token-1", 2, 2 * SECOND + half),
        (
            "a dead line",
            vec![Answer::Lost],
            "token-1",
            2,
            2 * SECOND + half,
        ),
        (
            "twice",
            vec![status(500), Answer::Lost],
            "token-1",
            3,
            4 * SECOND + half,
        ),
        (
            "always busy",
            vec![status(500), status(502), status(504)],
            "the identity provider refused to give a token: 504: it does not say why",
            3,
            4 * SECOND + half,
        ),
        (
            "always dead",
            vec![Answer::Lost, Answer::Lost, Answer::Lost],
            "the identity provider cannot be reached: the connection broke: the line is dead",
            3,
            4 * SECOND + half,
        ),
        (
            "retry after four seconds",
            vec![Answer::RetryAfter(429, "4")],
            "token-1",
            2,
            6 * SECOND,
        ),
        (
            "retry after an hour",
            vec![Answer::RetryAfter(429, "3600")],
            "the identity provider refused to give a token: 429: it does not say why",
            1,
            SECOND,
        ),
        (
            "retry after some day",
            vec![Answer::RetryAfter(503, "Fri, 31 Dec 1999 23:59:59 GMT")],
            "token-1",
            2,
            2 * SECOND + half,
        ),
        (
            "a refusal",
            vec![status(400)],
            "the identity provider refused to give a token: 400: it does not say why",
            1,
            SECOND,
        ),
        (
            "a redirect",
            vec![status(302)],
            "the identity provider refused to give a token: 302: it does not say why",
            1,
            SECOND,
        ),
    ] {
        let provider = Provider::new();
        provider.tell(answers);
        let start = Instant::now();
        let found = words(token(&credentials(&provider)).await);
        assert_eq!(found, expected, "{name}");
        assert_eq!(provider.asked(), attempts, "{name}");
        assert_eq!(start.elapsed(), took, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_token_is_a_token() {
    let long = format!(
        "{}{}",
        json!({"access_token": "a", "expires_in": 3600}),
        " ".repeat(64 * 1024)
    );
    for (name, body) in [
        ("nothing", String::new()),
        ("a page", "<html>access_token</html>".into()),
        ("no token", json!({"expires_in": 3600}).to_string()),
        (
            "an empty token",
            json!({"access_token": "", "expires_in": 3600}).to_string(),
        ),
        (
            "a token with a line break",
            json!({"access_token": "a\r\nHost: evil", "expires_in": 3600}).to_string(),
        ),
        (
            "a token that is an object",
            json!({"access_token": {}, "expires_in": 3600}).to_string(),
        ),
        ("a long answer", long),
    ] {
        let provider = Provider::new();
        provider.tell([Answer::Text(200, body)]);
        let found = words(token(&credentials(&provider)).await);
        assert!(
            found.starts_with("the identity provider's answer cannot be read"),
            "{name}: {found}"
        );
        assert_eq!(provider.asked(), 1, "{name}");
    }
}
