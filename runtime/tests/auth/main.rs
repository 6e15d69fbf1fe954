//! Who is let in: tokens of every kind against an identity provider of our own.
#![cfg(feature = "http")]

mod accepted;
mod endpoint;
mod hostile;
mod loopback;
mod mint;
mod oracle;
mod outbound;
mod refresh;
mod scene;
