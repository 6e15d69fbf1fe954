//! A turn that has been started by a request, and how the request is answered.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};

use super::outgoing::{Mode, Outgoing};
use super::problem::Problem;
use super::reply::ReplyBody;
use super::room::Place;
use crate::activity::Json;
use crate::error::Error;
use crate::host::{Delivery, TurnOutcome};
use crate::outcome::InvokeResponse;

/// What bounds a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of a body.
    pub(super) body: usize,
    /// For a body to come.
    pub(super) reading: Duration,
    /// For a turn to be answered.
    pub(super) answering: Duration,
    /// Whether a turn is answered before it runs.
    pub(super) at_once: bool,
}

/// A turn that has its place among the others.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) invoke: bool,
    pub(super) outgoing: Arc<Outgoing>,
    /// There are some if the activity is to be answered by a stream.
    pub(super) events: Option<mpsc::Receiver<Bytes>>,
    pub(super) delivery: Delivery,
    pub(super) place: Place,
}

/// Who waits for what is collected for the response. When it is gone, answered or not, nothing is collected any more.
struct Collector(Arc<Outgoing>);

impl Drop for Collector {
    fn drop(&mut self) {
        drop(self.0.collected());
    }
}

type Ran = Result<TurnOutcome, Error>;

/// The answer to an activity that was answered before.
pub(super) fn again(mode: Mode) -> Response<ReplyBody> {
    match mode {
        Mode::ExpectReplies => replies(&[], None, StatusCode::OK),
        Mode::Normal | Mode::Stream => ReplyBody::empty(StatusCode::OK),
    }
}

impl Started {
    pub(super) async fn answered(
        mut self,
        limits: &Limits,
    ) -> Result<Response<ReplyBody>, Problem> {
        if let Some(events) = self.events.take() {
            return self.streamed(events, limits.answering).await;
        }
        let collects = self.outgoing.collects();
        let waits = self.invoke || collects;
        if limits.at_once && !waits {
            drop(self.spawn());
            return Ok(ReplyBody::empty(StatusCode::ACCEPTED));
        }
        // Many turns are over when they are first asked, and need no task.
        let first = poll_fn(|context| Poll::Ready(Pin::new(&mut self.delivery).poll(context)));
        let (invoke, outgoing) = (self.invoke, Collector(Arc::clone(&self.outgoing)));
        let outcome = match first.await {
            Poll::Ready(ran) => ended(Ok(ran))?,
            Poll::Pending => {
                let time = limits.answering;
                match tokio::time::timeout(time, self.spawn()).await {
                    Ok(ran) => ended(ran)?,
                    Err(_late) if waits => return Err(late(time)),
                    // The activity was accepted, and the turn goes on.
                    Err(_late) => return Ok(ReplyBody::empty(StatusCode::ACCEPTED)),
                }
            }
        };
        let (status, body) = if invoke {
            match outgoing.0.invoke_response(&outcome) {
                Some(InvokeResponse { status, body }) => (valid(status), body),
                None if collects => (StatusCode::NOT_IMPLEMENTED, None),
                None => return Err(unhandled()),
            }
        } else {
            (StatusCode::OK, None)
        };
        if collects {
            return Ok(replies(&outgoing.0.collected(), body.as_ref(), status));
        }
        Ok(match body {
            Some(body) => ReplyBody::json(status, Bytes::copy_from_slice(body.as_str().as_bytes())),
            None => ReplyBody::empty(status),
        })
    }

    /// Runs the turn in a task of its own: a caller that hangs up does not end it.
    fn spawn(self) -> JoinHandle<Ran> {
        tokio::spawn(async move {
            let _place = self.place;
            let ran = self.delivery.await;
            self.outgoing.close(&ran, self.invoke).await;
            ran
        })
    }

    /// The response begins with the first event, so that a turn that fails before it has sent anything has a status.
    async fn streamed(
        self,
        mut events: mpsc::Receiver<Bytes>,
        time: Duration,
    ) -> Result<Response<ReplyBody>, Problem> {
        // Only the turn keeps the stream open.
        let turn = self.spawn();
        let first = tokio::time::timeout(time, events.recv()).await;
        match first.map_err(|_late| late(time))? {
            Some(first) => Ok(ReplyBody::events(Some(first), events)),
            None => ended(turn.await).map(|_| ReplyBody::events(None, events)),
        }
    }
}

/// What the turn came to; the words of its error are for the bot's log and not for the caller.
fn ended(ran: Result<Result<TurnOutcome, Error>, JoinError>) -> Result<TurnOutcome, Problem> {
    match ran {
        Ok(Ok(outcome)) => Ok(outcome),
        Ok(Err(_)) | Err(_) => Err(failed()),
    }
}

/// The problem of a turn that failed, when no error hook took care of it.
pub(super) fn failed() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "BotError",
        "the bot failed to handle the activity",
    )
}

fn late(time: Duration) -> Problem {
    Problem::new(
        StatusCode::GATEWAY_TIMEOUT,
        "BotTimeout",
        format!("the turn did not end within {time:?}"),
    )
}

fn unhandled() -> Problem {
    Problem::new(
        StatusCode::NOT_IMPLEMENTED,
        "NotImplemented",
        "the bot does not handle this invoke",
    )
}

/// The status of an invoke's answer; a number that is none is the bot's mistake.
fn valid(status: u16) -> StatusCode {
    match StatusCode::from_u16(status) {
        Ok(status) if !status.is_informational() => status,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The JSON object `ExpectedReplies`; `activities` are the elements of its array.
fn replies(activities: &[u8], body: Option<&Json>, status: StatusCode) -> Response<ReplyBody> {
    let body = body.map_or("", Json::as_str);
    let mut document = Vec::with_capacity(activities.len() + body.len() + 32);
    document.extend_from_slice(b"{\"activities\":[");
    document.extend_from_slice(activities);
    document.push(b']');
    if !body.is_empty() {
        document.extend_from_slice(b",\"body\":");
        document.extend_from_slice(body.as_bytes());
    }
    document.push(b'}');
    ReplyBody::json(status, document.into())
}
