//! When keys are fetched: on virtual time, with a provider that counts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use onhook::BoxFuture;
use onhook::http::auth::{AuthError, Authenticator, SetupError};
use onhook::http::{Transport, TransportError};
use serde_json::{Value, json};
use tokio::time::{advance, sleep};

use crate::mint::jwk;
use crate::scene::{APP, NOW, activity, builder, channel, verdict};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// A provider in this process. It answers after a second, and counts.
struct Provider {
    keys: Mutex<Value>,
    is_out: AtomicBool,
    metadata: AtomicUsize,
    key_sets: AtomicUsize,
}

impl Provider {
    fn new() -> Arc<Provider> {
        Arc::new(Provider {
            keys: Mutex::new(keys(&["channel-key"])),
            is_out: AtomicBool::new(false),
            metadata: AtomicUsize::new(0),
            key_sets: AtomicUsize::new(0),
        })
    }

    fn publish(&self, kids: &[&str]) {
        *self.keys.lock().unwrap() = keys(kids);
    }

    fn set_out(&self, is_out: bool) {
        self.is_out.store(is_out, SeqCst);
    }

    /// How often the metadata were asked for: each fetch begins with it.
    fn fetches(&self) -> usize {
        self.metadata.load(SeqCst)
    }
}

impl Transport for Provider {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let body = if request.uri().path() == "/keys" {
            self.key_sets.fetch_add(1, SeqCst);
            self.keys.lock().unwrap().to_string()
        } else {
            self.metadata.fetch_add(1, SeqCst);
            json!({"jwks_uri": "https://login.botframework.com/keys"}).to_string()
        };
        let is_out = self.is_out.load(SeqCst);
        Box::pin(async move {
            sleep(SECOND).await;
            if is_out {
                return Err(TransportError::TimedOut(SECOND));
            }
            Ok(Response::new(body.into()))
        })
    }
}

/// The key `channel` under each of these names.
fn keys(kids: &[&str]) -> Value {
    let endorsed = json!({"endorsements": ["telephony"]});
    let keys: Vec<_> = kids
        .iter()
        .map(|kid| jwk("channel", kid, &endorsed))
        .collect();
    json!({ "keys": keys })
}

fn authenticator(provider: &Arc<Provider>) -> Authenticator {
    builder().transport(provider.clone()).build().unwrap()
}

/// The header with a token that does not expire before the test ends. Signed once: signing takes a while.
fn lasting(kid: &str) -> String {
    static MADE: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap();
    let header = made.entry(kid.to_owned()).or_insert_with(|| {
        let change = json!({"exp": NOW + 30 * 24 * 3600});
        let mint = channel().header(json!({ "kid": kid })).claims(change);
        format!("Bearer {}", mint.token())
    });
    header.clone()
}

async fn knock(authenticator: &Authenticator, kid: &str) -> Result<(), AuthError> {
    let header = lasting(kid);
    verdict(authenticator, &header, &activity()).await.map(drop)
}

/// Waits until a fetch that is under way has ended.
async fn settle() {
    sleep(5 * SECOND).await;
}

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
    let before = tokio::time::Instant::now();
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
    let start = tokio::time::Instant::now();
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

#[tokio::test(start_paused = true)]
async fn an_outage_is_survived_for_five_days() {
    let provider = Provider::new();
    let authenticator = authenticator(&provider);
    assert_eq!(knock(&authenticator, "channel-key").await, Ok(()));
    provider.set_out(true);
    let start = tokio::time::Instant::now();
    while start.elapsed() < 119 * HOUR {
        advance(MINUTE).await;
        let before = tokio::time::Instant::now();
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
    let start = tokio::time::Instant::now();
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

/// Answers each path with what it is given.
struct Fixed(Vec<(&'static str, u16, String)>);

impl Transport for Fixed {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let url = request.uri().to_string();
        let known = self.0.iter().find(|(known, ..)| *known == url);
        let (_, status, body) = known.unwrap_or_else(|| panic!("{url} is asked for"));
        let mut response = Response::new(Bytes::from(body.clone()));
        *response.status_mut() = StatusCode::from_u16(*status).unwrap();
        Box::pin(async move { Ok(response) })
    }
}

#[tokio::test(start_paused = true)]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn only_sound_answers_are_keys() {
    const METADATA: &str = "https://issuer.example/metadata";
    const KEYS: &str = "https://keys.example/keys";
    let good = keys(&["channel-key"]).to_string();
    let points_to = |url: &str| json!({ "jwks_uri": url }).to_string();
    let many = {
        let kids: Vec<_> = (0..257).map(|number| format!("key-{number}")).collect();
        let mut kids: Vec<_> = kids.iter().map(String::as_str).collect();
        kids.push("channel-key");
        keys(&kids).to_string()
    };
    for (name, metadata, keys, is_good) in [
        ("good", (200, points_to(KEYS)), (200, good.clone()), true),
        (
            "metadata not found",
            (404, points_to(KEYS)),
            (200, good.clone()),
            false,
        ),
        (
            "a redirect",
            (302, points_to(KEYS)),
            (200, good.clone()),
            false,
        ),
        (
            "no jwks_uri",
            (200, "{}".into()),
            (200, good.clone()),
            false,
        ),
        (
            "no JSON",
            (200, "<html>".into()),
            (200, good.clone()),
            false,
        ),
        (
            "keys over http",
            (200, points_to("http://keys.example/keys")),
            (200, good.clone()),
            false,
        ),
        (
            "keys in a file",
            (200, points_to("file:///etc/keys")),
            (200, good.clone()),
            false,
        ),
        (
            "keys at a path",
            (200, points_to("/keys")),
            (200, good.clone()),
            false,
        ),
        (
            "huge metadata",
            (200, points_to(KEYS) + &" ".repeat(64 * 1024)),
            (200, good.clone()),
            false,
        ),
        (
            "huge keys",
            (200, points_to(KEYS)),
            (200, good.clone() + &" ".repeat(1024 * 1024)),
            false,
        ),
        ("too many keys", (200, points_to(KEYS)), (200, many), false),
        (
            "no keys",
            (200, points_to(KEYS)),
            (200, r#"{"keys":[]}"#.into()),
            false,
        ),
        (
            "no usable key",
            (200, points_to(KEYS)),
            (200, good.replace("RSA", "rsa")),
            false,
        ),
        (
            "keys with an error",
            (200, points_to(KEYS)),
            (500, good.clone()),
            false,
        ),
    ] {
        let transport = Fixed(vec![
            (METADATA, metadata.0, metadata.1),
            (KEYS, keys.0, keys.1),
            ("http://keys.example/keys", 200, good.clone()),
            ("file:///etc/keys", 200, good.clone()),
            ("/keys", 200, good.clone()),
        ]);
        let authenticator = builder()
            .channel_metadata(METADATA)
            .transport(Arc::new(transport))
            .build()
            .unwrap();
        let found = knock(&authenticator, "channel-key").await;
        let expected = if is_good {
            Ok(())
        } else {
            Err(AuthError::Unavailable)
        };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn an_authenticator_needs_an_app_a_transport_and_urls() {
    let transport = || Arc::new(Fixed(Vec::new()));
    let no_app = Authenticator::builder("").transport(transport()).build();
    assert_eq!(no_app.err(), Some(SetupError::NoAppId));
    for tenant in ["common", "contoso.com", "", "{tenantid}"] {
        let builder = Authenticator::builder(APP).transport(transport());
        let found = builder.tenant(tenant).build();
        assert_eq!(found.err(), Some(SetupError::Tenant(tenant.into())));
    }
    for url in ["", "metadata", "/metadata", "ftp://issuer.example/metadata"] {
        let builder = Authenticator::builder(APP).transport(transport());
        let found = builder.entra_metadata(url).build();
        assert_eq!(found.err(), Some(SetupError::MetadataUrl(url.into())));
    }
    let set_up = Authenticator::builder(APP).transport(transport()).build();
    assert_eq!(set_up.unwrap().app_id(), APP);
}
