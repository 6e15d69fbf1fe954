//! What is known from a verified token.

use std::sync::Arc;

use super::Identity;
use super::key::Key;

/// What is known from a verified token, without the token.
#[derive(Debug)]
pub(super) struct Verified {
    pub(super) identity: Identity,
    /// The claim `serviceurl` of a channel.
    pub(super) service_url: Option<String>,
    /// The key that signed the token.
    pub(super) key: Arc<Key>,
}
