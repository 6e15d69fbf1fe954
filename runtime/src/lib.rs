//! onhook.
pub mod activity;
