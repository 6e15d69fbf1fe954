//! A file system in memory that knows what a power failure leaves of it, and a disk on it without a scheduler.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::{Component, Path};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use onhook_channel::store::{Disk, DiskFile, DiskLock, EntryKind};
use onhook_channel::wav::Storage;

type Names = BTreeMap<String, usize>;

#[derive(Clone, Debug)]
enum Inode {
    File { now: Vec<u8>, safe: Vec<u8> },
    Folder { now: Names, safe: Names },
}

/// All files and folders, as they are and as a power failure would leave them.
#[derive(Clone, Debug)]
pub(crate) struct World {
    inodes: Vec<Inode>,
}

impl World {
    pub(crate) fn new() -> World {
        let (now, safe) = Default::default();
        World {
            inodes: vec![Inode::Folder { now, safe }],
        }
    }

    fn names(&self, folder: usize) -> Result<&Names> {
        match &self.inodes[folder] {
            Inode::Folder { now, .. } => Ok(now),
            Inode::File { .. } => Err(ErrorKind::NotADirectory.into()),
        }
    }

    fn names_mut(&mut self, folder: usize) -> Result<&mut Names> {
        match &mut self.inodes[folder] {
            Inode::Folder { now, .. } => Ok(now),
            Inode::File { .. } => Err(ErrorKind::NotADirectory.into()),
        }
    }

    fn find(&self, path: &Path) -> Result<usize> {
        let names = path.components().filter(|one| *one != Component::RootDir);
        names.into_iter().try_fold(0, |at, name| {
            let name = name.as_os_str().to_str().unwrap();
            let found = self.names(at)?.get(name).copied();
            found.ok_or_else(|| ErrorKind::NotFound.into())
        })
    }

    /// The folder that a path is in, and its name there.
    fn place(&self, path: &Path) -> Result<(usize, String)> {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        Ok((self.find(path.parent().unwrap())?, name))
    }

    fn add(&mut self, path: &Path, inode: Inode) -> Result<usize> {
        let (folder, name) = self.place(path)?;
        if self.names(folder)?.contains_key(&name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        self.inodes.push(inode);
        let number = self.inodes.len() - 1;
        self.names_mut(folder)?.insert(name, number);
        Ok(number)
    }

    pub(crate) fn create_dir(&mut self, path: &Path) -> Result<()> {
        let (now, safe) = Default::default();
        self.add(path, Inode::Folder { now, safe }).map(drop)
    }

    pub(crate) fn create_new(&mut self, path: &Path) -> Result<usize> {
        let (now, safe) = Default::default();
        self.add(path, Inode::File { now, safe })
    }

    pub(crate) fn open(&self, path: &Path) -> Result<usize> {
        let found = self.find(path)?;
        match self.inodes[found] {
            Inode::File { .. } => Ok(found),
            Inode::Folder { .. } => Err(ErrorKind::IsADirectory.into()),
        }
    }

    pub(crate) fn rename(&mut self, from: &Path, to: &Path) -> Result<()> {
        let inode = self.find(from)?;
        let ((source, old), (target, new)) = (self.place(from)?, self.place(to)?);
        if let Some(there) = self.names(target)?.get(&new)
            && self.names(*there).is_ok_and(|names| !names.is_empty())
        {
            return Err(ErrorKind::DirectoryNotEmpty.into());
        }
        self.names_mut(source)?.remove(&old);
        self.names_mut(target)?.insert(new, inode);
        Ok(())
    }

    pub(crate) fn remove_file(&mut self, path: &Path) -> Result<()> {
        self.open(path)?;
        let (folder, name) = self.place(path)?;
        self.names_mut(folder)?.remove(&name);
        Ok(())
    }

    pub(crate) fn remove_dir(&mut self, path: &Path) -> Result<()> {
        if !self.names(self.find(path)?)?.is_empty() {
            return Err(ErrorKind::DirectoryNotEmpty.into());
        }
        let (folder, name) = self.place(path)?;
        self.names_mut(folder)?.remove(&name);
        Ok(())
    }

    pub(crate) fn list(&self, path: &Path) -> Result<Vec<String>> {
        Ok(self.names(self.find(path)?)?.keys().cloned().collect())
    }

    pub(crate) fn kind(&self, path: &Path) -> Result<EntryKind> {
        Ok(match self.inodes[self.find(path)?] {
            Inode::File { .. } => EntryKind::File,
            Inode::Folder { .. } => EntryKind::Folder,
        })
    }

    pub(crate) fn sync_dir(&mut self, path: &Path) -> Result<()> {
        let found = self.find(path)?;
        if let Inode::Folder { now, safe } = &mut self.inodes[found] {
            safe.clone_from(now);
        }
        Ok(())
    }

    pub(crate) fn bytes(&mut self, file: usize) -> &mut Vec<u8> {
        match &mut self.inodes[file] {
            Inode::File { now, .. } => now,
            Inode::Folder { .. } => unreachable!("only files are opened"),
        }
    }

    pub(crate) fn sync(&mut self, file: usize) {
        if let Inode::File { now, safe } = &mut self.inodes[file] {
            safe.clone_from(now);
        }
    }

    /// What a power failure leaves: nothing that was not synchronised.
    pub(crate) fn after_power_failure(&self) -> World {
        let mut world = self.clone();
        for inode in &mut world.inodes {
            match inode {
                Inode::File { now, safe } => now.clone_from(safe),
                Inode::Folder { now, safe } => now.clone_from(safe),
            }
        }
        world
    }

    /// The same for worlds in which the same files have the same content, and would after a power failure.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash_below(0, false, &mut hasher);
        self.hash_below(0, true, &mut hasher);
        hasher.finish()
    }

    fn hash_below(&self, at: usize, after_power_failure: bool, hasher: &mut DefaultHasher) {
        match &self.inodes[at] {
            Inode::File { now, safe } => (now, safe).hash(hasher),
            Inode::Folder { now, safe } => {
                let names = if after_power_failure { safe } else { now };
                names.len().hash(hasher);
                for (name, inode) in names {
                    name.hash(hasher);
                    self.hash_below(*inode, after_power_failure, hasher);
                }
            }
        }
    }
}

/// Whoever lets operations on a world happen, in whichever order.
pub(crate) trait Ground: Clone + Send + Sync + 'static {
    /// Does one operation. What it gives is what the actor learns.
    fn step<T: std::fmt::Debug>(
        &self,
        what: &str,
        operation: impl FnOnce(&mut World) -> Result<T>,
    ) -> Result<T>;

    fn lock(&self, path: &Path) -> Result<DiskLock>;
}

/// A disk on some ground.
#[derive(Clone)]
pub(crate) struct Memory<G>(pub(crate) G);

impl<G: Ground> Disk for Memory<G> {
    fn create_dir(&self, path: &Path) -> Result<()> {
        self.0.step("create_dir", |world| world.create_dir(path))
    }

    fn create_new(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        let file = self.0.step("create_new", |world| world.create_new(path))?;
        let (ground, at) = (self.0.clone(), 0);
        Ok(Box::new(Open { ground, file, at }))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        let file = self.0.step("open", |world| world.open(path))?;
        let (ground, at) = (self.0.clone(), 0);
        Ok(Box::new(Open { ground, file, at }))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.0.step("rename", |world| world.rename(from, to))
    }

    fn remove_file(&self, path: &Path) -> Result<()> {
        self.0.step("remove_file", |world| world.remove_file(path))
    }

    fn remove_dir(&self, path: &Path) -> Result<()> {
        self.0.step("remove_dir", |world| world.remove_dir(path))
    }

    fn list(&self, path: &Path) -> Result<Vec<String>> {
        self.0.step("list", |world| world.list(path))
    }

    fn kind(&self, path: &Path) -> Result<EntryKind> {
        self.0.step("kind", |world| world.kind(path))
    }

    fn sync_dir(&self, path: &Path) -> Result<()> {
        self.0.step("sync_dir", |world| world.sync_dir(path))
    }

    fn lock(&self, path: &Path) -> Result<DiskLock> {
        self.0.lock(path)
    }

    fn lock_waiting(&self, path: &Path) -> Result<DiskLock> {
        self.0.lock(path)
    }
}

struct Open<G> {
    ground: G,
    file: usize,
    at: usize,
}

impl<G: Ground> Read for Open<G> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let (file, at) = (self.file, self.at);
        let bytes = self.ground.step("read", |world| {
            let rest = world.bytes(file).get(at..).unwrap_or_default();
            Ok(rest[..rest.len().min(buffer.len())].to_vec())
        })?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.at += bytes.len();
        Ok(bytes.len())
    }
}

impl<G: Ground> Write for Open<G> {
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        let (file, at) = (self.file, self.at);
        self.ground.step("write", |world| {
            let bytes = world.bytes(file);
            bytes.resize(bytes.len().max(at + buffer.len()), 0);
            bytes[at..at + buffer.len()].copy_from_slice(buffer);
            Ok(())
        })?;
        self.at += buffer.len();
        Ok(buffer.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl<G: Ground> Seek for Open<G> {
    fn seek(&mut self, position: SeekFrom) -> Result<u64> {
        let file = self.file;
        let at = match position {
            SeekFrom::Start(at) => i64::try_from(at).unwrap(),
            SeekFrom::Current(by) => i64::try_from(self.at).unwrap() + by,
            SeekFrom::End(by) => {
                let length = self
                    .ground
                    .step("seek", |world| Ok(world.bytes(file).len()))?;
                i64::try_from(length).unwrap() + by
            }
        };
        self.at = usize::try_from(at).map_err(Error::other)?;
        Ok(self.at as u64)
    }
}

impl<G: Ground> Storage for Open<G> {
    fn set_len(&mut self, bytes: u64) -> Result<()> {
        let file = self.file;
        self.ground.step("set_len", |world| {
            world.bytes(file).resize(usize::try_from(bytes).unwrap(), 0);
            Ok(())
        })
    }
}

impl<G: Ground> DiskFile for Open<G> {
    fn sync(&mut self) -> Result<()> {
        let file = self.file;
        self.ground.step("sync", |world| {
            world.sync(file);
            Ok(())
        })
    }
}

/// A world that one process has for itself.
#[derive(Clone)]
pub(crate) struct Alone(pub(crate) Arc<Mutex<(World, usize)>>);

impl Alone {
    /// A world in which so many operations succeed.
    pub(crate) fn with(world: World, operations: usize) -> Alone {
        Alone(Arc::new(Mutex::new((world, operations))))
    }

    pub(crate) fn locked(&self) -> MutexGuard<'_, (World, usize)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ground for Alone {
    fn step<T: std::fmt::Debug>(
        &self,
        what: &str,
        operation: impl FnOnce(&mut World) -> Result<T>,
    ) -> Result<T> {
        let (world, left) = &mut *self.locked();
        *left = left
            .checked_sub(1)
            .ok_or_else(|| Error::other(format!("killed before {what}")))?;
        operation(world)
    }

    fn lock(&self, _path: &Path) -> Result<DiskLock> {
        Ok(DiskLock::default())
    }
}
