//! Calls: the caller's side of the telephone.

mod annotation;
mod arguments;
mod barge_in;
mod control;
mod delivery;
mod dial;
mod engine;
mod line;
mod message;
mod notice;
mod patience;
mod recogniser;
mod recording;
mod recording_command;
mod recording_end;
mod report;
mod sound;
mod talk;
mod tap;
mod track;
mod transcript;
mod transfer;
mod turns;
mod utterance;

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use onhook::{Activity, Command, CommandError, Json};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

pub use dial::Dial;
pub(crate) use message::Said;
pub use notice::Notice;
pub use patience::Standin;
pub use report::{CallReport, RecordingReport};
pub use transcript::{EndedBy, Event, Line, Transcript};
pub use transfer::Transfer;
pub use utterance::{Utterance, UtteranceError};

use crate::channel::Shared;
use engine::{Engine, Input};

/// Activities and actions that may wait for the call's task; who sends more waits.
const INPUTS: usize = 256;

/// A call under way, from the caller's side. Dropped, the caller hangs up.
///
/// What the caller does takes its time: [`says`](Call::says) returns when the words have been spoken, in the
/// time of the tokio runtime, real or paused.
#[derive(Debug)]
pub struct Call {
    conversation_id: String,
    inputs: mpsc::Sender<Input>,
    transcript: Arc<Mutex<Transcript>>,
    ids: Arc<onhook::Ids>,
    /// Never used: that it goes with this handle tells the call that the caller is gone.
    presence: oneshot::Sender<Infallible>,
    task: JoinHandle<CallReport>,
}

impl Call {
    pub(crate) fn dial(shared: Arc<Shared>, mut dial: Dial) -> Call {
        if dial.conversation_id.is_empty() {
            dial.conversation_id = shared.ids.next();
        }
        let conversation_id = dial.conversation_id.clone();
        let ids = Arc::clone(&shared.ids);
        let transcript = Arc::default();
        let (sender, inputs) = mpsc::channel(INPUTS);
        let line = Arc::new(line::Line {
            inputs: sender.clone(),
            ids: shared.sent_ids.clone().unwrap_or_else(|| Arc::clone(&ids)),
            over: AtomicBool::new(false),
        });
        let (presence, caller_is_there) = oneshot::channel();
        let transcribed = Arc::clone(&transcript);
        let engine = Engine::new(shared, dial, inputs, caller_is_there, line, transcribed);
        let task = tokio::spawn(engine.run());
        Call {
            conversation_id,
            inputs: sender,
            transcript,
            ids,
            presence,
            task,
        }
    }

    /// The id of the conversation.
    pub fn conversation_id(&self) -> &str {
        &self.conversation_id
    }

    /// What happened so far.
    pub fn transcript(&self) -> Transcript {
        self.transcript
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until the bot has said everything and nothing is under way, or the call is over.
    pub async fn listens(&self) {
        let (done, listened) = oneshot::channel();
        if self.inputs.send(Input::Listens(done)).await.is_ok() {
            // An error says that the call is over: there is nothing left to listen to.
            let _ = listened.await;
        }
    }

    /// Says something; returns when it has been said and the bot has been told.
    ///
    /// # Errors
    /// [`CallOver`] if the call ended before it was said.
    pub async fn says(&self, utterance: impl Into<Utterance>) -> Result<(), CallOver> {
        let (done, said) = oneshot::channel();
        self.inputs
            .send(Input::Says(utterance.into(), done))
            .await
            .map_err(|_over| CallOver)?;
        said.await.map_err(|_over| CallOver)
    }

    /// Presses keys, `0` to `9`, `*`, `#` and `A` to `D`, one after the other; other characters are passed over.
    ///
    /// # Errors
    /// [`CallOver`] if the call ended before the last key.
    pub async fn presses(&self, keys: &str) -> Result<(), CallOver> {
        for key in keys
            .chars()
            .filter(|key| crate::media::dtmf::tone(*key).is_some())
        {
            let (done, pressed) = oneshot::channel();
            self.inputs
                .send(Input::Presses(key, done))
                .await
                .map_err(|_over| CallOver)?;
            pressed.await.map_err(|_over| CallOver)?;
        }
        Ok(())
    }

    /// Has the channel send the bot a command, and waits for the bot's result.
    ///
    /// # Errors
    /// [`CommandFailed`] has the bot's error, or says why there is no result.
    pub async fn commands<C: Command>(&self, command: &C) -> Result<C::Result, CommandFailed> {
        let data = self.command(C::NAME, &Json::of(command)?).await?;
        Ok(C::read_result(data.as_ref())?)
    }

    /// As [`commands`](Call::commands), with the data and those of the result as they are on the wire.
    pub(crate) async fn command(
        &self,
        name: &str,
        data: &Json,
    ) -> Result<Option<Json>, CommandFailed> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Value<'v> {
            command_id: &'v str,
            data: &'v Json,
        }
        let id = self.ids.next();
        let mut activity = Activity::command(name);
        activity.value = Some(Json::of(&Value {
            command_id: &id,
            data,
        })?);
        let (answer, answered) = oneshot::channel();
        let input = Input::Commands(Box::new(activity), id, answer);
        self.inputs
            .send(input)
            .await
            .map_err(|_over| CommandFailed::CallOver)?;
        answered
            .await
            .map_err(|_over| CommandFailed::CallOver)?
            .map_err(CommandFailed::Refused)
    }

    /// Hangs up, and waits until the recordings are sealed.
    pub async fn hangs_up(self) -> CallReport {
        // An error says that the call is over already.
        let _ = self.inputs.send(Input::HangsUp).await;
        self.ended().await
    }

    /// Waits until somebody ended the call and the recordings are sealed.
    pub async fn ended(self) -> CallReport {
        let Call {
            conversation_id,
            transcript,
            presence,
            task,
            ..
        } = self;
        let report = task.await;
        // The caller was there until now.
        drop(presence);
        report.unwrap_or_else(|error| {
            let transcript = transcript.lock();
            let transcript = transcript.unwrap_or_else(PoisonError::into_inner).clone();
            CallReport::lost(conversation_id, transcript, &error)
        })
    }
}

/// The call is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the call is over")]
pub struct CallOver;

/// Why a command of the channel has no result that says it succeeded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandFailed {
    /// The bot's error.
    #[error(transparent)]
    Refused(CommandError),
    /// The call ended before the bot answered.
    #[error("the call ended before the bot answered")]
    CallOver,
    /// The data cannot be written or read.
    #[error("the data of the command or its result cannot be read or written")]
    Data(#[from] serde_json::Error),
}
