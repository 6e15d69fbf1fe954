//! Dispatch and the built-in borrowing extractors take nothing from the heap.

#[path = "../benches/dispatch/bots.rs"]
mod bots;

use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use onhook::activity::{EndOfConversationCode, Entity, MessageReaction};
use onhook::prelude::*;
use onhook::testing::TestTurn;
use onhook::{Error, Outcome};
use onhook_allocations::{Taken, count};

/// The handler that ran last in this thread's test.
#[derive(Default)]
struct Everything(Mutex<&'static str>);

impl Everything {
    fn ran(&self, handler: &'static str) {
        *self.0.lock().unwrap() = handler;
    }

    fn last(&self) -> &'static str {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[bot]
impl Everything {
    #[on_message]
    async fn message(
        &self,
        _: &Turn,
        _: &Activity,
        _: Text<'_>,
        _: Sender<'_>,
        _: ConversationId<'_>,
    ) {
        self.ran("message");
    }

    #[on_message(text = ["yes", "Yeah", "sí"])]
    async fn yes(&self, _: Text<'_>, locale: Option<Locale<'_>>) -> Result<()> {
        assert!(locale.is_none());
        self.ran("yes");
        Ok(())
    }

    #[on_dtmf('1', '#')]
    async fn one(&self, digit: Digit) -> Flow {
        assert!("1#".contains(digit.0));
        self.ran("one");
        Flow::Handled
    }

    #[on_dtmf]
    async fn key(&self, _: Digit, _: Text<'_>) {
        self.ran("key");
    }

    #[on_members_added]
    async fn joined(&self, joined: MembersAdded<'_>) {
        assert_eq!(joined.others().count(), 1);
        self.ran("joined");
    }

    #[on_members_removed]
    async fn left(&self, _: MembersRemoved<'_>) {
        self.ran("left");
    }

    #[on_reactions_added]
    async fn reacted(&self, _: ReactionsAdded<'_>, removed: Result<ConversationId<'_>, Rejection>) {
        assert!(removed.is_ok());
        self.ran("reacted");
    }

    #[on_event("contoso/arrived")]
    async fn arrived(&self, _: Name<'_>) {
        self.ran("arrived");
    }

    #[on_event]
    async fn event(&self, _: Name<'_>) {
        self.ran("event");
    }

    #[on_command_result("recording_start")]
    async fn started(&self, _: Name<'_>, _: &Activity) {
        self.ran("started");
    }

    #[on_command_result(RecordingStop)]
    async fn stopped(&self, _: Name<'_>) {
        self.ran("stopped");
    }

    #[on_command]
    async fn commanded(&self, _: Name<'_>) {
        self.ran("commanded");
    }

    #[on_invoke("contoso/search")]
    async fn search(&self) -> InvokeResponse {
        self.ran("search");
        InvokeResponse::status(200)
    }

    #[on_end_of_conversation]
    async fn ended(&self, _: Ending<'_>) {
        self.ran("ended");
    }

    #[on_activity]
    async fn other(&self, absent: Option<Text<'_>>) {
        assert!(absent.is_none());
        self.ran("other");
    }

    #[before_turn]
    async fn before(&self, _: &Turn) {
        self.ran("before");
    }

    #[after_turn]
    async fn after(&self, _: &Turn, _: Sender<'_>) {
        self.ran("after");
    }
}

/// The value of a future that has nothing to wait for.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the handler waits"),
    }
}

/// Dispatches `turn` and asserts that it was handled without an allocation.
fn dispatched(bot: &impl Bot, turn: &TestTurn) {
    let (outcome, taken) = count(|| ready(bot.dispatch(turn)));
    assert!(outcome.unwrap().is_handled(), "not handled: {turn:?}");
    assert_eq!(taken, Taken::default(), "taken for {turn:?}");
}

fn turns() -> Vec<(&'static str, TestTurn)> {
    let removed = || {
        TestTurn::members_added([]).with(|activity| {
            activity.members_added = None;
            activity.members_removed = Some(vec![onhook::ChannelAccount::new("caller")]);
        })
    };
    let reaction = || {
        let mut activity = Activity::new(onhook::ActivityType::MessageReaction);
        activity.reactions_added = Some(vec![MessageReaction::default()]);
        TestTurn::new(activity)
    };
    let spoken_key = TestTurn::message(" 1 ").with(|activity| {
        activity.entities = Some(vec![Entity::new("mention"), Entity::new("dtmf")]);
    });
    let ending = TestTurn::new(Activity::end_of_conversation())
        .with(|activity| activity.code = Some(EndOfConversationCode::UserCancelled));
    let result = |name| TestTurn::new(Activity::command_result(name));
    vec![
        ("message", TestTurn::message("pay my bill")),
        ("yes", TestTurn::message(" YES\n")),
        ("yes", TestTurn::message("SÍ")),
        ("yes", TestTurn::message("¿Si\u{301}?")),
        ("message", TestTurn::message("ｓí\u{323}\u{301}…")),
        ("one", TestTurn::dtmf('1')),
        ("one", TestTurn::dtmf('#')),
        ("one", spoken_key),
        ("key", TestTurn::dtmf('7')),
        ("one", TestTurn::keys("71#")),
        ("key", TestTurn::keys("177")),
        ("joined", TestTurn::members_added(["bot", "caller"])),
        ("left", removed()),
        ("reacted", reaction()),
        ("arrived", TestTurn::event("contoso/arrived")),
        ("event", TestTurn::event("contoso/left")),
        (
            "started",
            result("channel/vnd.microsoft.telephony.recording.start"),
        ),
        ("started", result("recording_start_command")),
        (
            "stopped",
            result("channel/vnd.microsoft.telephony.recording.stop"),
        ),
        ("stopped", result("recording_stop_command")),
        (
            "commanded",
            TestTurn::new(Activity::command("application/any")),
        ),
        ("search", TestTurn::new(Activity::invoke("contoso/search"))),
        ("ended", ending),
        ("other", TestTurn::new(Activity::typing())),
    ]
}

#[test]
fn the_counter_counts() {
    let (block, taken) = count(|| Box::new([0_u8; 24]));
    assert_eq!((taken.blocks, taken.bytes), (1, 24));
    assert_eq!(count(|| drop(block)).1, Taken::default());
}

#[test]
fn every_hook_of_a_bot_is_dispatched_without_allocating() {
    let bot = Everything::default();
    for (handler, turn) in turns() {
        dispatched(&bot, &turn);
        assert_eq!(bot.last(), handler, "{turn:?}");
    }
}

#[test]
fn the_hooks_around_a_turn_do_not_allocate() {
    let (bot, turn) = (Everything::default(), TestTurn::message("hello"));
    let (outcome, taken) = count(|| ready(bot.before_turn(&turn)));
    assert!(matches!(outcome, Ok(Outcome::Unhandled)));
    assert_eq!((bot.last(), taken), ("before", Taken::default()));
    let (outcome, taken) = count(|| ready(bot.after_turn(&turn)));
    assert!(outcome.is_ok());
    assert_eq!((bot.last(), taken), ("after", Taken::default()));
}

#[test]
fn a_whole_turn_does_not_allocate() {
    let bot = Everything::default();
    for (_, turn) in turns() {
        let (outcome, taken) = count(|| ready(turn.run(&bot)));
        assert!(outcome.is_ok());
        assert_eq!((bot.last(), taken), ("after", Taken::default()), "{turn:?}");
    }
}

#[test]
fn a_value_that_an_earlier_hook_left_is_taken_without_allocating() {
    struct Customer;

    #[on_message]
    async fn greet(_: Local<Customer>) {}

    let turn = TestTurn::message("hello");
    turn.insert(Customer);
    dispatched(&handlers![greet], &turn);
}

mod function {
    use onhook::prelude::*;

    #[on_message]
    pub(super) async fn message(_: &Turn, _: Text<'_>) {}

    #[on_message(text = "bye")]
    pub(super) async fn bye(_: Text<'_>) {}

    #[on_dtmf('1')]
    pub(super) async fn one(_: Digit) {}

    #[on_members_added]
    pub(super) async fn joined(_: MembersAdded<'_>) {}

    #[on_members_removed]
    pub(super) async fn left(_: MembersRemoved<'_>) {}

    #[on_event("contoso/arrived")]
    pub(super) async fn arrived(_: Name<'_>) {}

    #[on_command_result("recording_start")]
    pub(super) async fn started(_: Name<'_>) {}

    #[before_turn]
    pub(super) async fn before(_: &Turn) {}
}

/// A turn for each function, and one for two of them.
fn turns_of_functions() -> Vec<TestTurn> {
    let both = TestTurn::members_added(["caller"])
        .with(|activity| activity.members_removed.clone_from(&activity.members_added));
    vec![
        TestTurn::message("hello"),
        TestTurn::message("Bye"),
        TestTurn::dtmf('1'),
        TestTurn::keys("121"),
        TestTurn::message("¡Bye…!"),
        TestTurn::members_added(["caller"]),
        both,
        TestTurn::event("contoso/arrived"),
        TestTurn::new(Activity::command_result("recording_start_command")),
    ]
}

#[test]
fn a_list_of_functions_is_dispatched_without_allocating() {
    let bot = handlers![
        function::message,
        function::bye,
        function::one,
        function::joined,
        function::left,
        function::arrived,
        function::started,
        function::before
    ];
    for turn in turns_of_functions() {
        dispatched(&bot, &turn);
        let (_, taken) = count(|| ready(bot.before_turn(&turn)));
        assert_eq!(taken, Taken::default());
    }
}

#[test]
fn a_chain_of_bots_is_dispatched_without_allocating() {
    let bot = handlers![function::one]
        .or(handlers![function::arrived].or(handlers![function::joined, function::left]))
        .or(handlers![function::started, function::before])
        .or(handlers![function::bye])
        .or(handlers![function::message]);
    for turn in turns_of_functions() {
        dispatched(&bot, &turn);
        let (_, taken) = count(|| ready(bot.before_turn(&turn)));
        assert_eq!(taken, Taken::default());
    }
}

#[test]
fn the_number_of_handlers_makes_no_difference() {
    macro_rules! all {
        ($($size:ident)*) => {$(
            for turn in bots::$size::turns() {
                dispatched(&bots::$size::ByHand, &turn);
                dispatched(&bots::$size::Generated, &turn);
                dispatched(&bots::$size::listed(), &turn);
            }
        )*};
    }
    all!(ten fifty hundred_and_fifty);
}

#[test]
fn an_activity_that_nobody_takes_costs_nothing_either() {
    let turn = TestTurn::event("contoso/unknown");
    let (outcome, taken) = count(|| ready(handlers![function::arrived].dispatch(&turn)));
    assert!(matches!(outcome, Ok(Outcome::Unhandled)));
    assert_eq!(taken, Taken::default());
}

#[test]
fn an_argument_that_is_missing_costs_the_error_alone() {
    let turn = TestTurn::message("").with(|activity| activity.text = None);
    let (outcome, taken) = count(|| ready(handlers![function::message].dispatch(&turn)));
    let error: Error = outcome.unwrap_err();
    assert!(error.downcast_ref::<Rejection>().is_some());
    assert_eq!(taken.blocks, 1, "the box of the error");
}
