//! `a.or(b)`: the narrowest handler of both takes an activity, wherever it stands.
#![allow(
    clippy::large_futures,
    clippy::large_stack_arrays,
    reason = "a table of turns is large, and small for a test"
)]

use std::sync::Arc;

use onhook::activity::MessageReaction;
use onhook::prelude::*;
use onhook::testing::TestTurn;
use onhook::{ActivityType, ChannelAccount, HookTable, Outcome, Rank};

macro_rules! functions {
    ($($(#[$hook:meta])* $name:ident;)*) => {$(
        $(#[$hook])*
        pub(super) async fn $name(turn: &Turn) -> Result<()> {
            turn.say(stringify!($name)).await
        }
    )*};
}

mod f {
    use onhook::prelude::*;

    functions! {
        #[on_message] message;
        #[on_message(text = "agent")] agent;
        #[on_message(text = ["agent", "human"])] human;
        #[on_dtmf] key;
        #[on_dtmf('1')] one;
        #[on_event] event;
        #[on_event("a")] a;
        #[on_handoff_status] handoff;
        #[on_command_result] result;
        #[on_command_result("recording_start")] started;
        #[on_members_added] added;
        #[on_members_removed] removed;
        #[on_conversation_update] update;
        #[on_reactions_added] liked;
        #[on_reactions_removed] unliked;
        #[on_typing] typing;
        #[on_activity] rest;
    }

    #[on_message(text = "pass")]
    pub(super) async fn passes(turn: &Turn) -> Result<Flow> {
        turn.say("passes").await?;
        Ok(Flow::Unhandled)
    }

    #[on_message]
    pub(super) async fn ignores(turn: &Turn) -> Result<Flow> {
        turn.say("ignores").await?;
        Ok(Flow::Unhandled)
    }
}

/// The same as `f::message` and `f::rest`, as methods.
struct Wide;

#[bot]
impl Wide {
    #[on_message]
    async fn message(&self, turn: &Turn) -> Result<()> {
        turn.say("Wide::message").await
    }

    #[on_activity]
    async fn rest(&self, turn: &Turn) -> Result<()> {
        turn.say("Wide::rest").await
    }
}

struct Narrow;

#[bot]
impl Narrow {
    #[on_message(text = "agent")]
    async fn agent(&self, turn: &Turn) -> Result<()> {
        turn.say("Narrow::agent").await
    }

    #[on_dtmf('1')]
    async fn one(&self, turn: &Turn) -> Result<()> {
        turn.say("Narrow::one").await
    }

    #[on_members_added]
    async fn added(&self, turn: &Turn) -> Result<()> {
        turn.say("Narrow::added").await
    }

    #[on_event("a")]
    async fn a(&self, turn: &Turn) -> Result<()> {
        turn.say("Narrow::a").await
    }
}

fn both(kind: ActivityType) -> TestTurn {
    let members = || Some(vec![ChannelAccount::new("caller")]);
    let reactions = || Some(vec![MessageReaction::default()]);
    let mut activity = Activity::new(kind);
    if activity.kind == ActivityType::MessageReaction {
        (activity.reactions_added, activity.reactions_removed) = (reactions(), reactions());
    } else {
        (activity.members_added, activity.members_removed) = (members(), members());
    }
    TestTurn::new(activity)
}

async fn said(bot: &impl Bot, turn: TestTurn) -> Vec<String> {
    turn.run(bot).await.unwrap();
    turn.spoken()
}

#[tokio::test]
async fn the_narrowest_wins_whichever_side_it_stands_on() {
    async fn check(bot: impl Bot) {
        for (turn, taken) in [
            (TestTurn::message("agent"), "Narrow::agent"),
            (TestTurn::message("Agent."), "Narrow::agent"),
            (TestTurn::message("other"), "Wide::message"),
            (TestTurn::dtmf('1'), "Narrow::one"),
            (TestTurn::dtmf('2'), "Wide::message"),
            (TestTurn::members_added(["caller"]), "Narrow::added"),
            (TestTurn::members_added(["bot"]), "Wide::rest"),
            (TestTurn::event("a"), "Narrow::a"),
            (TestTurn::event("b"), "Wide::rest"),
        ] {
            assert_eq!(said(&bot, turn).await, [taken]);
        }
    }
    check(Wide.or(Narrow)).await;
    check(Narrow.or(Wide)).await;
    check((&Wide).or(Arc::new(Narrow))).await;
    check(Arc::new(Wide.or(Narrow))).await;
    check(
        handlers![f::typing]
            .or(Wide)
            .or(handlers![f::started])
            .or(Narrow),
    )
    .await;
    check(Wide.or(handlers![f::typing].or(handlers![f::handoff].or(Narrow)))).await;
}

/// Every rank against every wider one, on both sides, as methods and as functions.
#[tokio::test]
async fn every_rank_is_narrower_than_the_next() {
    macro_rules! check {
        ($turn:expr, $narrow:ident < $wide:ident) => {{
            let (narrow, wide) = (handlers![f::$narrow], handlers![f::$wide]);
            for said in [
                said(&narrow.or(wide), $turn).await,
                said(&wide.or(narrow), $turn).await,
            ] {
                assert_eq!(said, [stringify!($narrow)]);
            }
        }};
    }
    check!(TestTurn::dtmf('1'), one < key);
    check!(TestTurn::dtmf('1'), one < message);
    check!(TestTurn::dtmf('1'), key < message);
    check!(TestTurn::dtmf('1'), key < rest);
    check!(TestTurn::message("agent"), agent < message);
    check!(TestTurn::message("agent"), agent < rest);
    check!(TestTurn::message("agent"), message < rest);
    check!(TestTurn::event("a"), a < event);
    check!(TestTurn::event("handoff.status"), handoff < event);
    check!(
        TestTurn::new(Activity::command_result("recording_start_command")),
        started < result
    );
    check!(TestTurn::members_added(["caller"]), added < update);
    check!(TestTurn::members_added(["caller"]), added < rest);
    check!(TestTurn::members_added(["bot"]), update < rest);
}

#[tokio::test]
async fn a_tie_goes_to_the_left() {
    for (bot, taken) in [
        (
            said(
                &handlers![f::agent].or(handlers![f::human]),
                TestTurn::message("agent"),
            )
            .await,
            "agent",
        ),
        (
            said(
                &handlers![f::human].or(handlers![f::agent]),
                TestTurn::message("agent"),
            )
            .await,
            "human",
        ),
        (
            said(
                &handlers![f::human].or(handlers![f::agent]),
                TestTurn::message("human"),
            )
            .await,
            "human",
        ),
        (
            said(&handlers![f::rest].or(Wide), TestTurn::event("x")).await,
            "rest",
        ),
        (
            said(&Wide.or(handlers![f::rest]), TestTurn::event("x")).await,
            "Wide::rest",
        ),
    ] {
        assert_eq!(bot, [taken]);
    }
}

/// What a handler leaves goes to the next narrowest of the other bots, in whatever order they stand.
#[tokio::test]
async fn what_is_left_goes_to_the_next_narrowest() {
    let (passes, ignores, rest) = (
        handlers![f::passes],
        handlers![f::ignores],
        handlers![f::rest],
    );
    for said in [
        said(&rest.or(ignores).or(passes), TestTurn::message("pass")).await,
        said(&passes.or(rest.or(ignores)), TestTurn::message("pass")).await,
        said(&ignores.or(passes).or(rest), TestTurn::message("pass")).await,
        said(&ignores.or(rest).or(passes), TestTurn::message("pass")).await,
    ] {
        assert_eq!(said, ["passes", "ignores", "rest"]);
    }
    // A bot is asked once.
    let one = handlers![f::passes, f::ignores, f::rest];
    assert_eq!(said(&one, TestTurn::message("pass")).await, ["passes"]);
    assert_eq!(
        said(&one.or(handlers![f::message]), TestTurn::message("pass")).await,
        ["passes", "message"]
    );
    let turn = TestTurn::message("pass");
    assert!(matches!(
        ignores.or(passes).dispatch(&turn).await,
        Ok(Outcome::Unhandled)
    ));
}

/// Who joined and who left are two things in one activity; each finds its handler.
#[tokio::test]
async fn two_sides_of_an_activity_find_two_handlers() {
    let update = || both(ActivityType::ConversationUpdate);
    let reaction = || both(ActivityType::MessageReaction);
    let (added, removed) = (handlers![f::added], handlers![f::removed]);
    for said in [
        said(&handlers![f::added, f::removed], update()).await,
        said(&added.or(removed), update()).await,
        said(&removed.or(added), update()).await,
        said(
            &handlers![f::update]
                .or(removed)
                .or(handlers![f::rest, f::added]),
            update(),
        )
        .await,
        said(
            &handlers![f::added, f::removed].or(handlers![f::added, f::removed]),
            update(),
        )
        .await,
    ] {
        assert_eq!(said, ["added", "removed"]);
    }
    assert_eq!(
        said(&Narrow.or(removed), update()).await,
        ["Narrow::added", "removed"]
    );
    assert_eq!(
        said(&added.or(handlers![f::update]), update()).await,
        ["added"]
    );
    assert_eq!(
        said(&handlers![f::update].or(handlers![f::rest]), update()).await,
        ["update"]
    );
    for said in [
        said(&handlers![f::unliked].or(handlers![f::liked]), reaction()).await,
        said(
            &handlers![f::rest].or(handlers![f::liked, f::unliked]),
            reaction(),
        )
        .await,
    ] {
        assert_eq!(said, ["liked", "unliked"]);
    }
}

/// A bot by hand without a rank keeps its place in the chain.
#[tokio::test]
async fn a_bot_that_does_not_say_its_rank_is_asked_where_it_stands() {
    struct ByHand;

    impl Bot for ByHand {
        const HOOKS: HookTable = HookTable::of(&[]);

        async fn dispatch(&self, turn: &Turn) -> Result<Outcome> {
            turn.say("by hand").await?;
            Ok(if turn.name() == "a" {
                Outcome::Unhandled
            } else {
                Outcome::Handled
            })
        }
    }

    assert_eq!(ByHand.rank(&TestTurn::event("a")), Rank::Unknown);
    assert_eq!(
        said(&ByHand.or(Narrow), TestTurn::message("agent")).await,
        ["by hand"]
    );
    assert_eq!(
        said(&ByHand.or(Narrow), TestTurn::event("a")).await,
        ["by hand", "Narrow::a"]
    );
    assert_eq!(
        said(&Narrow.or(ByHand), TestTurn::message("agent")).await,
        ["Narrow::agent"]
    );
    assert_eq!(
        said(&Wide.or(ByHand), TestTurn::message("x")).await,
        ["Wide::message"]
    );
    assert_eq!(
        said(
            &handlers![f::typing].or(ByHand).or(Narrow),
            TestTurn::message("agent")
        )
        .await,
        ["by hand"]
    );
}

/// One that wraps another passes its rank on.
#[tokio::test]
async fn a_wrapper_passes_the_rank_on() {
    struct Loud<B>(B);

    impl<B: Bot> Bot for Loud<B> {
        const HOOKS: HookTable = B::HOOKS;

        fn rank(&self, turn: &Turn) -> Rank {
            self.0.rank(turn)
        }

        async fn dispatch(&self, turn: &Turn) -> Result<Outcome> {
            turn.say("!").await?;
            self.0.dispatch(turn).await
        }
    }

    assert_eq!(
        said(&Wide.or(Loud(Narrow)), TestTurn::message("agent")).await,
        ["!", "Narrow::agent"]
    );
    assert_eq!(
        said(&Wide.or(Loud(Narrow)), TestTurn::message("x")).await,
        ["Wide::message"]
    );
    let chain = Loud(
        handlers![f::message]
            .or(handlers![f::key, f::removed])
            .or(handlers![f::one]),
    );
    assert_eq!(
        said(&Wide.or(chain), TestTurn::keys("12")).await,
        ["!", "one", "!", "key"]
    );
    let chain = Loud(handlers![f::removed].or(handlers![f::added]));
    let turn = both(ActivityType::ConversationUpdate);
    assert_eq!(
        said(&Wide.or(chain), turn).await,
        ["!", "added", "!", "removed"]
    );
}

/// The hooks around a turn run for every bot of a chain; both close, also if the first fails at it.
#[tokio::test]
async fn both_close_a_turn() {
    #[after_turn]
    async fn fails(turn: &Turn) -> Result<()> {
        turn.say("fails").await?;
        Err(onhook::Error::msg("no"))
    }
    #[after_turn]
    async fn closes(turn: &Turn, error: Option<&onhook::Error>) -> Result<()> {
        turn.say(format!("closes {}", error.is_some())).await
    }
    let turn = TestTurn::message("x");
    let bot = handlers![fails, f::message].or(handlers![closes]);
    assert_eq!(turn.run(&bot).await.unwrap_err().to_string(), "no");
    assert_eq!(turn.spoken(), ["message", "fails", "closes false"]);
}
