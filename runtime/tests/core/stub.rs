//! A bot made of closures, a call with that bot, and a channel that holds its answers back.

use std::sync::Arc;
use std::time::Duration;

use onhook::testing::Outbox;
use onhook::{
    Activity, Bot, BoxFuture, ChannelAccount, Command, Connector, ConversationAccount, Delivery,
    Error, HookTable, Host, Json, Outcome, Refused, ResourceResponse, SendError, Turn, TurnOutcome,
};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

pub(crate) type Answer = Result<Outcome, Error>;

type Handler = Box<dyn for<'t> Fn(&'t Turn) -> BoxFuture<'t, Answer> + Send + Sync>;

/// A bot whose hooks are closures; those that are not set leave the activity unhandled.
pub(crate) struct StubBot {
    before: Handler,
    dispatch: Handler,
    after: Handler,
    error: Handler,
}

fn unhandled() -> Handler {
    Box::new(|_| Box::pin(async { Ok(Outcome::Unhandled) }))
}

macro_rules! hooks {
    ($($name:ident)*) => {$(
        pub(crate) fn $name<F>(mut self, handler: F) -> StubBot
        where
            F: for<'t> Fn(&'t Turn) -> BoxFuture<'t, Answer> + Send + Sync + 'static,
        {
            self.$name = Box::new(handler);
            self
        }
    )*};
}

impl StubBot {
    pub(crate) fn new() -> StubBot {
        StubBot {
            before: unhandled(),
            dispatch: unhandled(),
            after: unhandled(),
            error: unhandled(),
        }
    }

    hooks!(before dispatch after error);
}

impl Bot for StubBot {
    const HOOKS: HookTable = HookTable::of(&[]);

    async fn dispatch(&self, turn: &Turn) -> Answer {
        (self.dispatch)(turn).await
    }

    async fn before_turn(&self, turn: &Turn) -> Answer {
        (self.before)(turn).await
    }

    async fn after_turn(&self, turn: &Turn) -> Answer {
        (self.after)(turn).await
    }

    async fn on_error(&self, turn: &Turn) -> Answer {
        (self.error)(turn).await
    }
}

/// A bot that does this with every activity.
pub(crate) fn bot<F>(handler: F) -> StubBot
where
    F: for<'t> Fn(&'t Turn) -> BoxFuture<'t, Answer> + Send + Sync + 'static,
{
    StubBot::new().dispatch(handler)
}

/// A host with one bot, and what it sent.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) host: Host<StubBot>,
    pub(crate) outbox: Arc<Outbox>,
}

impl Call {
    pub(crate) fn new(bot: StubBot) -> Call {
        Call::on(Host::new(bot))
    }

    pub(crate) fn on(host: Host<StubBot>) -> Call {
        Call {
            host,
            outbox: Outbox::new(),
        }
    }

    pub(crate) fn accept(&self, activity: Activity) -> Result<Delivery, Refused> {
        self.host.accept(in_call(activity), self.outbox.clone())
    }

    /// Accepts the activity and runs its turn in a task.
    pub(crate) fn spawn(&self, activity: Activity) -> JoinHandle<Result<TurnOutcome, Error>> {
        tokio::spawn(self.accept(activity).expect("the activity is accepted"))
    }

    /// Accepts the activity and runs its turn.
    pub(crate) async fn run(&self, activity: Activity) -> Result<TurnOutcome, Error> {
        self.accept(activity)
            .expect("the activity is accepted")
            .await
    }

    /// The activity that was sent first, once it is there.
    pub(crate) async fn first_sent(&self) -> Activity {
        until(|| !self.outbox.sent().is_empty()).await;
        self.outbox.sent().remove(0)
    }
}

/// From the caller to the bot in `call-1` unless it says otherwise.
pub(crate) fn in_call(mut activity: Activity) -> Activity {
    activity
        .channel_id
        .get_or_insert_with(|| "telephony".into());
    activity
        .conversation
        .get_or_insert_with(|| ConversationAccount::new("call-1"));
    activity
        .from
        .get_or_insert_with(|| ChannelAccount::new("caller"));
    activity
        .recipient
        .get_or_insert_with(|| ChannelAccount::new("bot"));
    activity
}

pub(crate) fn in_conversation(mut activity: Activity, id: &str) -> Activity {
    activity.conversation = Some(ConversationAccount::new(id));
    activity
}

pub(crate) fn json(text: &str) -> Json {
    text.parse().expect("the test's JSON")
}

pub(crate) fn activity(text: &str) -> Activity {
    Activity::from_json(text).expect("the test's activity")
}

/// The command id that a command carries.
pub(crate) fn command_id(command: &Activity) -> String {
    let value: serde_json::Value = command.value.as_ref().expect("a value").parse().unwrap();
    value["commandId"]
        .as_str()
        .expect("a command id")
        .to_owned()
}

/// The result of `command` as a channel answers it: with its name and id, and `rest` in its value.
pub(crate) fn result_of(command: &Activity, rest: &str) -> Activity {
    let mut result = Activity::command_result(command.name.as_deref().expect("a name"));
    let (id, comma) = (command_id(command), if rest.is_empty() { "" } else { "," });
    result.value = Some(json(&format!(r#"{{"commandId":"{id}"{comma}{rest}}}"#)));
    result
}

/// Lets other tasks run until something is so.
pub(crate) async fn until(done: impl Fn() -> bool) {
    for _ in 0..100_000 {
        if done() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("what the test waits for does not happen");
}

/// A channel that has taken an activity and answers when it is told to.
pub(crate) struct HeldBack {
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) answers: Semaphore,
}

impl HeldBack {
    pub(crate) fn new() -> Arc<HeldBack> {
        Arc::new(HeldBack {
            outbox: Outbox::new(),
            answers: Semaphore::new(0),
        })
    }

    pub(crate) fn answer(&self) {
        self.answers.add_permits(1);
    }
}

impl Connector for HeldBack {
    fn send(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        Box::pin(async move {
            let response = self.outbox.send(activity).await?;
            self.answers.acquire().await.expect("open").forget();
            Ok(response)
        })
    }
}

/// A command of one's own with a result.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct OpenTicket {
    pub(crate) subject: String,
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Ticket {
    pub(crate) number: u32,
}

impl Command for OpenTicket {
    const NAME: &'static str = "application/vnd.contoso.open-ticket";
    const ALIASES: &'static [&'static str] = &["application/vnd.contoso.ticket"];
    type Result = Ticket;
}

pub(crate) fn open_ticket() -> OpenTicket {
    OpenTicket {
        subject: "printer".into(),
    }
}

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
