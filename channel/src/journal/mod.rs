//! The journal of a store: what makes thousands of recordings durable with one synchronisation at a time.
//!
//! One thread gathers what all calls have, appends it to the journal in one write, and synchronises it: what a
//! crash or a power failure takes of each call is what one such turn takes, whatever the number of calls, and an
//! answer to a command is given when what it says is on disk. A second thread reads the journal and copies it to
//! each session's own file. From time to time those are synchronised, and the segments that nobody needs any more
//! are removed.
//!
//! A kill takes at most [`Settings::interval`] and the time of one write of audio; a power failure takes at most that
//! and the time of two synchronisations, which is the disk's. What a process leaves behind is brought to the
//! sessions' files when the journal is opened again. As long as segments are kept, that writes the files of their
//! sessions again, finished ones too: whoever erases or changes recordings should look at [`Figures::segments`].
//!
//! ```
//! use onhook_channel::journal::Journal;
//! use onhook_channel::store::metadata::SessionRecord;
//! use onhook_channel::store::{RealDisk, SessionId};
//!
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! let (journal, recovery) = Journal::open(RealDisk, folder.join("recordings"))?;
//! assert!(recovery.sessions.is_empty(), "nothing was left behind");
//! let now = time::OffsetDateTime::UNIX_EPOCH;
//! let record = SessionRecord::new(SessionId::new("conv-7", 1, now.date()), now);
//!
//! let session = journal.begin(record.id.clone(), &record.metadata())?;
//! session.append(&[7; 320])?;
//! session.step(&record.metadata())?.wait()?;      // 20 ms and the metadata are on disk
//! session.finish(&record.metadata())?;
//! assert_eq!(std::fs::metadata(journal.store().content(&record.id))?.len(), 80 + 640);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod audio;
mod checkpoint;
mod checksum;
mod committer;
mod copier;
mod copy;
mod entry;
mod error;
mod folder;
#[doc(hidden)]
pub mod fuzzing;
mod live;
mod owner;
mod recovery;
mod segment;
mod session;
mod settings;
mod shared;
mod spare;

pub use error::{JournalError, Refused};
pub use owner::{Figures, Journal};
pub use recovery::{Damage, Ending, Harm, Recovered, Recovery};
pub use session::{Commit, LiveSession};
pub use settings::Settings;
