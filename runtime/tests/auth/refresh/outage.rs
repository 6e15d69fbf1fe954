//! What happens while the provider is out.

use std::sync::Arc;
use std::time::Duration;

use onhook::http::auth::AuthError;
use tokio::time::{Instant, advance};

use super::{HOUR, MINUTE, Provider, authenticator, knock, settle};

#[tokio::test(start_paused = true)]
async fn an_outage_is_survived_for_five_days() {
    let provider = Provider::new();
    let authenticator = authenticator(&provider);
    assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    provider.set_out(true);
    let start = Instant::now();
    while start.elapsed() < 119 * HOUR {
        advance(MINUTE).await;
        let before = Instant::now();
        assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
        assert_eq!(before.elapsed(), Duration::ZERO, "nobody waits");
    }
    // From the second day on, at most one attempt in five minutes after the first few, and at least one in ten.
    let attempts = provider.fetches() - 1;
    assert!((95 * 6..=95 * 12 + 8).contains(&attempts), "{attempts}");

    advance(2 * HOUR).await;
    assert_eq!(
        knock(&authenticator, "channel-key").await,
        Err(AuthError::Unavailable)
    );
    provider.set_out(false);
    advance(5 * MINUTE).await;
    assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_out_is_not_hammered() {
    let provider = Provider::new();
    let authenticator = authenticator(&provider);
    provider.set_out(true);
    let start = Instant::now();
    while start.elapsed() < HOUR {
        let found = knock(&authenticator, "channel-key").await;
        assert_eq!(found, Err(AuthError::Unavailable));
        advance(Duration::from_millis(500)).await;
    }
    // 2, 4, … 256 seconds, then every five minutes.
    let attempts = provider.fetches();
    assert!((17..=20).contains(&attempts), "{attempts}");

    provider.set_out(false);
    advance(5 * MINUTE).await;
    assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    settle().await;
    assert_eq!(provider.fetches(), attempts + 1);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_unknown_in_an_outage_may_be_good() {
    let provider = Provider::new();
    let authenticator = authenticator(&provider);
    assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    provider.publish(&["channel-key", "new-key"]);
    provider.set_out(true);
    advance(2 * HOUR).await;
    for _ in 0..100 {
        let found = knock(&authenticator, "new-key").await;
        assert_eq!(found, Err(AuthError::Unavailable));
        assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    }
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_goes_away_does_not_end_the_fetch() {
    let provider = Provider::new();
    let authenticator = Arc::new(authenticator(&provider));
    let impatient = tokio::time::timeout(
        Duration::from_millis(100),
        knock(&authenticator, "channel-key"),
    );
    assert!(impatient.await.is_err());
    assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    assert_eq!(provider.fetches(), 1);
}
