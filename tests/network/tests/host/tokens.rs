//! A bot with an app id lets nobody in without a token, wherever they call from.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Request, Response};
use onhook::BoxFuture;
use onhook::http::auth::Authenticator;
use onhook::http::{Transport, TransportError};
use serde_json::{Value, json};

use crate::channel::{call, endpoint_with, message, request};
use crate::desk::Desk;

const APP_ID: &str = "5d7dd7a3-0a5f-4b0e-8a4c-2f4f5b1c6a10";

/// A network that is down.
struct Down;

impl Transport for Down {
    fn exchange(
        &self,
        _: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async { Err(TransportError::Connect("the network is down".into())) })
    }
}

fn token(issuer: &str) -> String {
    let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({"alg": "RS256", "kid": "k", "typ": "JWT"}));
    let claims = json!({
        "iss": issuer, "aud": APP_ID, "serviceurl": "http://127.0.0.1:9/",
        "nbf": 1_000_000_000, "exp": 4_000_000_000_u64,
    });
    let signature = BASE64_URL_SAFE_NO_PAD.encode([7; 256]);
    format!("Bearer {head}.{}.{signature}", part(claims))
}

#[tokio::test]
async fn who_has_no_valid_token_is_not_let_in() {
    let authenticator = || {
        let builder = Authenticator::builder(APP_ID).transport(Arc::new(Down));
        builder.build().unwrap()
    };
    let channel_token = token("https://api.botframework.com");
    for (authorization, status) in [
        (vec![], 401),
        (vec![""], 401),
        (vec!["Bearer"], 401),
        (vec!["Bearer x.y.z"], 401),
        (vec!["Basic dXNlcjpwYXNz"], 401),
        (vec![&*token("https://evil.example")], 401),
        (vec!["Bearer eyJhbGciOiJub25lIn0.e30."], 401),
        // Intermediaries differ in which of two they take.
        (vec![&channel_token, &channel_token], 401),
        // Nobody knows whether it is valid: the keys cannot be had.
        (vec![&channel_token], 503),
    ] {
        let (endpoint, channel) = endpoint_with(Desk::new(), |builder| {
            builder.authenticator(authenticator())
        });
        // It is not let in either way: what is no activity and what is too long are not looked at.
        for body in [message("hello", Value::Null).to_string(), "{".to_owned()] {
            let mut request = request(body);
            for value in &authorization {
                let headers = request.headers_mut();
                headers.append("authorization", value.parse().unwrap());
            }
            let answer = call(&endpoint, request).await;
            assert_eq!(answer.status, status, "{authorization:?}");
            let (header, value) = match status {
                401 => ("www-authenticate", "Bearer"),
                _ => ("retry-after", "5"),
            };
            assert_eq!(answer.headers[header], value, "{authorization:?}");
        }
        assert!(channel.sent().is_empty());
        assert_eq!(endpoint.host().conversations(), 0);
    }
}
