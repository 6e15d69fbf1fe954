//! A segment made of bytes that a fuzzer chooses. Chosen at random a segment would never have right checksums, and
//! nothing behind them would be reached.

use super::entry::{Kind, Link, put};
use super::segment::{self, Header, Position};

/// The name of the journal's first segment, and what stands in it: entries that `bytes` describe, with right checksums.
///
/// An entry is described by a byte for its kind, one for its session, a number of bytes (16 bits, little endian), and
/// the payload. A kind above 127 leaves out the number of one entry before, as if that had been cut out.
#[doc(hidden)]
pub fn segment(mut bytes: &[u8]) -> (String, Vec<u8>) {
    const NUMBER: u64 = 1;
    let mut segment = Vec::new();
    let header = Header {
        number: NUMBER,
        before: Position::default(),
    };
    header.put(&mut segment);
    let mut links = [Link::default(); 256];
    while let Some(([kind, key, low, high], rest)) = bytes.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
        let (payload, rest) = rest.split_at_checked(length).unwrap_or_default();
        bytes = rest;
        let Some(link) = links.get_mut(usize::from(*key)) else {
            break;
        };
        link.number = link.number.wrapping_add(u32::from(kind >> 7));
        let kind = match kind & 0x7F {
            0 | 1 => Kind::Open,
            2 => Kind::Live,
            3 => Kind::Audio,
            4 => Kind::Step,
            5 => Kind::Close,
            6 => Kind::Settled,
            _ => Kind::Durable,
        };
        put(&mut segment, NUMBER, kind, u64::from(*key), link, |batch| {
            batch.extend_from_slice(payload);
        });
    }
    (segment::name(NUMBER), segment)
}
