//! The version of a record.

use std::fmt;

/// The version of a record, as its store names it. Opaque: only equality has a meaning.
///
/// A store never gives the same tag to two contents of one key, also not after the record was deleted and written
/// again. A counter that begins anew with each record is therefore no tag.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ETag(Box<str>);

impl ETag {
    /// The tag with this text.
    pub fn new(text: impl Into<Box<str>>) -> ETag {
        ETag(text.into())
    }

    /// The text, as it was given to [`new`](ETag::new).
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<u64> for ETag {
    fn from(version: u64) -> ETag {
        ETag(version.to_string().into())
    }
}
