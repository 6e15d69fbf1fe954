//! A caller who speaks into what the bot is saying.

use std::panic::Location;
use std::time::Duration;

use super::listening::{ended_by, nothing};
use super::saved_call::millis;
use super::step::{Interrupting, Step};
use super::test_call::TestCall;

impl TestCall {
    /// Says something into what the bot is saying, or is about to say: so long after the bot began, to the next 20 ms,
    /// and 20 ms after it at the earliest. Whether that interrupts the bot is for its input hint to say. Returns when it
    /// has been said.
    ///
    /// ```
    /// use std::time::Duration;
    /// use onhook::prelude::*;
    /// use onhook_channel::testing::TestCall;
    ///
    /// # #[on_members_added]
    /// # async fn greet(turn: &Turn) -> Result<()> { turn.say("Welcome to the very long menu of Contoso.").await }
    /// # #[on_message]
    /// # async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(format!("You want {text}.")).await }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// let mut call = TestCall::dial(handlers![greet, echo]);
    /// call.interrupts_after(Duration::from_millis(500), "operator").await;
    /// call.hears("Welcome to the very long menu of Contoso.").await;
    /// call.hears("You want operator.").await;
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the bot has nothing to say for a minute, is done with it before, or has been speaking for longer already; or if
    /// the call is over.
    #[track_caller]
    pub fn interrupts_after(
        &mut self,
        speaking: Duration,
        text: impl Into<String>,
    ) -> impl Future<Output = ()> {
        let (place, text) = (Location::caller(), text.into());
        async move {
            let what = format!("to say “{text}” when the bot has been speaking for {speaking:?}");
            let after = millis(speaking);
            let step = Step::Interrupts(Interrupting { text, after });
            if !self.take(step).await {
                let heard = match ended_by(&self.call.transcript()) {
                    Some(_) => nothing(&self.call.transcript()),
                    None => "the bot did not begin, did not speak for so long, or spoke for longer already"
                        .to_owned(),
                };
                self.fails(&what, &heard, place);
            }
        }
    }
}
