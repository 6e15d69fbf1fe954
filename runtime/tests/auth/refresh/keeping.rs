//! For how long keys are kept, and what makes them be fetched.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use onhook::http::auth::AuthError;
use tokio::time::{Instant, advance};

use super::{HOUR, MINUTE, Provider, authenticator, knock, settle};
use crate::scene::{activity, channel, verdict};

#[tokio::test(start_paused = true)]
async fn keys_are_kept_for_a_day() {
    let provider = Provider::new();
    let authenticator = authenticator(&provider);
    assert_eq!(provider.fetches(), 0, "before the first token");
    assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    for _ in 0..23 {
        advance(HOUR).await;
        assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    }
    settle().await;
    assert_eq!(provider.fetches(), 1);

    // After a day the old keys still answer at once, while the new ones are fetched.
    advance(HOUR).await;
    let before = Instant::now();
    assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    assert_eq!(before.elapsed(), Duration::ZERO);
    settle().await;
    assert_eq!(provider.fetches(), 2);
    assert_eq!(provider.key_sets.load(SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stampede_is_one_fetch() {
    let provider = Provider::new();
    let authenticator = Arc::new(authenticator(&provider));
    let stampede = async || {
        let knocks: Vec<_> = (0..100)
            .map(|_| {
                let authenticator = authenticator.clone();
                tokio::spawn(async move { knock(&authenticator, "channel-key").await })
            })
            .collect();
        for knock in knocks {
            assert_eq!(knock.await.unwrap(), Ok(()));
        }
        settle().await;
    };
    stampede().await;
    assert_eq!(provider.fetches(), 1, "at the start");
    advance(25 * HOUR).await;
    stampede().await;
    assert_eq!(provider.fetches(), 2, "after a day");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_fetches_once_an_hour() {
    let provider = Provider::new();
    let authenticator = authenticator(&provider);
    assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    let start = Instant::now();
    while start.elapsed() < 10 * HOUR {
        let found = knock(&authenticator, "new-key").await;
        assert_eq!(found, Err(AuthError::UnknownKey));
        advance(MINUTE).await;
    }
    // Each takes two seconds, and the next hour begins at its end.
    assert_eq!(provider.fetches(), 1 + 9);
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_found_within_the_hour() {
    let provider = Provider::new();
    let authenticator = authenticator(&provider);
    assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    provider.publish(&["channel-key", "new-key"]);
    advance(59 * MINUTE).await;
    assert_eq!(
        knock(&authenticator, "new-key").await,
        Err(AuthError::UnknownKey)
    );
    advance(MINUTE).await;
    assert_eq!(knock(&authenticator, "new-key").await, Ok(()));
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_withdrawn_counts_no_more_for_remembered_tokens_either() {
    let provider = Provider::new();
    let authenticator = authenticator(&provider);
    provider.publish(&["channel-key", "old-key"]);
    assert_eq!(knock(&authenticator, "old-key").await, Ok(()));
    provider.publish(&["channel-key"]);
    advance(24 * HOUR).await;
    // The last time: this one makes the keys be fetched.
    assert_eq!(knock(&authenticator, "old-key").await, Ok(()));
    settle().await;
    assert_eq!(
        knock(&authenticator, "old-key").await,
        Err(AuthError::UnknownKey)
    );
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_remembered_token_expires() {
    let provider = Provider::new();
    let authenticator = authenticator(&provider);
    let header = format!("Bearer {}", channel().token());
    assert!(verdict(&authenticator, &header, &activity()).await.is_ok());
    advance(HOUR + 4 * MINUTE).await;
    assert!(verdict(&authenticator, &header, &activity()).await.is_ok());
    advance(MINUTE).await;
    assert_eq!(
        verdict(&authenticator, &header, &activity()).await,
        Err(AuthError::Expired)
    );
}
