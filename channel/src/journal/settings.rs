use std::time::Duration;

/// How a [`Journal`](super::Journal) trades memory, disk space and waiting; the defaults carry thousands of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long audio is gathered before it is committed. With the time of one commit, this is what is lost of a
    /// call when the machine stops.
    pub interval: Duration,
    /// So many bytes are committed at once, whatever the interval.
    pub batch_bytes: usize,
    /// So many bytes may wait for the disk; beyond that, samples are refused.
    pub pending_bytes: usize,
    /// The size from which on a new segment is begun.
    pub segment_bytes: u64,
    /// How long a segment is written to at most, so that audio leaves the journal in time: it does at the latest after
    /// this long and two checkpoints, and where its segment is written over, after this long once more.
    pub segment_interval: Duration,
    /// How often audio is copied from the journal to the files of the sessions.
    pub copy_interval: Duration,
    /// How often those files are synchronised, so that segments can be removed.
    pub checkpoint_interval: Duration,
    /// How many files of sessions are kept open. More than the process may open is found out and lived with.
    pub open_files: usize,
    /// So many bytes the journal may have on disk before sessions whose files cannot be written are given up.
    pub longest_bytes: u64,
    /// How long recordings are kept that a recovery ends, from their end on; for ever if it is not said.
    pub retention: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            interval: Duration::from_millis(50),
            batch_bytes: 8 << 20,
            pending_bytes: 64 << 20,
            segment_bytes: 64 << 20,
            segment_interval: Duration::from_secs(30),
            copy_interval: Duration::from_millis(400),
            checkpoint_interval: Duration::from_secs(10),
            open_files: 8192,
            longest_bytes: 16 << 30,
            retention: None,
        }
    }
}
