//! The default transport: HTTP/1.1 with kept connections.

mod connect;

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use self::connect::Connect;
use super::{Transport, TransportError};
use crate::connector::BoxFuture;

/// An HTTP/1.1 client that keeps connections and bounds everything: the default [`Transport`].
///
/// It calls `http` and `https`; who may be called is decided above it. Certificates are checked against the roots of
/// the system, which are read at the first `https` request. It follows no redirects and knows no proxies. Needs a
/// tokio runtime with I/O and timer. Cheap to clone: clones share the connections.
///
/// ```
/// use std::time::Duration;
/// use onhook::http::HttpClient;
///
/// let client = HttpClient::builder().time_out(Duration::from_secs(5)).build();
/// ```
#[derive(Clone)]
pub struct HttpClient {
    client: Client<Connect, Full<Bytes>>,
    time_out: Duration,
    body_limit: usize,
}

impl HttpClient {
    /// A client with the default settings.
    pub fn new() -> HttpClient {
        HttpClient::builder().build()
    }

    /// A client with settings of your own.
    pub fn builder() -> HttpClientBuilder {
        HttpClientBuilder::default()
    }

    async fn whole(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, TransportError> {
        let response = self.client.request(request).await.map_err(|error| {
            if error.is_connect() {
                TransportError::Connect(error.into())
            } else {
                TransportError::Broken(error.into())
            }
        })?;
        let (parts, body) = response.into_parts();
        let body = read(body, self.body_limit).await?;
        Ok(Response::from_parts(parts, body))
    }
}

impl Default for HttpClient {
    fn default() -> HttpClient {
        HttpClient::new()
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("time_out", &self.time_out)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}

impl Transport for HttpClient {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let exchange = self.whole(request.map(Full::new));
            tokio::time::timeout(self.time_out, exchange)
                .await
                .unwrap_or(Err(TransportError::TimedOut(self.time_out)))
        })
    }
}

/// The whole body. A body in one piece, as short ones come, is not copied.
async fn read(mut body: Incoming, limit: usize) -> Result<Bytes, TransportError> {
    let announced = body.size_hint().lower();
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err(TransportError::TooLong(limit));
    }
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| TransportError::Broken(error.into()))?;
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        if piece.len() > limit - first.len().max(all.len()) {
            return Err(TransportError::TooLong(limit));
        }
        if first.is_empty() && all.is_empty() {
            first = piece;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&piece);
        }
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

/// Settings of an [`HttpClient`].
#[derive(Clone, Debug)]
#[must_use]
pub struct HttpClientBuilder {
    connect_time_out: Duration,
    time_out: Duration,
    idle_time_out: Duration,
    idle_connections: usize,
    body_limit: usize,
}

impl Default for HttpClientBuilder {
    fn default() -> HttpClientBuilder {
        HttpClientBuilder {
            connect_time_out: Duration::from_secs(5),
            time_out: Duration::from_secs(15),
            idle_time_out: Duration::from_secs(60),
            idle_connections: 256,
            body_limit: 1024 * 1024,
        }
    }
}

impl HttpClientBuilder {
    /// How long the name, the connection and TLS may take together; 5 s if nothing is said.
    pub fn connect_time_out(mut self, time_out: Duration) -> Self {
        self.connect_time_out = time_out;
        self
    }

    /// How long an exchange may take, from its first byte to the last of the answer; 15 s if nothing is said.
    pub fn time_out(mut self, time_out: Duration) -> Self {
        self.time_out = time_out;
        self
    }

    /// How long a connection is kept that nobody uses; 60 s if nothing is said. It should be shorter than the
    /// patience of the servers, 120 s and more as a rule, for a connection that they close is of no use.
    pub fn idle_time_out(mut self, time_out: Duration) -> Self {
        self.idle_time_out = time_out;
        self
    }

    /// How many connections to one host are kept that nobody uses; 256 if nothing is said.
    pub fn idle_connections(mut self, count: usize) -> Self {
        self.idle_connections = count;
        self
    }

    /// The longest body of an answer, in bytes; 1 MiB if nothing is said.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The client.
    pub fn build(self) -> HttpClient {
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(self.idle_time_out)
            .pool_max_idle_per_host(self.idle_connections)
            .build(Connect::new(self.connect_time_out));
        HttpClient {
            client,
            time_out: self.time_out,
            body_limit: self.body_limit,
        }
    }
}
