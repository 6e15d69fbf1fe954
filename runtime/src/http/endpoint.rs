//! The messages endpoint: one request in, one turn, one response out.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Buf;
use http::request::Parts;
use http::{Request, Response, StatusCode, header};
use http_body::Body;
use tower_service::Service;

use super::access::{Access, Caught};
use super::again::{Again, Earlier};
use super::connector::ConnectorClient;
use super::deduplication::{Arrival, Deduplication, Ticket};
use super::intake::{self, BoxError};
use super::outgoing::{Mode, Outgoing};
use super::problem::Problem;
use super::reply::ReplyBody;
use super::room::Room;
use super::started::{Limits, Started};
use super::{authority, builder::EndpointBuilder, head};
use crate::activity::{Activity, ActivityType};
use crate::bot::Bot;
use crate::host::Host;

/// The endpoint to which a channel sends activities, as a [`tower` service](tower_service::Service) for
/// `POST /api/messages` of any HTTP server.
///
/// It authenticates the caller, keeps the turns of a conversation in order, runs the bot and answers; it looks at no
/// path. Cheap to clone; clones share the conversations. [`serve`](super::serve) and [`Server`](super::Server) bring
/// the HTTP server too.
///
/// A bot without an app id takes only what comes from loopback, which needs the [`PeerAddress`] among the request's
/// extensions. If the request names a host, that must be `localhost`, a name below it, or an address of loopback. A proxy
/// that does not say that it has forwarded a request looks like a local caller.
pub struct Endpoint<B>(Arc<Inner<B>>);

/// The address of who calls: an extension of the request that the HTTP server adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

pub(super) struct Inner<B> {
    pub(super) host: Host<B>,
    pub(super) access: Access,
    pub(super) client: ConnectorClient,
    pub(super) limits: Limits,
    pub(super) room: Room,
    pub(super) deduplication: Deduplication,
}

impl<B: Bot + 'static> Endpoint<B> {
    /// An endpoint as [`builder`](Endpoint::builder) makes it when nothing is set: without authentication, for
    /// callers from loopback.
    pub fn new(bot: B) -> Endpoint<B> {
        Endpoint::builder(bot).build()
    }

    /// Sets up an endpoint.
    pub fn builder(bot: B) -> EndpointBuilder<B> {
        EndpointBuilder::new(bot)
    }

    pub(super) fn of(inner: Inner<B>) -> Endpoint<B> {
        Endpoint(Arc::new(inner))
    }

    /// The host that runs the turns.
    pub fn host(&self) -> &Host<B> {
        &self.0.host
    }

    /// Waits until no turn is under way and none waits.
    pub async fn idle(&self) {
        self.0.room.empty().await;
    }

    pub(super) fn connector(&self) -> &ConnectorClient {
        &self.0.client
    }

    /// Answers a request. The turn goes on when the caller does not wait for it.
    pub async fn answer<R>(&self, request: Request<R>) -> Response<ReplyBody>
    where
        R: Body<Data: Buf, Error: Into<BoxError>>,
    {
        let (head, body) = request.into_parts();
        let mut body = pin!(body);
        match self.take(&head, body.as_mut()).await {
            Ok(response) => response,
            Err(problem) => self.refused(problem, &head, body).await,
        }
    }

    /// Answers a request that is not even looked at.
    pub(super) async fn refuse<R>(
        &self,
        problem: Problem,
        request: Request<R>,
    ) -> Response<ReplyBody>
    where
        R: Body<Data: Buf, Error: Into<BoxError>>,
    {
        let (head, body) = request.into_parts();
        self.refused(problem, &head, pin!(body)).await
    }

    async fn refused<R>(
        &self,
        problem: Problem,
        head: &Parts,
        body: Pin<&mut R>,
    ) -> Response<ReplyBody>
    where
        R: Body<Data: Buf, Error: Into<BoxError>>,
    {
        problem.tell();
        // Who waits for leave to send the body, or has been waited for long enough, is not read on.
        let waits = head.headers.contains_key(header::EXPECT);
        if !waits && problem.status() != StatusCode::REQUEST_TIMEOUT {
            intake::pass_over(body, self.0.limits.reading).await;
        }
        problem.into_response()
    }

    async fn take<R>(&self, head: &Parts, body: Pin<&mut R>) -> Result<Response<ReplyBody>, Problem>
    where
        R: Body<Data: Buf, Error: Into<BoxError>>,
    {
        let Inner { limits, access, .. } = &*self.0;
        let host = authority::of(&head.uri, &head.headers)?;
        head::check(head, limits.body)?;
        let caller = access.caller(head, host).await?;
        let body = intake::read(body, limits.body, limits.reading).await?;
        let begun = self.begin(&body, caller)?;
        drop(body);
        match begun {
            Begun::Turn(started) => started.answered(limits).await,
            Begun::Again(again) => again.answered(limits).await,
        }
    }

    /// Begins the turn that the body asks for. No `async fn`: it handles the activity, some kilobytes, which the
    /// request's future then does not hold.
    fn begin(&self, body: &[u8], caller: Caught) -> Result<Begun, Problem> {
        let mut activity = intake::activity(body)?;
        let identity = caller.admit(&activity)?;
        // A2251: what the wire says of the caller is nothing to go by.
        activity.caller_id = identity.caller_id().map(Into::into);
        let mode = Mode::of(&activity);
        let needs_answer = activity.kind == ActivityType::Invoke || mode != Mode::Normal;
        let answer = match self.0.deduplication.note(&activity, needs_answer) {
            Arrival::First(ticket) => {
                let started = self.start(Arc::new(activity), identity.shared_scope(), ticket);
                return started.map(Begun::Turn);
            }
            Arrival::Accepted => Earlier::Accepted,
            Arrival::Answered(answer) => Earlier::Answered(answer),
            // Who waits has a place among the turns, so that their number is bounded too.
            Arrival::UnderWay(answer) => Earlier::UnderWay(answer, self.0.room.enter(&activity)?),
        };
        Ok(Begun::Again(Again {
            mode,
            needs_answer,
            answer,
        }))
    }

    /// Starts the turn.
    fn start(
        &self,
        activity: Arc<Activity>,
        scope: Option<Arc<str>>,
        ticket: Ticket,
    ) -> Result<Started, Problem> {
        let mode = Mode::of(&activity);
        let invoke = activity.kind == ActivityType::Invoke;
        let place = self.0.room.enter(&activity)?;
        let client = &self.0.client;
        let client = scope.map_or_else(|| client.clone(), |scope| client.with_scope(scope));
        let (outgoing, events) = match mode {
            Mode::Normal => (Outgoing::post(client), None),
            Mode::ExpectReplies => (Outgoing::collect(client), None),
            Mode::Stream => {
                let (outgoing, events) = Outgoing::stream(client, ticket.longest_content());
                (outgoing, Some(events))
            }
        };
        let outgoing = Arc::new(outgoing);
        let delivery = self.0.host.accept_shared(activity, outgoing.clone())?;
        Ok(Started {
            mode,
            invoke,
            ticket,
            outgoing,
            events,
            delivery,
            place,
        })
    }
}

/// What becomes of an activity.
enum Begun {
    Turn(Started),
    /// It came before.
    Again(Again),
}

impl<B> Clone for Endpoint<B> {
    fn clone(&self) -> Endpoint<B> {
        Endpoint(Arc::clone(&self.0))
    }
}

impl<B> fmt::Debug for Endpoint<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("host", &self.0.host)
            .field("access", &self.0.access)
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}

impl<B, R> Service<Request<R>> for Endpoint<B>
where
    B: Bot + 'static,
    R: Body<Data: Buf + Send, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<ReplyBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<ReplyBody>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let endpoint = self.clone();
        Box::pin(async move { Ok(endpoint.answer(request).await) })
    }
}
