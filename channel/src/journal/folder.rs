//! The journal's folder: one file for each segment.

use super::shared::{Shared, lock};
use super::{JournalError, segment};

/// Removes a segment, durably before the next: what is left of the journal is its end at all times.
pub(super) fn remove(shared: &Shared, number: u64) -> Result<(), JournalError> {
    let path = shared.files.segment(number);
    match shared.files.disk.remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(JournalError::disk("remove", path)(error));
        }
        _ => {}
    }
    lock(&shared.state).segments.remove(&number);
    shared.files.sync_dir(&shared.files.folder)
}

/// The numbers of the segments in the journal's folder, in order.
pub(super) fn list(shared: &Shared) -> Result<Vec<u64>, JournalError> {
    let folder = &shared.files.folder;
    let names = shared.files.disk.list(folder);
    let names = names.map_err(JournalError::disk("list", folder))?;
    let mut numbers: Vec<_> = names
        .iter()
        .filter_map(|name| segment::number(name))
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}
