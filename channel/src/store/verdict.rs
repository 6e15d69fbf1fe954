//! What was found out about recordings.

use std::fmt;
use std::path::PathBuf;

use super::Broken;

/// What [`Store::verify`](super::Store::verify) has found.
#[derive(Debug, Default)]
#[non_exhaustive]
#[must_use = "what is damaged is told here and nowhere else"]
pub struct Report {
    /// How many recordings were looked at.
    pub recordings: u64,
    /// How many of them may still go on, so that their audio has no hash yet.
    pub open: u64,
    /// What is wrong, in the order of the recordings.
    pub findings: Vec<Finding>,
    /// Files with what [cannot be read](super::DamagedFile) that are kept; with `..` only.
    pub damaged: Vec<PathBuf>,
}

/// Something that is wrong with a recording.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finding {
    /// Where.
    pub place: PathBuf,
    /// What.
    pub problem: Problem,
}

/// What is wrong with a recording.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It cannot be read, or is another's.
    #[error("{0}")]
    Broken(Broken),
    /// The metadata have no hash of themselves: those of an earlier version, or somebody has taken it out.
    #[error("the metadata have no manifest")]
    NoManifest,
    /// The metadata are not as they were written.
    #[error("the metadata have been changed")]
    MetadataChanged,
    /// An audio file that the metadata name is not there, or is no file.
    #[error("part {part} is missing")]
    PartMissing {
        /// The number of the part.
        part: u32,
    },
    /// An audio file is shorter or longer than it was.
    #[error("part {part} has {found} bytes instead of {wanted}{}", From(*.at))]
    PartLength {
        /// The number of the part.
        part: u32,
        /// How long it was.
        wanted: u64,
        /// How long it is.
        found: u64,
        /// Where the first second begins that is not as it was, in bytes; none if that is not known.
        at: Option<u64>,
    },
    /// An audio file is not as it was.
    #[error("part {part} has been changed{}", From(*.at))]
    PartChanged {
        /// The number of the part.
        part: u32,
        /// Where the first second begins that is not as it was, in bytes; none if that is not known.
        at: Option<u64>,
    },
    /// The part is in order, the hashes of its seconds are not there or not as they were.
    #[error("the hashes of part {part}'s seconds are missing or have been changed")]
    BlocksChanged {
        /// The number of the part.
        part: u32,
    },
    /// A part does not name the one before it: parts were exchanged, taken out or put in.
    #[error("part {part} does not follow on the part before it")]
    PartOutOfOrder {
        /// The number of the part.
        part: u32,
    },
    /// The recording does not name the one before it: that one was changed, taken out or put in.
    #[error("the recording does not follow on the recording before it")]
    OutOfOrder,
    /// A recording was published, is not there, and was not deleted by this store.
    #[error("the recording {recording_id} is missing")]
    Missing {
        /// Its id.
        recording_id: String,
    },
}

/// Where the first damage is, if it is known.
struct From(Option<u64>);

impl fmt::Display for From {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(at) => write!(formatter, ", from the second that begins at byte {at}"),
            None => Ok(()),
        }
    }
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_intact(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn find(&mut self, place: impl Into<PathBuf>, problem: Problem) {
        let place = place.into();
        self.findings.push(Finding { place, problem });
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place.display(), self.problem)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (recordings, open, wrong) = (self.recordings, self.open, self.findings.len());
        write!(formatter, "{recordings} recordings, {open} open, ")?;
        match wrong {
            0 => formatter.write_str("all as they were written"),
            1 => formatter.write_str("1 problem"),
            _ => write!(formatter, "{wrong} problems"),
        }?;
        for finding in &self.findings {
            write!(formatter, "\n{finding}")?;
        }
        for path in &self.damaged {
            let path = path.display();
            write!(formatter, "\n{path}: kept although it cannot be read")?;
        }
        Ok(())
    }
}
