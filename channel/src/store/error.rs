use std::path::PathBuf;

/// Why a recording could not be stored or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is a recording of this id already; nothing was changed. The caller must take another session number.
    #[error("there is a recording at {0} already")]
    Exists(PathBuf),
    /// The disk has refused; what was written before still stands.
    #[error("the disk has failed to {doing} {path}: {source}")]
    Disk {
        /// What was being done.
        doing: &'static str,
        /// The file or folder that it was done to.
        path: PathBuf,
        /// What the disk said.
        source: std::io::Error,
    },
    /// The audio file could not be written, or is not what a recorder leaves behind.
    #[error("the recording at {path} has failed: {source}")]
    Wav {
        /// The audio file.
        path: PathBuf,
        /// What is wrong with it.
        source: crate::wav::WavError,
    },
    /// The part is closed: reopen it first.
    #[error("the recording at {0} is closed")]
    Closed(PathBuf),
    /// The metadata is not what a recorder writes.
    #[error("the metadata at {path} cannot be read: {source}")]
    Metadata {
        /// The metadata file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// What stands there is a link or something else that no store makes; it was left alone.
    #[error("{0} is not what a store makes")]
    Foreign(PathBuf),
    /// The metadata are those of another recording.
    #[error("the metadata at {path} are those of {recording_id}")]
    Misfiled {
        /// The metadata file.
        path: PathBuf,
        /// The recording that they describe.
        recording_id: String,
    },
    /// A line of a file of lines is damaged; the lines around it are not.
    #[error("the line at byte {at} of {path} cannot be read")]
    Line {
        /// The file.
        path: PathBuf,
        /// Where the line begins.
        at: u64,
    },
    /// A line would be longer than a reader takes; nothing was written.
    #[error("a line is too long for {0}")]
    LineTooLong(PathBuf),
    /// The deletion of the recording was begun: it is too late to hold it. [`Store::finish_deletions`] finishes one that
    /// was interrupted.
    ///
    /// [`Store::finish_deletions`]: super::Store::finish_deletions
    #[error("the recording at {0} is being deleted")]
    BeingDeleted(PathBuf),
    /// The recording was deleted: there is nothing left to hold.
    #[error("the recording at {0} was deleted")]
    Deleted(PathBuf),
    /// There is no recording, and none of which a tombstone says that it was deleted.
    #[error("there is no recording at {0}")]
    Missing(PathBuf),
    /// Another process has been changing holds, deleting or writing to a log for half a minute; nothing was changed. Try
    /// again when it is done.
    #[error("the recordings in {0} are being changed by another process: try again later")]
    Busy(PathBuf),
    /// A file is larger than any that a store writes; it was not read.
    #[error("{path} has more than {limit} bytes, which no file of its kind has")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes that it may have.
        limit: u64,
    },
}

impl StoreError {
    /// For `map_err`: what the disk says about `doing` something to `path`.
    pub(super) fn disk(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Disk {
            doing,
            path,
            source,
        }
    }
}
