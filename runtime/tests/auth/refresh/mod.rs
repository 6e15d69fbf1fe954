//! When keys are fetched: on virtual time, with a provider that counts.

mod answers;
mod keeping;
mod outage;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use onhook::BoxFuture;
use onhook::http::auth::{AuthError, Authenticator};
use onhook::http::{Transport, TransportError};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::mint::jwk;
use crate::scene::{NOW, activity, builder, channel, verdict};

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
