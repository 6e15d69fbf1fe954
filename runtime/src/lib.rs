//! onhook.
