//! Bots on the network: the HTTP host, the connector's client, and authentication.
//!
//! [`serve`] does it all for one bot and an environment; [`Server`] and [`Endpoint`] are for what it
//! leaves open. A request takes this way: its head is checked, then its token, then its body is read; what only the
//! activity shows is checked, and the turn takes its place among those of its conversation. What the bot sends goes
//! out through the [`ConnectorClient`](connector::ConnectorClient), or in the response if the activity asks for it.
//!
//! | status | when |
//! |---|---|
//! | 200 | the turn ran, also when its error was taken care of by `#[on_error]`; the activity came before |
//! | 202 | by [option](EndpointBuilder::answer_at_once); the turn takes longer than the [limit](EndpointBuilder::answer_timeout) |
//! | that of the handler | the activity is an invoke |
//! | 400 | the body is no activity, or an id in it is too long; `error.target` is the JSON path of the mistake |
//! | 401, 403 | there is no valid token; there is one that does not allow this |
//! | 404, 405 | another path, another method |
//! | 408, 413, 415 | the body comes too slowly, is too long, is not JSON in UTF-8 |
//! | 429, 503 | too many turns of the conversation wait; too many in all, or the keys to check a token cannot be had |
//! | 500 | the turn failed, and no `#[on_error]` took care of it |
//! | 501 | nobody handles the invoke |
//! | 504 | a turn whose answer is waited for takes longer than the limit |
//!
//! Errors are told as by the connector's REST API: `{"error": {"code": …, "message": …}}`.

pub mod auth;
mod client;
pub mod connector;
mod transport;

mod access;
mod builder;
mod endpoint;
mod head;
mod intake;
mod outgoing;
pub(crate) mod printable;
mod proactive;
mod problem;
mod reply;
mod room;
mod seen;
mod started;

mod patience;
mod server;
mod signal;
mod variables;

#[cfg(feature = "axum")]
mod router;

pub use builder::EndpointBuilder;
pub use client::{HttpClient, HttpClientBuilder};
pub use endpoint::{Endpoint, PeerAddress};
pub use reply::ReplyBody;
pub use server::{Bound, ServeError, Server, serve};
pub use transport::{Transport, TransportError};
pub use variables::SettingError;
