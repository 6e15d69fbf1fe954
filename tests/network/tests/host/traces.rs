//! What is told of a turn in records: its span, and no word of what people say.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use onhook::Flow;
use onhook::prelude::*;
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::channel::{endpoint, message, post};
use crate::desk::{Desk, Sorry};

type Fields = BTreeMap<String, String>;

/// Keeps the records of this crate.
#[derive(Clone, Default)]
struct Notebook(Arc<Pages>);

#[derive(Default)]
struct Pages {
    last: AtomicU64,
    spans: Mutex<BTreeMap<u64, Fields>>,
    events: Mutex<Vec<Fields>>,
}

struct Pen<'f>(&'f mut Fields);

impl Visit for Pen<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Notebook {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("onhook")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::new();
        attributes.record(&mut Pen(&mut fields));
        fields.insert("span".to_owned(), attributes.metadata().name().to_owned());
        let id = 1 + self.0.last.fetch_add(1, Ordering::Relaxed);
        self.0.spans.lock().unwrap().insert(id, fields);
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.0.spans.lock().unwrap();
        values.record(&mut Pen(spans.get_mut(&span.into_u64()).unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Pen(&mut fields));
        self.0.events.lock().unwrap().push(fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Has every place that tells something known to `tracing`. One that becomes known just while a subscriber is set, by a
/// test beside this one that has none, is taken for one that nobody listens to.
async fn listened_to() {
    for text in ["hello", "fail"] {
        let (endpoint, _) = endpoint(Desk::new());
        post(&endpoint, &message(text, Value::Null)).await;
        post(&endpoint, &Value::Null).await;
    }
}

impl Notebook {
    fn spans(&self) -> Vec<Fields> {
        self.0.spans.lock().unwrap().values().cloned().collect()
    }

    /// Everything that was written.
    fn words(&self) -> Vec<String> {
        let mut all = self.spans();
        all.extend(self.0.events.lock().unwrap().iter().cloned());
        all.into_iter().flat_map(Fields::into_values).collect()
    }

    /// Posts the activity, and gives the one span there is.
    async fn span_of<B: Bot + 'static>(bot: B, activity: Value) -> (Fields, Notebook) {
        let notebook = Notebook::default();
        listened_to().await;
        let guard = tracing::subscriber::set_default(notebook.clone());
        let (endpoint, _) = endpoint(bot);
        post(&endpoint, &activity).await;
        endpoint.idle().await;
        drop(guard);
        let spans = notebook.spans();
        assert_eq!(spans.len(), 1, "{spans:?}");
        (spans[0].clone(), notebook)
    }
}

fn assert_fields(fields: &Fields, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        let found = fields.get(*name).map_or("", String::as_str);
        assert_eq!(found, *value, "`{name}` of {fields:?}");
    }
}

#[on_message(text = "free")]
async fn free(turn: &Turn) -> Result<()> {
    turn.say("as a bird").await
}

#[on_typing]
async fn typing() {}

struct Doorman;

#[bot]
impl Doorman {
    #[before_turn]
    async fn close(&self, text: Option<Text<'_>>) -> Flow {
        if text.is_some_and(|text| *text == *"closed") {
            Flow::Handled
        } else {
            Flow::Unhandled
        }
    }

    #[after_turn]
    async fn lock_up(&self) {}
}

#[tokio::test]
async fn a_turn_has_a_span_that_says_who_handled_it_and_how_it_ended() {
    for (text, more, hook, handler, outcome) in [
        ("hello", Value::Null, "on_message", "echo", "handled"),
        ("quiet", Value::Null, "on_message", "quiet", "handled"),
        ("free", Value::Null, "on_message", "free", "handled"),
        ("fail", Value::Null, "on_message", "fail", "failed"),
        ("panic", Value::Null, "on_message", "panic", "failed"),
        (
            "",
            json!({"type": "event", "name": "e"}),
            "",
            "",
            "unhandled",
        ),
        (
            "",
            json!({"type": "invoke", "name": "teapot"}),
            "on_invoke",
            "teapot",
            "answered",
        ),
        (
            "",
            json!({"type": "invoke", "name": "nobody"}),
            "",
            "",
            "unhandled",
        ),
    ] {
        let (span, _) = Notebook::span_of(
            Desk::new().or(handlers![free]),
            message(text, json_with_id(more)),
        )
        .await;
        assert_fields(
            &span,
            &[
                ("span", "turn"),
                ("conversation", "call-1"),
                ("activity", "m-1"),
                ("hook", hook),
                ("handler", handler),
                ("outcome", outcome),
            ],
        );
    }
}

fn json_with_id(more: Value) -> Value {
    let mut more = if more.is_object() { more } else { json!({}) };
    more["id"] = json!("m-1");
    more
}

#[tokio::test]
async fn the_handlers_of_lists_and_chains_are_named_too() {
    let (span, _) = Notebook::span_of(handlers![free, typing], message("free", Value::Null)).await;
    assert_fields(&span, &[("hook", "on_message"), ("handler", "free")]);
    let typed = message("", json!({"type": "typing"}));
    let (span, _) = Notebook::span_of(Sorry.or(handlers![free]).or(handlers![typing]), typed).await;
    assert_fields(
        &span,
        &[
            ("hook", "on_typing"),
            ("handler", "typing"),
            ("outcome", "handled"),
        ],
    );
}

#[tokio::test]
async fn what_stands_around_a_turn_is_named_only_if_it_ended_the_turn() {
    let (span, _) =
        Notebook::span_of(Doorman.or(Desk::new()), message("closed", Value::Null)).await;
    assert_fields(
        &span,
        &[
            ("hook", "before_turn"),
            ("handler", "close"),
            ("outcome", "handled"),
        ],
    );
    let (span, _) = Notebook::span_of(Doorman.or(Desk::new()), message("quiet", Value::Null)).await;
    assert_fields(
        &span,
        &[
            ("hook", "on_message"),
            ("handler", "quiet"),
            ("outcome", "handled"),
        ],
    );
}

#[tokio::test]
async fn a_failure_names_the_handler_that_failed() {
    let (span, notebook) =
        Notebook::span_of(Desk::new().or(Sorry), message("fail", Value::Null)).await;
    assert_fields(
        &span,
        &[
            ("hook", "on_message"),
            ("handler", "fail"),
            ("outcome", "error handled"),
        ],
    );
    let told = notebook.words();
    assert!(
        told.iter().all(|word| !word.contains("told to")),
        "the hook has it: {told:?}"
    );
    let (_, notebook) = Notebook::span_of(Desk::new(), message("fail", Value::Null)).await;
    assert!(notebook.words().iter().any(|word| word == "told to fail"));
}

#[tokio::test]
async fn no_word_of_what_people_say_is_recorded() {
    struct Numbers;
    #[bot]
    impl Numbers {
        #[on_event("number")]
        async fn number(&self, value: onhook::prelude::Value<u32>) {
            let _ = *value;
        }

        #[on_event("own")]
        async fn own(&self, turn: &Turn) -> Result<()> {
            let value = turn.activity().value.as_ref();
            let _: Option<u32> = value.map(onhook::Json::parse).transpose()?;
            Ok(())
        }
    }
    let secret = "4111-1111";
    let broken = json!({"value": secret, "type": "event", "conversation": {"id": "c"}});
    for (activity, status) in [
        (message(secret, json!({"speak": secret})), 200),
        (
            message(
                "",
                json!({"type": "event", "name": "number", "value": secret}),
            ),
            500,
        ),
        (
            message("", json!({"type": "event", "name": "own", "value": secret})),
            500,
        ),
        (message("", json!({"text": [secret]})), 400),
        (message("", json!({"inputHint": {"a": secret}})), 400),
        (broken, 200),
    ] {
        let notebook = Notebook::default();
        let guard = tracing::subscriber::set_default(notebook.clone());
        let (endpoint, _) = endpoint(Desk::new().or(Numbers));
        assert_eq!(
            post(&endpoint, &activity).await.status,
            status,
            "{activity}"
        );
        drop(guard);
        let words = notebook.words();
        assert!(!words.is_empty());
        assert!(
            words.iter().all(|word| !word.contains("4111")),
            "{activity}: {words:?}"
        );
    }
}

#[tokio::test]
async fn nobody_writes_lines_of_their_own_into_a_record() {
    let forged = "x\r\n2026-01-01 ERROR forged\u{1b}[2J";
    let activities = [
        message(
            "fail",
            json!({"id": forged, "conversation": {"id": forged}, "channelId": forged}),
        ),
        message("", json!({"type": forged, "name": forged})),
        message("", json!({"type": "event", "name": "x".repeat(100_000)})),
    ];
    for activity in activities {
        let (_, notebook) = Notebook::span_of(Desk::new(), activity).await;
        for word in notebook.words() {
            assert!(!word.chars().any(char::is_control), "{word:?}");
            assert!(word.len() < 1000);
        }
    }
}
