//! A turn on a scripted activity.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde::Serialize;

use super::Outbox;
use crate::activity::{
    Activity, ActivityType, ChannelAccount, ConversationAccount, Entity, Json, ResourceResponse,
};
use crate::bot::Bot;
use crate::command::{Command, CommandResultValue, Envelope};
use crate::command_error::CommandError;
use crate::connector::{BoxFuture, Connector, SendError};
use crate::conversation::Conversation;
use crate::error::Error;
use crate::host::{TurnOutcome, run};
use crate::ids::Ids;
use crate::turn::{Settings, Turn};

/// A [`Turn`] on a scripted activity from `caller` to `bot` in the conversation `call-1`; derefs to it.
///
/// The bot's id is `bot`. Activities may be changed with [`with`](TestTurn::with) before the turn is used.
#[derive(Debug)]
pub struct TestTurn {
    turn: Turn,
    outbox: Arc<Outbox>,
    script: Arc<Script>,
    activity: Activity,
}

/// Sends to the outbox, and answers commands as scripted.
#[derive(Debug)]
struct Script {
    outbox: Arc<Outbox>,
    conversation: Weak<Conversation>,
    results: Mutex<VecDeque<(&'static str, &'static [&'static str], CommandResultValue)>>,
}

impl TestTurn {
    /// A turn on `activity`; addresses that it lacks are filled in.
    pub fn new(mut activity: Activity) -> TestTurn {
        activity
            .channel_id
            .get_or_insert_with(|| "telephony".to_owned());
        activity
            .from
            .get_or_insert_with(|| ChannelAccount::new("caller"));
        activity
            .recipient
            .get_or_insert_with(|| ChannelAccount::new("bot"));
        activity
            .conversation
            .get_or_insert_with(|| ConversationAccount::new("call-1"));

        let outbox = Outbox::new();
        let conversation = Arc::new(Conversation::default());
        let script = Arc::new(Script {
            outbox: Arc::clone(&outbox),
            conversation: Arc::downgrade(&conversation),
            results: Mutex::default(),
        });
        let settings = Arc::new(Settings {
            ids: Ids::seeded(1),
            ..Settings::default()
        });
        let turn = Turn::new(
            Arc::new(activity.clone()),
            script.clone(),
            conversation,
            settings,
        );
        TestTurn {
            turn,
            outbox,
            script,
            activity,
        }
    }

    /// A message with this text.
    pub fn message(text: &str) -> TestTurn {
        TestTurn::new(Activity::message(text))
    }

    /// A telephone key.
    pub fn dtmf(key: char) -> TestTurn {
        let mut activity = Activity::message(key.to_string());
        activity.entities = Some(vec![Entity::new("DTMF")]);
        TestTurn::new(activity)
    }

    /// Members with these ids joined; an id `bot` is the bot itself.
    pub fn members_added<'i>(ids: impl IntoIterator<Item = &'i str>) -> TestTurn {
        let mut activity = Activity::conversation_update();
        activity.members_added = Some(ids.into_iter().map(ChannelAccount::new).collect());
        TestTurn::new(activity)
    }

    /// An event with this name.
    pub fn event(name: &str) -> TestTurn {
        TestTurn::new(Activity::event(name))
    }

    /// The result of a command.
    pub fn command_result<C: Command<Result: Serialize>>(
        outcome: Result<C::Result, CommandError>,
    ) -> TestTurn {
        let mut activity = Activity::command_result(C::NAME);
        activity.value = Json::of(&result(outcome)).ok();
        TestTurn::new(activity)
    }

    /// The same turn with the activity changed.
    #[must_use]
    pub fn with(self, change: impl FnOnce(&mut Activity)) -> TestTurn {
        let mut activity = self.activity;
        change(&mut activity);
        TestTurn::new(activity)
    }

    /// Answers the next command `C` that is sent, for a handler that waits for its result.
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook::testing::TestTurn;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let turn = TestTurn::message("pay");
    /// turn.answer::<RecordingPause>(Ok(RecordingStatus::default()));
    /// assert!(turn.pause_recording().await.unwrap().result().await.is_ok());
    /// # }
    /// ```
    pub fn answer<C: Command<Result: Serialize>>(&self, outcome: Result<C::Result, CommandError>) {
        let mut results = self
            .script
            .results
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        results.push_back((C::NAME, C::ALIASES, result(outcome)));
    }

    /// Runs the bot on this turn as a host would: `before_turn`, the handler, `after_turn`, `on_error`.
    ///
    /// # Errors
    /// The bot's error, if no `#[on_error]` took it.
    pub async fn run<B: Bot>(&self, bot: &B) -> Result<TurnOutcome, Error> {
        run(bot, &self.turn, None).await
    }

    /// What was sent.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Everything that was sent, in order.
    pub fn sent(&self) -> Vec<Activity> {
        self.outbox.sent()
    }

    /// The texts of the messages that were sent, in order.
    pub fn spoken(&self) -> Vec<String> {
        self.outbox.spoken()
    }

    /// The names of the commands that were sent, in order.
    pub fn commands(&self) -> Vec<String> {
        self.outbox.commands()
    }
}

impl Deref for TestTurn {
    type Target = Turn;

    fn deref(&self) -> &Turn {
        &self.turn
    }
}

pub(super) fn result<T: Serialize>(outcome: Result<T, CommandError>) -> CommandResultValue {
    let (data, error) = match outcome {
        Ok(data) => (Json::of(&data).ok(), None),
        Err(error) => (None, Some(error)),
    };
    CommandResultValue {
        command_id: None,
        data,
        error,
    }
}

impl Script {
    /// The scripted result of a command, if there is one.
    fn result_of(&self, command: &Activity) -> Option<Activity> {
        let name = command.name.as_deref()?;
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        let at = results
            .iter()
            .position(|(wire, aliases, _)| *wire == name || aliases.contains(&name))?;
        let (_, _, mut value) = results.remove(at)?;
        value.command_id = Envelope::command_id(command.value.as_ref());
        let mut result = Activity::command_result(name);
        result.value = Json::of(&value).ok();
        Some(result)
    }
}

impl Connector for Script {
    fn send(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        Box::pin(async move {
            let result = if activity.kind == ActivityType::Command {
                self.result_of(&activity)
            } else {
                None
            };
            let response = self.outbox.send(activity).await?;
            if let (Some(result), Some(conversation)) = (result, self.conversation.upgrade()) {
                conversation.pending().arrived(Arc::new(result));
            }
            Ok(response)
        })
    }

    fn update(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        self.outbox.update(activity)
    }

    fn delete(&self, activity: Activity) -> BoxFuture<'_, Result<(), SendError>> {
        self.outbox.delete(activity)
    }
}
