//! A bot that does what the caller says, and remembers what the channel answered.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

use onhook::prelude::*;
use serde_json::Value;

/// Looks at the result of a command at the moment at which the bot gets it.
type Probe = Arc<dyn Fn(&Activity) + Send + Sync>;

/// A bot for tests of the channel. The caller says `start`, `pause`, `resume`, `stop`, `hang up`, `transfer` or
/// `raw`; anything else is only heard. Clones share what they remember.
#[derive(Clone, Default)]
pub struct Obedient {
    raw: Arc<Mutex<VecDeque<Vec<Activity>>>>,
    at_once: Arc<Mutex<Vec<Activity>>>,
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

    fn remember(&self, activity: &Activity) {
        self.heard.lock().unwrap().push(activity.clone());
    }
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
        turn.send_all(activities).await.map(drop)
    }

    #[on_message]
    async fn obeys(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        match &*text {
            "start" => turn.start_recording(RecordingStart::new()).await.map(drop),
            "pause" => turn.pause_recording().await.map(drop),
            "resume" => turn.resume_recording().await.map(drop),
            "stop" => turn.stop_recording().await.map(drop),
            "hang up" => turn.end_call().await.map(drop),
            "transfer" => turn.transfer_to("+14255550111").await.map(drop),
            "raw" => {
                let activities = self.raw.lock().unwrap().pop_front();
                let activities = activities.unwrap_or_default();
                turn.send_all(activities).await.map(drop)
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
}
