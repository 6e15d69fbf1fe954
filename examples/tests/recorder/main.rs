//! The recorder as it runs: a process of its own, and a channel that calls it and keeps what it is sent.

mod channel;
mod conversation;
mod process;
