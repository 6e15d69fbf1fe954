//! A bot that does what the caller says, and remembers what the channel answered.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

use onhook::Json;
use onhook::prelude::*;
use onhook_channel::{CallReport, Channel, Dial};
use serde_json::Value;

/// Looks at the result of a command at the moment at which the bot gets it.
type Probe = Arc<dyn Fn(&Activity) + Send + Sync>;

/// A bot for tests of the channel. The caller says `start`, `pause`, `resume`, `stop`, `hang up`, `transfer` or
/// `raw`; anything else is only heard. Clones share what they remember.
#[derive(Clone, Default)]
pub struct Obedient {
    raw: Arc<Mutex<VecDeque<Vec<Activity>>>>,
    at_once: Arc<Mutex<Vec<Activity>>>,
    at_end: Arc<Mutex<Vec<Activity>>>,
    sent: Arc<Mutex<Vec<String>>>,
    heard: Arc<Mutex<Vec<Activity>>>,
    probe: Option<Probe>,
}

impl fmt::Debug for Obedient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Obedient")
    }
}

impl Obedient {
    /// A bot that has nothing prepared.
    pub fn new() -> Obedient {
        Obedient::default()
    }

    /// Sends these activities when the caller says `raw` for the next time, as they are.
    pub fn raw(&self, activities: impl Into<Vec<Activity>>) {
        self.raw.lock().unwrap().push_back(activities.into());
    }

    /// Sends these activities when the call begins, which may be before it is answered.
    pub fn at_once(&self, activities: impl Into<Vec<Activity>>) {
        *self.at_once.lock().unwrap() = activities.into();
    }

    /// Sends these activities when the call is over.
    pub fn at_end(&self, activities: impl Into<Vec<Activity>>) {
        *self.at_end.lock().unwrap() = activities.into();
    }

    /// The ids that the channel gave what was sent as it is, in order.
    pub fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }

    /// Calls this with each result of a command.
    #[must_use]
    pub fn probe(self, probe: impl Fn(&Activity) + Send + Sync + 'static) -> Obedient {
        let probe: Option<Probe> = Some(Arc::new(probe));
        Obedient { probe, ..self }
    }

    /// The results that came, in order.
    pub fn results(&self) -> Vec<Answer> {
        let heard = self.heard.lock().unwrap();
        let results = heard
            .iter()
            .filter(|activity| activity.kind == onhook::ActivityType::CommandResult);
        results.map(Answer::of).collect()
    }

    /// The events and the end of the conversation that came: the name or type, and the value.
    pub fn events(&self) -> Vec<(String, Value)> {
        let heard = self.heard.lock().unwrap();
        let others = heard
            .iter()
            .filter(|activity| activity.kind != onhook::ActivityType::CommandResult);
        let event = |activity: &Activity| {
            let name = activity.name.as_deref().unwrap_or(activity.kind.as_str());
            let value = activity.value.as_ref().map(|value| value.parse().unwrap());
            (name.to_owned(), value.unwrap_or_default())
        };
        others.map(event).collect()
    }

    async fn send(&self, turn: &Turn, activities: Vec<Activity>) -> Result<()> {
        let responses = turn.send_all(activities).await?;
        let ids = responses.into_iter().filter_map(|response| response.id);
        self.sent.lock().unwrap().extend(ids);
        Ok(())
    }

    fn remember(&self, activity: &Activity) {
        self.heard.lock().unwrap().push(activity.clone());
    }
}

/// A command as it is written down: with this id, and these data unless they are null.
pub fn command(name: &str, id: &str, data: &Value) -> Activity {
    let mut value = serde_json::json!({ "commandId": id });
    if !data.is_null() {
        value["data"] = data.clone();
    }
    let mut activity = Activity::command(name);
    activity.value = Some(Json::of(&value).unwrap());
    activity
}

/// Makes a call in which the caller says these words one after the other, and hangs up.
pub async fn call(channel: &Channel, dial: Dial, words: &[&str]) -> CallReport {
    let call = channel.dial(dial);
    for word in words {
        // The bot may have ended the call.
        if call.says(*word).await.is_err() {
            break;
        }
        call.listens().await;
    }
    call.hangs_up().await
}

/// The result of a command, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The name, which is the command's.
    pub name: String,
    /// The activity that it answers.
    pub reply_to: Option<String>,
    /// The whole value.
    pub value: Value,
}

impl Answer {
    fn of(activity: &Activity) -> Answer {
        Answer {
            name: activity.name.clone().unwrap_or_default(),
            reply_to: activity.reply_to_id.clone(),
            value: activity.value.as_ref().unwrap().parse().unwrap(),
        }
    }

    /// `ok`, or the error's code.
    pub fn outcome(&self) -> &str {
        self.value["error"]["code"].as_str().unwrap_or("ok")
    }

    /// The error's message.
    pub fn message(&self) -> &str {
        self.value["error"]["message"].as_str().unwrap_or_default()
    }

    /// A number of the data: `effectiveAtMs`, `recordedMs`, `session`.
    pub fn number(&self, field: &str) -> u64 {
        self.value["data"][field].as_u64().unwrap()
    }
}

#[bot]
impl Obedient {
    #[on_members_added]
    async fn begins(&self, turn: &Turn) -> Result<()> {
        let activities = std::mem::take(&mut *self.at_once.lock().unwrap());
        self.send(turn, activities).await
    }

    #[on_message]
    async fn obeys(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        match &*text {
            "start" => turn.start_recording(RecordingStart::new()).await.map(drop),
            "pause" => turn.pause_recording().await.map(drop),
            "resume" => turn.resume_recording().await.map(drop),
            "stop" => turn.stop_recording().await.map(drop),
            "hang up" => turn.end_call().await,
            "transfer" => turn.transfer_to("+14255550111").await,
            "raw" => {
                let activities = self.raw.lock().unwrap().pop_front();
                let activities = activities.unwrap_or_default();
                self.send(turn, activities).await
            }
            _ => Ok(()),
        }
    }

    #[on_command_result]
    async fn answered(&self, activity: &Activity) {
        if let Some(probe) = &self.probe {
            probe(activity);
        }
        self.remember(activity);
    }

    #[on_activity]
    async fn told(&self, activity: &Activity) {
        self.remember(activity);
    }

    #[on_end_of_conversation]
    async fn ends(&self, turn: &Turn, activity: &Activity) -> Result<()> {
        self.remember(activity);
        let activities = std::mem::take(&mut *self.at_end.lock().unwrap());
        self.send(turn, activities).await
    }
}
