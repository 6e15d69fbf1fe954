//! Which file a name stands for.

use std::fs::Metadata;

/// Which file something is, whatever it is called: the same for every name of one file as long as somebody has it open,
/// and another for a file that has taken its place.
///
/// What a disk gives for two files only has to differ; [`RealDisk`](super::RealDisk) gives their device and inode.
///
/// ```
/// use onhook_channel::store::{Disk, DiskFile, FileIdentity, RealDisk};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("journal");
/// let file = RealDisk.create_new(&path).unwrap();
/// assert_eq!(RealDisk.identity(&path).unwrap(), file.identity().unwrap());
/// assert_ne!(FileIdentity::new(1, 7), FileIdentity::new(2, 7));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileIdentity {
    device: u64,
    file: u64,
}

impl FileIdentity {
    /// The file of this number on the device of that number.
    pub const fn new(device: u64, file: u64) -> Self {
        Self { device, file }
    }

    /// What the file system of this machine says; none where Rust's standard library does not tell.
    #[cfg(unix)]
    #[allow(
        clippy::unnecessary_wraps,
        reason = "other systems have nothing to give"
    )]
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        Some(Self::new(metadata.dev(), metadata.ino()))
    }

    /// What the file system of this machine says; none where Rust's standard library does not tell.
    #[cfg(not(unix))]
    pub(super) fn of(_metadata: &Metadata) -> Option<Self> {
        None
    }
}
