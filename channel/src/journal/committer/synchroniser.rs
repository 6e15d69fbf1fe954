//! The thread that synchronises the segment that is being written.

use std::sync::mpsc::Receiver;

use crate::journal::JournalError;
use crate::journal::shared::{Shared, lock};
use crate::store::{DiskFile, FileIdentity};

/// A file to be synchronised, with the journal's folder if the file is new.
pub(in crate::journal) struct Request {
    pub(super) file: Box<dyn DiskFile>,
    pub(super) number: u64,
    pub(super) identity: Option<FileIdentity>,
    pub(super) is_new: bool,
}

/// What has become of it.
pub(in crate::journal) struct Answer {
    pub(super) file: Box<dyn DiskFile>,
    pub(super) outcome: Result<(), JournalError>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.outcome.fmt(formatter)
    }
}

/// The thread that synchronises.
pub(in crate::journal) fn synchronise(shared: &Shared, requests: &Receiver<Request>) {
    for Request {
        mut file,
        number,
        identity,
        is_new,
    } in requests
    {
        let path = shared.files.segment(number);
        let synced = file.sync();
        let synced = synced.map_err(JournalError::disk("synchronise", path));
        let folder = |()| {
            if is_new {
                shared.files.sync_dir(&shared.files.folder)
            } else {
                Ok(())
            }
        };
        let outcome = synced.and_then(folder);
        // What is durable in a file that nobody finds is not on disk.
        let outcome = outcome.and_then(|()| shared.check_folder());
        let outcome = outcome.and_then(|()| shared.files.check_segment(number, identity));
        lock(&shared.state).segment_synced = Some(Answer { file, outcome });
        shared.work.notify_one();
    }
}
