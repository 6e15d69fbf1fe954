//! How a call of a test ends.

use std::panic::Location;

use super::ended::EndedCall;
use super::listening::{ended_by, nothing, nothing_more};
use super::step::Step;
use super::test_call::TestCall;
use crate::EndedBy;

impl TestCall {
    /// Lets the bot say everything, and hangs up. To hang up on the bot, drop the call instead.
    ///
    /// # Panics
    /// If the bot does not come to an end within ten minutes of the call, or the call is over: that is what
    /// [`is_hung_up_on`](TestCall::is_hung_up_on) is for.
    #[track_caller]
    pub fn hangs_up(mut self) -> impl Future<Output = EndedCall> {
        let place = Location::caller();
        async move {
            self.settles(place).await;
            if let Some(by) = ended_by(&self.call.transcript()) {
                let mut heard = nothing(&self.call.transcript());
                heard.push_str(match by {
                    EndedBy::Bot => ": expect that with `is_hung_up_on`",
                    EndedBy::Transfer => ": expect that with `is_transferred`",
                    _ => "",
                });
                self.fails("to hang up", &heard, place);
            }
            self.begins(Step::HangsUp);
            let report = self.call.hangs_up().await;
            EndedCall::new(report, self.rig)
        }
    }

    /// Hangs up at once, into what the bot is saying.
    pub async fn hangs_up_at_once(mut self) -> EndedCall {
        self.begins(Step::HangsUp);
        let report = self.call.hangs_up().await;
        EndedCall::new(report, self.rig)
    }

    /// The bot must end the call when it has said everything, or within another minute, by a timer of its own.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn is_hung_up_on(self) -> impl Future<Output = EndedCall> {
        self.ends_by(EndedBy::Bot, "that the bot hangs up", Location::caller())
    }

    /// The bot must hand the call over to somebody else, who answers, when it has said everything or within another
    /// minute, by a timer of its own.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn is_transferred(self) -> impl Future<Output = EndedCall> {
        let expected = "that the bot transfers the call";
        self.ends_by(EndedBy::Transfer, expected, Location::caller())
    }

    async fn ends_by(
        mut self,
        by: EndedBy,
        expected: &str,
        place: &'static Location<'static>,
    ) -> EndedCall {
        self.listens_until(|transcript| ended_by(transcript).is_some(), place)
            .await;
        if ended_by(&self.call.transcript()) != Some(by) {
            let heard = nothing_more(&self.call.transcript());
            self.fails(expected, &heard, place);
        }
        self.begins(Step::Ends);
        let report = self.call.ended().await;
        EndedCall::new(report, self.rig)
    }
}
