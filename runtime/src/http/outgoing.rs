//! What one turn sends, by the way in which its activity is to be answered.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::answer::{Answer, Kind, failed};
use super::connector::ConnectorClient;
use super::event;
use crate::activity::{
    Activity, ActivityType, DeliveryMode, InvokeResponseValue, Json, ResourceResponse,
};
use crate::connector::{BoxFuture, Connector, SendError};
use crate::host::TurnOutcome;
use crate::outcome::InvokeResponse;

/// How many activities may wait for a slow reader of a stream.
const STREAM: usize = 64;

/// The connector of one turn, and of what a handle sends when the turn is over: once it has been answered, all goes to
/// the channel.
#[derive(Debug)]
pub(super) struct Outgoing {
    client: ConnectorClient,
    way: Way,
    /// One activity goes out after the other, in the order in which they were sent.
    order: tokio::sync::Mutex<()>,
    invoke: Mutex<Option<InvokeResponse>>,
    /// Something was sent.
    began: AtomicBool,
}

#[derive(Debug)]
enum Way {
    /// Each by a request to the channel.
    Post,
    /// All in the response, together.
    Collect(Mutex<Activities>),
    /// Each in the response, at once; and kept, for a sender that asks again. `None` when the response is complete.
    Stream(Mutex<Option<mpsc::Sender<Bytes>>>, Mutex<Activities>),
}

/// The JSON of activities, with commas between them: the elements of an array.
#[derive(Debug)]
struct Activities {
    text: Vec<u8>,
    limit: usize,
    /// They were longer than the limit, and are not kept.
    dropped: bool,
    /// They stand in the answer, and no more can.
    answered: bool,
}

impl Activities {
    fn of_at_most(limit: usize) -> Mutex<Activities> {
        Mutex::new(Activities {
            text: Vec::new(),
            limit,
            dropped: false,
            answered: false,
        })
    }

    fn push(&mut self, activity: &str) {
        if self.dropped || self.text.len() + activity.len() >= self.limit {
            self.dropped = true;
            self.text = Vec::new();
            return;
        }
        if !self.text.is_empty() {
            self.text.push(b',');
        }
        self.text.extend_from_slice(activity.as_bytes());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Outgoing {
    fn by(client: ConnectorClient, way: Way) -> Outgoing {
        Outgoing {
            client,
            way,
            order: tokio::sync::Mutex::default(),
            invoke: Mutex::default(),
            began: AtomicBool::new(false),
        }
    }

    pub(super) fn post(client: ConnectorClient) -> Outgoing {
        Outgoing::by(client, Way::Post)
    }

    pub(super) fn collect(client: ConnectorClient) -> Outgoing {
        Outgoing::by(client, Way::Collect(Activities::of_at_most(usize::MAX)))
    }

    /// A stream, of which up to `kept` bytes are kept.
    pub(super) fn stream(
        client: ConnectorClient,
        kept: usize,
    ) -> (Outgoing, mpsc::Receiver<Bytes>) {
        let (sender, events) = mpsc::channel(STREAM);
        let kept = Activities::of_at_most(kept);
        let way = Way::Stream(Mutex::new(Some(sender)), kept);
        (Outgoing::by(client, way), events)
    }

    /// What was sent in the response, as the elements of a JSON array; `None` if it is not kept. What is sent when that
    /// has been asked goes to the channel, except to a stream, which is open until it is [closed](Outgoing::close).
    pub(super) fn collected(&self) -> Option<Vec<u8>> {
        match &self.way {
            Way::Post => Some(Vec::new()),
            Way::Collect(activities) | Way::Stream(_, activities) => {
                let mut activities = lock(activities);
                activities.answered = true;
                let text = std::mem::take(&mut activities.text);
                (!activities.dropped).then_some(text)
            }
        }
    }

    /// The answer to an invoke: what the bot sent as an activity, or else the handler's; `None` if nobody answered.
    pub(super) fn invoke_response(&self, outcome: &TurnOutcome) -> Option<InvokeResponse> {
        let sent = lock(&self.invoke).take();
        match outcome {
            // A handler that returns nothing has answered with 200, also when it sent the answer before.
            TurnOutcome::Invoke(response) => Some(sent.unwrap_or_else(|| response.clone())),
            TurnOutcome::Unhandled | TurnOutcome::Ignored(_) => sent,
            TurnOutcome::Handled | TurnOutcome::Claimed | TurnOutcome::ErrorHandled => {
                Some(sent.unwrap_or(InvokeResponse::status(200)))
            }
        }
    }

    /// Ends the stream, if this is one, with what a response would have said; `body` is that of an invoke's answer.
    pub(super) async fn close(&self, answer: &Answer, body: Option<Json>) {
        let Way::Stream(sender, _) = &self.way else {
            return;
        };
        let Some(sender) = lock(sender).take() else {
            return;
        };
        let last = match answer.kind {
            Kind::Invoke | Kind::Unhandled => event::invoke_response(answer.status, body),
            // A turn that failed before it sent anything has a status that says so.
            Kind::Failed if self.began.load(Ordering::Relaxed) => Json::of(&failed().document())
                .ok()
                .as_ref()
                .map(event::error),
            Kind::Failed | Kind::Activity => None,
        };
        if let Some(last) = last {
            // A reader that is gone misses it.
            let _ = sender.send(last).await;
        }
    }

    /// Not an `async fn`: its future would hold the activity, some kilobytes.
    fn carry(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        match &self.way {
            Way::Post => {
                let sending = self.client.send(activity);
                Box::pin(async move {
                    let _turn = self.order.lock().await;
                    sending.await
                })
            }
            Way::Collect(collected) => Box::pin(async move {
                {
                    let mut activities = lock(collected);
                    if !activities.answered {
                        activities.push(&activity.to_json());
                        return Ok(ResourceResponse::default());
                    }
                }
                let _turn = self.order.lock().await;
                self.client.send(activity).await
            }),
            Way::Stream(sender, kept) => Box::pin(async move {
                let _turn = self.order.lock().await;
                let open = lock(sender).clone();
                let Some(sender) = open else {
                    return self.client.send(activity).await;
                };
                let text = activity.to_json();
                let sent = sender.send(event::activity(&text)).await;
                sent.map_err(|_gone| SendError::Unreachable("the stream was closed".into()))?;
                lock(kept).push(&text);
                self.began.store(true, Ordering::Relaxed);
                Ok(ResourceResponse::default())
            }),
        }
    }

    /// Whether everything goes to the channel, and can be changed there.
    fn is_posted(&self) -> bool {
        match &self.way {
            Way::Post => true,
            Way::Collect(collected) => lock(collected).answered,
            Way::Stream(sender, _) => lock(sender).is_none(),
        }
    }
}

/// What an `invokeResponse` activity says.
fn response_of(value: Option<&Json>) -> Result<InvokeResponse, SendError> {
    let value: InvokeResponseValue = value.map(Json::parse).transpose()?.unwrap_or_default();
    let status = value
        .status
        .as_ref()
        .and_then(|status| status.as_str().parse().ok());
    Ok(InvokeResponse {
        status: status.unwrap_or(200),
        body: value.body,
    })
}

impl Connector for Outgoing {
    fn send(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        match activity.kind {
            // It is the body of the response and no activity of its own.
            ActivityType::InvokeResponse => Box::pin(async move {
                *lock(&self.invoke) = Some(response_of(activity.value.as_ref())?);
                Ok(ResourceResponse::default())
            }),
            // Only the emulator shows them.
            ActivityType::Trace if activity.channel_id.as_deref() != Some("emulator") => {
                Box::pin(async { Ok(ResourceResponse::default()) })
            }
            _ => self.carry(activity),
        }
    }

    fn update(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        if !self.is_posted() {
            return unsupported("update");
        }
        Box::pin(async move {
            let _turn = self.order.lock().await;
            self.client.update(activity).await
        })
    }

    fn delete(&self, activity: Activity) -> BoxFuture<'_, Result<(), SendError>> {
        if !self.is_posted() {
            return unsupported("delete");
        }
        Box::pin(async move {
            let _turn = self.order.lock().await;
            self.client.delete(activity).await
        })
    }
}

/// What is answered in the response cannot be changed afterwards.
fn unsupported<T: Send>(operation: &'static str) -> BoxFuture<'static, Result<T, SendError>> {
    Box::pin(async move { Err(SendError::Unsupported(operation)) })
}

/// How the activity is to be answered. An unknown mode is taken as the normal one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Normal,
    ExpectReplies,
    Stream,
}

impl Mode {
    pub(super) fn of(activity: &Activity) -> Mode {
        match activity.delivery_mode {
            Some(DeliveryMode::ExpectReplies) => Mode::ExpectReplies,
            Some(DeliveryMode::Stream) => Mode::Stream,
            _ => Mode::Normal,
        }
    }
}
