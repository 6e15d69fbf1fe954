//! A bot's HTTP server over real sockets: what clients do, well-behaved and not.

mod line;
mod served;

mod connections;
mod nested;
mod order;
mod protocol;
mod reading;
mod requests;
mod shutdown;
