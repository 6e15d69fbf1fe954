//! The journal's folder: one file for each segment.

use super::shared::Shared;
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
    shared.files.sync_dir(&shared.files.folder)
}

/// The numbers of the segments in the journal's folder, in order. What had left the journal to be written over is
/// removed.
pub(super) fn list(shared: &Shared) -> Result<Vec<u64>, JournalError> {
    let folder = &shared.files.folder;
    let names = shared.files.disk.list(folder);
    let names = names.map_err(JournalError::disk("list", folder))?;
    let mut numbers = Vec::new();
    for name in &names {
        match segment::number(name) {
            Some(number) => numbers.push(number),
            None if segment::is_spare(name) => {
                // It takes room and nothing else.
                drop(shared.files.disk.remove_file(&folder.join(name)));
            }
            None => {}
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}
