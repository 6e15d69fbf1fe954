//! Bots on HTTP: behaviour over sockets, and load. Everything stands in `tests` and `benches`, but for what a fuzzer
//! needs too.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use onhook::BoxFuture;
use onhook::http::auth::Authenticator;
use onhook::http::{Endpoint, PeerAddress, Transport, TransportError};
use onhook::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Bytes that come over a connection: the heads of requests and their bodies, taken with and without authentication.
///
/// # Panics
/// If a response is not one of HTTP.
pub fn request(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        for authenticates in [false, true] {
            let mut endpoint = Endpoint::builder(handlers![hear]);
            if authenticates {
                let authenticator = Authenticator::builder("00000000-0000-0000-0000-000000000001")
                    .transport(Arc::new(Nobody))
                    .build();
                endpoint = endpoint.authenticator(authenticator.expect("an authenticator"));
            }
            let answer = answer(endpoint.build(), bytes).await;
            assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."));
        }
    });
}

/// Takes everything, and every argument that reads something.
#[on_activity]
async fn hear(
    turn: &Turn,
    value: Option<Value<serde_json::Value>>,
    data: Option<ChannelData<serde_json::Value>>,
) -> Result<()> {
    let _ = (turn, value, data);
    Ok(())
}

async fn answer<B: Bot + 'static>(endpoint: Endpoint<B>, bytes: &[u8]) -> Vec<u8> {
    let (mut caller, connection) = tokio::io::duplex(64 * 1024);
    let service = service_fn(|mut request: Request<hyper::body::Incoming>| {
        let address = PeerAddress(SocketAddr::from((Ipv4Addr::LOCALHOST, 1)));
        request.extensions_mut().insert(address);
        let endpoint = endpoint.clone();
        async move { Ok::<_, std::convert::Infallible>(endpoint.answer(request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(connection), service);
    let mut answer = Vec::new();
    let calls = async {
        // Whoever does not want it all closes.
        let _ = caller.write_all(bytes).await;
        let _ = caller.shutdown().await;
        let _ = caller.read_to_end(&mut answer).await;
    };
    let _ = tokio::join!(served, calls);
    answer
}

/// No identity provider: there are no keys.
struct Nobody;

impl Transport for Nobody {
    fn exchange(
        &self,
        _request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async { Err(TransportError::Connect("nobody is there".into())) })
    }
}
