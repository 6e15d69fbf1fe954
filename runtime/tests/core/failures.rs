//! What an error or a panic costs, and the hooks around a turn.

use std::sync::{Arc, Mutex};

use onhook::testing::TestTurn;
use onhook::{Activity, Error, Host, Outcome, SendError, Turn, TurnOutcome};

use crate::stub::{Answer, Call, StubBot};

type Log = Arc<Mutex<Vec<&'static str>>>;

#[derive(Clone, Copy, PartialEq)]
enum Does {
    Handle,
    Leave,
    Fail,
    Panic,
    PanicAtOnce,
}

#[derive(Debug, thiserror::Error)]
#[error("{0} failed")]
struct Failed(&'static str);

async fn act(log: &Log, hook: &'static str, does: Does) -> Answer {
    log.lock().unwrap().push(hook);
    tokio::task::yield_now().await;
    match does {
        Does::Handle => Ok(Outcome::Handled),
        Does::Leave => Ok(Outcome::Unhandled),
        Does::Fail => Err(Failed(hook).into()),
        Does::Panic | Does::PanicAtOnce => panic!("{hook} panicked"),
    }
}

/// A bot whose hooks do as they are told, and the order in which they ran.
fn scripted(before: Does, dispatch: Does, after: Does, error: Does) -> (StubBot, Log) {
    macro_rules! hook {
        ($log:ident, $name:literal, $does:ident) => {{
            let log = Arc::clone(&$log);
            move |_: &onhook::Turn| {
                assert!($does != Does::PanicAtOnce, "{} panicked", $name);
                let log = Arc::clone(&log);
                Box::pin(async move { act(&log, $name, $does).await })
            }
        }};
    }
    let log = Log::default();
    let bot = StubBot::new()
        .before(hook!(log, "before", before))
        .dispatch(hook!(log, "dispatch", dispatch))
        .after(hook!(log, "after", after))
        .error(hook!(log, "error", error));
    (bot, log)
}

/// How a turn ends: `Ok` with the outcome's name, or the error's text.
fn end(outcome: Result<TurnOutcome, Error>) -> String {
    match outcome {
        Ok(outcome) => format!("{outcome:?}"),
        Err(error) => error.to_string(),
    }
}

const PANICKED: &str = "a handler panicked: dispatch panicked";

/// What `before_turn`, the dispatch, `after_turn` and `on_error` do, which of them run, and how the turn ends.
const TURNS: &[(Does, Does, Does, Does, &str, &str)] = {
    use Does::{Fail, Handle, Leave, Panic, PanicAtOnce};
    &[
        // No error: before_turn may end the turn, after_turn runs also when no handler took the activity.
        (
            Leave,
            Handle,
            Leave,
            Leave,
            "before dispatch after",
            "Handled",
        ),
        (
            Leave,
            Leave,
            Leave,
            Leave,
            "before dispatch after",
            "Unhandled",
        ),
        (
            Leave,
            Leave,
            Handle,
            Leave,
            "before dispatch after",
            "Unhandled",
        ),
        (Handle, Handle, Leave, Leave, "before", "Handled"),
        // An error goes to on_error, and after_turn runs after it, whatever failed.
        (
            Leave,
            Fail,
            Leave,
            Handle,
            "before dispatch error after",
            "ErrorHandled",
        ),
        (
            Leave,
            Fail,
            Leave,
            Leave,
            "before dispatch error after",
            "dispatch failed",
        ),
        (
            Fail,
            Handle,
            Leave,
            Leave,
            "before error after",
            "before failed",
        ),
        (
            Leave,
            Handle,
            Fail,
            Leave,
            "before dispatch after error",
            "after failed",
        ),
        // on_error itself fails or panics: the first error is reported.
        (
            Leave,
            Fail,
            Leave,
            Fail,
            "before dispatch error after",
            "dispatch failed",
        ),
        (
            Leave,
            Fail,
            Leave,
            Panic,
            "before dispatch error after",
            "dispatch failed",
        ),
        (
            Leave,
            Fail,
            Leave,
            PanicAtOnce,
            "before dispatch after",
            "dispatch failed",
        ),
        // So is it if after_turn fails besides; an error that is taken care of leaves that of after_turn.
        (
            Leave,
            Fail,
            Fail,
            Leave,
            "before dispatch error after",
            "dispatch failed",
        ),
        (
            Leave,
            Fail,
            Fail,
            Handle,
            "before dispatch error after",
            "after failed",
        ),
        // A panic is an error of its turn.
        (
            Leave,
            Panic,
            Leave,
            Leave,
            "before dispatch error after",
            PANICKED,
        ),
        (
            Leave,
            PanicAtOnce,
            Leave,
            Leave,
            "before error after",
            PANICKED,
        ),
        (
            Leave,
            Panic,
            Leave,
            Handle,
            "before dispatch error after",
            "ErrorHandled",
        ),
    ]
};

#[tokio::test]
async fn the_hooks_around_a_turn() {
    for &(before, dispatch, after, error, ran, ended) in TURNS {
        let (bot, log) = scripted(before, dispatch, after, error);
        let call = Call::new(bot);
        assert_eq!(end(call.run(Activity::message("go")).await), ended, "{ran}");
        assert_eq!(log.lock().unwrap().join(" "), ran);
        assert_eq!(call.host.conversations(), 0);
    }
}

/// A hook that does not end is given up as the turn was: the next turn comes.
#[tokio::test(start_paused = true)]
async fn hooks_after_a_failure_have_a_time_limit_too() {
    macro_rules! forever {
        ($log:ident, $name:literal) => {{
            let log = Arc::clone(&$log);
            move |_: &Turn| {
                log.lock().unwrap().push($name);
                Box::pin(std::future::pending())
            }
        }};
    }
    let log = Log::default();
    let bot = StubBot::new()
        .dispatch(forever!(log, "dispatch"))
        .error(forever!(log, "error"))
        .after(forever!(log, "after"));
    let limit = std::time::Duration::from_secs(1);
    let call = Call::on(Host::builder(bot).turn_timeout(limit).build());
    let ended = end(call.run(Activity::message("go")).await);
    assert_eq!(ended, "the turn did not end within 1s");
    assert_eq!(log.lock().unwrap().join(" "), "dispatch error after");
}

#[tokio::test]
async fn a_panic_costs_its_turn_and_not_the_next() {
    let call = Call::new(StubBot::new().dispatch(|turn| {
        Box::pin(async move {
            assert!(turn.activity().text.as_deref() != Some("panic"), "oh no");
            Ok(Outcome::Handled)
        })
    }));
    let turns = ["panic", "go", "panic", "go"].map(|text| call.spawn(Activity::message(text)));
    let mut ends = Vec::new();
    for turn in turns {
        ends.push(end(turn.await.expect("the task lives")));
    }
    assert_eq!(ends[0], "a handler panicked: oh no");
    assert_eq!(ends[1..], ["Handled", &ends[0], "Handled"]);
}

#[tokio::test]
async fn on_error_sees_the_error_in_its_type() {
    let bot = StubBot::new()
        .dispatch(|turn| Box::pin(async move { turn.say("").await.map(|()| Outcome::Handled) }))
        .error(|turn| {
            Box::pin(async move {
                let error = turn.error().expect("an error").downcast_ref();
                assert!(matches!(error, Some(SendError::EmptySpeech)));
                turn.say("Something went wrong.").await?;
                Ok(Outcome::Unhandled)
            })
        });
    let turn = TestTurn::message("go");
    let error = turn.run(&bot).await.unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(SendError::EmptySpeech)));
    assert_eq!(turn.spoken(), ["Something went wrong."]);
}

#[test]
fn an_error_prints_its_causes_when_it_is_debugged() {
    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] Failed);

    let error = Error::from(Outer(Failed("inner")));
    assert_eq!(error.to_string(), "outer");
    assert_eq!(format!("{error:?}"), "outer: inner failed");
    assert_eq!(format!("{:#}", error.clone()), "outer: inner failed");
    assert!(error.as_std().is::<Outer>());
    let boxed: Box<dyn std::error::Error + Send + Sync> = Box::new(Failed("boxed"));
    assert!(Error::new(boxed).downcast_ref::<Failed>().is_some());
    assert_eq!(Error::msg("only words").to_string(), "only words");
}
