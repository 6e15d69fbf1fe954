//! A burst leaves nothing behind. It counts the bytes of the process, and so is alone in its own.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use onhook::http::{Endpoint, PeerAddress};
use onhook::prelude::*;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const CONVERSATIONS: usize = 10_000;

/// What may be left of a burst: the ids of the last ten minutes, 40 bytes each in tables that are half empty.
const LEFT: usize = CONVERSATIONS * 150;

struct Patient {
    gate: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

#[bot]
impl Patient {
    #[on_message]
    async fn wait(&self) {
        self.waiting.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
    }
}

fn message(number: usize) -> Request<Full<Bytes>> {
    let body = format!(
        r#"{{"type":"message","id":"m-{number}","text":"{}","conversation":{{"id":"call-{number}"}}}}"#,
        "x".repeat(500)
    );
    let mut request = Request::post("/")
        .header("content-type", "application/json")
        .body(Full::new(body.into()))
        .unwrap();
    let peer = "127.0.0.1:50000".parse().unwrap();
    request.extensions_mut().insert(PeerAddress(peer));
    request
}

#[tokio::test]
async fn ten_thousand_idle_conversations_are_given_back() {
    let (gate, waiting) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let endpoint = Endpoint::new(Patient {
        gate: Arc::clone(&gate),
        waiting: Arc::clone(&waiting),
    });
    let before = onhook_allocations::live();
    {
        let mut turns = JoinSet::new();
        for number in 0..CONVERSATIONS {
            let endpoint = endpoint.clone();
            turns.spawn(async move { endpoint.answer(message(number)).await.status() });
        }
        for _ in 0..CONVERSATIONS {
            waiting.acquire().await.unwrap().forget();
        }
        assert_eq!(endpoint.host().conversations(), CONVERSATIONS);
        assert!(onhook_allocations::live() - before > LEFT, "it is a burst");
        let refused = endpoint.answer(message(CONVERSATIONS)).await;
        assert_eq!(refused.status(), 503, "and as large as it may get");
        gate.add_permits(CONVERSATIONS);
        while let Some(status) = turns.join_next().await {
            assert_eq!(status.unwrap(), 200);
        }
    }
    endpoint.idle().await;
    assert_eq!(endpoint.host().conversations(), 0);
    let left = onhook_allocations::live().saturating_sub(before);
    assert!(left < LEFT, "{left} bytes are left");
}
