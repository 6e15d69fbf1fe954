//! Files of JSON lines that all recordings share, read line by line: a line is there whole or not at all.
//!
//! Lines are [added](super::append) under the store's lock and read without it. What follows the last end of a line is
//! being written, or was torn by a crash: it is no line, and damage if it is longer than any line. A line in the middle that cannot be read is an error, and the
//! lines behind it follow; a whole line that was written behind a torn one is found in what looks like one line.

use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

use super::disk::{DiskFile, EntryKind};
use super::lock::Alone;
use super::{Store, StoreError};

/// Bytes of the longest line, its end included.
pub(super) const LONGEST_LINE: usize = 64 * 1024;

/// Places in a damaged line at which a whole one is looked for.
const MOST_BEGINNINGS: usize = 64;

impl Store {
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
            is_torn: false,
            salvaged: None,
            value: PhantomData,
        })
    }

    /// Keeps only those lines of a file that are wanted. What cannot be read is not kept: it may be of what is not
    /// wanted.
    pub(super) fn retain_lines<T: DeserializeOwned>(
        &self,
        _alone: &Alone<'_>,
        name: &str,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<(), StoreError> {
        let mut lines = self.lines::<T>(name)?;
        let path = lines.path.clone();
        // Most often there is nothing to do; then nothing is written.
        let mut all_kept = true;
        while let Some(line) = lines.line().map_err(StoreError::disk("read", &path))? {
            let kept = line.kept(&wanted);
            all_kept &= kept.is_some_and(|kept| kept.len() == line.bytes.len());
        }
        if all_kept && !lines.is_torn {
            return Ok(());
        }
        let mut lines = self.lines::<T>(name)?;
        self.replace_with(self.root(), name, |file| {
            let mut file = BufWriter::new(file);
            while let Some(line) = lines.line()? {
                file.write_all(line.kept(&wanted).unwrap_or_default())?;
            }
            file.flush()
        })
    }
}

/// A line as it stands in the file, its end included; of one that is too long only the end.
struct Line {
    at: u64,
    bytes: Vec<u8>,
    is_cut: bool,
}

/// What a line says.
enum Parsed<T> {
    Whole(T),
    /// Not what it should, but maybe there is a whole line at its end, from this byte on.
    Damaged(Option<(T, usize)>),
}

impl Line {
    fn parse<T: DeserializeOwned>(&self) -> Parsed<T> {
        if !self.is_cut
            && let Ok(value) = serde_json::from_slice(&self.bytes)
        {
            return Parsed::Whole(value);
        }
        let pairs = self.bytes.windows(2).enumerate();
        let begins = pairs.filter(|(_, pair)| *pair == b"{\"");
        let mut begins: Vec<usize> = begins
            .map(|(at, _)| at)
            .rev()
            .take(MOST_BEGINNINGS)
            .collect();
        begins.reverse();
        let value = |from| {
            let value = serde_json::from_slice(self.bytes.get(from..)?).ok()?;
            Some((value, from))
        };
        Parsed::Damaged(begins.into_iter().find_map(value))
    }

    /// What of it is to be kept, if these values are wanted.
    fn kept<T: DeserializeOwned>(&self, wanted: &impl Fn(&T) -> bool) -> Option<&[u8]> {
        match self.parse::<T>() {
            Parsed::Whole(value) => wanted(&value).then_some(&self.bytes),
            Parsed::Damaged(Some((value, from))) if wanted(&value) => self.bytes.get(from..),
            Parsed::Damaged(_) => None,
        }
    }
}

/// The values of a file's lines, read one by one.
///
/// A file that is appended to meanwhile is read up to a line that was whole at some time since.
pub struct Lines<T> {
    file: Option<BufReader<Box<dyn DiskFile>>>,
    path: PathBuf,
    at: u64,
    /// Whether the file ended with something that is no line.
    is_torn: bool,
    /// A line that stood behind a damaged one without an end between them.
    salvaged: Option<T>,
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
    /// The next line, none at the end.
    fn line(&mut self) -> io::Result<Option<Line>> {
        let Some(file) = &mut self.file else {
            return Ok(None);
        };
        let (mut bytes, mut length) = (Vec::new(), 0);
        loop {
            let buffer = match file.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if buffer.is_empty() {
                self.is_torn = length > 0;
                self.file = None;
                // No line that is being written, nor one that was torn, is as long.
                let is_damage = length >= LONGEST_LINE as u64;
                return Ok(is_damage.then_some(Line {
                    at: self.at,
                    bytes: Vec::new(),
                    is_cut: true,
                }));
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(buffer.len(), |end| end + 1);
            bytes.extend_from_slice(buffer.get(..taken).unwrap_or_default());
            file.consume(taken);
            length += taken as u64;
            if bytes.len() > 2 * LONGEST_LINE || end.is_some() {
                // Of one that is too long, only the end may be a line of ours.
                bytes.drain(..bytes.len().saturating_sub(LONGEST_LINE));
            }
            if end.is_some() {
                let at = self.at;
                self.at += length;
                let is_cut = length > bytes.len() as u64;
                return Ok(Some(Line { at, bytes, is_cut }));
            }
        }
    }

    /// Reads a line again that has ended already.
    fn again(&mut self, line: &Line) -> io::Result<Option<Line>> {
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(line.at))?;
            self.at = line.at;
        }
        self.line()
    }
}

impl<T: DeserializeOwned> Lines<T> {
    fn read(&mut self) -> io::Result<Option<Result<T, u64>>> {
        let Some(line) = self.line()? else {
            return Ok(None);
        };
        let line = match line.parse() {
            Parsed::Whole(value) => return Ok(Some(Ok(value))),
            Parsed::Damaged(_) if line.is_cut => line,
            // Somebody may have cut a torn line off and written a whole one in its place since its beginning was read.
            Parsed::Damaged(_) => match self.again(&line)? {
                Some(line) => line,
                None => return Ok(None),
            },
        };
        Ok(Some(match line.parse() {
            Parsed::Whole(value) => Ok(value),
            Parsed::Damaged(behind) => {
                self.salvaged = behind.map(|(value, _)| value);
                Err(line.at)
            }
        }))
    }
}

impl<T: DeserializeOwned> Iterator for Lines<T> {
    type Item = Result<T, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(value) = self.salvaged.take() {
            return Some(Ok(value));
        }
        match self.read() {
            Ok(line) => Some(line?.map_err(|at| StoreError::Line {
                path: self.path.clone(),
                at,
            })),
            Err(error) => {
                self.file = None;
                Some(Err(StoreError::disk("read", &self.path)(error)))
            }
        }
    }
}
