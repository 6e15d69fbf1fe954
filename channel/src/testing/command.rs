//! Commands in a call of a test: those of the bot, and those of the channel.

use std::panic::Location;

use onhook::{Activity, ActivityType, Command, Json};
use serde::Deserialize;
use tokio::time::Instant;

use super::ended::EndedCall;
use super::saved_call::SavedCall;
use super::step::{Sent, Step};
use super::test_call::TestCall;
use crate::CommandFailed;

impl TestCall {
    /// The commands that the bot sent until now: their names on the wire, in order.
    pub fn commands(&self) -> Vec<String> {
        self.saved().commands()
    }

    /// The commands of one type that the bot sent until now, in order.
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook_channel::testing::TestCall;
    ///
    /// # #[on_members_added]
    /// # async fn record(turn: &Turn) -> Result<()> {
    /// #     turn.start_recording(RecordingStart::new().metadata("queue", "billing")).await.map(drop)
    /// # }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// let mut call = TestCall::dial(handlers![record]);
    /// call.listens().await;
    /// let start = RecordingStart::new().metadata("queue", "billing");
    /// assert_eq!(call.commands_of::<RecordingStart>(), [start]);
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the data of one of them cannot be read.
    #[track_caller]
    pub fn commands_of<C: Command>(&self) -> Vec<C> {
        self.saved().commands_of()
    }

    /// Has the channel send the bot a command, and waits for the bot's result.
    ///
    /// # Errors
    /// [`CommandFailed`] has the bot's error, or says why there is no result.
    ///
    /// # Panics
    /// If the bot has not answered after ten minutes of the call.
    #[track_caller]
    pub fn sends_command<C: Command>(
        &mut self,
        command: &C,
    ) -> impl Future<Output = Result<C::Result, CommandFailed>> {
        let (place, data) = (Location::caller(), Json::of(command));
        async move {
            let name = C::NAME.to_owned();
            let sent = Sent { name, data: data? };
            self.begins(Step::Commands(sent.clone()));
            let answer = self.command(&sent).await;
            self.last = Instant::now();
            let Some(answer) = answer else {
                let expected = format!("that the bot answers {}", C::NAME);
                self.fails(&expected, "it has not after ten minutes", place)
            };
            Ok(C::read_result(answer?.as_ref())?)
        }
    }
}

impl EndedCall {
    /// The commands that the bot sent: their names on the wire, in order.
    pub fn commands(&self) -> Vec<String> {
        self.saved().commands()
    }

    /// The commands of one type that the bot sent, in order; see [`TestCall::commands_of`].
    ///
    /// # Panics
    /// If the data of one of them cannot be read.
    #[track_caller]
    pub fn commands_of<C: Command>(&self) -> Vec<C> {
        self.saved().commands_of()
    }
}

/// `{ data }`.
#[derive(Default, Deserialize)]
struct Value {
    data: Option<Json>,
}

impl SavedCall {
    fn commands(&self) -> Vec<String> {
        let names = self.commands_sent().into_iter();
        names.filter_map(|command| command.name).collect()
    }

    #[track_caller]
    fn commands_of<C: Command>(&self) -> Vec<C> {
        let mut commands = Vec::new();
        for command in self.commands_sent() {
            if !command.name.as_deref().is_some_and(C::is_named) {
                continue;
            }
            let value = command.value.as_ref().map(Json::parse::<Value>);
            let data = value.transpose().map(Option::unwrap_or_default);
            match data.and_then(|value| value.data.unwrap_or_default().parse()) {
                Ok(data) => commands.push(data),
                Err(error) => panic!("the data of a {} cannot be read: {error}", C::NAME),
            }
        }
        commands
    }

    fn commands_sent(&self) -> Vec<Activity> {
        let sent = self.sent().into_iter();
        let sent = sent.filter_map(|entry| entry.bot.as_ref()?.parse::<Activity>().ok());
        sent.filter(|sent| sent.kind == ActivityType::Command)
            .collect()
    }
}
