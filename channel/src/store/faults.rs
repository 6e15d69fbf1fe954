use std::fmt;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Disk, DiskFile, DiskLock, EntryKind, FileIdentity, RealDisk};
use crate::wav::Storage;

/// Something that a disk does, and can fail to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Making a folder.
    CreateDir,
    /// Making a file.
    CreateNew,
    /// Opening a file.
    Open,
    /// Reading from a file.
    Read,
    /// Writing to a file.
    Write,
    /// Changing the length of a file.
    SetLen,
    /// Putting a file in the place of another.
    Rename,
    /// Removing a file.
    RemoveFile,
    /// Removing a folder.
    RemoveDir,
    /// Listing a folder.
    List,
    /// Looking at what stands at a path, and which file it is.
    Kind,
    /// Synchronising a file.
    Sync,
    /// Synchronising a folder.
    SyncDir,
}

/// When and how an operation fails.
#[derive(Clone, Copy, Debug)]
pub struct DiskFault {
    /// What fails.
    pub operation: Operation,
    /// How often it succeeds before that.
    pub after: usize,
    /// How often it fails then; [`usize::MAX`] for ever.
    pub times: usize,
    /// What it says: [`ErrorKind::StorageFull`] for a full disk.
    pub kind: ErrorKind,
    /// How many bytes a failing write puts into the file before it fails, as a disk does that is just getting full.
    pub torn_bytes: usize,
}

/// The real file system with faults on order, for tests of what a program does when the disk fails.
///
/// ```
/// use std::io::ErrorKind;
/// use std::path::Path;
/// use onhook_channel::store::{Disk, DiskFault, FaultyDisk, Operation};
///
/// let disk = FaultyDisk::default();
/// let fault = DiskFault { operation: Operation::Open, after: 0, times: 1, kind: ErrorKind::StorageFull, torn_bytes: 0 };
/// disk.fail(fault);
/// assert_eq!(disk.open(Path::new("x")).err().unwrap().kind(), ErrorKind::StorageFull);
/// ```
#[derive(Clone, Debug, Default)]
pub struct FaultyDisk {
    faults: Faults,
}

#[derive(Clone, Debug, Default)]
struct Faults(Arc<Mutex<Plan>>);

#[derive(Default)]
struct Plan {
    faults: Vec<DiskFault>,
    acts: Vec<(Operation, Act)>,
    done: Vec<Operation>,
}

/// What is done before an operation.
type Act = Arc<dyn Fn() + Send + Sync>;

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("faults", &self.faults)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}

impl FaultyDisk {
    /// Orders a fault, counted from now on.
    pub fn fail(&self, fault: DiskFault) {
        self.faults.plan(|plan| plan.faults.push(fault));
    }

    /// Does this before each operation of a kind from now on, on the thread that asked for it: it may block, as a disk
    /// does that is slow, or panic, as a driver may.
    ///
    /// ```
    /// use std::path::Path;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use std::sync::Arc;
    /// use onhook_channel::store::{Disk, FaultyDisk, Operation};
    ///
    /// let (disk, opened) = (FaultyDisk::default(), Arc::new(AtomicU32::new(0)));
    /// let count = Arc::clone(&opened);
    /// disk.before(Operation::Open, move || drop(count.fetch_add(1, Ordering::Relaxed)));
    /// assert!(disk.open(Path::new("no such file")).is_err());
    /// assert_eq!(opened.load(Ordering::Relaxed), 1);
    /// ```
    pub fn before(&self, operation: Operation, act: impl Fn() + Send + Sync + 'static) {
        self.faults
            .plan(|plan| plan.acts.push((operation, Arc::new(act))));
    }

    /// Takes all faults back, and all that is done before an operation.
    pub fn heal(&self) {
        self.faults.plan(|plan| {
            plan.faults.clear();
            plan.acts.clear();
        });
    }

    /// What has been done so far, whether it succeeded or not.
    pub fn operations(&self) -> Vec<Operation> {
        self.faults.plan(|plan| plan.done.clone())
    }
}

impl Faults {
    fn plan<T>(&self, change: impl FnOnce(&mut Plan) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The fault that meets this operation.
    fn next(&self, operation: Operation) -> Option<DiskFault> {
        let acts = self.plan(|plan| plan.acts.clone());
        // The plan is not locked meanwhile: what blocks here holds up nobody else.
        for (_, act) in acts.iter().filter(|(before, _)| *before == operation) {
            act();
        }
        self.plan(|plan| {
            plan.done.push(operation);
            let fault = plan
                .faults
                .iter_mut()
                .find(|fault| fault.operation == operation && fault.times > 0)?;
            if fault.after > 0 {
                fault.after -= 1;
                return None;
            }
            fault.times -= 1;
            Some(*fault)
        })
    }

    fn check(&self, operation: Operation) -> Result<()> {
        self.next(operation)
            .map_or(Ok(()), |fault| Err(Error::from(fault.kind)))
    }

    fn wrap(&self, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        Box::new(FaultyFile {
            file,
            faults: self.clone(),
        })
    }
}

impl Disk for FaultyDisk {
    fn create_dir(&self, path: &Path) -> Result<()> {
        self.faults.check(Operation::CreateDir)?;
        RealDisk.create_dir(path)
    }

    fn create_new(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        self.faults.check(Operation::CreateNew)?;
        RealDisk.create_new(path).map(|file| self.faults.wrap(file))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        self.faults.check(Operation::Open)?;
        RealDisk.open(path).map(|file| self.faults.wrap(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.faults.check(Operation::Rename)?;
        RealDisk.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> Result<()> {
        self.faults.check(Operation::RemoveFile)?;
        RealDisk.remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> Result<()> {
        self.faults.check(Operation::RemoveDir)?;
        RealDisk.remove_dir(path)
    }

    fn list(&self, path: &Path) -> Result<Vec<String>> {
        self.faults.check(Operation::List)?;
        RealDisk.list(path)
    }

    fn kind(&self, path: &Path) -> Result<EntryKind> {
        self.faults.check(Operation::Kind)?;
        RealDisk.kind(path)
    }

    fn identity(&self, path: &Path) -> Result<Option<FileIdentity>> {
        self.faults.check(Operation::Kind)?;
        RealDisk.identity(path)
    }

    fn sync_dir(&self, path: &Path) -> Result<()> {
        self.faults.check(Operation::SyncDir)?;
        RealDisk.sync_dir(path)
    }

    fn lock(&self, path: &Path) -> Result<DiskLock> {
        RealDisk.lock(path)
    }
}

struct FaultyFile {
    file: Box<dyn DiskFile>,
    faults: Faults,
}

impl Read for FaultyFile {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.faults.check(Operation::Read)?;
        self.file.read(buffer)
    }
}

impl Write for FaultyFile {
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        match self.faults.next(Operation::Write) {
            None => self.file.write(buffer),
            Some(fault) => {
                let torn = buffer.get(..fault.torn_bytes).unwrap_or(buffer);
                self.file.write_all(torn)?;
                Err(Error::from(fault.kind))
            }
        }
    }

    fn flush(&mut self) -> Result<()> {
        self.file.flush()
    }
}

impl Seek for FaultyFile {
    fn seek(&mut self, position: SeekFrom) -> Result<u64> {
        self.file.seek(position)
    }
}

impl Storage for FaultyFile {
    fn set_len(&mut self, bytes: u64) -> Result<()> {
        self.faults.check(Operation::SetLen)?;
        self.file.set_len(bytes)
    }
}

impl DiskFile for FaultyFile {
    fn sync(&mut self) -> Result<()> {
        self.faults.check(Operation::Sync)?;
        self.file.sync()
    }

    fn identity(&self) -> Result<Option<FileIdentity>> {
        self.file.identity()
    }
}
