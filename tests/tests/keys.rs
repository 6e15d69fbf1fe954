//! Several keys in one activity: each reaches its handler, in order, within one turn.

#![allow(
    clippy::large_futures,
    clippy::large_stack_arrays,
    reason = "a table of turns is large, and small for a test"
)]

use std::sync::Mutex;

use onhook::activity::Entity;
use onhook::prelude::*;
use onhook::testing::TestTurn;
use onhook::{Error, Outcome};

/// Writes down what takes what.
#[derive(Default)]
struct Menu(Mutex<Vec<String>>);

impl Menu {
    fn note(&self, text: impl Into<String>) {
        self.0.lock().unwrap().push(text.into());
    }
}

#[bot]
impl Menu {
    #[on_dtmf]
    async fn any(&self, digit: Digit, text: Text<'_>) {
        self.note(format!("any {digit} {text}"));
    }

    #[on_dtmf('1', '#')]
    async fn one(&self, digit: Digit, turn: &Turn) {
        assert_eq!(turn.digit(), Some(digit.0));
        self.note(format!("one {digit}"));
    }

    #[on_dtmf('9')]
    async fn fails(&self) -> Result<()> {
        self.note("fails");
        Err(Error::msg("9"))
    }

    #[on_event("DTMF")]
    async fn event(&self) {
        self.note("event");
    }

    #[on_message]
    async fn message(&self, text: Text<'_>) {
        self.note(format!("message {text}"));
    }
}

fn marked(text: &str) -> TestTurn {
    TestTurn::message(text).with(|activity| activity.entities = Some(vec![Entity::new("DTMF")]))
}

async fn notes(bot: &(impl Bot + AsRef<Menu>), turn: &TestTurn) -> Vec<String> {
    bot.dispatch(turn).await.unwrap();
    std::mem::take(&mut bot.as_ref().0.lock().unwrap())
}

impl AsRef<Menu> for Menu {
    fn as_ref(&self) -> &Menu {
        self
    }
}

#[tokio::test]
async fn each_key_reaches_its_narrowest_handler() {
    let bot = Menu::default();
    for (turn, expected) in [
        (TestTurn::keys("12#"), &["one 1", "any 2 2", "one #"][..]),
        (TestTurn::keys("1"), &["one 1"]),
        (TestTurn::keys("7"), &["any 7 7"]),
        (marked("21"), &["any 2 2", "one 1"]),
        (marked(" 2 1 "), &["any 2 2", "one 1"]),
        (TestTurn::dtmf('1'), &["one 1"]),
        // What is no sequence of keys is what it is.
        (TestTurn::message("12"), &["message 12"]),
        (marked("12x"), &["message 12x"]),
        (TestTurn::keys(""), &["event"]),
        (TestTurn::keys("twelve"), &["event"]),
        (TestTurn::keys(&"1".repeat(129)), &["event"]),
    ] {
        assert_eq!(notes(&bot, &turn).await, expected, "{:?}", turn.activity());
        // A second dispatch of the same turn is no other.
        assert_eq!(notes(&bot, &turn).await, expected, "{:?}", turn.activity());
    }
}

#[tokio::test]
async fn a_key_that_fails_keeps_the_rest_back() {
    let bot = Menu::default();
    let turn = TestTurn::keys("191");
    assert_eq!(bot.dispatch(&turn).await.unwrap_err().to_string(), "9");
    assert_eq!(*bot.0.lock().unwrap(), ["one 1", "fails"]);
    assert_eq!(turn.digit(), Some('9'));
}

mod function {
    use onhook::prelude::*;

    #[on_dtmf('1')]
    pub(super) async fn one(turn: &Turn, digit: Digit) -> Result<()> {
        turn.say(format!("one {digit}")).await
    }

    #[on_dtmf]
    pub(super) async fn any(turn: &Turn, digit: Digit, text: Text<'_>) -> Result<()> {
        turn.say(format!("any {digit} {text}")).await
    }

    #[on_dtmf('5')]
    pub(super) async fn leaves(turn: &Turn) -> Result<Flow> {
        turn.say("leaves").await?;
        Ok(Flow::Unhandled)
    }

    #[on_event("DTMF")]
    pub(super) async fn event(turn: &Turn) -> Result<()> {
        turn.say("event").await
    }

    #[on_event]
    pub(super) async fn events(turn: &Turn) -> Result<()> {
        turn.say("events").await
    }

    #[on_message]
    pub(super) async fn message(turn: &Turn) -> Result<()> {
        turn.say("message").await
    }

    #[on_activity]
    pub(super) async fn rest(turn: &Turn) -> Result<()> {
        turn.say("rest").await
    }
}
use function as f;

async fn said(bot: &impl Bot, turn: &TestTurn) -> Vec<String> {
    let before = turn.spoken().len();
    let handled = bot.dispatch(turn).await.unwrap().is_handled();
    let said = turn.spoken().split_off(before);
    assert!(
        handled || said.iter().all(|text| text == "leaves"),
        "{said:?}"
    );
    said
}

/// A list, and the same handlers in chains of every shape.
#[tokio::test]
async fn a_chain_looks_for_the_narrowest_handler_of_each_key() {
    async fn check(bot: impl Bot, of_list: bool) {
        let cases: [(TestTurn, &[&str]); 7] = [
            (TestTurn::keys("121"), &["one 1", "any 2 2", "one 1"]),
            (marked("21"), &["any 2 2", "one 1"]),
            (TestTurn::dtmf('1'), &["one 1"]),
            (TestTurn::dtmf('2'), &["any 2 2"]),
            (TestTurn::keys("x"), &["event"]),
            (TestTurn::message("21"), &["message"]),
            // What a key's handler leaves goes to the next narrowest of another bot.
            (
                TestTurn::keys("51"),
                if of_list {
                    &["leaves", "one 1"]
                } else {
                    &["leaves", "any 5 5", "one 1"]
                },
            ),
        ];
        for (turn, expected) in &cases {
            assert_eq!(said(&bot, turn).await, *expected, "{:?}", turn.activity());
            assert_eq!(said(&bot, turn).await, *expected, "{:?}", turn.activity());
        }
    }
    check(
        handlers![f::one, f::any, f::leaves, f::event, f::events, f::message],
        true,
    )
    .await;
    check(
        handlers![f::message, f::any]
            .or(handlers![f::event, f::leaves, f::one])
            .or(handlers![f::events]),
        false,
    )
    .await;
    check(
        handlers![f::event]
            .or(handlers![f::leaves].or(handlers![f::any].or(handlers![f::one, f::message]))),
        false,
    )
    .await;
}

/// If nobody takes keys, the activity is what carries them; if somebody takes one of them, the others are over.
#[tokio::test]
async fn keys_that_nobody_takes() {
    async fn check(bot: impl Bot, of_event: &str, of_message: &str) {
        assert_eq!(said(&bot, &TestTurn::keys("12")).await, [of_event]);
        assert_eq!(said(&bot, &marked("12")).await, [of_message]);
        assert_eq!(said(&bot, &marked("2")).await, [of_message]);
    }
    check(
        handlers![f::event, f::events, f::message],
        "event",
        "message",
    )
    .await;
    check(
        handlers![f::events, f::message, f::rest],
        "events",
        "message",
    )
    .await;
    check(handlers![f::rest], "rest", "rest").await;
    check(
        handlers![f::events].or(handlers![f::event, f::message]),
        "event",
        "message",
    )
    .await;
    check(
        handlers![f::rest].or(handlers![f::events]),
        "events",
        "rest",
    )
    .await;
    let other = handlers![f::leaves, f::events].or(handlers![f::one, f::message]);
    assert_eq!(said(&other, &TestTurn::keys("23")).await, ["events"]);
    assert_eq!(said(&other, &TestTurn::keys("213")).await, ["one 1"]);
    // A chain asks for what a key's handler left.
    assert_eq!(
        said(&other, &TestTurn::keys("55")).await,
        ["leaves", "leaves", "events"]
    );
    let alone = handlers![f::leaves, f::events];
    assert_eq!(
        said(&alone, &TestTurn::keys("55")).await,
        ["leaves", "leaves"]
    );
    let nobody = handlers![f::message].dispatch(&TestTurn::keys("1")).await;
    assert!(matches!(nobody, Ok(Outcome::Unhandled)));
}

/// Before and after the dispatch, the key is the first and the last.
#[tokio::test]
async fn the_hooks_around_a_turn_see_a_key() {
    #[before_turn]
    async fn before(turn: &Turn, digit: Option<Digit>) -> Result<()> {
        turn.say(format!("before {digit:?}")).await
    }
    #[after_turn]
    async fn after(turn: &Turn, digit: Option<Digit>) -> Result<()> {
        turn.say(format!("after {digit:?}")).await
    }
    let turn = TestTurn::keys("12");
    turn.run(&handlers![before, f::one, f::any, after])
        .await
        .unwrap();
    let said = [
        "before Some(Digit('1'))",
        "one 1",
        "any 2 2",
        "after Some(Digit('2'))",
    ];
    assert_eq!(turn.spoken(), said);
}
