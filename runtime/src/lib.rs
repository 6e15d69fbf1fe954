//! onhook.

pub mod command_error;
pub mod recording;
