//! One bot in several blocks, as a user writes it: in modules of their own, and joined by one.
#![allow(
    clippy::large_futures,
    clippy::large_stack_arrays,
    reason = "a table of turns is large, and small for a test"
)]

use std::sync::Mutex;

use onhook::prelude::*;
use onhook::testing::TestTurn;
use onhook::{ActivityType, ChannelAccount, Outcome};

/// The bot.
#[derive(Default)]
struct Contoso {
    pressed: Mutex<String>,
}

#[bot(parts = [billing, menu, closing])]
impl Contoso {
    /// Takes what nobody else does.
    #[on_message]
    async fn other(&self, turn: &Turn) -> Result<()> {
        turn.say("other").await
    }

    #[on_members_added]
    async fn joined(&self, turn: &Turn) -> Result<()> {
        turn.say("joined").await
    }

    #[on_event(menu::OPENED)]
    async fn opened(&self, turn: &Turn) -> Result<()> {
        turn.say("opened").await
    }
}

mod billing {
    use onhook::prelude::*;

    #[bot(part = billing)]
    impl super::Contoso {
        /// Takes money.
        #[on_message(text = "pay")]
        async fn pay(&self, turn: &Turn) -> Result<Flow> {
            turn.say("pay").await?;
            Ok(Flow::Unhandled)
        }

        #[on_members_removed]
        async fn left(&self, turn: &Turn) -> Result<()> {
            turn.say("left").await
        }

        #[on_activity]
        async fn rest(&self, turn: &Turn) -> Result<()> {
            turn.say("rest").await
        }

        #[on_dtmf]
        async fn key(&self, digit: Digit) {
            self.pressed.lock().unwrap().push(digit.0);
        }

        #[before_turn]
        async fn before(&self, turn: &Turn) -> Result<()> {
            turn.say("before").await
        }
    }
}

mod menu {
    use super::Contoso;
    use onhook::prelude::*;

    pub(super) const OPENED: &str = "contoso/opened";

    #[bot(part = menu)]
    impl Contoso {
        #[on_dtmf('#')]
        async fn hash(&self, turn: &Turn) -> Result<()> {
            let pressed = self.pressed.lock().unwrap().clone();
            turn.say(format!("pressed {pressed}")).await
        }

        #[on_event]
        async fn event(&self, turn: &Turn) -> Result<()> {
            turn.say("event").await
        }

        #[on_typing]
        async fn typing(&self) -> Result<()> {
            Err(onhook::Error::msg("no typing"))
        }
    }
}

mod closing {
    use onhook::prelude::*;

    #[bot(part = closing)]
    impl super::Contoso {
        #[after_turn]
        async fn after(&self, turn: &Turn) -> Result<()> {
            turn.say("after").await
        }

        #[on_error]
        async fn failed(&self, turn: &Turn, error: &onhook::Error) -> Result<()> {
            turn.say(error.to_string()).await
        }
    }
}

async fn said(bot: &impl Bot, turn: TestTurn) -> String {
    turn.run(bot).await.unwrap();
    turn.spoken().join(" ")
}

#[tokio::test]
async fn the_narrowest_handler_of_all_parts_wins() {
    #[on_message(text = "agent")]
    async fn agent(turn: &Turn) -> Result<()> {
        turn.say("agent").await
    }
    let both = || {
        TestTurn::members_added(["caller"])
            .with(|activity| activity.members_removed = Some(vec![ChannelAccount::new("agent")]))
    };
    let cases = || {
        [
            (TestTurn::message("hello"), "before other after"),
            (TestTurn::event("contoso/opened"), "before opened after"),
            (TestTurn::event("contoso/closed"), "before event after"),
            (both(), "before joined left after"),
            (
                TestTurn::new(Activity::new(ActivityType::Invoke)),
                "before rest after",
            ),
            (TestTurn::new(Activity::typing()), "before no typing after"),
            (TestTurn::keys("12#"), "before pressed 12 after"),
            // As in one block, what a handler leaves is not another's of the bot.
            (TestTurn::message("Pay."), "before pay after"),
        ]
    };
    for (turn, expected) in cases() {
        assert_eq!(said(&Contoso::default(), turn).await, expected);
    }
    let chain = || Contoso::default().or(handlers![agent]);
    for (turn, expected) in cases() {
        assert_eq!(said(&chain(), turn).await, expected);
    }
    assert_eq!(
        said(&chain(), TestTurn::message("agent")).await,
        "before agent after"
    );
    assert_eq!(
        said(
            &handlers![agent].or(&Contoso::default()),
            TestTurn::keys("#")
        )
        .await,
        "before pressed  after"
    );
}

#[test]
fn the_table_of_hooks_has_the_handlers_of_all_parts() {
    let handlers: Vec<&str> = Contoso::HOOKS.iter().map(|hook| hook.handler).collect();
    assert_eq!(
        handlers,
        [
            "other", "joined", "opened", "pay", "left", "rest", "key", "before", "hash", "event",
            "typing", "after", "failed"
        ]
    );
    assert_eq!(Contoso::HOOKS.iter().nth(3).unwrap().doc, "Takes money.");
}

/// A block that has no handler of its own, and a generic bot with a lifetime.
#[tokio::test]
async fn forms_of_joined_bots() {
    struct Shop<'n, T>(&'n str, T);

    #[bot(parts = [sales])]
    impl<T: Send + Sync> Shop<'_, T> {}

    #[bot(part = sales)]
    impl<T: Send + Sync> Shop<'_, T> {
        #[on_message(text = "buy")]
        async fn buy(&self, turn: &Turn) -> Result<()> {
            turn.say(self.0).await
        }
    }

    let name = String::from("shop");
    let turn = TestTurn::message("Buy!");
    assert!(Shop(&name, 1).dispatch(&turn).await.unwrap().is_handled());
    assert_eq!(turn.spoken(), ["shop"]);
    let nobody = Shop(&name, 1).dispatch(&TestTurn::message("sell")).await;
    assert!(matches!(nobody, Ok(Outcome::Unhandled)));
}
