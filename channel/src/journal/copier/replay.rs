//! Reading the journal: each entry goes to the session that it is of.

use std::collections::HashSet;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};

use super::Copier;
use crate::journal::JournalError;
use crate::journal::audio::Shape;
use crate::journal::copy::{Metadata, SessionCopy};
use crate::journal::entry::{self, Entry, Follows, Kind};
use crate::journal::recovery::{Damage, Harm};
use crate::journal::segment::{self, Found, Header, Position, Scan};
use crate::journal::session::decode_id;
use crate::journal::shared::{Extent, lock};
use crate::store::DiskFile;

/// Bytes that are read at once, at least: more than the largest entry has.
const LEAST: u64 = 2 << 20;
/// And at most.
const MOST: u64 = 32 << 20;
/// Bytes that are read for each session: what is read at once is written at once, and few large writes cost less.
const EACH: u64 = 6 << 10;

impl Copier {
    /// Reads a segment from a place on, to `end` or as far as it goes, and has the sessions take what is theirs, or
    /// only those in `keys`. Says where the last entry ended.
    pub(in crate::journal) fn replay(
        &mut self,
        at: &mut Position,
        end: Option<u64>,
        keys: Option<&HashSet<u64>>,
    ) -> Result<u64, JournalError> {
        let path = self.shared.files.segment(at.segment);
        let failed = |doing| JournalError::disk(doing, &path);
        let mut file = self.open_segment(at.segment)?;
        let mut good = at.offset;
        loop {
            let chunk = (EACH * self.copies.len() as u64).clamp(LEAST, MOST);
            let wanted = end.map_or(chunk, |end| end.saturating_sub(at.offset).min(chunk));
            let mut bytes = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
            let read = file
                .seek(SeekFrom::Start(at.offset))
                .and_then(|_| (&mut file).take(wanted).read_to_end(&mut bytes));
            let read = read.map_err(failed("read"))? as u64;
            let is_last = read < chunk;
            let start = usize::from(at.offset == 0 && Header::get(&bytes).is_some());
            let start = start * segment::HEADER_BYTES;
            let mut consumed = start as u64;
            for found in Scan::new(&bytes, start, at.segment) {
                match found {
                    Found::Entry { entry, end } => {
                        consumed = end as u64;
                        if keys.is_none_or(|keys| keys.contains(&entry.key)) {
                            self.take(*at, consumed, &entry, keys.is_some());
                        }
                    }
                    Found::Damage { from, to } => {
                        if keys.is_none() {
                            let (from, to) = (at.offset + from as u64, at.offset + to as u64);
                            self.harm(at.segment, Harm::Bytes { from, to });
                        }
                        consumed = to as u64;
                    }
                    Found::Tail { .. } => {}
                }
            }
            if keys.is_some() || self.staged as u64 >= chunk {
                self.flush();
            }
            if consumed > 0 || is_last {
                good = at.offset + consumed;
            }
            if is_last {
                at.offset += read;
                if end.is_some() && good < at.offset && keys.is_none() {
                    let (from, to) = (good, at.offset);
                    self.harm(at.segment, Harm::Bytes { from, to });
                }
                return Ok(good);
            }
            if consumed == 0 {
                // Nothing at all in so many bytes: only what could be the beginning of an entry is read again.
                consumed = chunk - (entry::LARGEST + entry::HEADER_BYTES) as u64;
                let (from, to) = (at.offset, at.offset + consumed);
                if keys.is_none() {
                    self.harm(at.segment, Harm::Bytes { from, to });
                }
            }
            at.offset += consumed;
        }
    }

    /// Opens a segment: the file that was written, if this process did, and not one that has taken its place.
    fn open_segment(&self, number: u64) -> Result<Box<dyn DiskFile>, JournalError> {
        let path = self.shared.files.segment(number);
        let written = lock(&self.shared.state).segments.get(&number).copied();
        let opened = self.shared.files.disk.open(&path);
        let Some(Extent { identity, .. }) = written else {
            return opened.map_err(JournalError::disk("open", &path));
        };
        let file = match opened {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(JournalError::Lost(path.clone()))
            }
            opened => opened.map_err(JournalError::disk("open", &path)),
        }?;
        let found = file.identity();
        let found = found.map_err(JournalError::disk("look at", &path))?;
        match (found, identity) {
            (Some(found), Some(written)) if found != written => Err(JournalError::Lost(path)),
            _ => Ok(file),
        }
    }

    pub(in crate::journal) fn harm(&mut self, segment: u64, harm: Harm) {
        // As many as somebody will read; a file of rubbish must not fill the memory.
        if self.damage.len() < 1000 {
            let segment = self.shared.files.segment(segment);
            self.damage.push(Damage { segment, harm });
        }
    }

    /// Has a session take an entry that ends at `end` of what begins at `at`; `again` if it did before.
    pub(super) fn take(&mut self, at: Position, end: u64, entry: &Entry<'_>, again: bool) {
        if entry.kind == Kind::Durable {
            return;
        }
        self.next_key = self.next_key.max(entry.key.saturating_add(1));
        if self.spares.is_none() {
            let begins = matches!(entry.kind, Kind::Open | Kind::Live);
            let id = begins.then(|| decode_id(entry.payload)).flatten();
            self.named.add(at.segment, entry.key, id.map(|(id, _)| id));
        }
        if self.settled.contains(&entry.key) {
            return;
        }
        let begins = matches!(entry.kind, Kind::Open | Kind::Live);
        let offset = at.offset + end;
        if !self.copies.contains_key(&entry.key) {
            let id = begins.then(|| decode_id(entry.payload)).flatten();
            let Some((id, rest)) = id else {
                let key = entry.key;
                return self.harm(at.segment, Harm::Stray { key, offset });
            };
            // Metadata that are in their file need not survive there as long as newer ones are in the journal, and those
            // may come later.
            let shape = if entry.kind == Kind::Live {
                Shape::decode(rest)
            } else {
                let metadata = serde_json::from_slice(rest);
                metadata.ok().map(|metadata| Shape::of(&metadata))
            };
            let shape = shape.unwrap_or_default();
            let mut copy = SessionCopy::new(&self.shared.files, id, shape, entry.offset);
            if copy.is_deleted(&self.shared.files) {
                self.settled.insert(entry.key);
                return;
            }
            // The folder of a session is made once, unless it was deleted: what was there before is not to be written
            // into what is there now.
            let before = self.copies.iter().filter(|(_, other)| other.id == copy.id);
            let before: Vec<u64> = before.map(|(key, _)| *key).collect();
            for key in before {
                let gone = self.copies.remove(&key);
                let was_open = gone.is_some_and(|gone| gone.is_open());
                self.open = self.open.saturating_sub(usize::from(was_open));
                self.settled.insert(key);
            }
            if entry.kind == Kind::Live {
                copy.link = entry.after();
            }
            self.copies.insert(entry.key, copy);
        }
        let Some(copy) = self.copies.get_mut(&entry.key) else {
            return;
        };
        let follows = entry.follows(copy.link);
        if !again {
            if follows == Follows::Again {
                return;
            }
            copy.link = entry.after();
        }
        match entry.kind {
            Kind::Live | Kind::Durable => {}
            Kind::Audio => {
                copy.take(entry.offset, entry.payload);
                self.staged += entry.payload.len();
            }
            Kind::Open | Kind::Step | Kind::Close | Kind::Settled => {
                let text = if entry.kind == Kind::Open {
                    decode_id(entry.payload).map_or(&[][..], |(_, rest)| rest)
                } else {
                    entry.payload
                };
                let newest = copy
                    .metadata
                    .as_ref()
                    .is_none_or(|old| old.number < entry.number);
                if newest {
                    copy.metadata = Some(Metadata {
                        text: text.to_vec(),
                        number: entry.number,
                        placed: false,
                        synced: false,
                    });
                }
                copy.closed |= entry.kind == Kind::Close;
            }
        }
        if entry.kind != Kind::Live {
            copy.need(at.segment);
            if self.touched.last() != Some(&entry.key) {
                self.touched.push(entry.key);
            }
        }
        if follows == Follows::Broken && !again {
            let key = entry.key;
            self.harm(at.segment, Harm::Broken { key, offset });
        }
    }
}
