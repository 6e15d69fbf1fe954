//! Which bytes of which segments count.

use std::collections::{BTreeMap, HashSet};
use std::io::Read as _;

use crate::journal::JournalError;
use crate::journal::entry::{self, Kind};
use crate::journal::segment::{self, HEADER_BYTES, Header, Scan};
use crate::journal::shared::Files;

/// Bytes of settled sessions that are read: more than a million of them.
const MOST_SETTLED: u64 = 64 << 20;

/// Bytes of a segment that are looked at for gaps; ours are much shorter.
const MOST_UNCUT: u64 = 512 << 20;

/// A segment, and the part of it that counts.
pub(super) struct Found {
    pub(super) number: u64,
    pub(super) end: Option<u64>,
}

/// Finds out up to where each segment counts: the header of the one after it says so.
pub(super) fn delimit(files: &Files, numbers: &[u64]) -> Result<Vec<Found>, JournalError> {
    let mut headers = BTreeMap::new();
    for number in numbers {
        let path = files.segment(*number);
        let opened = files.disk.open(&path);
        let file = opened.map_err(JournalError::disk("open", &path))?;
        let mut bytes = Vec::new();
        let read = file.take(HEADER_BYTES as u64).read_to_end(&mut bytes);
        read.map_err(JournalError::disk("read", &path))?;
        let header = Header::get(&bytes).filter(|header| header.number == *number);
        headers.extend(header.map(|header| (*number, header.before)));
    }
    let ends: BTreeMap<_, _> = headers
        .values()
        .map(|before| (before.segment, before.offset))
        .collect();
    let mut found = Vec::new();
    for number in numbers {
        let next = headers.range(number + 1..).next();
        let end = ends.get(number).copied();
        // One that none of its successors goes on from was an attempt that failed.
        if end.is_some() || next.is_none_or(|(_, before)| before.segment > *number) {
            found.push(Found {
                number: *number,
                end,
            });
        }
    }
    Ok(found)
}

/// What cannot be the beginning of a segment: neither its own header, nor that of the old segment which was to be written
/// over, nor the zeros of a new one.
pub(super) fn has_foreign_beginning(files: &Files, number: u64) -> Result<bool, JournalError> {
    let path = files.segment(number);
    let opened = files.disk.open(&path);
    let file = opened.map_err(JournalError::disk("open", &path))?;
    let mut bytes = Vec::new();
    let read = file.take(HEADER_BYTES as u64).read_to_end(&mut bytes);
    read.map_err(JournalError::disk("read", &path))?;
    // A shorter one was torn before anything of it was durable.
    let is_whole = bytes.len() == HEADER_BYTES;
    Ok(is_whole && Header::get(&bytes).is_none() && bytes.iter().any(|byte| *byte != 0))
}

/// Where a segment without a successor ends: behind its last entry, or at the first gap that no later entry knows to have been durable. A
/// power failure may keep any part of what was not, also the end without the beginning.
pub(super) fn cut(files: &Files, number: u64) -> Result<u64, JournalError> {
    let path = files.segment(number);
    let opened = files.disk.open(&path);
    let file = opened.map_err(JournalError::disk("open", &path))?;
    let mut bytes = Vec::new();
    let read = file.take(MOST_UNCUT).read_to_end(&mut bytes);
    read.map_err(JournalError::disk("read", &path))?;
    let start = Header::get(&bytes).map_or(0, |_| HEADER_BYTES);
    let (mut gaps, mut durable, mut last) = (Vec::new(), 0, start);
    for found in Scan::new(&bytes, start, number) {
        match found {
            segment::Found::Damage { from, .. } => gaps.push(from as u64),
            segment::Found::Entry { entry, end } => {
                last = end;
                if entry.kind == Kind::Durable {
                    durable = durable.max(entry.offset);
                }
            }
            segment::Found::Tail { .. } => {}
        }
    }
    let gap = gaps.into_iter().find(|gap| *gap >= durable);
    Ok(gap.unwrap_or(last as u64))
}

/// The sessions that need nothing, by a recovery before this one: it has noted them in segments of their own.
pub(super) fn settled(files: &Files, found: &[Found]) -> Result<HashSet<u64>, JournalError> {
    let mut settled = HashSet::new();
    for Found { number, .. } in found {
        let path = files.segment(*number);
        let failed = |doing| JournalError::disk(doing, &path);
        let mut file = files.disk.open(&path).map_err(failed("open"))?;
        let mut bytes = Vec::new();
        let first = (HEADER_BYTES + entry::HEADER_BYTES) as u64;
        let read = (&mut file).take(first).read_to_end(&mut bytes);
        read.map_err(failed("read"))?;
        if !entry::get(&bytes, HEADER_BYTES, *number)
            .is_ok_and(|(entry, _)| entry.kind == Kind::Settled)
        {
            continue;
        }
        let read = file.take(MOST_SETTLED).read_to_end(&mut bytes);
        read.map_err(failed("read"))?;
        for found in Scan::new(&bytes, HEADER_BYTES, *number) {
            if let segment::Found::Entry { entry, .. } = found
                && entry.kind == Kind::Settled
            {
                settled.insert(entry.key);
            }
        }
    }
    Ok(settled)
}
