//! onhook.

pub mod command_error;
pub mod recording;
pub mod ssml;
