//! What one turn sends, by the way in which its activity is to be answered.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::connector::ConnectorClient;
use super::started::failed;
use crate::activity::{
    Activity, ActivityType, DeliveryMode, InvokeResponseValue, Json, ResourceResponse,
};
use crate::connector::{BoxFuture, Connector, SendError};
use crate::error::Error;
use crate::host::TurnOutcome;
use crate::outcome::InvokeResponse;

/// How many activities may wait for a slow reader of a stream.
const STREAM: usize = 64;

/// The connector of one turn, and of what a handle sends when the turn is over: once the response is complete, all
/// goes to the channel.
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
    /// All in the response, together: the JSON of each, with commas between them. `None` when it has been answered.
    Collect(Mutex<Option<Vec<u8>>>),
    /// Each in the response, at once. `None` when that is complete.
    Stream(Mutex<Option<mpsc::Sender<Bytes>>>),
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
        Outgoing::by(client, Way::Collect(Mutex::new(Some(Vec::new()))))
    }

    pub(super) fn stream(client: ConnectorClient) -> (Outgoing, mpsc::Receiver<Bytes>) {
        let (sender, events) = mpsc::channel(STREAM);
        let way = Way::Stream(Mutex::new(Some(sender)));
        (Outgoing::by(client, way), events)
    }

    /// What was collected: the elements of a JSON array. What is sent from now on goes to the channel.
    pub(super) fn collected(&self) -> Vec<u8> {
        match &self.way {
            Way::Collect(activities) => lock(activities).take().unwrap_or_default(),
            Way::Post | Way::Stream(_) => Vec::new(),
        }
    }

    pub(super) fn collects(&self) -> bool {
        matches!(self.way, Way::Collect(_))
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

    /// Ends the stream, if this is one, with what a response would have said.
    pub(super) async fn close(&self, ran: &Result<TurnOutcome, Error>, invoke: bool) {
        let Way::Stream(sender) = &self.way else {
            return;
        };
        let Some(sender) = lock(sender).take() else {
            return;
        };
        let last = match ran {
            Ok(outcome) if invoke => {
                let response = self.invoke_response(outcome);
                let response = response.unwrap_or(InvokeResponse::status(501));
                let value = InvokeResponseValue {
                    status: Json::of(&response.status)
                        .ok()
                        .and_then(|status| status.parse().ok()),
                    body: response.body,
                    ..InvokeResponseValue::default()
                };
                Json::of(&value).map(|value| event("invokeResponse", value.as_str()))
            }
            // A turn that failed before it sent anything has a status that says so.
            Err(_) if self.began.load(Ordering::Relaxed) => {
                Json::of(&failed().document()).map(|error| event("error", error.as_str()))
            }
            Ok(_) | Err(_) => return,
        };
        if let Ok(last) = last {
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
                if let Some(activities) = &mut *lock(collected) {
                    if !activities.is_empty() {
                        activities.push(b',');
                    }
                    activities.extend_from_slice(activity.to_json().as_bytes());
                    return Ok(ResourceResponse::default());
                }
                let _turn = self.order.lock().await;
                self.client.send(activity).await
            }),
            Way::Stream(sender) => Box::pin(async move {
                let _turn = self.order.lock().await;
                let open = lock(sender).clone();
                let Some(sender) = open else {
                    return self.client.send(activity).await;
                };
                let sent = sender.send(event("activity", &activity.to_json())).await;
                sent.map_err(|_gone| SendError::Unreachable("the stream was closed".into()))?;
                self.began.store(true, Ordering::Relaxed);
                Ok(ResourceResponse::default())
            }),
        }
    }

    /// Whether everything goes to the channel, and can be changed there.
    fn is_posted(&self) -> bool {
        match &self.way {
            Way::Post => true,
            Way::Collect(collected) => lock(collected).is_none(),
            Way::Stream(sender) => lock(sender).is_none(),
        }
    }
}

/// One server-sent event. The only line breaks in the text of a JSON value stand between its tokens.
fn event(name: &str, json: &str) -> Bytes {
    let data = json.replace(['\r', '\n'], " ");
    Bytes::from(format!("event: {name}\r\ndata: {data}\r\n\r\n"))
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
