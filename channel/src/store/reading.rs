//! Reading the store's small files: never more than such a file can have, and never through a link.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::disk::EntryKind;
use super::{Store, StoreError};

/// The most bytes of a recording's metadata. The journal takes a megabyte.
pub(super) const METADATA_LIMIT: u64 = 16 << 20;

impl Store {
    /// The content of a file that has at most so many bytes.
    pub(super) fn read_file(&self, path: &Path, limit: u64) -> Result<Vec<u8>, StoreError> {
        if self.kind(path)?.is_some_and(|kind| kind != EntryKind::File) {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        let unreadable = |source| StoreError::disk("read", path)(source);
        let file = self.disk().open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        if read.map_err(unreadable)? as u64 > limit {
            let path = path.to_owned();
            return Err(StoreError::TooLarge { path, limit });
        }
        Ok(bytes)
    }

    /// Whether a folder is there. Everything between the store's folder and it must be a folder as well, and no link:
    /// what is below a link is not the store's.
    pub(crate) fn is_folder(&self, folder: &Path) -> Result<bool, StoreError> {
        let below = folder.strip_prefix(self.root()).unwrap_or(folder);
        let mut path = PathBuf::from(self.root());
        for name in below {
            path.push(name);
            match self.kind(&path)? {
                Some(EntryKind::Folder) => {}
                Some(_) => return Err(StoreError::Foreign(path)),
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}
