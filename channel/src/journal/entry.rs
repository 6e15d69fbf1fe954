//! One entry of the journal: 44 bytes of header and what it carries.
//!
//! | byte | |
//! |---|---|
//! | 0 | `ohJe` |
//! | 4 | kind, version, two zeros |
//! | 8 | bytes of the payload |
//! | 12 | number of the entry in its session |
//! | 16 | key of the session |
//! | 24 | samples of the session before this entry |
//! | 32 | CRC-32C of the payload |
//! | 36 | chain: CRC-32C of the chain before and of bytes 0 to 36 |
//! | 40 | CRC-32C of the segment's number and of bytes 0 to 40 |
//!
//! All numbers are little endian. The chain shows an entry that was cut out or moved, which its own checksums
//! do not. The segment's number is in the last of them because a segment is written over the bytes of an old one: what
//! is left of that is no entry.

use super::checksum::crc32c;

const MAGIC: [u8; 4] = *b"ohJe";
/// What an entry's first byte is.
pub(super) const FIRST: u8 = MAGIC[0];
const VERSION: u8 = 2;
pub(super) const HEADER_BYTES: usize = 44;
/// The largest payload: enough for metadata, little enough to be held in memory on anybody's word.
pub(super) const LARGEST: usize = 1 << 20;

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A session begins: its id and metadata.
    Open = 1,
    /// A session is under way as a segment begins: its id, and what its files are like. It has no number of its own.
    Live = 2,
    /// Samples of a session.
    Audio = 3,
    /// What was answered to a command: the metadata with it.
    Step = 4,
    /// A session is complete: its last metadata.
    Close = 5,
    /// A session is in its own files, whole and durable: there is nothing to be done for it.
    Settled = 6,
    /// The segment is durable up to the offset; of no session, and without a number.
    Durable = 7,
}

impl Kind {
    const ALL: [Kind; 7] = [
        Kind::Open,
        Kind::Live,
        Kind::Audio,
        Kind::Step,
        Kind::Close,
        Kind::Settled,
        Kind::Durable,
    ];
}

/// How far a session is in the journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Link {
    /// The number of its next entry.
    pub(super) number: u32,
    /// Over all entries before.
    pub(super) chain: u32,
    /// Its samples so far.
    pub(super) samples: u64,
}

/// An entry that was read, with checksums that agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) kind: Kind,
    pub(super) key: u64,
    pub(super) number: u32,
    pub(super) offset: u64,
    pub(super) payload: &'a [u8],
    chain: u32,
    own: u32,
}

/// Why there is no entry here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoEntry {
    /// No header.
    Foreign,
    /// The header is good; the payload is not, or ends too early.
    Payload { end: usize },
}

/// How an entry follows on those that were read before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follows {
    /// As it should.
    Next,
    /// It was read before.
    Again,
    /// Something before it is missing, or something else was there.
    Broken,
}

/// Adds an entry to a batch for this segment; `payload` is written in place.
pub(super) fn put(
    batch: &mut Vec<u8>,
    segment: u64,
    kind: Kind,
    key: u64,
    link: &mut Link,
    payload: impl FnOnce(&mut Vec<u8>),
) {
    let start = batch.len();
    batch.extend_from_slice(&[0; HEADER_BYTES]);
    payload(batch);
    let body = batch.get(start + HEADER_BYTES..).unwrap_or_default();
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let mut header = [0; HEADER_BYTES];
    header[..4].copy_from_slice(&MAGIC);
    header[4..8].copy_from_slice(&[kind as u8, VERSION, 0, 0]);
    header[8..12].copy_from_slice(&length.to_le_bytes());
    header[12..16].copy_from_slice(&link.number.to_le_bytes());
    header[16..24].copy_from_slice(&key.to_le_bytes());
    header[24..32].copy_from_slice(&link.samples.to_le_bytes());
    header[32..36].copy_from_slice(&crc32c(0, body).to_le_bytes());
    if kind != Kind::Live {
        let own = crc32c(0, &header[..36]);
        link.number = link.number.wrapping_add(1);
        link.chain = crc32c(link.chain, &own.to_le_bytes());
    }
    if kind == Kind::Audio {
        link.samples += body.len() as u64 / 2;
    }
    header[36..40].copy_from_slice(&link.chain.to_le_bytes());
    let check = check(segment, &header);
    header[40..].copy_from_slice(&check.to_le_bytes());
    if let Some(place) = batch.get_mut(start..start + HEADER_BYTES) {
        place.copy_from_slice(&header);
    }
}

/// The checksum of a header in this segment.
fn check(segment: u64, header: &[u8; HEADER_BYTES]) -> u32 {
    crc32c(crc32c(0, &segment.to_le_bytes()), &header[..40])
}

/// Reads the entry of this segment at `at`, and says where it ends.
pub(super) fn get(bytes: &[u8], at: usize, segment: u64) -> Result<(Entry<'_>, usize), NoEntry> {
    let header = bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk::<HEADER_BYTES>)
        .ok_or(NoEntry::Foreign)?;
    let kind = kind(header, segment).ok_or(NoEntry::Foreign)?;
    let length = word(header, 8) as usize;
    let (from, end) = (at + HEADER_BYTES, at + HEADER_BYTES + length);
    let entry = bytes.get(from..end).map(|payload| Entry {
        kind,
        key: long(header, 16),
        number: word(header, 12),
        offset: long(header, 24),
        payload,
        chain: word(header, 36),
        own: crc32c(0, &header[..36]),
    });
    match entry {
        Some(entry) if crc32c(0, entry.payload) == word(header, 32) => Ok((entry, end)),
        _ => Err(NoEntry::Payload { end }),
    }
}

/// What a header is of, if it is one of this segment.
fn kind(header: &[u8; HEADER_BYTES], segment: u64) -> Option<Kind> {
    let good = header.starts_with(&MAGIC)
        && word(header, 8) as usize <= LARGEST
        && check(segment, header) == word(header, 40);
    let kinds = Kind::ALL.into_iter();
    kinds
        .filter(|_| good)
        .find(|kind| header[4..8] == [*kind as u8, VERSION, 0, 0])
}

fn word(header: &[u8; HEADER_BYTES], at: usize) -> u32 {
    let bytes = header.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

fn long(header: &[u8; HEADER_BYTES], at: usize) -> u64 {
    let bytes = header.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

impl Entry<'_> {
    /// Where the session is after this entry.
    pub(super) fn after(&self) -> Link {
        let audio = self.kind == Kind::Audio;
        Link {
            number: self.number.wrapping_add(u32::from(self.kind != Kind::Live)),
            chain: self.chain,
            samples: self.offset.saturating_add(if audio {
                self.payload.len() as u64 / 2
            } else {
                0
            }),
        }
    }

    /// Whether this is what comes next.
    pub(super) fn follows(&self, link: Link) -> Follows {
        let live = self.kind == Kind::Live;
        if self.number < link.number {
            return Follows::Again;
        }
        let chain = if live {
            link.chain
        } else {
            crc32c(link.chain, &self.own.to_le_bytes())
        };
        if self.number == link.number && self.chain == chain && self.offset == link.samples {
            Follows::Next
        } else {
            Follows::Broken
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comes_back_as_it_was_put() {
        let (mut batch, mut link) = (vec![7; 3], Link::default());
        put(&mut batch, 4, Kind::Audio, 9, &mut link, |batch| {
            batch.extend_from_slice(&[1, 2, 3, 4]);
        });
        let (entry, end) = get(&batch, 3, 4).unwrap();
        assert_eq!(
            (entry.kind, entry.key, entry.payload),
            (Kind::Audio, 9, &[1, 2, 3, 4][..])
        );
        assert_eq!(entry.after(), link);
        assert_eq!((end, link.samples), (batch.len(), 2));
        assert_eq!(entry.follows(Link::default()), Follows::Next);
        assert_eq!(entry.follows(link), Follows::Again);
    }

    #[test]
    fn what_is_left_of_another_segment_is_no_entry() {
        let (mut batch, mut link) = (Vec::new(), Link::default());
        put(&mut batch, 4, Kind::Step, 1, &mut link, |batch| {
            batch.push(7);
        });
        assert!(get(&batch, 0, 4).is_ok());
        for other in [0, 3, 5, u64::MAX] {
            assert_eq!(get(&batch, 0, other), Err(NoEntry::Foreign), "{other}");
        }
    }

    #[test]
    fn a_cut_or_swapped_entry_is_noticed() {
        let (mut batch, mut link) = (Vec::new(), Link::default());
        let mut marks = vec![link];
        for byte in 0..3_u8 {
            put(&mut batch, 4, Kind::Step, 1, &mut link, |batch| {
                batch.push(byte);
            });
            marks.push(link);
        }
        let step = batch.len() / 3;
        let (third, _) = get(&batch, 2 * step, 4).unwrap();
        assert_eq!(third.follows(marks[2]), Follows::Next);
        assert_eq!(
            third.follows(marks[1]),
            Follows::Broken,
            "the second is missing"
        );
        let other = Link {
            chain: 1,
            ..marks[2]
        };
        assert_eq!(
            third.follows(other),
            Follows::Broken,
            "the second was another"
        );
    }

    proptest! {
        #[test]
        fn no_changed_byte_passes(payload in prop::collection::vec(any::<u8>(), 0..200), at: prop::sample::Index, bit in 0..8_u8) {
            let (mut batch, mut link) = (Vec::new(), Link::default());
            put(&mut batch, 4, Kind::Step, 5, &mut link, |batch| batch.extend_from_slice(&payload));
            let at = at.index(batch.len());
            batch[at] ^= 1 << bit;
            prop_assert!(get(&batch, 0, 4).is_err());
        }

        #[test]
        fn arbitrary_bytes_are_no_reason_to_panic(bytes: Vec<u8>, at in 0..100_usize) {
            let _ = get(&bytes, at, 4);
        }
    }
}
