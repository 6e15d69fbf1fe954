//! The body of a response: nothing, a document, or a stream of events.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");

/// The body of what the endpoint answers.
#[derive(Debug)]
pub struct ReplyBody(Kind);

#[derive(Debug)]
enum Kind {
    Whole(Option<Bytes>),
    Stream(Option<Bytes>, mpsc::Receiver<Bytes>),
}

impl ReplyBody {
    pub(super) fn empty(status: StatusCode) -> Response<ReplyBody> {
        let mut response = Response::new(ReplyBody(Kind::Whole(None)));
        *response.status_mut() = status;
        response
    }

    pub(super) fn json(status: StatusCode, document: Bytes) -> Response<ReplyBody> {
        let body = ReplyBody(Kind::Whole(Some(document)));
        ReplyBody::typed(status, body, JSON)
    }

    pub(super) fn text(status: StatusCode, text: &'static str) -> Response<ReplyBody> {
        let body = ReplyBody(Kind::Whole(Some(Bytes::from_static(text.as_bytes()))));
        ReplyBody::typed(status, body, TEXT)
    }

    /// Server-sent events, as they come after the first.
    pub(super) fn events(
        first: Option<Bytes>,
        events: mpsc::Receiver<Bytes>,
    ) -> Response<ReplyBody> {
        let body = ReplyBody(Kind::Stream(first, events));
        ReplyBody::streamed(body)
    }

    /// Server-sent events that have all come.
    pub(super) fn all_events(events: Bytes) -> Response<ReplyBody> {
        let events = (!events.is_empty()).then_some(events);
        ReplyBody::streamed(ReplyBody(Kind::Whole(events)))
    }

    fn streamed(body: ReplyBody) -> Response<ReplyBody> {
        let mut response = ReplyBody::typed(StatusCode::OK, body, EVENTS);
        let no_cache = HeaderValue::from_static("no-cache");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, no_cache);
        response
    }

    fn typed(status: StatusCode, body: ReplyBody, media: HeaderValue) -> Response<ReplyBody> {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        response
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = match &mut self.0 {
            Kind::Whole(document) => document.take(),
            Kind::Stream(first, events) => match first.take() {
                Some(first) => Some(first),
                None => ready!(events.poll_recv(context)),
            },
        };
        Poll::Ready(next.map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Kind::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(None) => SizeHint::with_exact(0),
            Kind::Whole(Some(document)) => SizeHint::with_exact(document.len() as u64),
            Kind::Stream(..) => SizeHint::default(),
        }
    }
}
