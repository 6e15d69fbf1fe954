//! What was found when a journal was opened.

use std::path::PathBuf;

use crate::journal::JournalError;
use crate::store::SessionId;

/// What was found when a journal was opened.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Recovery {
    /// The sessions that were in the journal, and those that were not but had been left without an end.
    pub sessions: Vec<Recovered>,
    /// Sessions whose files could not be brought up to date; what the journal has of them is kept and tried again
    /// when it is opened the next time.
    pub failed: Vec<(SessionId, JournalError)>,
    /// What was wrong in the journal. The segments concerned are kept under a name of their own.
    pub damage: Vec<Damage>,
    /// The files in which those segments are kept: they are deleted after the time that recordings are kept, 48 hours if
    /// that is not said, and by any erasure, see [`DamagedFile`](crate::store::DamagedFile).
    pub kept: Vec<PathBuf>,
}

/// A session that was in the journal when it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered {
    /// Which.
    pub id: SessionId,
    /// Samples of each channel in its files now.
    pub samples: u64,
    /// Of these, samples of silence that stand for audio that was not to be found. A power failure or a crash
    /// leaves none; damage does.
    pub missing: u64,
    /// How it had ended.
    pub ending: Ending,
}

/// How a session had ended before the journal was opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// It was complete; its files only had to be brought up to date.
    Finished,
    /// The bot had stopped it; it was sealed now.
    Stopped,
    /// It was cut off, and ended now with [`EndReason::ServiceRecovered`](onhook::recording::EndReason::ServiceRecovered).
    Interrupted,
    /// As [`Ending::Interrupted`], but its metadata were nowhere to be found: there is the audio, and new metadata say
    /// which recording it is and nothing more.
    Nameless,
}

/// Something in a segment of the journal that should not be so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Damage {
    /// The file as it was called.
    pub segment: PathBuf,
    /// What is wrong.
    pub harm: Harm,
}

/// What can be wrong in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Harm {
    /// Bytes that are no entry, in the middle.
    Bytes {
        /// The first.
        from: u64,
        /// The first behind them.
        to: u64,
    },
    /// An entry of a session that never began.
    Stray {
        /// The session's key.
        key: u64,
        /// Where the entry ends.
        offset: u64,
    },
    /// An entry that does not follow on what was read before it: something was cut out or is from elsewhere.
    Broken {
        /// The session's key.
        key: u64,
        /// Where the entry ends.
        offset: u64,
    },
    /// Entries of a session whose files are gone or do not fit: what they have cannot be brought there.
    Unplaced {
        /// The session's key.
        key: u64,
    },
}
