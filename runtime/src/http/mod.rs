//! Bots on the network: the HTTP host, the connector's client, and authentication.

pub mod auth;
mod client;
pub mod connector;
mod transport;

pub use client::{HttpClient, HttpClientBuilder};
pub use transport::{Transport, TransportError};
