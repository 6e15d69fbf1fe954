//! One turn, from `before_turn` to `after_turn`, with `on_error` between them where something failed.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use super::limit::within;
use super::{TurnOutcome, current};
use crate::activity::ActivityType;
use crate::bot::Bot;
use crate::command::CommandReply;
use crate::command_error::CommandError;
use crate::error::{Error, Result};
use crate::outcome::Outcome;
use crate::rejection::Rejection;
use crate::turn::Turn;

/// Runs the turn, for at most `limit`; fails with what the bot's `on_error` did not take care of. After a failure
/// `on_error` and `after_turn` may each take as long again.
pub(crate) async fn run<B: Bot>(
    bot: &B,
    turn: &Turn,
    limit: Option<Duration>,
) -> Result<TurnOutcome> {
    let conversation = turn.shared_conversation();
    current::of(conversation, pin!(run_here(bot, turn, limit))).await
}

async fn run_here<B: Bot>(bot: &B, turn: &Turn, limit: Option<Duration>) -> Result<TurnOutcome> {
    let closing = AtomicBool::new(false);
    // In a block: what the handler holds is given back before `on_error` runs, also if it did not come to its end.
    let ran = {
        // Pinned here, once: a future that is handed on by value is in the next one twice.
        let mut turning = pin!(turn_of(bot, turn, &closing));
        limited(turning.as_mut(), limit).await
    };
    let error = match ran {
        Ok(outcome) => return Ok(outcome),
        Err(error) => error,
    };
    turn.fail(error.clone());
    // A body of `while_paused` that was dropped leaves its resume to a task, which goes before what `on_error` says.
    tokio::task::yield_now().await;
    #[cfg(feature = "dialog")]
    if B::STATE.any() {
        Box::pin(crate::dialog::give_up::<B>(turn, &error)).await;
    }
    let taken = limited(pin!(error_of(bot, turn)), limit).await;
    if *turn.kind() == ActivityType::Command && !turn.answered() {
        // A11300: a command that failed is answered with an error. If that fails too, the first error says why.
        let _ = answer(turn, CommandReply::failure(explain(&error))).await;
    }
    // It runs once: one that failed itself, or was in the way of the time limit, does not run again.
    let closed = if closing.load(Ordering::Relaxed) {
        Ok(())
    } else {
        limited(pin!(async { bot.after_turn(turn).await.map(drop) }), limit).await
    };
    match taken {
        Ok(outcome) if outcome.is_handled() => closed.map(|()| TurnOutcome::ErrorHandled),
        // A hook that fails leaves the first error to be reported: it is the one that explains the second.
        Ok(_) | Err(_) => Err(error),
    }
}

/// What the sender of a command may know about its failure: what is wrong with the command, and no more.
fn explain(error: &Error) -> CommandError {
    match error.downcast_ref::<Rejection>() {
        Some(rejection) => CommandError::bad_argument(rejection.complaint().to_string()),
        None => CommandError::new("CommandFailed", "The command has failed"),
    }
}

/// The turn as long as nothing fails; sets `closing` when it has come to `after_turn`.
async fn turn_of<B: Bot>(bot: &B, turn: &Turn, closing: &AtomicBool) -> Result<TurnOutcome> {
    #[cfg(feature = "dialog")]
    if B::STATE.any() {
        Box::pin(crate::dialog::load::<B>(turn)).await?;
    }
    if bot.before_turn(turn).await?.is_handled() {
        #[cfg(feature = "dialog")]
        if B::STATE.any() {
            Box::pin(crate::dialog::finish(turn)).await?;
        }
        return Ok(TurnOutcome::Handled);
    }
    #[cfg(feature = "dialog")]
    let dispatched = if B::DIALOGS {
        // Its future is large, and no part of a turn of a bot without dialogs.
        Box::pin(crate::dialog::dispatch(bot, turn)).await?
    } else {
        bot.dispatch(turn).await?
    };
    #[cfg(not(feature = "dialog"))]
    let dispatched = bot.dispatch(turn).await?;
    #[cfg(feature = "dialog")]
    if B::STATE.any() {
        // Before a command is answered: that it succeeded is true when it is saved.
        Box::pin(crate::dialog::save(turn)).await?;
    }
    let outcome = match dispatched {
        Outcome::Handled | Outcome::Cancelled => TurnOutcome::Handled,
        Outcome::Invoke(response) => TurnOutcome::Invoke(response),
        Outcome::Reply(reply) => {
            answer(turn, reply).await?;
            TurnOutcome::Handled
        }
        Outcome::Unhandled => {
            if *turn.kind() == ActivityType::Command && !turn.answered() {
                // "Explicitly reject unsupported command activities": with a result whose code is NotSupported.
                answer(turn, CommandReply::failure(CommandError::not_supported())).await?;
            }
            TurnOutcome::Unhandled
        }
    };
    closing.store(true, Ordering::Relaxed);
    bot.after_turn(turn).await?;
    #[cfg(feature = "dialog")]
    if B::STATE.any() {
        Box::pin(crate::dialog::finish(turn)).await?;
    }
    Ok(outcome)
}

async fn error_of<B: Bot>(bot: &B, turn: &Turn) -> Result<Outcome> {
    let taken = bot.on_error(turn).await?;
    #[cfg(feature = "dialog")]
    if B::STATE.any() {
        Box::pin(crate::dialog::save(turn)).await?;
    }
    Ok(taken)
}

async fn answer(turn: &Turn, reply: CommandReply) -> Result<()> {
    let sending = turn.send(reply.answering(turn.activity())?);
    sending.await.map(drop)
}

/// Runs `future` for at most `limit`; a panic is an error.
async fn limited<T>(
    future: Pin<&mut impl Future<Output = Result<T>>>,
    limit: Option<Duration>,
) -> Result<T> {
    match limit {
        None => caught(future).await,
        Some(limit) => within(limit, pin!(caught(future)))
            .await
            .unwrap_or_else(|| Err(TimedOut(limit).into())),
    }
}

/// Makes an error of a panic, so that it costs its turn and nothing else.
fn caught<T>(
    mut future: Pin<&mut impl Future<Output = Result<T>>>,
) -> impl Future<Output = Result<T>> {
    poll_fn(move |context| {
        // Nothing of the future is looked at again after it panicked.
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(Err(Panicked(message(&*panic)).into())))
    })
}

/// A handler panicked; the text is the panic's message.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

/// The error that a panic becomes.
#[cfg(feature = "dialog")]
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Error {
    Panicked(message(panic)).into()
}

/// The turn took longer than the host allows.
#[derive(Debug, thiserror::Error)]
#[error("the turn did not end within {0:?}")]
struct TimedOut(Duration);

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or(panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
