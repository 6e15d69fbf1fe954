//! Who is not let in, and why.

mod activity;
mod algorithms;
mod apps;
mod claims;
mod form;
mod header;
mod keys;

use onhook::http::auth::AuthError;

use crate::scene::{activity, authenticator, channel, verdict};

/// Any text will do: which one it is, says the message.
const MALFORMED: AuthError = AuthError::Malformed("");

type Case = (&'static str, String, AuthError);

/// Holds each token, with a good activity, against the reason for which it is not let in.
async fn expect(cases: Vec<Case>) {
    let authenticator = authenticator().await;
    for (name, token, expected) in cases {
        let header = format!("Bearer {token}");
        // Twice: a token that was refused is not remembered as one that was not.
        for _ in 0..2 {
            let found = verdict(&authenticator, &header, &activity()).await;
            let found = match found {
                Err(AuthError::Malformed(_)) => Err(MALFORMED),
                found => found,
            };
            assert_eq!(found, Err(expected), "{name}");
        }
    }
    let good = format!("Bearer {}", channel().token());
    assert!(verdict(&authenticator, &good, &activity()).await.is_ok());
}

fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<_> = token.split('.').collect();
    parts.try_into().unwrap()
}
