//! Files of JSON lines that all recordings share: a line is there whole or not at all.

use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::disk::{DiskFile, EntryKind};
use super::lock::Alone;
use super::{Store, StoreError};

/// Bytes of the longest line, its end included.
pub(super) const LONGEST_LINE: usize = 64 * 1024;

impl Store {
    /// Adds a line to a file in the store's folder; when this returns, it survives a power failure.
    pub(crate) fn append_line(&self, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
        self.append_line_alone(&self.alone()?, name, value)
    }

    /// The same for who has the store's lock already.
    pub(super) fn append_line_alone(
        &self,
        _alone: &Alone<'_>,
        name: &str,
        value: &impl Serialize,
    ) -> Result<(), StoreError> {
        let path = self.root().join(name);
        let mut line = serde_json::to_vec(value).map_err(|source| StoreError::Metadata {
            path: path.clone(),
            source,
        })?;
        line.push(b'\n');
        if line.len() > LONGEST_LINE {
            return Err(StoreError::LineTooLong(path));
        }
        let opened = match self.kind(&path)? {
            Some(EntryKind::File) => self.disk().open(&path),
            None => {
                self.create_missing(self.root())?;
                self.disk().create_new(&path)
            }
            Some(_) => return Err(StoreError::Foreign(path)),
        };
        let mut file = opened.map_err(StoreError::disk("open", &path))?;
        append(&mut *file, &line).map_err(StoreError::disk("append to", &path))?;
        drop(file);
        self.sync_dir(self.root())
    }

    /// The lines of a file in the store's folder, those that a crash has torn left out.
    pub(crate) fn lines<T: DeserializeOwned>(&self, name: &str) -> Result<Lines<T>, StoreError> {
        let path = self.root().join(name);
        let file = match self.kind(&path)? {
            Some(EntryKind::File) => Some(
                self.disk()
                    .open(&path)
                    .map_err(StoreError::disk("open", &path))?,
            ),
            None => None,
            Some(_) => return Err(StoreError::Foreign(path)),
        };
        Ok(Lines {
            file: file.map(BufReader::new),
            path,
            at: 0,
            value: PhantomData,
        })
    }

    /// Keeps only those lines of a file that are wanted, and those that cannot be read.
    pub(super) fn retain_lines<T: DeserializeOwned>(
        &self,
        _alone: &Alone<'_>,
        name: &str,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<(), StoreError> {
        let mut lines = self.lines::<T>(name)?;
        let is_wanted =
            |line: &[u8]| serde_json::from_slice(line).map_or(true, |value| wanted(&value));
        // Most often there is nothing to do; then nothing is written.
        let path = lines.path.clone();
        let unreadable = StoreError::disk("read", &path);
        let mut all_wanted = true;
        loop {
            match lines.line() {
                Ok(None) => break,
                Ok(Some(line)) => all_wanted &= is_wanted(&line),
                Err(error) => return Err(unreadable(error)),
            }
        }
        if all_wanted {
            return Ok(());
        }
        let mut lines = self.lines::<T>(name)?;
        self.replace_with(self.root(), name, |file| {
            let mut file = BufWriter::new(file);
            while let Some(line) = lines.line()? {
                if is_wanted(&line) {
                    file.write_all(&line)?;
                }
            }
            file.flush()
        })
    }
}

/// Writes a line at the end of the last whole one.
fn append(file: &mut dyn DiskFile, line: &[u8]) -> io::Result<()> {
    let length = file.seek(SeekFrom::End(0))?;
    let end = end_of_lines(file, length)?;
    if end < length {
        file.set_len(end)?;
    }
    file.seek(SeekFrom::Start(end))?;
    let written = file.write_all(line).and_then(|()| file.sync());
    if written.is_err() {
        // What stays if this fails as well is torn, or a line that the caller writes again.
        drop(file.set_len(end));
    }
    written
}

/// Where the last whole line ends: a crash may have torn the one after it.
fn end_of_lines(file: &mut dyn DiskFile, length: u64) -> io::Result<u64> {
    let from = length.saturating_sub(LONGEST_LINE as u64);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.take(length - from).read_to_end(&mut tail)?;
    match tail.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => Ok(from + at as u64 + 1),
        None if from == 0 => Ok(0),
        None => Err(ErrorKind::InvalidData.into()),
    }
}

/// The values of a file's lines, read one by one.
pub struct Lines<T> {
    file: Option<BufReader<Box<dyn DiskFile>>>,
    path: PathBuf,
    at: u64,
    value: PhantomData<fn() -> T>,
}

impl<T> std::fmt::Debug for Lines<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Lines")
            .field("path", &self.path)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl<T> Lines<T> {
    /// The next line, none at the end; an empty one for one that is too long to be ours.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(file) = &mut self.file else {
            return Ok(None);
        };
        let mut line = Vec::new();
        let limit = LONGEST_LINE as u64;
        let got = file.by_ref().take(limit).read_until(b'\n', &mut line)?;
        if line.last() == Some(&b'\n') {
            self.at += got as u64;
            return Ok(Some(line));
        }
        if got < LONGEST_LINE {
            // The end, or what a crash has torn.
            return Ok(None);
        }
        // No line of ours; the next one begins after its end, if it has one.
        let mut rest = got as u64;
        while line.last().is_some_and(|byte| *byte != b'\n') {
            line.clear();
            rest += file.by_ref().take(limit).read_until(b'\n', &mut line)? as u64;
        }
        self.at += rest;
        Ok(Some(Vec::new()))
    }
}

impl<T: DeserializeOwned> Iterator for Lines<T> {
    type Item = Result<T, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let damaged = |path: &Path| StoreError::Line {
            path: path.to_owned(),
            at,
        };
        match self.line() {
            Ok(None) => None,
            Ok(Some(line)) => {
                let value = serde_json::from_slice(&line);
                Some(value.map_err(|_syntax| damaged(&self.path)))
            }
            Err(error) => {
                self.file = None;
                Some(Err(StoreError::disk("read", &self.path)(error)))
            }
        }
    }
}
