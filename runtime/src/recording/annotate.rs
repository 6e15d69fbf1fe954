//! A note of the bot in the timeline of a recording.

use serde::{Deserialize, Serialize};

use super::{MAX_METADATA_BYTES, MetadataError};

/// The name of the command on the wire. It is an application's (A6301): no other channel than this one's carries it out.
pub(crate) const ANNOTATE: &str = "application/vnd.onhook.recording.annotate";

/// Puts a note into the timeline of the recording, at the place where the recording is: the `data` of the command
/// `application/vnd.onhook.recording.annotate`.
///
/// There may be 64 of them in a recording; name and value have at most 16 KiB of UTF-8 together. The notes are in the
/// metadata for everyone to read who has the recording: no card number belongs there.
/// ```
/// use onhook::recording::RecordingAnnotate;
///
/// let note = RecordingAnnotate::new("consent").value("given by voice");
/// assert_eq!(serde_json::to_string(&note)?, r#"{"name":"consent","value":"given by voice"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[must_use = "a command does nothing unless it is sent"]
pub struct RecordingAnnotate {
    /// What it is about: `consent`, `order-placed`.
    pub name: String,
    /// What there is to say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl RecordingAnnotate {
    /// The most notes in a recording.
    pub const MOST: usize = 64;

    /// A note of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: None,
        }
    }

    /// Says more.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// Whether the note has a name and keeps within its limit of 16 KiB.
    pub fn check(&self) -> Result<(), MetadataError> {
        let found = self.name.len() + self.value.as_ref().map_or(0, String::len);
        if found > MAX_METADATA_BYTES {
            let limit = MAX_METADATA_BYTES;
            return Err(MetadataError::TooLarge { found, limit });
        }
        if self.name.is_empty() {
            return Err(MetadataError::EmptyKey);
        }
        Ok(())
    }
}
