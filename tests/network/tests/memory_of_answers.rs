//! What is remembered of activities is bounded, however many come, how long their ids are, and how long their answers.
//! It counts the bytes of the process, and so is alone in its own.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use onhook::http::{Endpoint, PeerAddress};
use onhook::prelude::*;

/// As many activities as are remembered.
const ACTIVITIES: usize = 100_000;

/// What they may take.
const MEMORY: usize = 4_000_000;

/// Answers as long as it is told.
#[on_message]
async fn answer(turn: &Turn, text: Text<'_>) -> Result<()> {
    match text.parse() {
        Ok(length) => turn.say("x".repeat(length)).await,
        Err(_) => Ok(()),
    }
}

fn request(id: &str, text: &str, mode: &str) -> Request<Full<Bytes>> {
    let body = format!(
        r#"{{"type":"message","id":"{id}","text":"{text}","deliveryMode":"{mode}","conversation":{{"id":"call-1"}}}}"#
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
async fn what_is_remembered_is_bounded() {
    let bot = Endpoint::builder(handlers![answer])
        .answer_memory(1_000_000)
        .build();
    let long = "i".repeat(1000);
    let before = onhook_allocations::live();
    for number in 0..ACTIVITIES {
        let response = bot
            .answer(request(&format!("{long}{number}"), "", "normal"))
            .await;
        assert_eq!(response.status(), 200);
    }
    let taken = onhook_allocations::live() - before;
    println!("{ACTIVITIES} ids take {taken} bytes");
    assert!(taken <= MEMORY, "{taken} bytes");

    // Answers have a budget of their own.
    let before = onhook_allocations::live();
    let ask = async |number: usize| {
        let response = bot
            .answer(request(&format!("m-{number}"), "10000", "expectReplies"))
            .await;
        let status = response.status();
        (
            status,
            response
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
                .len(),
        )
    };
    for number in 0..1000 {
        let (status, length) = ask(number).await;
        assert_eq!(status, 200);
        assert!(length > 10_000);
    }
    let taken = onhook_allocations::live().saturating_sub(before);
    assert!(taken <= 1_100_000, "{taken} bytes");
    assert_eq!(ask(0).await.0, 410);
    assert_eq!(ask(999).await.0, 200);
}
