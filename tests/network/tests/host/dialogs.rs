//! Dialogs of a bot on HTTP: their time-outs go out where nobody has called, also of a process that is gone.

use std::sync::Arc;
use std::time::Duration;

use onhook::http::{Endpoint, EndpointBuilder};
use onhook::prelude::*;
use onhook::question::Confirm;
use onhook::state::MemoryStore;
use onhook::{Clock, Host};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::channel::{Channel, message, post};

struct Contoso;

#[bot]
impl Contoso {
    #[on_message(text = "hours")]
    async fn hours(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.say("One moment.").await?;
        let today = call
            .run("today", async |_| {
                Ok::<_, std::io::Error>("nine to five".to_owned())
            })
            .await?;
        if call
            .ask(Confirm::new("Only today?").no_input(["Are you there?"]))
            .await?
        {
            call.say(format!("From {today}.")).await?;
        }
        call.end_call().await
    }
}

/// An endpoint on a store that is older than it, and its channel.
fn process(store: &MemoryStore, clock: &Clock) -> (Endpoint<Contoso>, Arc<Channel>) {
    let channel = Channel::new();
    let host = Host::builder(Contoso)
        .state(store.clone())
        .clock(clock.clone())
        .build();
    let builder: EndpointBuilder<Contoso> = Endpoint::builder(Contoso);
    (
        builder.host(host).connector(channel.client()).build(),
        channel,
    )
}

fn scene() -> (MemoryStore, Clock) {
    let clock = Clock::starting_at(OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    (MemoryStore::with_clock(clock.clone()), clock)
}

#[tokio::test(start_paused = true)]
async fn a_dialog_goes_over_requests_and_time() {
    let (store, clock) = scene();
    let (endpoint, channel) = process(&store, &clock);
    assert_eq!(
        post(&endpoint, &message("hours", Value::Null)).await.status,
        200
    );
    assert_eq!(channel.texts(), ["One moment.", "Only today?"]);
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(channel.texts()[2..], ["Are you there?"]);
    let sent = channel.sent();
    assert_eq!(sent[2].line, "POST /v3/conversations/call-1/activities");
    assert_eq!(sent[2].body["recipient"]["id"], "caller");
    assert_eq!(
        post(&endpoint, &message("yes", Value::Null)).await.status,
        200
    );
    assert_eq!(channel.texts()[3..], ["From nine to five."]);
    assert_eq!(
        channel.sent().last().unwrap().body["type"],
        "endOfConversation"
    );
}

#[tokio::test(start_paused = true)]
async fn another_process_takes_over() {
    let (store, clock) = scene();
    let (endpoint, channel) = process(&store, &clock);
    post(&endpoint, &message("hours", Value::Null)).await;
    drop(endpoint);
    let (other, its_channel) = process(&store, &clock);
    // Nobody has called it, and the caller says nothing.
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(channel.texts(), ["One moment.", "Only today?"]);
    assert_eq!(its_channel.texts(), ["Only today?"]);
    post(&other, &message("yes", Value::Null)).await;
    assert_eq!(its_channel.texts()[1..], ["From nine to five."]);
}

#[tokio::test(start_paused = true)]
async fn of_two_processes_one_repeats_the_question() {
    let (store, clock) = scene();
    let (endpoint, _channel) = process(&store, &clock);
    post(&endpoint, &message("hours", Value::Null)).await;
    drop(endpoint);
    let (_one, channel) = process(&store, &clock);
    let (_two, other_channel) = process(&store, &clock);
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(
        [channel.texts(), other_channel.texts()].concat(),
        ["Only today?"]
    );
}

#[tokio::test(start_paused = true)]
async fn the_replies_of_a_dialog_are_in_the_response_if_they_are_expected_there() {
    let (store, clock) = scene();
    let (endpoint, channel) = process(&store, &clock);
    let answer = post(
        &endpoint,
        &message("hours", json!({ "deliveryMode": "expectReplies" })),
    )
    .await;
    let replies = answer.json();
    let texts: Vec<_> = replies["activities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reply| &reply["text"])
        .collect();
    assert_eq!(texts, ["One moment.", "Only today?"]);
    assert!(channel.texts().is_empty());
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(channel.texts(), ["Are you there?"]);
}

/// Which records of the target `shop` stand in the span of a replay.
#[derive(Clone, Default)]
struct Records(Arc<std::sync::Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    names: Vec<&'static str>,
    entered: Vec<u64>,
    replayed: Vec<bool>,
}

impl tracing::Subscriber for Records {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        let mut inner = self.0.lock().unwrap();
        inner.names.push(span.metadata().name());
        tracing::span::Id::from_u64(inner.names.len() as u64)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        if event.metadata().target() == "shop" {
            let mut inner = self.0.lock().unwrap();
            let names = |id: &u64| inner.names[usize::try_from(*id).unwrap() - 1];
            let replayed = inner.entered.iter().any(|id| names(id) == "replay");
            inner.replayed.push(replayed);
        }
    }

    fn enter(&self, span: &tracing::span::Id) {
        self.0.lock().unwrap().entered.push(span.into_u64());
    }

    fn exit(&self, span: &tracing::span::Id) {
        self.0
            .lock()
            .unwrap()
            .entered
            .retain(|id| *id != span.into_u64());
    }
}

#[on_message(text = "survey")]
async fn survey(call: &mut Dialog<'_>) -> Result<()> {
    tracing::info!(target: "shop", "begins");
    call.ask(Confirm::new("One?")).await?;
    tracing::info!(target: "shop", "goes on");
    call.ask(Confirm::new("Two?")).await?;
    tracing::info!(target: "shop", "ends");
    call.end_call().await
}

#[tokio::test(start_paused = true)]
async fn what_is_logged_again_stands_in_the_span_of_a_replay() {
    let records = Records::default();
    let _default = tracing::subscriber::set_default(records.clone());
    let (endpoint, _channel) = crate::channel::endpoint(handlers![survey]);
    for text in ["survey", "yes", "no"] {
        post(&endpoint, &message(text, Value::Null)).await;
    }
    let inner = records.0.lock().unwrap();
    // `begins`; again, and `goes on`; both again, and `ends`.
    assert_eq!(inner.replayed, [false, true, false, true, true, false]);
    assert!(inner.entered.is_empty());
}
