//! One dialog without a call.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Outbox;
use super::turn::result;
use crate::activity::{
    Activity, ActivityType, ChannelAccount, ConversationAccount, Entity, Json, ResourceResponse,
};
use crate::bot::Bot;
use crate::clock::Clock;
use crate::command::{Command, CommandResultValue};
use crate::command_error::CommandError;
use crate::connector::{BoxFuture, Connector, SendError};
use crate::error::Error;
use crate::host::{Host, TurnOutcome};
use crate::ids::Ids;
use crate::recording::{Action, RecordingStatus};
use crate::state::{MemoryStore, StateStore};

/// A conversation of `caller` with a bot that has dialogs: what the caller does in, what the caller hears out.
///
/// Every turn goes through the bytes of the record, as it does in production. Recording commands succeed unless
/// [`answers`](TestDialog::answers) says otherwise. On paused time (`#[tokio::test(start_paused = true)]`)
/// [`waits`](TestDialog::waits) takes no time.
///
/// ```
/// use onhook::prelude::*;
/// use onhook::question::Confirm;
/// use onhook::testing::TestDialog;
/// use std::time::Duration;
///
/// #[on_members_added]
/// async fn greet(call: &mut Dialog<'_>) -> Result<()> {
///     match call.ask(Confirm::new("Shall I go on?").no_input(["Are you there?"])).await {
///         Ok(true) => call.say("Good.").await,
///         _ => call.say("Good-bye.").await,
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let mut call = TestDialog::begin(handlers![greet]).await;
/// call.waits(Duration::from_secs(8)).await;
/// call.restarts_the_bot();
/// call.says("yes").await;
/// assert_eq!(call.heard(), ["Shall I go on?", "Are you there?", "Good."]);
/// # }
/// ```
///
/// # Panics
/// What the caller does fails the test if the bot fails, with the bot's error. [`sends`](TestDialog::sends) gives the
/// error instead.
pub struct TestDialog<B> {
    bot: Arc<B>,
    host: Host<Arc<B>>,
    line: Arc<Line>,
    store: Store,
    clock: Clock,
    ids: AtomicU64,
    last: Mutex<Option<Activity>>,
}

/// Where the conversation is kept.
#[derive(Clone)]
enum Store {
    Memory(MemoryStore),
    Other(Arc<dyn StateStore>),
}

/// The channel's side: keeps what was sent, and answers commands.
#[derive(Debug, Default)]
struct Line {
    outbox: Arc<Outbox>,
    results: Mutex<VecDeque<Activity>>,
    script: Mutex<VecDeque<(&'static str, &'static [&'static str], CommandResultValue)>>,
}

impl<B: Bot + 'static> TestDialog<B> {
    /// The caller has joined.
    pub async fn begin(bot: B) -> TestDialog<B> {
        let call = TestDialog::new(bot);
        call.joins().await;
        call
    }

    /// A conversation in which nothing has happened.
    pub fn new(bot: B) -> TestDialog<B> {
        let clock = clock();
        let store = Store::Memory(MemoryStore::with_clock(clock.clone()));
        TestDialog::on(bot, store, clock)
    }

    /// A conversation that is kept in `store`. Times are those of a clock that runs with tokio's.
    pub fn with_store(bot: B, store: Arc<dyn StateStore>) -> TestDialog<B> {
        TestDialog::on(bot, Store::Other(store), clock())
    }

    fn on(bot: B, store: Store, clock: Clock) -> TestDialog<B> {
        let (bot, line) = (Arc::new(bot), Arc::new(Line::default()));
        TestDialog {
            host: host(&bot, &line, &store, &clock, 0),
            bot,
            line,
            store,
            clock,
            ids: AtomicU64::new(0),
            last: Mutex::default(),
        }
    }

    /// The caller joins.
    pub async fn joins(&self) {
        let mut activity = Activity::conversation_update();
        activity.members_added = Some(vec![ChannelAccount::new("caller")]);
        self.does(activity).await;
    }

    /// The caller says this.
    pub async fn says(&self, text: &str) {
        self.does(Activity::message(text)).await;
    }

    /// The caller presses these keys, one after the other.
    pub async fn presses(&self, keys: &str) {
        for key in keys.chars() {
            let mut activity = Activity::message(key.to_string());
            activity.entities = Some(vec![Entity::new(Entity::DTMF)]);
            self.does(activity).await;
        }
    }

    /// An event comes.
    pub async fn event(&self, name: &str) {
        self.does(Activity::event(name)).await;
    }

    /// The caller hangs up.
    pub async fn hangs_up(&self) {
        self.does(Activity::end_of_conversation()).await;
    }

    /// The channel sends the last activity again.
    pub async fn is_redelivered(&self) {
        let last = self
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(last) = last {
            self.does(last).await;
        }
    }

    /// Nobody does anything for this time.
    pub async fn waits(&self, duration: Duration) {
        // What is due at the same instant comes first.
        tokio::time::sleep(duration + Duration::from_millis(1)).await;
        self.settle().await;
    }

    /// Delivers an activity, whose addresses and id are filled in, and gives what the turn came to.
    ///
    /// # Errors
    /// The bot's error, if no `#[on_error]` took it.
    pub async fn sends(&self, activity: Activity) -> Result<TurnOutcome, Error> {
        let outcome = self.deliver(activity).await;
        self.settle().await;
        outcome
    }

    async fn does(&self, activity: Activity) {
        if let Err(error) = self.sends(activity).await {
            panic!("the bot failed: {error:#}");
        }
    }

    async fn deliver(&self, mut activity: Activity) -> Result<TurnOutcome, Error> {
        let number = self.ids.fetch_add(1, Ordering::Relaxed) + 1;
        activity
            .id
            .get_or_insert_with(|| format!("activity-{number}"));
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
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(activity.clone());
        let line: Arc<dyn Connector> = self.line.clone();
        self.host.accept(activity, line)?.await
    }

    /// Lets turns run that nobody waits for, and delivers the results of commands.
    async fn settle(&self) {
        for _ in 0..64 {
            tokio::task::yield_now().await;
            let result = self
                .line
                .results
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front();
            if let Some(result) = result
                && let Err(error) = Box::pin(self.deliver(result)).await
            {
                panic!("the bot failed: {error:#}");
            }
        }
    }

    /// Answers the next command `C` so. Recording commands succeed otherwise, and others have no result.
    pub fn answers<C: Command<Result: Serialize>>(&self, outcome: Result<C::Result, CommandError>) {
        let mut script = self
            .line
            .script
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        script.push_back((C::NAME, C::ALIASES, result(outcome)));
    }

    /// The process ends and another begins: memory is gone, the store stays.
    pub fn restarts_the_bot(&mut self) {
        self.host.abandon();
        let seed = self.ids.load(Ordering::Relaxed);
        self.host = host(&self.bot, &self.line, &self.store, &self.clock, seed);
    }

    /// Another version of the bot takes over, in a process of its own.
    pub fn upgrades_to<N: Bot + 'static>(self, bot: N) -> TestDialog<N> {
        self.host.abandon();
        let bot = Arc::new(bot);
        let seed = self.ids.load(Ordering::Relaxed);
        TestDialog {
            host: host(&bot, &self.line, &self.store, &self.clock, seed),
            bot,
            line: self.line,
            store: self.store,
            clock: self.clock,
            ids: self.ids,
            last: self.last,
        }
    }

    /// What the caller has heard, in order.
    pub fn heard(&self) -> Vec<String> {
        self.line.outbox.spoken()
    }

    /// Everything that was sent.
    pub fn outbox(&self) -> &Outbox {
        &self.line.outbox
    }

    /// Whether the bot has hung up.
    pub fn is_over(&self) -> bool {
        let sent = self.line.outbox.sent();
        sent.iter()
            .any(|activity| activity.kind == ActivityType::EndOfConversation)
    }

    /// The record of the conversation, as the store has it: JSON. `None` before the first dialog, and after the end of
    /// the conversation.
    pub async fn record(&self) -> Option<String> {
        let record = self
            .store
            .shared()
            .get("conversation/telephony/call-1")
            .await;
        let stored = record.ok()??;
        String::from_utf8(stored.bytes).ok()
    }
}

/// A clock that runs with tokio's time, so that it leaps when that does.
fn clock() -> Clock {
    const BEGINNING: Duration = Duration::from_secs(1_800_000_000);
    Clock::starting_at(time::OffsetDateTime::UNIX_EPOCH + BEGINNING)
}

fn host<B: Bot + 'static>(
    bot: &Arc<B>,
    line: &Arc<Line>,
    store: &Store,
    clock: &Clock,
    seed: u64,
) -> Host<Arc<B>> {
    let reached: Arc<dyn Connector> = line.clone();
    let host = Host::builder(Arc::clone(bot))
        .ids(Ids::seeded(seed))
        .shared_state(store.shared())
        .clock(clock.clone())
        .connectors(move |_| Some(Arc::clone(&reached)))
        .build();
    host.attend();
    host
}

impl Store {
    fn shared(&self) -> Arc<dyn StateStore> {
        match self {
            Store::Memory(store) => Arc::new(store.clone()),
            Store::Other(store) => Arc::clone(store),
        }
    }
}

impl<B> fmt::Debug for TestDialog<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestDialog")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

impl Line {
    /// The result of a command: as scripted, or success of a recording command.
    fn result_of(&self, command: &Activity) -> Option<Activity> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Id {
            command_id: Option<String>,
        }
        let name = command.name.as_deref()?;
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let at = script
            .iter()
            .position(|(wire, aliases, _)| *wire == name || aliases.contains(&name));
        let scripted = at
            .and_then(|at| script.remove(at))
            .map(|(_, _, value)| value);
        let mut value = match scripted {
            Some(value) => value,
            None if Action::from_wire(name).is_some() => result(Ok(RecordingStatus::default())),
            None => return None,
        };
        value.command_id = command.value.as_ref()?.parse::<Id>().ok()?.command_id;
        let mut result = Activity::command_result(name);
        result.value = Json::of(&value).ok();
        Some(result)
    }
}

impl Connector for Line {
    fn send(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        Box::pin(async move {
            if activity.kind == ActivityType::Command
                && let Some(result) = self.result_of(&activity)
            {
                let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
                results.push_back(result);
            }
            self.outbox.send(activity).await
        })
    }
}
