//! One connection of a server, from its first byte to its end.

use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::connections::Place;
use super::reply::ReplyBody;

/// How long the last answer may take to be read once the connection is to be closed.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(2);

/// A connection, as its task, its stream and its responses share it.
#[derive(Debug)]
pub(super) struct Connection {
    place: Place,
    /// A request has come.
    begun: AtomicBool,
    /// All that share it run in one task: nobody waits for the lock.
    stream: Mutex<TcpStream>,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, place: Place) -> Arc<Connection> {
        Arc::new(Connection {
            place,
            begun: AtomicBool::new(false),
            stream: Mutex::new(stream),
        })
    }

    fn stream(&self) -> MutexGuard<'_, TcpStream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request has come; it is over when this is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Exchange {
        self.begun.store(true, Ordering::Relaxed);
        self.place.begin();
        Exchange(Arc::clone(self))
    }

    /// Runs the connection to its end: that of `serving`, or because nothing has come for the time `first`, or because
    /// it is to be closed.
    pub(super) async fn run<S>(&self, serving: S, first: Duration) -> Result<(), hyper::Error>
    where
        S: Future<Output = Result<(), hyper::Error>> + Graceful,
    {
        let mut serving = pin!(serving);
        let mut patience = pin!(sleep(first));
        let mut closed = pin!(self.place.closed());
        let (mut closing, mut hung_up) = (false, false);
        poll_fn(|context| {
            if let Poll::Ready(ended) = serving.as_mut().poll(context) {
                return Poll::Ready(ended);
            }
            if !closing && closed.as_mut().poll(context).is_ready() {
                closing = true;
                patience.as_mut().reset(Instant::now() + LAST_WORDS);
                serving.as_mut().close();
                if let Poll::Ready(ended) = serving.as_mut().poll(context) {
                    return Poll::Ready(ended);
                }
            }
            let busy = self.place.is_busy();
            let limited = closing || !self.begun.load(Ordering::Relaxed);
            while limited && patience.as_mut().poll(context).is_ready() {
                if !busy {
                    return Poll::Ready(Ok(()));
                }
                patience.as_mut().reset(Instant::now() + LAST_WORDS);
            }
            // Who has hung up gives the place away. Whether the caller still reads cannot be seen: one that has only
            // closed its own side gets the answer.
            if busy
                && !hung_up
                && let Poll::Ready(more) = self.poll_more(context)
            {
                match more {
                    Ok(true) => {}
                    Ok(false) => {
                        hung_up = true;
                        self.place.leave();
                    }
                    Err(_reset) => return Poll::Ready(Ok(())),
                }
            }
            Poll::Pending
        })
        .await
    }

    /// Whether more than the request has come, or the caller has hung up.
    fn poll_more(&self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut byte = [0];
        let peeked = self
            .stream()
            .poll_peek(context, &mut ReadBuf::new(&mut byte));
        peeked.map_ok(|length| length > 0)
    }
}

/// What ends when it has answered.
pub(super) trait Graceful {
    /// Takes no more requests.
    fn close(self: Pin<&mut Self>);
}

impl<I, S> Graceful for hyper::server::conn::http1::Connection<I, S>
where
    S: hyper::service::HttpService<hyper::body::Incoming>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    S::ResBody: Body + 'static,
    <S::ResBody as Body>::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn close(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Exchange(Arc<Connection>);

impl Exchange {
    /// The body of the response; the request is over when it is.
    pub(super) fn with(self, body: ReplyBody) -> ExchangeBody {
        ExchangeBody {
            body,
            _request: self,
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.place.end();
    }
}

/// The body of a response, until it is sent.
#[derive(Debug)]
pub(super) struct ExchangeBody {
    body: ReplyBody,
    _request: Exchange,
}

impl Body for ExchangeBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The stream of a connection.
#[derive(Debug)]
pub(super) struct Stream(pub(super) Arc<Connection>);

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.stream()).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.stream()).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.stream()).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.stream().is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.stream()).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.stream()).poll_shutdown(context)
    }
}
