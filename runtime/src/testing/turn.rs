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
use crate::host::{TurnOutcome, Visit, key, run};
use crate::ids::Ids;
use crate::turn::{Settings, Turn};

/// A [`Turn`] on a scripted activity from `caller` to `bot` in the conversation `call-1`; derefs to it.
///
/// The bot's id is `bot`. Activities may be changed with [`with`](TestTurn::with) before the turn is used.
#[derive(Debug)]
#[must_use = "nothing happens unless the turn is run"]
pub struct TestTurn {
    turn: Turn,
    outbox: Arc<Outbox>,
    script: Arc<Script>,
    activity: Activity,
    /// Handles find the same conversation.
    _visit: Visit,
}

/// Sends to the outbox, and answers commands as scripted.
#[derive(Debug)]
struct Script {
    outbox: Arc<Outbox>,
    conversation: Weak<Conversation>,
    results: Mutex<VecDeque<Scripted>>,
}

/// What comes of the next command with one of these names: a result, or none ever.
type Scripted = (
    &'static str,
    &'static [&'static str],
    Option<CommandResultValue>,
);

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
        let settings = Arc::new(Settings {
            ids: Ids::seeded(1),
            ..Settings::default()
        });
        let visit = settings.registry.visit(key(&activity));
        let conversation = Arc::clone(visit.conversation());
        let script = Arc::new(Script {
            outbox: Arc::clone(&outbox),
            conversation: Arc::downgrade(&conversation),
            results: Mutex::default(),
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
            _visit: visit,
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

    /// Several keys in one activity, as the event that `AudioCodes` sends.
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook::testing::TestTurn;
    ///
    /// #[on_dtmf]
    /// async fn key(turn: &Turn, digit: Digit) -> Result<()> { turn.say(digit.to_string()).await }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let turn = TestTurn::keys("12#");
    /// turn.run(&handlers![key]).await.unwrap();
    /// assert_eq!(turn.spoken(), ["1", "2", "#"]);
    /// # }
    /// ```
    pub fn keys(keys: &str) -> TestTurn {
        let mut activity = Activity::event("DTMF");
        activity.value = Some(Json::string(keys));
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
    pub fn with(self, change: impl FnOnce(&mut Activity)) -> TestTurn {
        let mut activity = self.activity;
        change(&mut activity);
        TestTurn::new(activity)
    }

    /// Answers the next command `C` that is sent, for a handler that waits for its result.
    ///
    /// A handler that waits for a result that no test has scripted gets an error at once, with the code `NotScripted`; its
    /// message names the command.
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
        self.script
            .push((C::NAME, C::ALIASES, Some(result(outcome))));
    }

    /// Never answers the next command `C` that is sent: a handler that waits for its result waits until its time is over.
    ///
    /// ```
    /// use onhook::prelude::*;
    /// use onhook::testing::TestTurn;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// let turn = TestTurn::message("pay");
    /// turn.leave_unanswered::<RecordingPause>();
    /// assert!(turn.pause_recording().await.unwrap().result().await.is_err()); // after 30 s
    /// # }
    /// ```
    pub fn leave_unanswered<C: Command>(&self) {
        self.script.push((C::NAME, C::ALIASES, None));
    }

    /// Runs the bot on this turn as a host would: `before_turn`, the handler, `on_error` if something fails,
    /// `after_turn`.
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

fn unscripted(name: &str) -> CommandResultValue {
    let message = format!(
        "the test has no result for {name}: script it with `TestTurn::answer`, before the handler sends the command"
    );
    result::<()>(Err(CommandError::new("NotScripted", message)))
}

impl Script {
    fn push(&self, scripted: Scripted) {
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        results.push_back(scripted);
    }

    /// The scripted result of a command. Without one a handler would wait for nothing, so it is told what to script.
    fn result_of(&self, command: &Activity) -> Option<Activity> {
        let name = command.name.as_deref()?;
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        let at = results
            .iter()
            .position(|(wire, aliases, _)| *wire == name || aliases.contains(&name));
        let mut value = match at.and_then(|at| results.remove(at)) {
            Some((_, _, scripted)) => scripted?,
            None => unscripted(name),
        };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{RecordingPause, RecordingStatus};

    #[tokio::test(start_paused = true)]
    async fn a_result_that_nobody_scripted_is_an_error_at_once() {
        let turn = TestTurn::message("pay");
        let began = tokio::time::Instant::now();
        let mut receipt = turn.pause_recording().await.unwrap();
        let error = receipt.result().await.unwrap_err().to_string();
        assert_eq!(
            error,
            "NotScripted: the test has no result for channel/vnd.microsoft.telephony.recording.pause: script it with \
             `TestTurn::answer`, before the handler sends the command"
        );
        assert!(began.elapsed().is_zero());
        turn.answer::<RecordingPause>(Ok(RecordingStatus::default()));
        let mut receipt = turn.pause_recording().await.unwrap();
        assert!(receipt.result().await.is_ok());
    }
}
