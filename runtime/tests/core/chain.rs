//! Two bots in a chain: the second has what the first leaves.

use std::sync::{Arc, Mutex};

use onhook::testing::TestTurn;
use onhook::{Bot, Hook, HookTable, Outcome, Turn, TurnOutcome};

use crate::stub::{Answer, StubBot};

type Log = Arc<Mutex<Vec<String>>>;

/// A bot that notes its hooks and does what its script says for each: `handle`, `fail`, else it leaves it.
fn noting(
    name: &'static str,
    log: &Log,
    script: &'static [(&'static str, &'static str)],
) -> StubBot {
    macro_rules! hook {
        ($hook:literal) => {{
            let log = Arc::clone(log);
            move |_: &Turn| {
                log.lock().unwrap().push(format!("{name}.{}", $hook));
                let does = script.iter().find(|(hook, _)| *hook == $hook);
                let answer: Answer = match does {
                    Some((_, "handle")) => Ok(Outcome::Handled),
                    Some(_) => Err(onhook::Error::msg(format!("{name}.{}", $hook))),
                    None => Ok(Outcome::Unhandled),
                };
                Box::pin(std::future::ready(answer))
            }
        }};
    }
    StubBot::new()
        .before(hook!("before"))
        .dispatch(hook!("dispatch"))
        .after(hook!("after"))
        .error(hook!("error"))
}

#[tokio::test]
async fn who_is_asked_in_a_chain() {
    type Script = &'static [(&'static str, &'static str)];
    let cases: [(Script, Script, &str, Result<&str, &str>); 9] = [
        (
            &[],
            &[],
            "1.before 2.before 1.dispatch 2.dispatch 1.after 2.after",
            Ok("Unhandled"),
        ),
        (
            &[("dispatch", "handle")],
            &[],
            "1.before 2.before 1.dispatch 1.after 2.after",
            Ok("Handled"),
        ),
        (
            &[],
            &[("dispatch", "handle")],
            "1.before 2.before 1.dispatch 2.dispatch 1.after 2.after",
            Ok("Handled"),
        ),
        (&[("before", "handle")], &[], "1.before", Ok("Handled")),
        (
            &[],
            &[("before", "handle")],
            "1.before 2.before",
            Ok("Handled"),
        ),
        (
            &[("dispatch", "fail")],
            &[],
            "1.before 2.before 1.dispatch 1.error 2.error 1.after 2.after",
            Err("1.dispatch"),
        ),
        (
            &[("dispatch", "fail"), ("error", "handle")],
            &[],
            "1.before 2.before 1.dispatch 1.error 1.after 2.after",
            Ok("ErrorHandled"),
        ),
        (
            &[("error", "fail")],
            &[("dispatch", "fail"), ("error", "handle")],
            "1.before 2.before 1.dispatch 2.dispatch 1.error 2.error 1.after 2.after",
            Ok("ErrorHandled"),
        ),
        (
            &[("dispatch", "fail"), ("error", "fail")],
            &[("error", "fail")],
            "1.before 2.before 1.dispatch 1.error 2.error 1.after 2.after",
            Err("1.dispatch"),
        ),
    ];
    for (first, second, asked, ended) in cases {
        let log = Log::default();
        let bot = noting("1", &log, first).or(noting("2", &log, second));
        let outcome = TestTurn::message("go").run(&bot).await;
        assert_eq!(log.lock().unwrap().join(" "), asked);
        let outcome: Result<TurnOutcome, _> = outcome;
        match ended {
            Ok(name) => assert_eq!(format!("{:?}", outcome.unwrap()), name, "{asked}"),
            Err(text) => assert_eq!(outcome.unwrap_err().to_string(), text, "{asked}"),
        }
    }
}

/// A bot with a table and nothing else.
struct Listed<const N: usize>;

macro_rules! listed {
    ($number:literal: $($handler:literal)*) => {
        impl Bot for Listed<$number> {
            const HOOKS: HookTable = HookTable::of(&[$(Hook::new("on_event", "", $handler, "")),*]);

            async fn dispatch(&self, _: &Turn) -> Answer {
                Ok(Outcome::Unhandled)
            }
        }
    };
}

listed!(1: "a" "b");
listed!(2:);
listed!(3: "c");

#[test]
fn a_chain_lists_its_handlers_in_order() {
    fn table<B: Bot>(_: &B) -> Vec<&'static str> {
        B::HOOKS.iter().map(|hook| hook.handler).collect()
    }
    let shared = Arc::new(Listed::<1>);
    assert_eq!(table(&shared), ["a", "b"]);
    assert_eq!(
        table(&shared.clone().or(Listed::<2>).or(Listed::<3>)),
        ["a", "b", "c"]
    );
    assert_eq!(
        table(&Listed::<3>.or(Listed::<2>.or(&Listed::<1>))),
        ["c", "a", "b"]
    );
}
