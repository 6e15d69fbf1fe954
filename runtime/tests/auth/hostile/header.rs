//! Headers that are not `Bearer` and a token, and what all errors have.

use http::HeaderValue;
use onhook::http::auth::AuthError::{self, Scheme};

use super::MALFORMED;
use crate::scene::{activity, authenticator, channel, channel_keys, verdict};

#[tokio::test]
async fn the_header_is_bearer_and_a_token() {
    let authenticator = authenticator().await;
    let token = channel().token();
    assert_eq!(
        authenticator.verify(None).await.err(),
        Some(AuthError::Missing)
    );
    for header in [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        token.clone(),
        format!("Bearer  {token}"),
        format!("Bearer\t{token}"),
        format!("Bearer {token} "),
        format!(" Bearer {token}"),
        format!("Bearer {token} {token}"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer:{token}"),
        format!("Basic {token}"),
        format!("Bearers {token}"),
        format!("Token {token}"),
    ] {
        let found = verdict(&authenticator, &header, &activity()).await;
        assert_eq!(found, Err(Scheme), "{header:?}");
    }
    let latin = HeaderValue::from_bytes(b"Bearer caf\xe9").unwrap();
    let found = authenticator.verify(Some(&latin)).await;
    assert_eq!(found.err(), Some(Scheme));
}

#[tokio::test]
async fn errors_have_a_status_and_keep_the_token() {
    for (error, status) in [
        (AuthError::Missing, 401),
        (Scheme, 401),
        (MALFORMED, 401),
        (AuthError::Algorithm, 401),
        (AuthError::UnknownKey, 401),
        (AuthError::Signature, 401),
        (AuthError::Issuer, 401),
        (AuthError::Audience, 401),
        (AuthError::Expired, 401),
        (AuthError::NotYetValid, 401),
        (AuthError::Claim("exp"), 401),
        (AuthError::Version, 401),
        (AuthError::CallerNotAllowed, 403),
        (AuthError::Endorsement, 403),
        (AuthError::ServiceUrl, 403),
        (AuthError::Unavailable, 503),
    ] {
        assert_eq!(error.status(), status, "{error:?}");
        assert!(!error.code().is_empty());
    }
    // The published keys of the tests are as they are meant to be: good ones besides those that are not.
    assert_eq!(channel_keys()["keys"].as_array().unwrap().len(), 15);
}
