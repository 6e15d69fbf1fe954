//! What is told of a turn: a span, and counters.

use std::future::Future;
use std::pin::Pin;

use tracing::{Instrument, Level, field, span_enabled};

use super::TurnOutcome;
use crate::bot::Bot;
use crate::error::Error;
use crate::http::printable::printable;
use crate::rejection::Rejection;
use crate::turn::Turn;

/// Runs a turn in its span: `conversation`, `activity` (their ids), `kind`, `name`, and when it is over `hook`,
/// `handler`, `outcome`. What people say is no part of it.
pub(super) async fn observed<B: Bot>(
    turn: &Turn,
    running: Pin<&mut impl Future<Output = Result<TurnOutcome, Error>>>,
) -> Result<TurnOutcome, Error> {
    #[cfg(feature = "otel")]
    let began = std::time::Instant::now();
    let ran = if span_enabled!(target: "onhook::turn", Level::INFO) {
        traced::<B>(turn, running).await
    } else {
        running.await
    };
    if let Err(error) = &ran {
        tracing::error!(
            target: "onhook::turn",
            conversation = turn.activity().conversation_id().map(printable).as_deref(),
            activity = turn.activity().id.as_deref().map(printable).as_deref(),
            kind = &*printable(turn.kind().as_str()),
            error = &*printable(&explain(error)),
            "the turn failed",
        );
    }
    #[cfg(feature = "otel")]
    super::meters::count(turn, &ran, began.elapsed());
    ran
}

async fn traced<B: Bot>(
    turn: &Turn,
    running: Pin<&mut impl Future<Output = Result<TurnOutcome, Error>>>,
) -> Result<TurnOutcome, Error> {
    let activity = turn.activity();
    let span = tracing::info_span!(
        target: "onhook::turn",
        "turn",
        conversation = activity.conversation_id().map(printable).as_deref(),
        activity = activity.id.as_deref().map(printable).as_deref(),
        kind = &*printable(turn.kind().as_str()),
        name = activity.name.as_deref().map(printable).as_deref(),
        hook = field::Empty,
        handler = field::Empty,
        outcome = field::Empty,
    );
    let ran = running.instrument(span.clone()).await;
    let mark = turn.handler_mark();
    if let Some(hook) = B::HOOKS.iter().find(|hook| hook.mark() == mark) {
        span.record("hook", hook.attribute);
        span.record("handler", hook.handler);
    }
    span.record("outcome", word(&ran));
    ran
}

/// The error's words, but where they would quote the activity: the messages of a JSON reader do.
fn explain(error: &Error) -> String {
    if let Some(rejection) = error.downcast_ref::<Rejection>() {
        let Rejection {
            hook,
            handler,
            argument,
            path,
            ..
        } = rejection;
        let wrong = if rejection.is_absent() {
            "is missing"
        } else {
            "is malformed"
        };
        return format!("`#[{hook}]` handler `{handler}`, argument `{argument}`: `{path}` {wrong}");
    }
    if let Some(json) = error.downcast_ref::<serde_json::Error>() {
        let (line, column) = (json.line(), json.column());
        return format!("a JSON value is malformed at line {line} column {column}");
    }
    error.to_string()
}

/// The word for how a turn ended.
pub(super) fn word(ran: &Result<TurnOutcome, Error>) -> &'static str {
    match ran {
        Ok(TurnOutcome::Handled) => "handled",
        Ok(TurnOutcome::Unhandled) => "unhandled",
        Ok(TurnOutcome::Invoke(_)) => "answered",
        Ok(TurnOutcome::Claimed) => "claimed",
        Ok(TurnOutcome::Ignored(_)) => "ignored",
        Ok(TurnOutcome::ErrorHandled) => "error handled",
        Err(_) => "failed",
    }
}
