//! The keys of an issuer.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::key::Key;

/// More keys than any issuer has: Entra has about ten.
const MAX_KEYS: usize = 256;

/// The keys of an issuer that can be used, by `kid`.
#[derive(Debug)]
pub(super) struct KeySet(HashMap<String, Arc<Key>>);

#[derive(Deserialize)]
struct Jwks<'t> {
    #[serde(borrow)]
    keys: Vec<&'t RawValue>,
}

impl KeySet {
    /// Reads a JWK set (RFC 7517, 5). Keys that cannot be used are left out, and of two with the same `kid` the
    /// second. A set that is malformed, too large, or without a key that can be used is an error that says why.
    pub(super) fn read(json: &[u8]) -> Result<KeySet, &'static str> {
        let jwks: Jwks<'_> =
            serde_json::from_slice(json).map_err(|_| "the key set is malformed")?;
        if jwks.keys.len() > MAX_KEYS {
            return Err("the key set has more than 256 keys");
        }
        let mut keys = HashMap::new();
        for key in jwks.keys.iter().filter_map(|json| Key::read(json.get())) {
            keys.entry(key.id().to_owned())
                .or_insert_with(|| Arc::new(key));
        }
        if keys.is_empty() {
            return Err("the key set has no key that can be used");
        }
        Ok(KeySet(keys))
    }

    /// The key whose `kid` is `id`.
    pub(super) fn get(&self, id: &str) -> Option<&Arc<Key>> {
        self.0.get(id)
    }
}
