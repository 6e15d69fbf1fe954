//! A bot that is served, and the requests for it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use onhook::http::{Endpoint, EndpointBuilder, Server};
use onhook::prelude::*;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

/// Waits when it is told to.
#[derive(Clone)]
pub(crate) struct Porter {
    pub(crate) gate: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

#[bot]
impl Porter {
    #[on_message(text = "wait")]
    async fn wait(&self) {
        self.waiting.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
    }

    #[on_message]
    async fn echo(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(text).await
    }
}

impl Porter {
    pub(crate) fn new() -> Porter {
        Porter {
            gate: Arc::new(Semaphore::new(0)),
            waiting: Arc::new(Semaphore::new(0)),
        }
    }

    /// Waits for a turn that waits.
    pub(crate) async fn comes(&self) {
        self.waiting.acquire().await.unwrap().forget();
    }
}

/// A server that runs until it is told to stop.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) endpoint: Endpoint<Porter>,
    pub(crate) porter: Porter,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Served {
    pub(crate) async fn new() -> Served {
        Served::with(|endpoint| endpoint, |server| server).await
    }

    pub(crate) async fn with(
        set: impl FnOnce(EndpointBuilder<Porter>) -> EndpointBuilder<Porter>,
        limit: impl FnOnce(Server<Porter>) -> Server<Porter>,
    ) -> Served {
        let porter = Porter::new();
        let endpoint = set(Endpoint::builder(porter.clone())).build();
        let server = limit(Server::new(endpoint.clone()).port(0));
        let bound = server.bind().await.unwrap();
        let address = bound.local_addr();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(bound.run_until(async {
            let _ = stopped.await;
        }));
        Served {
            address,
            endpoint,
            porter,
            stop,
            running,
        }
    }

    /// Tells the server to stop; the handle is over when it has.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        self.running
    }
}

/// Long enough for what does not wait, short enough for a test.
pub(crate) const SHORT: Duration = Duration::from_millis(150);

pub(crate) fn activity(text: &str) -> String {
    format!(r#"{{"type":"message","text":"{text}","conversation":{{"id":"call-{text}"}}}}"#)
}

/// A message that is answered in the response.
pub(crate) fn asking(text: &str) -> String {
    activity(text).replace("\"type\"", "\"deliveryMode\":\"expectReplies\",\"type\"")
}

pub(crate) fn post(body: &str) -> String {
    post_with("", body)
}

/// With more lines in the head.
pub(crate) fn post_with(lines: &str, body: &str) -> String {
    format!(
        "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{lines}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
