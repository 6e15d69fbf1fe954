//! How the runtime behaves: what a turn sends, where results go, how a host keeps turns in order.

mod addressing;
mod bag;
mod chain;
mod claims;
mod command_data;
mod commands_received;
mod commands_sent;
mod extract;
mod failures;
mod handles;
mod long_ids;
mod mailbox;
mod memory;
mod rejections;
mod results;
mod say;
mod send;
mod stub;
mod transfer;
mod while_paused;
