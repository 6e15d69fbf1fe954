//! Secrets are in no text that anybody reads.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use onhook::http::auth::TokenProvider;
use serde_json::json;
use tokio::time::{advance, sleep};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{Answer, MINUTE, Provider, SCOPE, SECOND, SECRET, credentials, token, words};

/// Writes down every event.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Line<'l>(&'l mut String);

        impl Visit for Line<'_> {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                let _ = write!(self.0, "{field}={value:?} ");
            }
        }

        event.record(&mut Line(&mut self.0.lock().unwrap()));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_never_shown() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let provider = Provider::new();
    let credentials = credentials(&provider);

    // A provider that repeats what it was told.
    let echo = || {
        let body = json!({"error": SECRET, "error_description": format!("{SECRET} is wrong")});
        Answer::Text(400, body.to_string())
    };
    provider.tell([echo()]);
    let refused = token(&credentials).await;
    let mut texts = vec![format!("{refused:?}"), words(refused)];
    assert!(texts[1].contains("is wrong"), "{texts:?}");

    sleep(5 * SECOND).await;
    let given = credentials.token(SCOPE).await.unwrap();
    assert_eq!(given.secret(), "token-1");
    texts.push(format!("{given:?}"));

    provider.tell([echo()]);
    advance(56 * MINUTE).await;
    assert_eq!(token(&credentials).await.unwrap(), "token-1");
    sleep(5 * SECOND).await;
    texts.push(format!("{credentials:?} {credentials:#?}"));

    let logged = log.0.lock().unwrap().clone();
    assert!(logged.contains("cannot be renewed"), "{logged}");
    texts.push(logged);
    for text in texts {
        assert!(!text.contains(SECRET), "{text}");
        assert!(!text.contains("token-1"), "{text}");
    }
}
