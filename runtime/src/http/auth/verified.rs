//! What is known from a verified token, and for how long it is remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};

use super::Identity;
use super::claims::Lifetime;
use super::key::Key;

/// How many tokens are remembered. A channel uses one token for an hour and a bot, so that there are few.
const MAX_REMEMBERED: usize = 1024;

/// What is known from a verified token, without the token.
#[derive(Debug)]
pub(super) struct Verified {
    pub(super) identity: Identity,
    /// The claim `serviceurl` of a channel.
    pub(super) service_url: Option<String>,
    pub(super) lifetime: Lifetime,
    /// The key that signed the token.
    pub(super) key: Arc<Key>,
    /// The generation of keys in which it was.
    pub(super) generation: u64,
}

/// Names a token without being one: SHA-256 of its whole text, signature included.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(token: &str) -> Fingerprint {
        let mut bytes = [0; 32];
        for (byte, digested) in bytes
            .iter_mut()
            .zip(digest(&SHA256, token.as_bytes()).as_ref())
        {
            *byte = *digested;
        }
        Fingerprint(bytes)
    }
}

/// Verified tokens, so that the signature is not computed again for each request.
///
/// This changes no verdict: what depends on the token's text alone was checked for the very same text, only tokens
/// that passed are here, and what changes with time is checked by the caller at each use, lifetime and keys.
#[derive(Default)]
pub(super) struct Remembered(Mutex<HashMap<Fingerprint, Arc<Verified>>>);

impl Remembered {
    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<Arc<Verified>> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(fingerprint).cloned()
    }

    pub(super) fn insert(&self, fingerprint: Fingerprint, verified: Arc<Verified>, now: i64) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= MAX_REMEMBERED {
            tokens.retain(|_, known| known.lifetime.check(now).is_ok());
            // All are valid: any one goes, and is verified again if it comes back.
            if tokens.len() >= MAX_REMEMBERED
                && let Some(any) = tokens.keys().next().copied()
            {
                tokens.remove(&any);
            }
        }
        tokens.insert(fingerprint, verified);
    }
}
