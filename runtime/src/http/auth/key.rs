//! A key of an issuer.

/// A public RSA key of an issuer.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) endorsements: Vec<String>,
}

impl Key {
    /// Whether tokens of this key are good for `channel`.
    pub(super) fn endorses(&self, channel: &str) -> bool {
        self.endorsements.iter().any(|endorsed| endorsed == channel)
    }
}
