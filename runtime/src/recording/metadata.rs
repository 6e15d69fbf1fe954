//! The limits of what a bot may attach to a recording.

use std::collections::BTreeMap;

use crate::command_error::CommandError;

/// The most keys the metadata of a recording may have.
pub const MAX_METADATA_KEYS: usize = 64;

/// The most UTF-8 bytes that keys and values of a recording's metadata may have together.
pub const MAX_METADATA_BYTES: usize = 16 * 1_024;

/// Why metadata is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// A key has no characters: name it.
    #[error("metadata has an empty key")]
    EmptyKey,
    /// Too many keys: join some, or keep them elsewhere under one id.
    #[error("metadata has {found} keys, and at most {limit} are allowed")]
    TooManyKeys {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Too many bytes: keep them elsewhere under one id.
    #[error("metadata has {found} bytes in keys and values, and at most {limit} are allowed")]
    TooLarge {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
}

impl From<MetadataError> for CommandError {
    fn from(error: MetadataError) -> Self {
        Self::bad_argument(error.to_string())
    }
}

/// Whether metadata keeps within [`MAX_METADATA_KEYS`] and [`MAX_METADATA_BYTES`], and every key has a name.
pub fn check_metadata(metadata: &BTreeMap<String, String>) -> Result<(), MetadataError> {
    let keys = metadata.len();
    if keys > MAX_METADATA_KEYS {
        return Err(MetadataError::TooManyKeys {
            found: keys,
            limit: MAX_METADATA_KEYS,
        });
    }
    let bytes = metadata
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    if bytes > MAX_METADATA_BYTES {
        return Err(MetadataError::TooLarge {
            found: bytes,
            limit: MAX_METADATA_BYTES,
        });
    }
    if metadata.contains_key("") {
        return Err(MetadataError::EmptyKey);
    }
    Ok(())
}
