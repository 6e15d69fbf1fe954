//! A call that was saved: what the caller did, what the channel told the bot, and what the bot sent.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use onhook::{Activity, Json};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::step::Step;
use crate::media::{duration_of, samples_in};
use crate::{Dial, RecogniserStyle, Transfer};

/// The form in which it is written.
const FORM: &str = "onhook.call/1";

/// A call as it was: written as JSON lines, and replayed with [`replay`](SavedCall::replay).
///
/// A replay needs all that the caller says and presses, so it is in here, also what was said while a recording was paused
/// and what the transcript hides. Keep a saved call as you would keep a recording without pauses.
///
/// ```
/// use onhook::prelude::*;
/// use onhook_channel::testing::{SavedCall, TestCall};
///
/// #[on_message]
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
///     turn.say(format!("You said {text}.")).await
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let mut call = TestCall::dial(handlers![echo]);
/// call.says("hello").await;
/// let text = call.hangs_up().await.saved().to_string();
///
/// let saved: SavedCall = text.parse().unwrap();
/// saved.replay(handlers![echo]).await.assert_same();
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SavedCall {
    pub(super) header: Header,
    pub(super) entries: Vec<Entry>,
}

/// Who called whom, and how the line behaved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Header {
    pub(super) form: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) locale: String,
    pub(super) conversation_id: String,
    pub(super) rings_for_ms: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    transfers: Vec<Transfer>,
    #[serde(default, skip_serializing_if = "is_none")]
    transfer_rings_for_samples: u64,
    #[serde(default, skip_serializing_if = "is_none")]
    recogniser_delay_samples: u64,
    #[serde(default, skip_serializing_if = "is_verbatim")]
    recogniser_style: RecogniserStyle,
}

/// One line; one of the last four is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    /// Milliseconds since the call was dialled.
    pub(super) at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) caller: Option<Step>,
    /// What the channel told the bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) channel: Option<Json>,
    /// What the bot sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bot: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) recording: Option<Kept>,
}

/// A recording of the call, by the SHA-512 of its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) content: String,
    pub(super) metadata: String,
}

impl Header {
    pub(super) fn new(dial: &Dial) -> Header {
        Header {
            form: FORM.to_owned(),
            from: dial.from.clone(),
            to: dial.to.clone(),
            locale: dial.locale.clone(),
            conversation_id: dial.conversation_id.clone(),
            rings_for_ms: millis(dial.rings_for),
            transfers: dial.transfers.outcomes.clone(),
            transfer_rings_for_samples: samples_in(dial.transfers.rings_for),
            recogniser_delay_samples: dial.recogniser_delay,
            recogniser_style: dial.recogniser_style,
        }
    }

    /// The same call again.
    pub(super) fn dial(&self, dial: Dial) -> Dial {
        let mut dial = dial
            .from(&self.from)
            .to(&self.to)
            .locale(&self.locale)
            .conversation_id(&self.conversation_id)
            .rings_for(Duration::from_millis(self.rings_for_ms))
            .transfers(self.transfers.iter().cloned())
            .transfer_rings_for(duration_of(self.transfer_rings_for_samples));
        dial.recogniser_delay = self.recogniser_delay_samples;
        dial.recogniser_style(self.recogniser_style)
    }
}

impl SavedCall {
    /// What the bot sent, in order.
    pub(super) fn sent(&self) -> Vec<&Entry> {
        let sent = |entry: &&Entry| entry.bot.is_some();
        self.entries.iter().filter(sent).collect()
    }

    /// What the channel told the bot, in order.
    pub(super) fn told(&self) -> Vec<&Entry> {
        let told = |entry: &&Entry| entry.channel.is_some();
        self.entries.iter().filter(told).collect()
    }

    /// The recordings of a call that is over.
    pub(super) fn kept(&self) -> Vec<&Kept> {
        let kept = self.entries.iter().map(|entry| entry.recording.as_ref());
        kept.flatten().collect()
    }
}

/// One JSON object on each line.
impl fmt::Display for SavedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = serde_json::to_string(&self.header).map_err(|_unwritable| fmt::Error)?;
        writeln!(f, "{header}")?;
        for entry in &self.entries {
            let entry = serde_json::to_string(entry).map_err(|_unwritable| fmt::Error)?;
            writeln!(f, "{entry}")?;
        }
        Ok(())
    }
}

impl FromStr for SavedCall {
    type Err = SavedCallError;

    fn from_str(text: &str) -> Result<SavedCall, SavedCallError> {
        let mut lines = (1..).zip(text.lines());
        let (_, first) = lines.next().ok_or(SavedCallError::Empty)?;
        let header: Header = serde_json::from_str(first)
            .map_err(|source| SavedCallError::Line { line: 1, source })?;
        if header.form != FORM {
            return Err(SavedCallError::Form(header.form));
        }
        let entry = |(line, text)| {
            serde_json::from_str(text).map_err(|source| SavedCallError::Line { line, source })
        };
        let entries = lines.map(entry).collect::<Result<_, _>>()?;
        Ok(SavedCall { header, entries })
    }
}

/// Why a text is no saved call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SavedCallError {
    /// There is nothing in it.
    #[error("the saved call is empty")]
    Empty,
    /// It has a form that this version does not know; replay it with the version that wrote it.
    #[error("a call saved in the form `{0}` is unknown here, `{FORM}` is known")]
    Form(String),
    /// A line is damaged.
    #[error("line {line} of the saved call cannot be read: {source}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        source: serde_json::Error,
    },
}

/// What is saved of a call under way.
#[derive(Debug)]
pub(super) struct Log {
    since: Instant,
    call: Mutex<SavedCall>,
}

impl Log {
    pub(super) fn new(header: Header) -> Log {
        let entries = Vec::new();
        Log {
            since: Instant::now(),
            call: Mutex::new(SavedCall { header, entries }),
        }
    }

    pub(super) fn caller(&self, step: Step) {
        self.write(|entry| entry.caller = Some(step));
    }

    pub(super) fn channel(&self, activity: &Activity) {
        self.write(|entry| entry.channel = Json::of(activity).ok());
    }

    pub(super) fn bot(&self, activity: &Activity) {
        self.write(|entry| entry.bot = Json::of(activity).ok());
    }

    pub(super) fn recording(&self, kept: Kept) {
        self.write(|entry| entry.recording = Some(kept));
    }

    pub(super) fn saved(&self) -> SavedCall {
        self.lock().clone()
    }

    fn write(&self, fill: impl FnOnce(&mut Entry)) {
        let mut entry = Entry {
            at: millis(self.since.elapsed()),
            ..Entry::default()
        };
        fill(&mut entry);
        self.lock().entries.push(entry);
    }

    fn lock(&self) -> MutexGuard<'_, SavedCall> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes what it skips by reference"
)]
fn is_none(samples: &u64) -> bool {
    *samples == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes what it skips by reference"
)]
fn is_verbatim(style: &RecogniserStyle) -> bool {
    *style == RecogniserStyle::Verbatim
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
