//! Where the audio of a file ends.
//!
//! A writer that cannot go back to the header leaves a placeholder for the size of the audio: 0, `0xFFFFFFFF`,
//! `0x7FFFFFFF`, `0x80000000`, `0x7FFFF000`. One that dies leaves the size of its last update, and one that does not know
//! RF64 leaves the size modulo 2³² once the file is longer. So a size is a claim. Where the file ends before, the audio
//! ends with it. Where it goes on, other chunks may follow, and what is no chunk is audio.

use std::io::Read;

use super::error::WavError;
use super::source::Source;

/// How far is looked ahead for chunks behind the audio.
const LOOKAHEAD: usize = 64 * 1024;
/// How much audio is decoded at once.
const PIECE: usize = 64 * 1024;

/// The chunks, and the tags of music players, that follow the audio in files of known programs.
const TRAILERS: [&[u8; 4]; 26] = [
    b"LIST", b"list", b"fact", b"cue ", b"plst", b"smpl", b"inst", b"bext", b"iXML", b"aXML",
    b"axml", b"chna", b"cart", b"DISP", b"PEAK", b"id3 ", b"ID3 ", b"_PMX", b"JUNK", b"junk",
    b"PAD ", b"FLLR", b"acid", b"afsp", b"SMED", b"APET",
];

/// What is still to be read of the audio.
pub(super) struct Extent {
    /// Bytes up to the end that the header claims, or the largest number if that is behind.
    left: u64,
    /// The claim is an odd number: one byte may fill it up.
    odd: bool,
    /// Where the file ends by the size of the whole in its header.
    riff_end: u64,
    /// Bytes of audio so far.
    pub(super) bytes: u64,
}

impl Extent {
    /// Of audio that has so many bytes by its header; the largest number says that they are not known.
    pub(super) const fn new(claimed: u64, riff_end: u64) -> Self {
        Self {
            left: claimed,
            odd: claimed % 2 == 1,
            riff_end,
            bytes: 0,
        }
    }

    /// Adds the next bytes of the audio to the buffer; false if there are no more.
    pub(super) fn read(
        &mut self,
        source: &mut Source<impl Read>,
        buffer: &mut Vec<u8>,
    ) -> Result<bool, WavError> {
        if self.left == 0 {
            if chunks_follow(source, self.odd, self.riff_end)? {
                return Ok(false);
            }
            self.left = u64::MAX;
        }
        let ahead = source.peek(PIECE + LOOKAHEAD)?;
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let piece = if ahead.len() == PIECE + LOOKAHEAD {
            PIECE.min(left)
        } else if left <= ahead.len() {
            left
        } else {
            // The file ends before the audio should.
            self.left = 0;
            trailer(ahead).unwrap_or(ahead.len())
        };
        buffer.extend_from_slice(&ahead[..piece]);
        let ends = ahead.len() < PIECE + LOOKAHEAD && self.left == 0;
        let rest = if ends { ahead.len() } else { piece };
        source.pass(rest);
        self.left = self.left.saturating_sub(piece as u64);
        self.bytes += piece as u64;
        Ok(piece > 0)
    }
}

/// Whether the audio ends here: with the file, or because chunks follow.
pub(super) fn chunks_follow(
    source: &mut Source<impl Read>,
    odd: bool,
    riff_end: u64,
) -> Result<bool, WavError> {
    let in_riff = riff_end.saturating_sub(source.at);
    let ahead = source.peek(LOOKAHEAD)?;
    let whole = ahead.len() < LOOKAHEAD;
    // An odd size is filled up with a zero. Another byte at the end of the file is the rest of a sample.
    let padded = ahead.get(1..).filter(|_| odd);
    let in_riff_padded = in_riff.saturating_sub(1);
    Ok(ahead.is_empty()
        || odd && ahead == [0]
        || begins_chunks(ahead, whole, in_riff)
        || padded.is_some_and(|ahead| begins_chunks(ahead, whole, in_riff_padded)))
}

/// Whether these bytes begin chunks, of which no program needs to be known if they end where the file does. `whole` says
/// that the file ends with the bytes.
fn begins_chunks(bytes: &[u8], whole: bool, in_riff: u64) -> bool {
    let tag = bytes.starts_with(b"ID3") || bytes.starts_with(b"TAG") && bytes.len() == 128;
    // A chunk that is too long to be looked at is believed if the file as a whole is to end with it.
    let may_go_on = |size: u64| !whole && (size == in_riff || size + size % 2 == in_riff);
    tag || is_known(bytes) || ends_with_chunk(bytes, may_go_on)
}

fn is_known(bytes: &[u8]) -> bool {
    TRAILERS.iter().any(|id| bytes.starts_with(*id))
}

/// Whether these bytes are chunks, of which the last one ends with them, or may go on for so many bytes from the first.
fn ends_with_chunk(bytes: &[u8], may_go_on: impl Fn(u64) -> bool) -> bool {
    let mut rest = bytes;
    loop {
        let Some((header, _)) = rest.split_first_chunk::<8>() else {
            return false;
        };
        let [id @ .., s0, s1, s2, s3] = *header;
        if !id.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            return false;
        }
        let size = u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
        let (end, padded) = (8 + size, 8 + size + size % 2);
        let length = rest.len() as u64;
        if end == length || padded == length {
            return true;
        }
        match usize::try_from(padded)
            .ok()
            .and_then(|next| rest.get(next..))
        {
            Some(next) => rest = next,
            None => return may_go_on((bytes.len() - rest.len()) as u64 + end),
        }
    }
}

/// Where chunks begin that end with these bytes, which are the last ones of the file.
fn trailer(bytes: &[u8]) -> Option<usize> {
    let from = bytes.len().saturating_sub(LOOKAHEAD);
    let mut places = (from..bytes.len()).filter(|at| is_known(&bytes[*at..]));
    places.find(|at| ends_with_chunk(&bytes[*at..], |_size| false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(id: [u8; 4], size: u32, payload: &[u8]) -> Vec<u8> {
        [&id[..], &size.to_le_bytes(), payload].concat()
    }

    #[test]
    fn chunks_are_told_from_audio() {
        let list = chunk(*b"LIST", 4, b"INFO");
        let own = chunk(*b"Abcd", 3, b"xyz");
        let padded = [&own[..], &[0]].concat();
        for (what, bytes, whole, in_riff, chunks) in [
            ("a known chunk", list.clone(), true, 0, true),
            (
                "a known chunk that is cut off",
                list[..9].to_vec(),
                true,
                0,
                true,
            ),
            ("an unknown chunk up to the end", own.clone(), true, 0, true),
            (
                "an unknown chunk with its padding",
                padded.clone(),
                true,
                0,
                true,
            ),
            (
                "two chunks",
                [padded.clone(), list.clone()].concat(),
                true,
                0,
                true,
            ),
            (
                "an unknown chunk that is cut off",
                own[..10].to_vec(),
                true,
                0,
                false,
            ),
            (
                "a long chunk up to the end of the whole",
                chunk(*b"Abcd", 90_000, &[0; 9]),
                false,
                90_008,
                true,
            ),
            (
                "a long chunk, the whole ends elsewhere",
                chunk(*b"Abcd", 90_000, &[0; 9]),
                false,
                u64::from(u32::MAX),
                false,
            ),
            ("silence", vec![0; 64], true, 64, false),
            ("a sample", vec![b'L', b'I'], true, 2, false),
            ("letters", b"LOUDLOUDLOUD".to_vec(), true, 12, false),
            (
                "a tag of 128 bytes",
                [b"TAG".to_vec(), vec![1; 125]].concat(),
                true,
                0,
                true,
            ),
        ] {
            assert_eq!(begins_chunks(&bytes, whole, in_riff), chunks, "{what}");
        }
    }

    #[test]
    fn chunks_at_the_very_end_are_found() {
        let list = chunk(*b"LIST", 5, b"INFOx\0");
        let audio = [7, b'L', b'I', b'S', b'T', 7, 7, 7, 7, 7];
        assert_eq!(trailer(&audio), None);
        assert_eq!(trailer(&[&audio[..], &list].concat()), Some(audio.len()));
        let two = [chunk(*b"id3 ", 2, &[1, 2]), list].concat();
        assert_eq!(trailer(&[&audio[..], &two].concat()), Some(audio.len()));
        assert_eq!(trailer(&[]), None);
    }
}
