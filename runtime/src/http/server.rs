//! The HTTP server of a bot.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use http::Request;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::builder::EndpointBuilder;
use super::connection::{Connection, LAST_WORDS, Stream};
use super::connections::{Connections, Place};
use super::endpoint::{Endpoint, PeerAddress};
use super::kept::Kept;
use super::paths::route;
use super::patience::Patience;
use super::peer::Bounds;
use super::signal;
use super::variables::{SettingError, Variables};
use crate::bot::Bot;
use crate::host::Host;

/// The longest head of a request, in bytes.
const HEAD: usize = 64 * 1024;

/// The port on which bots listen by convention.
const PORT: u16 = 3978;

/// Serves `bot` until the process is told to end (ctrl-c, SIGTERM), on `POST /api/messages`.
///
/// The environment sets it up: `HOST` (127.0.0.1 unless set) and `PORT` (3978), and the bot's registration as for the
/// SDKs, `MicrosoftAppId`, `MicrosoftAppPassword`, `MicrosoftAppTenantId` and `MicrosoftAppType`. Without an app id
/// callers are not authenticated, and only loopback is taken. For everything else there is [`Server`].
///
/// The conversations of a bot with dialogs or state are kept in a file if the feature `state-redb` is on: the one that
/// `ONHOOK_STATE` names, `onhook-state.redb` in the working directory unless set. Without the feature they are kept in
/// memory and do not survive the process, which is logged at the start.
///
/// ```no_run
/// use onhook::prelude::*;
///
/// #[on_message]
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
///
/// # mod tokio { pub use ::tokio::*; }
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), onhook::http::ServeError> {
///     onhook::serve(handlers![echo]).await
/// }
/// ```
pub async fn serve(bot: impl Bot + 'static) -> Result<(), ServeError> {
    Server::from_env(bot)?.run().await
}

/// A bot on an address: its [`Endpoint`] on `/api/messages`, and `/healthz`.
///
/// ```
/// use std::time::Duration;
/// use onhook::http::{Endpoint, Server};
/// use onhook::prelude::*;
///
/// #[on_message]
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::result::Result<(), onhook::http::ServeError> {
/// let endpoint = Endpoint::builder(handlers![echo]).answer_timeout(Duration::from_secs(20)).build();
/// let server = Server::new(endpoint).port(0).bind().await?;
/// println!("listening on {}", server.local_addr());
/// # let never = std::future::ready(());
/// server.run_until(never).await;
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Server<B> {
    endpoint: Endpoint<B>,
    address: SocketAddr,
    limits: Limits,
    kept: Kept,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    connections: Bounds,
    first: Duration,
    idle: Duration,
    grace: Duration,
}

/// Why a bot is not served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A variable of the environment cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}")]
    Bind(SocketAddr, #[source] io::Error),
    /// The process's signals cannot be heard.
    #[error("cannot listen for the signals that end the process")]
    Signal(#[source] io::Error),
    /// The file for the bot's conversations cannot be opened.
    #[cfg(feature = "state-redb")]
    #[error("cannot keep conversations in {}", .0.display())]
    State(std::path::PathBuf, #[source] crate::state::StateError),
}

impl<B: Bot + 'static> Server<B> {
    /// Serves `endpoint` on 127.0.0.1, port 3978.
    pub fn new(endpoint: Endpoint<B>) -> Server<B> {
        Server {
            kept: Kept::of::<B>(endpoint.host().has_store()),
            endpoint,
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT),
            limits: Limits {
                connections: Bounds {
                    all: 10_000,
                    per_peer: None,
                },
                first: Duration::from_secs(5),
                idle: Duration::from_secs(60),
                grace: Duration::from_secs(60),
            },
        }
    }

    /// Serves `bot` as the environment says; see [`serve`].
    pub fn from_env(bot: B) -> Result<Server<B>, ServeError> {
        let variables = Variables::read()?;
        let (host, kept) = Kept::in_file(Host::builder(bot), variables.state)?;
        let mut endpoint = EndpointBuilder::on(host);
        if let Some(authenticator) = variables.authenticator {
            endpoint = endpoint.authenticator(authenticator);
        }
        if let Some(credentials) = variables.credentials {
            endpoint = endpoint.credentials(credentials);
        }
        let mut server = Server::new(endpoint.build());
        server.kept = kept;
        if let Some(host) = variables.host {
            server = server.host(host);
        }
        if let Some(port) = variables.port {
            server = server.port(port);
        }
        Ok(server)
    }

    /// The address to listen on; 127.0.0.1 unless set.
    pub fn host(mut self, host: IpAddr) -> Server<B> {
        self.address.set_ip(host);
        self
    }

    /// The port to listen on; 3978 unless set, 0 for any that is free.
    pub fn port(mut self, port: u16) -> Server<B> {
        self.address.set_port(port);
        self
    }

    /// How many connections may be open; 10,000 unless set. For one more, the one that has been idle longest is closed,
    /// if that was for a second or more; otherwise it waits. A connection whose caller has hung up while its turn runs is
    /// not counted.
    pub fn connection_limit(mut self, connections: usize) -> Server<B> {
        self.limits.connections.all = connections.max(1);
        self
    }

    /// How many connections one peer may have open: an IPv4 address, or an IPv6 network of 64 bits. For one more, its own
    /// that has been idle longest is closed; if all are busy, the new one is.
    ///
    /// Unless set, a quarter of [all](Server::connection_limit), and as many as there are from loopback, where a proxy
    /// may be; set, the limit is for loopback too. A proxy on another machine is one peer: set as many as it may open.
    pub fn connection_limit_per_peer(mut self, connections: usize) -> Server<B> {
        self.limits.connections.per_peer = Some(connections.max(1));
        self
    }

    /// How long a new connection may take until the head of its first request is there; 5 seconds unless set, and no
    /// longer than the [idle time](Server::idle_timeout).
    pub fn first_request_timeout(mut self, time: Duration) -> Server<B> {
        self.limits.first = time;
        self
    }

    /// How long a connection may be without a request, with half of one's head, or with an answer that is not read;
    /// 60 seconds unless set.
    pub fn idle_timeout(mut self, time: Duration) -> Server<B> {
        self.limits.idle = time;
        self
    }

    /// How long the turns under way may take to end once the server is told to; 60 seconds unless set.
    pub fn shutdown_grace(mut self, time: Duration) -> Server<B> {
        self.limits.grace = time;
        self
    }

    /// Listens.
    pub async fn bind(self) -> Result<Bound<B>, ServeError> {
        let error = |error| ServeError::Bind(self.address, error);
        let listener = TcpListener::bind(self.address).await.map_err(error)?;
        let address = listener.local_addr().map_err(error)?;
        Ok(Bound {
            endpoint: self.endpoint,
            listener,
            address,
            limits: self.limits,
        })
    }

    /// Listens, and serves until the process is told to end: ctrl-c, or SIGTERM.
    pub async fn run(self) -> Result<(), ServeError> {
        let told = signal::end().map_err(ServeError::Signal)?;
        let kept = self.kept.clone();
        let bound = self.bind().await?;
        kept.announce();
        tracing::info!(target: "onhook::http", address = %bound.address, "listening");
        bound.run_until(told).await;
        Ok(())
    }
}

/// A server that listens.
#[derive(Debug)]
#[must_use]
pub struct Bound<B> {
    endpoint: Endpoint<B>,
    listener: TcpListener,
    address: SocketAddr,
    limits: Limits,
}

impl<B: Bot + 'static> Bound<B> {
    /// The address that is listened on.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint that is served, for turns that the bot begins.
    pub fn endpoint(&self) -> &Endpoint<B> {
        &self.endpoint
    }

    /// Serves until `told` is over; then takes no more, and waits for what is under way.
    pub async fn run_until(self, told: impl Future<Output = ()>) {
        let Bound {
            endpoint,
            listener,
            limits,
            ..
        } = self;
        let connections = Connections::new(limits.connections);
        let (requests, mut under_way) = watch::channel(0_usize);
        // Each connection has a receiver: it is closed when all are.
        let (all, open) = watch::channel(());
        let mut told = std::pin::pin!(told);
        loop {
            let accepted = signal::until(told.as_mut(), accept(&listener, &connections)).await;
            let Some((stream, peer, place)) = accepted else {
                break;
            };
            let mut server = http1::Builder::new();
            server
                .timer(TokioTimer::new())
                // Who has said all may close its side and wait for the answer.
                .half_close(true)
                .header_read_timeout(limits.idle)
                .max_header_size(HEAD)
                .max_buf_size(HEAD);
            let (endpoint, requests) = (endpoint.clone(), requests.clone());
            let connection = Connection::new(stream, place);
            let shared = connection.clone();
            let service = service_fn(move |mut request: Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(PeerAddress(peer));
                let (endpoint, answering) = (endpoint.clone(), Answering::new(&requests));
                let request_of = shared.begin();
                async move {
                    let _answering = answering;
                    let response = route(&endpoint, request).await;
                    Ok::<_, Infallible>(response.map(|body| request_of.with(body)))
                }
            });
            let stream = Patience::new(Stream(connection.clone()), limits.idle);
            let serving = server.serve_connection(TokioIo::new(stream), service);
            let open = open.clone();
            tokio::spawn(async move {
                // What breaks a connection is the caller's affair, and its turn goes on.
                if let Err(error) = connection.run(serving, limits.first).await {
                    tracing::trace!(target: "onhook::http", %error, "connection ended");
                }
                drop(open);
            });
        }
        drop(open);
        connections.close_all();
        drop(listener);
        let ending = async {
            let mut quiet = std::pin::pin!(async {
                // The sender is still here.
                let _ = under_way.wait_for(|requests| *requests == 0).await;
                endpoint.idle().await;
                tokio::time::sleep(LAST_WORDS).await;
            });
            // Who has only begun to ask, or does not read, is not waited for when the others have their answers.
            signal::until(quiet.as_mut(), all.closed()).await;
            endpoint.idle().await;
        };
        if tokio::time::timeout(limits.grace, ending).await.is_err() {
            tracing::warn!(target: "onhook::http", "turns did not end in time and are given up");
        }
    }
}

/// A request that is being answered.
struct Answering(watch::Sender<usize>);

impl Answering {
    fn new(requests: &watch::Sender<usize>) -> Answering {
        requests.send_modify(|requests| *requests += 1);
        Answering(requests.clone())
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.send_modify(|requests| *requests -= 1);
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Connections,
) -> (TcpStream, SocketAddr, Place) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let Some(place) = connections.enter(peer.ip()).await else {
                    tracing::debug!(target: "onhook::http", %peer, "too many connections of one peer");
                    continue;
                };
                // Answers are small and must not wait for more. If it cannot be set, they wait.
                let _ = stream.set_nodelay(true);
                return (stream, peer, place);
            }
            // The caller is gone already.
            Err(error) if is_of_connection(&error) => {}
            Err(error) => {
                // No more descriptors, as a rule: one that is idle is given back, or others will be.
                let closed = connections.close_idlest();
                tracing::error!(target: "onhook::http", %error, closed, "cannot accept connections");
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
    }
}

fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}
