//! Why audio or a step did not come to disk.

use super::tape::WAITING;
use crate::journal::JournalError;
use crate::store::StoreError;

/// Why audio or a step did not come to disk.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecorderError {
    /// The store refused it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal refused it.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Too much audio waits.
    #[error("the disk is more than {WAITING} seconds behind")]
    Behind,
    /// The store panicked, or the recorder's task is gone.
    #[error("the recorder has died")]
    Died,
}
