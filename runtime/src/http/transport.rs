//! One HTTP exchange with somebody else: the seam below the connector's client and the identity provider's.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use crate::connector::BoxFuture;

/// Exchanges an HTTP request for its response.
///
/// An implementation follows no redirects (a token must not follow one), bounds the time of the whole exchange and
/// the length of the body, and tells a connection that was not made from one that broke: only the first is surely
/// not executed.
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` and gives the response with its whole body.
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;
}

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection was made: nothing was sent.
    #[error("the connection was not made")]
    Connect(#[source] Box<dyn Error + Send + Sync>),
    /// There was no whole response in time. The request may have been executed.
    #[error("there was no answer within {0:?}")]
    TimedOut(Duration),
    /// The connection broke. The request may have been executed.
    #[error("the connection broke")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
    /// The response is longer than what is read of one. The request was executed.
    #[error("the response is longer than {0} bytes")]
    TooLong(usize),
}

impl TransportError {
    /// Whether the request was surely not executed.
    pub fn is_unsent(&self) -> bool {
        matches!(self, TransportError::Connect(_))
    }
}
