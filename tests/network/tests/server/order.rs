//! Turns of one conversation run in order of arrival, whatever connection they come by.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use onhook::http::{Endpoint, Server};
use onhook::prelude::*;

use crate::line::Line;
use crate::served::post;

const CONVERSATIONS: usize = 10;
const MESSAGES: usize = 100;
const CONNECTIONS: usize = 16;

/// Takes its time, each turn another.
struct Scribe(Arc<Mutex<HashMap<String, Vec<usize>>>>);

#[bot]
impl Scribe {
    #[on_message]
    async fn write(&self, turn: &Turn, text: Text<'_>) {
        let number: usize = text.parse().unwrap();
        for _ in 0..(number * 7919) % 5 {
            tokio::task::yield_now().await;
        }
        let conversation = turn.activity().conversation_id().unwrap();
        let mut written = self.0.lock().unwrap();
        written
            .entry(conversation.to_owned())
            .or_default()
            .push(number);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_messages_over_sixteen_connections() {
    let written = Arc::default();
    // Answered once they are accepted: the next may come before the turn has begun.
    let endpoint = Endpoint::builder(Scribe(Arc::clone(&written)))
        .answer_at_once()
        .build();
    let bound = Server::new(endpoint.clone()).port(0).bind().await.unwrap();
    let address = bound.local_addr();
    tokio::spawn(bound.run_until(std::future::pending()));
    let mut lines = Vec::new();
    for _ in 0..CONNECTIONS {
        lines.push(tokio::sync::Mutex::new(Line::to(address).await));
    }
    let lines = Arc::new(lines);
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..CONVERSATIONS {
        let lines = Arc::clone(&lines);
        callers.spawn(async move {
            for number in 0..MESSAGES {
                let mut line = lines[(caller * 5 + number * 3) % CONNECTIONS].lock().await;
                line.say(post(&format!(
                    r#"{{"type":"message","id":"m-{number}","text":"{number}","conversation":{{"id":"call-{caller}"}}}}"#
                )))
                .await;
                assert_eq!(line.answer().await.status, 202);
            }
        });
    }
    while let Some(caller) = callers.join_next().await {
        caller.unwrap();
    }
    endpoint.idle().await;
    let written = written.lock().unwrap();
    assert_eq!(written.len(), CONVERSATIONS);
    let expected: Vec<usize> = (0..MESSAGES).collect();
    for (conversation, numbers) in written.iter() {
        assert_eq!(numbers, &expected, "{conversation}");
    }
}
