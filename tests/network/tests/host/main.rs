//! A bot as an HTTP service: requests through the `tower` service, and a channel that keeps what it is sent.

mod channel;
mod desk;

mod busy;
mod conversations;
mod delivery;
mod handles;
mod hostile;
mod proactive;
mod redelivery;
mod repeats;
mod results;
mod sloppy;
mod statuses;
mod synchronous;
mod tokens;
mod traces;
