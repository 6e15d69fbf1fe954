//! What is persisted of a conversation, as JSON that support can read.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::journal::{Entry, Kind, Outcome};
use crate::activity::{Activity, Json};
use crate::state::Versioned;

/// The format of records. A record of another one is not read; its dialog begins anew.
pub(super) const FORMAT: u32 = 1;

/// Ids of activities that are remembered, to know one that a channel sends again.
const SEEN: usize = 16;

/// The record of a conversation.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    pub(super) format: u32,
    /// The dialog that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dialog: Option<Running>,
    /// The last activities that dialogs have taken.
    #[serde(default)]
    seen: VecDeque<String>,
    /// The state of the conversation, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) values: BTreeMap<String, Versioned>,
}

/// A dialog that is under way.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Running {
    /// The handler.
    pub(super) name: String,
    /// The bot's version when it began.
    pub(super) version: u32,
    /// This run of the dialog: what ids and keys of steps are made of.
    pub(super) run: String,
    /// The activity that began it.
    #[serde(with = "shared")]
    pub(super) began: Arc<Activity>,
    /// What it was restarted with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) arguments: Option<Json>,
    pub(super) journal: Vec<Entry>,
    /// Results of steps from before the dialog was changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) kept: Vec<KeptStep>,
    /// What it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wait: Option<Wait>,
    /// Waits so far, so that a time-out of an earlier one is known.
    #[serde(default)]
    pub(super) waits: u64,
    /// How often it began anew because it was not what the journal said.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) restarts: u32,
    /// The call is over; what is left to do is to clean up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) hung_up: bool,
}

/// An activity that is shared, as one that is not.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::activity::Activity;

    pub(super) fn serialize<S: Serializer>(
        activity: &Arc<Activity>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        activity.as_ref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<Activity>, D::Error> {
        Activity::deserialize(deserializer).map(Arc::new)
    }
}

/// A step's result, by name and key.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeptStep(pub(super) Box<str>, pub(super) Box<str>, pub(super) Outcome);

/// What a dialog waits for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wait {
    /// Counts up with every attempt: a time-out is for one of them.
    pub(super) id: u64,
    pub(super) kind: Kind,
    /// The answer's name, the event's, the step's; the command's wire name.
    pub(super) name: Box<str>,
    /// The id of the command whose result is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) command_id: Option<Box<str>>,
    /// An event that is taken in place of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<Box<str>>,
    /// Which attempt it is, from 1; of a step, how often it was begun.
    pub(super) attempt: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) no_inputs: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) no_matches: u32,
    /// Keys so far. Of a secret question only how many there are.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) so_far: String,
    #[serde(default, skip_serializing_if = "is_none")]
    pub(super) secret_keys: usize,
    /// An answer that the caller is asked to confirm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) confirming: Option<Json>,
    /// When it is a time-out, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<i64>,
    /// When the whole wait is over, whatever attempt it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<i64>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(number: &usize) -> bool {
    *number == 0
}

impl Record {
    pub(super) fn empty() -> Record {
        Record {
            format: FORMAT,
            dialog: None,
            seen: VecDeque::new(),
            values: BTreeMap::new(),
        }
    }

    /// Reads a record; none of another format.
    pub(super) fn read(bytes: &[u8]) -> Option<Record> {
        let record: Record = serde_json::from_slice(bytes).ok()?;
        (record.format == FORMAT).then_some(record)
    }

    pub(super) fn has_seen(&self, activity: &Activity) -> bool {
        let id = activity.id.as_ref().filter(|id| !id.is_empty());
        id.is_some_and(|id| self.seen.contains(id))
    }

    pub(super) fn note(&mut self, activity: &Activity) {
        if let Some(id) = activity.id.as_ref().filter(|id| !id.is_empty()) {
            if self.seen.len() >= SEEN {
                self.seen.pop_front();
            }
            self.seen.push_back(id.clone());
        }
    }
}

impl Running {
    /// A dialog that begins.
    pub(super) fn new(name: &str, version: u32, run: String, began: Arc<Activity>) -> Running {
        Running {
            name: name.to_owned(),
            version,
            run,
            began,
            arguments: None,
            journal: Vec::new(),
            kept: Vec::new(),
            wait: None,
            waits: 0,
            restarts: 0,
            hung_up: false,
        }
    }

    /// Begins anew with what began it. Results of steps are kept by name and key.
    pub(super) fn restart(&mut self, version: u32) {
        self.keep_steps(0);
        self.version = version;
        self.wait = None;
    }

    /// Forgets the journal from `at` on, but for the results of steps.
    pub(super) fn keep_steps(&mut self, at: usize) {
        let mut keys = StepKeys::default();
        for (index, Entry(kind, name, outcome)) in
            std::mem::take(&mut self.journal).into_iter().enumerate()
        {
            let key = (kind == Kind::Run).then(|| keys.next(&name));
            if index < at {
                self.journal.push(Entry(kind, name, outcome));
            } else if let Some(key) = key {
                self.kept
                    .retain(|kept| (&kept.0, &*kept.1) != (&name, &key));
                self.kept.push(KeptStep(name, key.into(), outcome));
            }
        }
        self.wait = None;
    }
}

/// Counts the steps of a name: the key of a step that has none of its own.
#[derive(Default)]
pub(super) struct StepKeys(Vec<(Box<str>, u32)>);

impl StepKeys {
    /// The key of the next step of this name: `1`, `2`, …
    pub(super) fn next(&mut self, name: &str) -> String {
        if let Some((_, count)) = self.0.iter_mut().find(|(known, _)| **known == *name) {
            *count += 1;
            return count.to_string();
        }
        self.0.push((name.into(), 1));
        "1".to_owned()
    }
}
