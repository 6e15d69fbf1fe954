//! How connections are made.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::crypto::aws_lc_rs;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tower_service::Service;

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;
type Failure = Box<dyn Error + Send + Sync>;

/// Makes connections, with TLS for `https`.
///
/// The roots of the system are read at the first `https` connection: it takes some 10 ms, which a bot that calls
/// nobody, or only its own machine, shall not wait for when it starts. The provider of the cryptography is named, for
/// the one of the process panics when two of them are in the tree.
#[derive(Clone)]
pub(super) struct Connect {
    plain: HttpConnector,
    tls: Arc<OnceCell<HttpsConnector<HttpConnector>>>,
    time_out: Duration,
}

impl Connect {
    pub(super) fn new(time_out: Duration) -> Connect {
        let mut plain = HttpConnector::new();
        plain.enforce_http(false);
        plain.set_nodelay(true);
        Connect {
            plain,
            tls: Arc::default(),
            time_out,
        }
    }

    async fn connect(mut self, uri: Uri) -> Result<Stream, Failure> {
        if uri.scheme() != Some(&Scheme::HTTPS) {
            let stream = self.plain.call(uri).await?;
            return Ok(MaybeHttpsStream::Http(stream));
        }
        let plain = self.plain;
        let tls = self.tls.get_or_try_init(|| with_system_roots(plain)).await;
        tls.map_err(Failure::from)?.clone().call(uri).await
    }
}

/// Reads files, and so away from the threads of the runtime.
async fn with_system_roots(plain: HttpConnector) -> io::Result<HttpsConnector<HttpConnector>> {
    tokio::task::spawn_blocking(move || {
        let provider = aws_lc_rs::default_provider();
        let builder = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider)?;
        Ok(builder.https_only().enable_http1().wrap_connector(plain))
    })
    .await
    .map_err(io::Error::other)?
}

impl Service<Uri> for Connect {
    type Response = Stream;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        // What is below is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let time_out = self.time_out;
        let connecting = self.clone().connect(uri);
        Box::pin(async move {
            match tokio::time::timeout(time_out, connecting).await {
                Ok(connected) => connected,
                Err(_) => Err(Failure::from(format!("no connection within {time_out:?}"))),
            }
        })
    }
}
