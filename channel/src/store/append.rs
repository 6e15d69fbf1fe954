//! Adding lines to the files that all recordings share.
//!
//! Those who add at the same time share one write and one synchronisation: whoever gets the store's lock writes what all
//! of them have. What a crash has left behind the last whole line is cut off first, and kept in a file beside it.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use time::OffsetDateTime;

use super::disk::{DiskFile, EntryKind};
use super::lines::LONGEST_LINE;
use super::lock::Alone;
use super::{Store, StoreError, damaged};

/// Bytes that are looked at in one go, from the end of a file on.
const BLOCK: u64 = 64 * 1024;

/// Lines that wait for whoever has the store's lock.
#[derive(Debug, Default)]
pub(super) struct Appends(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    /// The number of the next of them.
    next: u64,
    lines: Vec<Lines>,
    /// Files whose names survive a power failure.
    named: HashSet<String>,
}

/// What one has to add.
#[derive(Debug)]
struct Lines {
    number: u64,
    name: String,
    text: Vec<u8>,
    at: OffsetDateTime,
    outcome: Sender<Result<(), StoreError>>,
}

impl Appends {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(
        &self,
        name: &str,
        text: Vec<u8>,
        at: OffsetDateTime,
        outcome: Sender<Result<(), StoreError>>,
    ) -> u64 {
        let mut waiting = self.lock();
        let number = waiting.next;
        waiting.next += 1;
        waiting.lines.push(Lines {
            number,
            name: name.to_owned(),
            text,
            at,
            outcome,
        });
        number
    }

    /// Takes some of what is to be added.
    fn take(&self, which: impl Fn(&Lines) -> bool) -> Vec<Lines> {
        let mut waiting = self.lock();
        waiting.lines.extract_if(.., |lines| which(lines)).collect()
    }
}

impl Store {
    /// Adds lines to a file in the store's folder; when this returns, they survive a power failure. `at` is the time.
    pub(crate) fn append_lines<V: Serialize>(
        &self,
        name: &str,
        values: &[V],
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let path = self.root().join(name);
        let mut text = Vec::new();
        for value in values {
            text.extend(encode(&path, value)?);
        }
        if text.is_empty() {
            return Ok(());
        }
        let (sender, outcome) = mpsc::channel();
        let number = self.appends.push(name, text, at, sender);
        match self.alone() {
            Ok(alone) => {
                // Whoever had the lock before may have added ours; those that are there since are ours to add.
                let group = self.appends.take(|lines| lines.name == name);
                if !group.is_empty() {
                    self.append_group(&alone, name, &group);
                }
            }
            // They are nobody's any more, unless somebody has added them meanwhile.
            Err(error) => {
                if !self.appends.take(|lines| lines.number == number).is_empty() {
                    return Err(error);
                }
            }
        }
        let died = || {
            let error = io::Error::other("another thread has panicked meanwhile");
            Err(StoreError::disk("append to", path)(error))
        };
        outcome.recv().unwrap_or_else(|_| died())
    }

    /// Adds what several have, and tells each of them.
    fn append_group(&self, alone: &Alone<'_>, name: &str, group: &[Lines]) {
        let text: Vec<u8> = group
            .iter()
            .flat_map(|lines| &lines.text)
            .copied()
            .collect();
        let at = group.iter().map(|lines| lines.at).max();
        let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let done = self.append(alone, name, &text, at);
        for lines in group {
            let outcome = done.as_ref().copied().map_err(StoreError::again);
            // Whoever asked may be gone.
            let _ = lines.outcome.send(outcome);
        }
    }

    /// Adds a line, for who has the store's lock already.
    pub(super) fn append_line_alone(
        &self,
        alone: &Alone<'_>,
        name: &str,
        value: &impl Serialize,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let line = encode(&self.root().join(name), value)?;
        self.append(alone, name, &line, at)
    }

    fn append(
        &self,
        _alone: &Alone<'_>,
        name: &str,
        text: &[u8],
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let path = self.root().join(name);
        let kind = self.kind(&path)?;
        let opened = match kind {
            Some(EntryKind::File) => self.disk().open(&path),
            None => {
                self.create_missing(self.root())?;
                self.disk().create_new(&path)
            }
            Some(_) => return Err(StoreError::Foreign(path)),
        };
        let mut file = opened.map_err(StoreError::disk("open", &path))?;
        let failed = || StoreError::disk("append to", &path);
        let length = file.seek(SeekFrom::End(0)).map_err(failed())?;
        let end = end_of_lines(&mut *file, length).map_err(failed())?;
        if end < length {
            self.keep_cut(name, &mut *file, end..length, at)?;
            file.set_len(end).map_err(failed())?;
        }
        write(&mut *file, end, text).map_err(failed())?;
        drop(file);
        let is_named = kind.is_some() && self.appends.lock().named.contains(name);
        if !is_named {
            self.sync_dir(self.root())?;
            self.appends.lock().named.insert(name.to_owned());
        }
        Ok(())
    }

    /// Copies what is to be cut off to a file beside, as much of it as anybody may want to look at.
    fn keep_cut(
        &self,
        name: &str,
        file: &mut dyn DiskFile,
        cut: std::ops::Range<u64>,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let Some(path) = self.name_for_cut(name, at)? else {
            return Ok(());
        };
        let created = self.disk().create_new(&path);
        let mut kept = created.map_err(StoreError::disk("create", &path))?;
        let most = (cut.end - cut.start).min(damaged::MOST_KEPT);
        let copied = file.seek(SeekFrom::Start(cut.start)).and_then(|_| {
            let mut left = most;
            let mut block = Vec::new();
            while left > 0 {
                block.clear();
                let got = (&mut *file).take(left.min(BLOCK)).read_to_end(&mut block)?;
                if got == 0 {
                    break;
                }
                kept.write_all(&block)?;
                left -= got as u64;
            }
            kept.sync()
        });
        drop(kept);
        if copied.is_err() {
            drop(self.disk().remove_file(&path));
        }
        copied.map_err(StoreError::disk("write", &path))?;
        self.sync_dir(self.root())
    }
}

/// The value as a line.
fn encode(path: &Path, value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let line = serde_json::to_vec(value).map_err(|source| StoreError::Metadata {
        path: path.to_owned(),
        source,
    });
    let mut line = line?;
    line.push(b'\n');
    if line.len() > LONGEST_LINE {
        return Err(StoreError::LineTooLong(path.to_owned()));
    }
    Ok(line)
}

/// Writes behind the last whole line.
fn write(file: &mut dyn DiskFile, end: u64, text: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(end))?;
    let written = file.write_all(text).and_then(|()| file.sync());
    if written.is_err() {
        // What stays if this fails as well is torn, or lines that the caller writes again.
        drop(file.set_len(end));
    }
    written
}

/// Where the last whole line ends, looked for from the end of the file on.
fn end_of_lines(file: &mut dyn DiskFile, length: u64) -> io::Result<u64> {
    let (mut end, mut block) = (length, Vec::new());
    while end > 0 {
        let from = end.saturating_sub(BLOCK);
        file.seek(SeekFrom::Start(from))?;
        block.clear();
        (&mut *file).take(end - from).read_to_end(&mut block)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(from + at as u64 + 1);
        }
        end = from;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Barrier};
    use std::thread;

    use super::*;
    use crate::store::{DiskFault, FaultyDisk, Operation};

    const NAME: &str = "events.jsonl";

    fn count(disk: &FaultyDisk, wanted: Operation) -> usize {
        let operations = disk.operations().into_iter();
        operations.filter(|operation| *operation == wanted).count()
    }

    /// One thread adds a line, and `others` more while the first synchronisation lasts. Gives how many succeeded.
    fn add_at_once(store: &Store, disk: &FaultyDisk, others: usize) -> usize {
        let (begun, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let (waits, is_first) = ((begun.clone(), go_on.clone()), AtomicBool::new(true));
        disk.before(Operation::Sync, move || {
            if is_first.swap(false, Ordering::Relaxed) {
                waits.0.wait();
                waits.1.wait();
            }
        });
        let add = |number: usize| store.append_lines(NAME, &[number], OffsetDateTime::UNIX_EPOCH);
        thread::scope(|scope| {
            let mut threads = vec![scope.spawn(move || add(0))];
            begun.wait();
            threads.extend((1..=others).map(|number| scope.spawn(move || add(number))));
            while store.appends.lock().lines.len() < others {
                thread::yield_now();
            }
            let early = threads.iter().filter(|thread| thread.is_finished());
            assert_eq!(early.count(), 0, "nobody is told before it is durable");
            go_on.wait();
            let outcomes = threads.into_iter().map(|thread| thread.join().unwrap());
            outcomes.flatten().count()
        })
    }

    #[test]
    fn those_who_add_at_the_same_time_share_a_synchronisation() {
        let (folder, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
        let store = Store::on(disk.clone(), folder.path());
        assert_eq!(add_at_once(&store, &disk, 20), 21);
        assert_eq!(
            count(&disk, Operation::Sync),
            2,
            "the first, and all others"
        );
        assert_eq!(
            count(&disk, Operation::SyncDir),
            2,
            "the folder of the new file, and its own"
        );
        let lines = store.lines::<usize>(NAME).unwrap();
        let mut numbers: Vec<usize> = lines.map(Result::unwrap).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..=20).collect::<Vec<_>>());
    }

    #[test]
    fn every_line_is_added_once_however_those_who_add_meet() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let add = |number: usize| store.append_lines(NAME, &[number], OffsetDateTime::UNIX_EPOCH);
        thread::scope(|scope| {
            for first in 0..16 {
                scope.spawn(move || (0..50).for_each(|at| add(first * 50 + at).unwrap()));
            }
        });
        let lines = store.lines::<usize>(NAME).unwrap();
        let mut numbers: Vec<usize> = lines.map(Result::unwrap).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..800).collect::<Vec<_>>());
    }

    #[test]
    fn a_group_that_fails_is_refused_to_all_of_it() {
        let (folder, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
        let store = Store::on(disk.clone(), folder.path());
        disk.fail(DiskFault {
            operation: Operation::Sync,
            after: 1,
            times: 1,
            kind: io::ErrorKind::StorageFull,
            torn_bytes: 0,
        });
        assert_eq!(add_at_once(&store, &disk, 5), 1);
        let lines = store.lines::<usize>(NAME).unwrap();
        assert_eq!(lines.map(Result::unwrap).collect::<Vec<_>>(), [0]);
    }
}
