//! The hashes of an audio file's blocks, kept beside it to tell where it was damaged.

use std::io::{Read, Result};

use sha2::{Digest, Sha512};

use super::Sha512Hex;
use super::hash::hex;

/// Bytes of a block, counted from the beginning of the file: a second of audio.
pub(super) const BLOCK: u64 = 32_000;
/// Bytes that are kept of a block's SHA-512: these hashes only tell where, the whole file's tells whether.
const KEPT: usize = 16;

/// What a file holds, as hashes.
#[derive(Debug)]
pub(super) struct Fingerprint {
    /// Of the whole file.
    pub(super) sha512: Sha512Hex,
    /// Its length.
    pub(super) bytes: u64,
    /// Of each block: a line of 32 digits for every second, a thousandth of the audio.
    pub(super) blocks: String,
}

impl Fingerprint {
    /// Reads everything from here to the end.
    pub(super) fn of(mut source: impl Read) -> Result<Self> {
        let (mut whole, mut blocks, mut bytes) = (Sha512::new(), String::new(), 0);
        let mut block = Vec::new();
        loop {
            block.clear();
            let got = source.by_ref().take(BLOCK).read_to_end(&mut block)?;
            if got == 0 {
                break;
            }
            bytes += got as u64;
            whole.update(&block);
            let hash = Sha512::digest(&block);
            blocks.push_str(&hex(hash.get(..KEPT).unwrap_or(&hash)));
            blocks.push('\n');
        }
        let sha512 = Sha512Hex::of_digest(&whole.finalize());
        Ok(Self {
            sha512,
            bytes,
            blocks,
        })
    }

    /// Where the first block begins that is not as it was.
    pub(super) fn first_difference(&self, were: &str) -> Option<u64> {
        let (mut are, mut were) = (self.blocks.lines(), were.lines());
        let mut at = 0;
        loop {
            match (are.next(), were.next()) {
                (None, None) => return None,
                (is, was) if is != was => return Some(at),
                _ => at += BLOCK,
            }
        }
    }
}

/// The name of the block hashes of an audio file.
pub(super) fn file_of(audio: &str) -> String {
    format!("{audio}.blocks")
}

/// The length of the block hashes of so many bytes of audio.
pub(super) fn bytes_for(audio: u64) -> u64 {
    let line = KEPT as u64 * 2 + 1;
    audio.div_ceil(BLOCK).saturating_mul(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_damaged_block_is_the_one_that_is_named() {
        let audio = vec![7_u8; 100_000];
        let were = Fingerprint::of(&audio[..]).unwrap();
        assert_eq!(were.sha512, Sha512Hex::of_bytes(&audio));
        assert_eq!((were.bytes, were.blocks.lines().count()), (100_000, 4));
        assert_eq!(were.first_difference(&were.blocks), None);
        for (at, wanted) in [(0, 0), (31_999, 0), (32_000, 32_000), (99_999, 96_000)] {
            let mut audio = audio.clone();
            audio[at] ^= 1;
            let are = Fingerprint::of(&audio[..]).unwrap();
            assert_eq!(are.first_difference(&were.blocks), Some(wanted), "{at}");
        }
        let cut = Fingerprint::of(&audio[..64_000]).unwrap();
        assert_eq!(cut.first_difference(&were.blocks), Some(64_000));
    }
}
