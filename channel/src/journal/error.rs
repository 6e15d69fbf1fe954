use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::store::StoreError;

/// Why the journal could not do something.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The disk has refused; what was acknowledged before still stands.
    #[error("the disk has failed to {doing} {path}: {source}")]
    Disk {
        /// What was being done.
        doing: &'static str,
        /// The file or folder that it was done to.
        path: PathBuf,
        /// What the disk said.
        source: Arc<io::Error>,
    },
    /// The audio file of a session could not be written; its audio is still in the journal.
    #[error("the recording at {path} has failed: {source}")]
    Wav {
        /// The audio file.
        path: PathBuf,
        /// What is wrong with it.
        source: Arc<crate::wav::WavError>,
    },
    /// There is a recording of this id already; nothing was changed. The caller must take another session number.
    #[error("there is a recording at {0} already")]
    Exists(PathBuf),
    /// Metadata of this many bytes do not fit into an entry; nothing was changed.
    #[error("metadata of {0} bytes are too large for the journal")]
    TooLarge(usize),
    /// The metadata cannot be written as JSON, or not be read back.
    #[error("the metadata cannot be read or written: {0}")]
    Metadata(Arc<serde_json::Error>),
    /// Samples are missing between two entries, or in front of the first; too many for silence in their place.
    #[error("{missing} samples are missing in {path}")]
    Gap {
        /// The audio file.
        path: PathBuf,
        /// How many.
        missing: u64,
    },
    /// Another process records to this folder, or another journal of this one; only one may. Nothing was changed.
    #[error("the recordings in {0} are in use by another process")]
    Locked(PathBuf),
    /// A link or something else stands where a folder of the store should be; nothing was changed.
    #[error("{0} is not what a store makes")]
    Foreign(PathBuf),
    /// The journal has been closed.
    #[error("the journal is closed")]
    Closed,
}

impl JournalError {
    /// For `map_err`: what the disk says about `doing` something to `path`.
    pub(crate) fn disk(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Disk {
            doing,
            path,
            source: Arc::new(source),
        }
    }

    /// What the store says about a folder.
    pub(super) fn store(folder: &std::path::Path, error: StoreError) -> Self {
        match error {
            StoreError::Disk {
                doing,
                path,
                source,
            } => Self::disk(doing, path)(source),
            StoreError::Foreign(path) => Self::Foreign(path),
            other => Self::disk("write the metadata in", folder)(io::Error::other(other)),
        }
    }

    pub(super) fn wav(path: impl Into<PathBuf>) -> impl FnOnce(crate::wav::WavError) -> Self {
        let path = path.into();
        move |source| Self::Wav {
            path,
            source: Arc::new(source),
        }
    }
}

impl From<JournalError> for StoreError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Exists(path) => StoreError::Exists(path),
            JournalError::Foreign(path) => StoreError::Foreign(path),
            JournalError::Disk {
                doing,
                path,
                source,
            } => StoreError::Disk {
                doing,
                path,
                source: io::Error::new(source.kind(), source),
            },
            other => StoreError::Disk {
                doing: "keep the journal of",
                path: PathBuf::new(),
                source: io::Error::other(other),
            },
        }
    }
}

/// Why samples were not taken; they are lost for the recording, and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More waits for the disk than may be held in memory. Later samples may be taken again.
    #[error("the disk is too far behind")]
    Full,
    /// The file of this session cannot be written for good; others are not concerned.
    #[error("the recording has failed")]
    Failed,
    /// The journal has been closed.
    #[error("the journal is closed")]
    Closed,
}
