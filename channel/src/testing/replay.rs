//! A saved call, played to a bot again.

use std::fmt;
use std::panic::Location;

use onhook::Bot;

use super::builder::TestCallBuilder;
use super::difference::differences;
use super::ended::EndedCall;
use super::saved_call::SavedCall;
use super::step::Step;
use super::test_call::TestCall;

/// What came of a saved call that was replayed, beside what it was before.
#[derive(Debug)]
pub struct Replay {
    before: SavedCall,
    call: EndedCall,
}

impl SavedCall {
    /// Plays the saved caller to a bot, at the same times, with the same faults.
    ///
    /// Who calls whom in which language, how transfers go, how the recogniser writes and how long it takes are
    /// those of the saved call; a call whose channel or host was set up as well is replayed with
    /// [`replay_with`](SavedCall::replay_with).
    ///
    /// # Panics
    /// Unless it is called on a tokio runtime whose time is paused.
    pub async fn replay<B: Bot + 'static>(&self, bot: B) -> Replay {
        self.replay_with(TestCall::builder(bot)).await
    }

    /// Plays the saved caller in a call whose channel and host are set up like this.
    ///
    /// # Panics
    /// Unless it is called on a tokio runtime whose time is paused.
    pub async fn replay_with(&self, mut builder: TestCallBuilder) -> Replay {
        let (header, mut steps) = (&self.header, self.steps());
        builder.dial = header.dial(builder.dial);
        let mut step = steps.next();
        while let Some(Step::Suffers(order)) = step {
            builder = builder.order(order);
            step = steps.next();
        }
        let mut call = builder.dial();
        while let Some(next) = step {
            match next {
                Step::HangsUp | Step::Ends => break,
                Step::Suffers(order) => call.suffers_order(order, Location::caller()),
                Step::Heals => call.heals(),
                // A call that is over is another call: that is told by the difference.
                next => {
                    call.take(next).await;
                }
            }
            step = steps.next();
        }
        Replay {
            before: self.clone(),
            call: call.hangs_up_at_once().await,
        }
    }

    fn steps(&self) -> impl Iterator<Item = Step> {
        let steps = self.entries.iter().map(|entry| entry.caller.clone());
        steps.flatten()
    }
}

impl Replay {
    /// Whether the bot sent the same, was told the same, and the recordings are the same to the bit.
    pub fn is_same(&self) -> bool {
        self.differences().is_empty()
    }

    /// What is different, for people; empty if nothing is.
    ///
    /// Lines with `-` are of the saved call, lines with `+` of the replay. Ids and times of activities are of no account.
    pub fn differences(&self) -> String {
        differences(&self.before, &self.call.saved())
    }

    /// The call as it was this time.
    pub fn call(&self) -> &EndedCall {
        &self.call
    }

    /// Asserts that nothing is different.
    ///
    /// # Panics
    /// If something is, with what.
    #[track_caller]
    pub fn assert_same(&self) {
        let differences = self.differences();
        assert!(
            differences.is_empty(),
            "the replay is another call\n{differences}"
        );
    }
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.differences())
    }
}
