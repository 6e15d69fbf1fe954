//! An identity provider on the loopback interface, and the transport to it.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use onhook::BoxFuture;
use onhook::http::{Transport, TransportError};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

/// Serves the metadata and the keys of a channel's issuer under `/channel`, and of Entra under `/entra`.
pub(crate) async fn serve(channel: Value, entra: Value) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (channel, entra) = (channel.clone(), entra.clone());
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let answer = match request.uri().path() {
                    "/channel" => Some(
                        json!({"issuer": "x", "jwks_uri": format!("http://{address}/channel/keys")}),
                    ),
                    "/entra" => Some(
                        json!({"issuer": "y", "jwks_uri": format!("http://{address}/entra/keys")}),
                    ),
                    "/channel/keys" => Some(channel.clone()),
                    "/entra/keys" => Some(entra.clone()),
                    _ => None,
                };
                async move {
                    let mut response = Response::new(Full::new(Bytes::new()));
                    match answer {
                        Some(answer) => *response.body_mut() = answer.to_string().into(),
                        None => *response.status_mut() = StatusCode::NOT_FOUND,
                    }
                    Ok::<_, Infallible>(response)
                }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    address
}

/// One connection for each exchange.
pub(crate) struct Loopback;

impl Transport for Loopback {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let address = request.uri().authority().unwrap().as_str().to_owned();
            let stream = TcpStream::connect(address)
                .await
                .map_err(|error| TransportError::Connect(error.into()))?;
            let broken = |error: hyper::Error| TransportError::Broken(error.into());
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream))
                    .await
                    .map_err(broken)?;
            tokio::spawn(connection);
            let response = sender
                .send_request(request.map(Full::new))
                .await
                .map_err(broken)?;
            let (parts, body) = response.into_parts();
            let body = body.collect().await.map_err(broken)?.to_bytes();
            Ok(Response::from_parts(parts, body))
        })
    }
}
