//! What the connector's client sends, and what it makes of the answers, on a scripted transport.

mod operations;
mod retries;
mod script;
mod sending;
mod tokens;
