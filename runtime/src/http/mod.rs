//! Bots on the network: the HTTP host, the connector's client, and authentication.
//!
//! [`serve`] does it all for one bot and an environment; [`Server`] and [`Endpoint`] are for what it
//! leaves open. A request takes this way: its head is checked, then its token, then its body is read; what only the
//! activity shows is checked, and the turn takes its place among those of its conversation. What the bot sends goes
//! out through the [`ConnectorClient`](connector::ConnectorClient), or in the response if the activity asks for it.
//!
//! | status | when |
//! |---|---|
//! | 200 | the turn ran, also when its error was taken care of by `#[on_error]` |
//! | 202 | another turn of the conversation is under way, and this one runs after it; by [option](EndpointBuilder::answer_at_once); the turn takes longer than the [limit](EndpointBuilder::answer_timeout) |
//! | that of the handler | the activity is an invoke |
//! | 400 | the body is no activity, or an id in it is too long; `error.target` is the JSON path of the mistake. The request does not name one host |
//! | 401, 403 | there is no valid token; there is one that does not allow this. Without an app id 401: the request does not come from this machine |
//! | 404, 405 | another path, another method |
//! | 408, 413, 415 | the body comes too slowly, is too long, is not JSON in UTF-8 |
//! | 414, 431 | the target or the head is too long |
//! | 410 | the activity came before, and the content of its answer is [not kept](EndpointBuilder::answer_memory) any more |
//! | 429, 503 | too many turns of the conversation wait; too many in all, or the keys to check a token cannot be had |
//! | 500 | the turn failed, and no `#[on_error]` took care of it |
//! | 501 | nobody handles the invoke; the transfer coding is not `chunked` |
//! | 504 | a turn whose answer is waited for takes longer than the limit |
//!
//! An invoke, and an activity with the delivery mode `expectReplies` or `stream`, is never answered with 202: its answer
//! waits for its turn. A channel that sends one while it answers a request of the bot in the same conversation waits for
//! itself, until a limit ends it.
//!
//! An activity that comes again within ten minutes is not run again. It gets the answer of the first, and waits for it
//! if that turn is under way. Only a turn that failed, or that answered with 408, 425, 429 or 5xx, runs again.
//!
//! Errors are told as by the connector's REST API: `{"error": {"code": …, "message": …}}`.

pub mod auth;
mod client;
pub mod connector;
mod transport;

mod access;
mod again;
mod answer;
mod authority;
mod builder;
mod deduplication;
mod endpoint;
mod event;
mod head;
mod intake;
mod outgoing;
pub(crate) mod printable;
mod proactive;
mod problem;
mod reply;
mod room;
mod started;

mod connection;
mod connections;
mod paths;
mod patience;
mod peer;
mod server;
mod signal;
mod variables;
mod wire;

#[cfg(feature = "axum")]
mod router;

pub use builder::EndpointBuilder;
pub use client::{HttpClient, HttpClientBuilder};
pub use endpoint::{Endpoint, PeerAddress};
pub use reply::ReplyBody;
pub use server::{Bound, ServeError, Server, serve};
pub use transport::{Transport, TransportError};
pub use variables::SettingError;
