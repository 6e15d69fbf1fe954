//! Texts that are not shown.

use std::fmt;

/// A secret: a password, or a header that stands for one. `Debug` does not show it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text, for a request.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// `text` without the secret, should somebody have repeated it.
    pub(super) fn redact(&self, text: &str) -> String {
        if self.0.is_empty() {
            text.to_owned()
        } else {
            text.replace(&self.0, "…")
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
