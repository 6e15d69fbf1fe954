//! The other side: what sends the requests, and what the bot's own requests come to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use onhook::http::connector::{ConnectorClient, ServiceUrls};
use onhook::http::{Endpoint, EndpointBuilder, PeerAddress, Transport, TransportError};
use onhook::{Bot, BoxFuture};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tower_service::Service;

/// Where the activities of the tests come from.
pub(crate) const SERVICE: &str = "http://127.0.0.1:9/";

/// A channel that takes everything and keeps it.
pub(crate) struct Channel {
    requests: Mutex<Vec<Sent>>,
    came: Semaphore,
}

/// One request of the bot.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) line: String,
    pub(crate) body: Value,
}

impl Channel {
    pub(crate) fn new() -> Arc<Channel> {
        Arc::new(Channel {
            requests: Mutex::default(),
            came: Semaphore::new(0),
        })
    }

    /// The client that calls it.
    pub(crate) fn client(self: &Arc<Channel>) -> ConnectorClient {
        ConnectorClient::builder()
            .service_urls(ServiceUrls::any())
            .transport(self.clone())
            .build()
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.requests.lock().unwrap().clone()
    }

    /// The texts of what was sent, in order.
    pub(crate) fn texts(&self) -> Vec<String> {
        let sent = self.sent();
        sent.iter()
            .filter_map(|sent| Some(sent.body["text"].as_str()?.to_owned()))
            .collect()
    }

    /// Waits for the next request.
    pub(crate) async fn next(&self) {
        self.came.acquire().await.unwrap().forget();
    }
}

impl Transport for Channel {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let line = format!("{} {}", request.method(), request.uri().path());
            let body = serde_json::from_slice(request.body()).unwrap_or_default();
            let number = {
                let mut requests = self.requests.lock().unwrap();
                requests.push(Sent { line, body });
                requests.len()
            };
            self.came.add_permits(1);
            let id = json!({ "id": format!("sent-{number}"), "serviceUrl": null }).to_string();
            Ok(Response::new(id.into()))
        })
    }
}

/// What the endpoint answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
    pub(crate) headers: http::HeaderMap,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The code of the error.
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

/// An endpoint whose channel is that of the test.
pub(crate) fn endpoint<B: Bot + 'static>(bot: B) -> (Endpoint<B>, Arc<Channel>) {
    endpoint_with(bot, |builder| builder)
}

pub(crate) fn endpoint_with<B: Bot + 'static>(
    bot: B,
    set: impl FnOnce(EndpointBuilder<B>) -> EndpointBuilder<B>,
) -> (Endpoint<B>, Arc<Channel>) {
    let channel = Channel::new();
    let builder = Endpoint::builder(bot).connector(channel.client());
    (set(builder).build(), channel)
}

/// A request as a channel on this machine makes it.
pub(crate) fn request(body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let mut request = Request::post("/api/messages")
        .header("content-type", "application/json; charset=utf-8")
        .body(Full::new(body.into()))
        .unwrap();
    let peer: SocketAddr = "127.0.0.1:50000".parse().unwrap();
    request.extensions_mut().insert(PeerAddress(peer));
    request
}

pub(crate) async fn call<B: Bot + 'static>(
    endpoint: &Endpoint<B>,
    request: Request<Full<Bytes>>,
) -> Answer {
    let response = endpoint.clone().call(request).await.unwrap();
    let (head, body) = response.into_parts();
    let content_type = head.headers.get("content-type");
    Answer {
        status: head.status.as_u16(),
        content_type: content_type.map_or_else(String::new, |media| {
            media.to_str().unwrap_or_default().to_owned()
        }),
        body: body.collect().await.unwrap().to_bytes(),
        headers: head.headers,
    }
}

pub(crate) async fn post<B: Bot + 'static>(endpoint: &Endpoint<B>, body: &Value) -> Answer {
    call(endpoint, request(body.to_string())).await
}

/// A message as channels send it, with what `more` adds or replaces.
pub(crate) fn message(text: &str, more: Value) -> Value {
    let mut activity = json!({
        "type": "message",
        "text": text,
        "channelId": "telephony",
        "serviceUrl": SERVICE,
        "from": {"id": "caller"},
        "recipient": {"id": "bot"},
        "conversation": {"id": "call-1"},
    });
    let (Some(fields), Value::Object(more)) = (activity.as_object_mut(), more) else {
        return activity;
    };
    fields.extend(more);
    activity
}
