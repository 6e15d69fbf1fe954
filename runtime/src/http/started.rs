//! A turn that has been started by a request, and how the request is answered.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::answer::{Answer, Kind, failed};
use super::deduplication::Ticket;
use super::outgoing::{Mode, Outgoing};
use super::problem::Problem;
use super::reply::ReplyBody;
use super::room::Place;
use crate::host::Delivery;

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
    pub(super) mode: Mode,
    pub(super) invoke: bool,
    pub(super) ticket: Ticket,
    pub(super) outgoing: Arc<Outgoing>,
    /// There are some if the activity is to be answered by a stream.
    pub(super) events: Option<mpsc::Receiver<Bytes>>,
    pub(super) delivery: Delivery,
    pub(super) place: Place,
}

impl Started {
    pub(super) async fn answered(
        mut self,
        limits: &Limits,
    ) -> Result<Response<ReplyBody>, Problem> {
        let mode = self.mode;
        let waits = self.invoke || mode != Mode::Normal;
        // The turn under way may be waiting for this caller: for the answer to what it has sent, or for a result.
        let at_once = limits.at_once || self.delivery.is_queued();
        if at_once {
            self.ticket.acceptance().given();
            if !waits {
                drop(self.spawn());
                return Ok(accepted());
            }
        }
        let time = limits.answering;
        if let Some(events) = self.events.take() {
            return self.streamed(events, time).await;
        }
        // Many turns are over when they are first asked, and need no task.
        let first = poll_fn(|context| Poll::Ready(Pin::new(&mut self.delivery).poll(context)));
        let answer = match first.await {
            Poll::Ready(ran) => {
                let (answer, _) = Answer::of(&ran, self.invoke, &self.outgoing);
                self.ticket.answer(&answer);
                answer
            }
            Poll::Pending => {
                let acceptance = self.ticket.acceptance();
                match tokio::time::timeout(time, self.spawn()).await {
                    Ok(ran) => ran.unwrap_or_else(|_panicked| Answer::failed()),
                    Err(_late) if waits => return Err(late(time)),
                    // The activity was accepted, and the turn goes on.
                    Err(_late) => {
                        acceptance.given();
                        return Ok(accepted());
                    }
                }
            }
        };
        answer.response(mode)
    }

    /// Runs the turn in a task of its own: a caller that hangs up does not end it.
    fn spawn(self) -> JoinHandle<Answer> {
        tokio::spawn(async move {
            let _place = self.place;
            let ran = self.delivery.await;
            let (answer, body) = Answer::of(&ran, self.invoke, &self.outgoing);
            self.ticket.answer(&answer);
            self.outgoing.close(&answer, body).await;
            answer
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
            None => match turn.await {
                Ok(answer) if answer.kind != Kind::Failed => Ok(ReplyBody::events(None, events)),
                Ok(_) | Err(_) => Err(failed()),
            },
        }
    }
}

/// The response to an activity whose turn has not ended yet.
pub(super) fn accepted() -> Response<ReplyBody> {
    ReplyBody::empty(StatusCode::ACCEPTED)
}

/// The problem of an answer that did not come in time.
pub(super) fn late(time: Duration) -> Problem {
    Problem::new(
        StatusCode::GATEWAY_TIMEOUT,
        "BotTimeout",
        format!("the turn did not end within {time:?}"),
    )
}
