//! A segment of the journal: a file that is only appended to.

use super::checksum::crc32c;
use super::entry::{self, Entry, NoEntry};

const MAGIC: [u8; 8] = *b"onhookJ1";
pub(super) const HEADER_BYTES: usize = 36;
const SUFFIX: &str = ".journal";
const SPARE: &str = ".spare";

/// A place in the journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) segment: u64,
    pub(super) offset: u64,
}

/// What stands at the beginning of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) number: u64,
    /// Where the segment before this one ends. What stands behind that was never acknowledged there and, as far as
    /// it matters, is repeated here: the disk had failed.
    pub(super) before: Position,
}

impl Header {
    pub(super) fn put(self, batch: &mut Vec<u8>) {
        let start = batch.len();
        batch.extend_from_slice(&MAGIC);
        for number in [self.number, self.before.segment, self.before.offset] {
            batch.extend_from_slice(&number.to_le_bytes());
        }
        let check = crc32c(0, batch.get(start..).unwrap_or_default());
        batch.extend_from_slice(&check.to_le_bytes());
    }

    pub(super) fn get(bytes: &[u8]) -> Option<Header> {
        let bytes = bytes.first_chunk::<HEADER_BYTES>()?;
        let (body, check) = bytes.split_last_chunk::<4>()?;
        let long = |at: usize| {
            let bytes = body.get(at..).and_then(<[u8]>::first_chunk);
            bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
        };
        let good = body.starts_with(&MAGIC) && crc32c(0, body) == u32::from_le_bytes(*check);
        good.then(|| Header {
            number: long(8),
            before: Position {
                segment: long(16),
                offset: long(24),
            },
        })
    }
}

/// The name of a segment's file; names in order are numbers in order.
pub(super) fn name(number: u64) -> String {
    format!("{number:016x}{SUFFIX}")
}

/// The number of a segment's file.
pub(super) fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let number = u64::from_str_radix(digits, 16).ok()?;
    (self::name(number) == name).then_some(number)
}

/// Whether this is the name of a file that was a segment and would have been one again.
pub(super) fn is_spare(name: &str) -> bool {
    let stem = name.strip_suffix(SPARE);
    stem.is_some_and(|stem| number(&format!("{stem}{SUFFIX}")).is_some())
}

/// The name of such a file.
pub(super) fn spare_name(number: u64) -> String {
    format!("{number:016x}{SPARE}")
}

/// What a scan comes across; offsets count from the beginning of what is scanned.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    Entry {
        entry: Entry<'a>,
        end: usize,
    },
    /// Bytes that are no entry, with an entry behind them.
    Damage {
        from: usize,
        to: usize,
    },
    /// Bytes up to the end that are no entry, or only the beginning of one.
    Tail {
        at: usize,
    },
}

/// The entries in some bytes of a segment.
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    segment: u64,
}

impl<'a> Scan<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize, segment: u64) -> Self {
        Self { bytes, at, segment }
    }

    /// The next place from `at` on where there is an entry.
    fn seek(&self, mut at: usize) -> Option<usize> {
        while at < self.bytes.len() {
            match entry::get(self.bytes, at, self.segment) {
                Ok(_) => return Some(at),
                Err(NoEntry::Payload { end }) => at = end,
                Err(NoEntry::Foreign) => {
                    let rest = self.bytes.get(at + 1..)?;
                    at += 1 + rest.iter().position(|byte| *byte == entry::FIRST)?;
                }
            }
        }
        None
    }
}

impl<'a> Iterator for Scan<'a> {
    type Item = Found<'a>;

    fn next(&mut self) -> Option<Found<'a>> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let from = self.at;
        if let Ok((entry, end)) = entry::get(self.bytes, from, self.segment) {
            self.at = end;
            return Some(Found::Entry { entry, end });
        }
        let next = self.seek(from);
        self.at = next.unwrap_or(self.bytes.len());
        Some(next.map_or(Found::Tail { at: from }, |to| Found::Damage { from, to }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::journal::entry::{Kind, Link, put};

    #[test]
    fn names_and_headers_come_back() {
        for value in [0, 1, 0xABCD, u64::MAX] {
            assert_eq!(number(&name(value)), Some(value));
            assert!(is_spare(&spare_name(value)) && !is_spare(&name(value)));
            let header = Header {
                number: value,
                before: Position {
                    segment: 3,
                    offset: value,
                },
            };
            let mut bytes = Vec::new();
            header.put(&mut bytes);
            assert_eq!(Header::get(&bytes), Some(header));
            bytes[20] ^= 1;
            assert_eq!(Header::get(&bytes), None);
        }
        for other in ["", "1.journal", "000000000000000G.journal", "metadata.json"] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    fn three() -> Vec<u8> {
        let (mut bytes, mut link) = (Vec::new(), Link::default());
        for byte in 0..3 {
            put(&mut bytes, 4, Kind::Step, 1, &mut link, |batch| {
                batch.extend([byte; 10]);
            });
        }
        bytes
    }

    #[test]
    fn damage_in_the_middle_and_a_torn_tail_are_told_apart() {
        let mut bytes = three();
        let size = bytes.len() / 3;
        bytes[size + 3] ^= 1;
        bytes.truncate(3 * size);
        bytes.extend_from_slice(&three()[..size / 2]);
        let found: Vec<_> = Scan::new(&bytes, 0, 4)
            .map(|found| match found {
                Found::Entry { end, .. } => (end, end),
                Found::Damage { from, to } => (from, to),
                Found::Tail { at } => (at, usize::MAX),
            })
            .collect();
        let wanted = [
            (size, size),
            (size, 2 * size),
            (3 * size, 3 * size),
            (3 * size, usize::MAX),
        ];
        assert_eq!(found, wanted);
    }

    proptest! {
        #[test]
        fn every_scan_ends(bytes: Vec<u8>) {
            prop_assert!(Scan::new(&bytes, 0, 4).count() <= bytes.len());
        }

        #[test]
        fn entries_among_rubbish_are_found(before: Vec<u8>, after: Vec<u8>) {
            let bytes = [before, three(), after].concat();
            let entries = Scan::new(&bytes, 0, 4).filter(|found| matches!(found, Found::Entry { .. })).count();
            prop_assert_eq!(entries, 3);
        }
    }
}
