use std::any::Any;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Result};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::wav::Storage;

/// How long [`Disk::lock_waiting`] waits, unless a disk says otherwise.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);
/// How often it asks meanwhile.
const LOCK_POLL: Duration = Duration::from_millis(1);

/// What the store asks of a file system; blocking, so it is called from threads that may block.
///
/// The one seam between the rules of the store and the disk: [`RealDisk`] behind it in earnest, and
/// [`FaultyDisk`](super::FaultyDisk) in tests of what happens when the disk is full or broken.
pub trait Disk: Send + Sync {
    /// Makes a folder whose parent exists; an error of kind `AlreadyExists` if there is something.
    fn create_dir(&self, path: &Path) -> Result<()>;

    /// Makes a file that does not exist yet; an error of kind `AlreadyExists` if there is something.
    fn create_new(&self, path: &Path) -> Result<Box<dyn DiskFile>>;

    /// Opens a file for reading and writing at its beginning.
    fn open(&self, path: &Path) -> Result<Box<dyn DiskFile>>;

    /// Puts one file in the place of another, or of none, in one step. A folder gets a name that nothing has yet, in the
    /// folder in which it is; this must not need space on the disk, as it is how a deletion begins.
    fn rename(&self, from: &Path, to: &Path) -> Result<()>;

    /// Removes a file.
    fn remove_file(&self, path: &Path) -> Result<()>;

    /// Removes an empty folder.
    fn remove_dir(&self, path: &Path) -> Result<()>;

    /// The names in a folder, in no order; those that are no UTF-8 are left out.
    fn list(&self, path: &Path) -> Result<Vec<String>>;

    /// What stands at a path itself: a link is not followed.
    ///
    /// Unless a disk says otherwise, the file system of this machine is asked, as is right for one that hands its
    /// paths on to it.
    fn kind(&self, path: &Path) -> Result<EntryKind> {
        let kind = fs::symlink_metadata(path)?.file_type();
        Ok(if kind.is_file() {
            EntryKind::File
        } else if kind.is_dir() {
            EntryKind::Folder
        } else {
            EntryKind::Other
        })
    }

    /// Makes sure that the entries of a folder survive a power failure.
    fn sync_dir(&self, path: &Path) -> Result<()>;

    /// Has a file, made if it is missing, stand for something that one process may have at a time; an error of kind
    /// `WouldBlock` if somebody has it. It is let go when what is given is dropped, or the process ends in any way.
    ///
    /// Unless a disk says otherwise, nobody else is there.
    fn lock(&self, path: &Path) -> Result<DiskLock> {
        let _ = path;
        Ok(DiskLock::default())
    }

    /// The same, but waits until whoever has it lets it go; an error of kind `WouldBlock` if that takes too long.
    ///
    /// Unless a disk says otherwise, asks [`Disk::lock`] every millisecond for 30 seconds.
    fn lock_waiting(&self, path: &Path) -> Result<DiskLock> {
        let since = Instant::now();
        loop {
            match self.lock(path) {
                Err(error)
                    if error.kind() == ErrorKind::WouldBlock && since.elapsed() < LOCK_PATIENCE =>
                {
                    thread::sleep(LOCK_POLL);
                }
                locked => return locked,
            }
        }
    }
}

/// What [`Disk::lock`] gives: a lock for as long as it is there.
#[derive(Default)]
pub struct DiskLock {
    _held: Option<Box<dyn Any + Send + Sync>>,
}

impl DiskLock {
    /// A lock that is let go when this is dropped: for a [`Disk`] of your own.
    pub fn new(held: impl Any + Send + Sync) -> Self {
        Self {
            _held: Some(Box::new(held)),
        }
    }
}

impl fmt::Debug for DiskLock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DiskLock").finish_non_exhaustive()
    }
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link, a device or anything else: nothing that a store makes.
    Other,
}

/// An open file of a [`Disk`].
pub trait DiskFile: Storage + Send {
    /// Makes sure that the file's content and length survive a power failure.
    fn sync(&mut self) -> Result<()>;
}

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_dir(&self, path: &Path) -> Result<()> {
        fs::create_dir(path)
    }

    fn create_new(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)?;
        Ok(Box::new(file))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Box::new(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> Result<()> {
        fs::remove_dir(path)
    }

    fn list(&self, path: &Path) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            names.extend(entry?.file_name().into_string().ok());
        }
        Ok(names)
    }

    fn sync_dir(&self, path: &Path) -> Result<()> {
        // Windows neither needs this nor lets a folder be opened.
        if cfg!(windows) {
            Ok(())
        } else {
            File::open(path)?.sync_all()
        }
    }

    fn lock(&self, path: &Path) -> Result<DiskLock> {
        let opened = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path);
        let file = opened?;
        match file.try_lock() {
            Ok(()) => Ok(DiskLock::new(file)),
            // A file system that has no locks cannot say who else is there.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                Ok(DiskLock::default())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl DiskFile for File {
    fn sync(&mut self) -> Result<()> {
        self.sync_data()
    }
}

impl<D: Disk + ?Sized> Disk for std::sync::Arc<D> {
    fn create_dir(&self, path: &Path) -> Result<()> {
        (**self).create_dir(path)
    }

    fn create_new(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        (**self).create_new(path)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        (**self).open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        (**self).rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> Result<()> {
        (**self).remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> Result<()> {
        (**self).remove_dir(path)
    }

    fn list(&self, path: &Path) -> Result<Vec<String>> {
        (**self).list(path)
    }

    fn kind(&self, path: &Path) -> Result<EntryKind> {
        (**self).kind(path)
    }

    fn sync_dir(&self, path: &Path) -> Result<()> {
        (**self).sync_dir(path)
    }

    fn lock(&self, path: &Path) -> Result<DiskLock> {
        (**self).lock(path)
    }

    fn lock_waiting(&self, path: &Path) -> Result<DiskLock> {
        (**self).lock_waiting(path)
    }
}
