//! A handle to a conversation that outlives the turn.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::ending::Watch;
use super::proactive::ProactiveTurn;
use super::registry::Visit;
use super::{RESERVE, id_limit, key_of};
use crate::activity::{Activity, ConversationReference, ResourceResponse};
use crate::command::{Command, Receipt};
use crate::connector::{Connector, SendError};
use crate::error::Result;
use crate::pause::while_paused;
use crate::recording::{RecordingPause, RecordingResume, RecordingStart, RecordingStop};
use crate::speech::Speech;
use crate::turn::{Running, Settings};

/// A conversation, to say and send something in it after the turn; [`Turn::conversation`](crate::Turn::conversation)
/// gives it. Cheap to clone, and `'static`: it may go into a task, a timer or a map.
///
/// What it sends takes its place among the turns of the conversation: each call waits until the turns that came before
/// are over, sends, and lets the next turn run. For several activities that must not be interrupted by another turn,
/// take a [`turn`](ConversationHandle::turn).
///
/// **While the turn that it was taken from still runs**, and in the handler of a later turn of the same conversation, it
/// does not wait: it sends at once, as that turn itself would. There is one way left to wait for oneself: a later turn
/// spawns a task that uses the handle, and its handler waits for that task. Take a handle from that turn instead.
///
/// **Over the network** it sends to the service URL of the activity of its turn, also if that turn was answered with
/// `expectReplies` or a stream, as the response is complete by then.
///
/// # Errors
/// [`SendError::Ended`] once the host has been told that the conversation is over, or the channel says so;
/// [`Refused`](super::Refused) if too many turns wait; else those of the same methods of [`Turn`](crate::Turn). They
/// are found with [`downcast_ref`](crate::Error::downcast_ref).
///
/// ```
/// use std::time::Duration;
/// use onhook::ConversationHandle;
/// use onhook::prelude::*;
///
/// /// Calls back when an agent is free.
/// async fn agent_is_free(conversation: ConversationHandle) -> Result<()> {
///     let turn = conversation.turn().await?; // nobody else speaks between these two
///     turn.say("An agent is free now.").await?;
///     turn.transfer_to("+14255550123").await
/// }
/// ```
#[derive(Clone)]
#[must_use = "a handle does nothing unless something is sent with it"]
pub struct ConversationHandle(Arc<Inner>);

/// It keeps no activity: a handle may live for hours.
struct Inner {
    reference: ConversationReference,
    connector: Arc<dyn Connector>,
    settings: Arc<Settings>,
    running: Arc<Running>,
    /// The handle was taken in the last turn of the conversation.
    ended: bool,
    watch: Watch,
}

impl ConversationHandle {
    pub(crate) fn of(
        reference: ConversationReference,
        connector: Arc<dyn Connector>,
        settings: Arc<Settings>,
        running: Arc<Running>,
        ended: bool,
    ) -> ConversationHandle {
        let key = key_of(&reference);
        let watch = settings.registry.endings().watch(key);
        ConversationHandle(Arc::new(Inner {
            reference,
            connector,
            settings,
            running,
            ended,
            watch,
        }))
    }

    /// The id of the conversation, unless the activity of the turn named none.
    pub fn id(&self) -> Option<&str> {
        self.0.reference.conversation.as_ref()?.id.as_deref()
    }

    /// Where the conversation can be picked up again: what a program that starts anew needs for
    /// [`Host::continue_conversation`](crate::Host::continue_conversation).
    pub fn reference(&self) -> &ConversationReference {
        &self.0.reference
    }

    /// Whether the host has been told that the conversation is over.
    pub fn has_ended(&self) -> bool {
        self.0.ended || self.0.watch.has_ended()
    }

    /// Waits until the turns before are over, and gives a turn of the bot's own. As long as it lives, the other turns
    /// of the conversation wait.
    pub async fn turn(&self) -> Result<ProactiveTurn> {
        self.turn_with_room(0).await
    }

    /// The same for what must be sent although too many turns wait.
    pub(crate) async fn turn_in_reserve(&self) -> Result<ProactiveTurn> {
        self.turn_with_room(RESERVE).await
    }

    async fn turn_with_room(&self, reserve: usize) -> Result<ProactiveTurn> {
        if let Some(turn) = self.join() {
            return Ok(turn);
        }
        self.is_up()?;
        let activity = Activity::continuation(self.0.reference.clone());
        id_limit::check(&activity)?;
        let (activity, connector) = (Arc::new(activity), Arc::clone(&self.0.connector));
        let turn = ProactiveTurn::begin(activity, connector, &self.0.settings, reserve).await?;
        // It may have ended while the turn waited.
        self.is_up()?;
        Ok(turn)
    }

    /// A turn that is part of the one that the handle was taken from, if that still runs.
    pub(crate) fn join(&self) -> Option<ProactiveTurn> {
        let Inner {
            reference,
            connector,
            settings,
            running,
            ..
        } = &*self.0;
        let activity = || Activity::continuation(reference.clone());
        ProactiveTurn::join(activity, connector, settings, running)
    }

    /// Keeps the conversation in memory.
    pub(crate) fn visit(&self) -> Visit {
        self.0.settings.registry.visit(key_of(&self.0.reference))
    }

    fn is_up(&self) -> Result<(), SendError> {
        if self.has_ended() {
            return Err(SendError::Ended);
        }
        Ok(())
    }

    /// Says something to the caller; see [`Turn::say`](crate::Turn::say).
    pub async fn say(&self, speech: impl Into<Speech> + Send) -> Result<()> {
        self.turn().await?.say(speech).await
    }

    /// Sends an activity; see [`Turn::send`](crate::Turn::send).
    pub async fn send(&self, activity: Activity) -> Result<ResourceResponse> {
        self.turn().await?.send(activity).await
    }

    /// Sends a command; see [`Turn::command`](crate::Turn::command). The result is waited for outside of any turn.
    pub async fn command<C: Command>(&self, command: C) -> Result<Receipt<C>> {
        self.turn().await?.command(command).await
    }

    /// Starts recording the call; see [`Turn::start_recording`](crate::Turn::start_recording).
    pub async fn start_recording(&self, start: RecordingStart) -> Result<Receipt<RecordingStart>> {
        self.command(start).await
    }

    /// Pauses the recording; see [`Turn::pause_recording`](crate::Turn::pause_recording).
    pub async fn pause_recording(&self) -> Result<Receipt<RecordingPause>> {
        self.command(RecordingPause::default()).await
    }

    /// Resumes the recording; see [`Turn::resume_recording`](crate::Turn::resume_recording).
    pub async fn resume_recording(&self) -> Result<Receipt<RecordingResume>> {
        self.command(RecordingResume::default()).await
    }

    /// Stops the recording; see [`Turn::stop_recording`](crate::Turn::stop_recording).
    pub async fn stop_recording(&self) -> Result<Receipt<RecordingStop>> {
        self.command(RecordingStop::default()).await
    }

    /// Pauses the recording, does what `body` does, and resumes; see [`Turn::while_paused`](crate::Turn::while_paused).
    ///
    /// With a handle, other turns run meanwhile. So it may wait for what the caller says or presses:
    ///
    /// ```
    /// use std::time::Duration;
    /// use onhook::ConversationHandle;
    /// use onhook::prelude::*;
    /// use tokio::sync::oneshot;
    ///
    /// /// In a task of its own. `heard` is sent by the `#[on_message]` handler that takes the answer.
    /// async fn ask_for_card(call: ConversationHandle, heard: oneshot::Receiver<String>) -> Result<String> {
    ///     let card = call.while_paused(async {
    ///         call.say("Please read me your card number.").await?;
    ///         Ok(tokio::time::timeout(Duration::from_secs(60), heard).await??)
    ///     });
    ///     card.await
    /// }
    /// ```
    pub async fn while_paused<T: Send + 'static>(
        &self,
        body: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        while_paused(self, body).await
    }

    /// Transfers the call; see [`Turn::transfer_to`](crate::Turn::transfer_to).
    pub async fn transfer_to(&self, number: &str) -> Result<()> {
        self.turn().await?.transfer_to(number).await
    }

    /// Hangs up; see [`Turn::end_call`](crate::Turn::end_call).
    pub async fn end_call(&self) -> Result<()> {
        self.turn().await?.end_call().await
    }
}

impl fmt::Debug for ConversationHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConversationHandle")
            .field("id", &self.id())
            .field("has_ended", &self.has_ended())
            .finish_non_exhaustive()
    }
}
