//! Conversations that outlive their process.

mod secret;

pub use secret::Secret;
