//! The attribute macros of onhook. Use them through the `onhook` crate.
