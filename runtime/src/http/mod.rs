//! Bots on the network: the HTTP host, the connector's client, and authentication.

pub mod auth;
pub mod connector;
mod transport;

pub use transport::{Transport, TransportError};
