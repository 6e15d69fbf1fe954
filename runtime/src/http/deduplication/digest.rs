//! What stands for an activity in memory, however long its id is.

use std::hash::{BuildHasherDefault, Hash, Hasher};

/// Sixty-four bits, keyed at random so that nobody can make two activities that share them.
///
/// In two halves: an entry of the tables then needs no padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest([u32; 2]);

impl From<u64> for Digest {
    #[expect(clippy::cast_possible_truncation, reason = "the halves of the number")]
    fn from(bits: u64) -> Digest {
        Digest([(bits >> 32) as u32, bits as u32])
    }
}

impl Hash for Digest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Digest([high, low]) = *self;
        state.write_u64(u64::from(high) << 32 | u64::from(low));
    }
}

/// Takes a digest as its own hash.
#[derive(Debug, Default)]
pub(super) struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }

    fn write(&mut self, bytes: &[u8]) {
        // Digests come whole; anything else is spread well enough for a table.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

/// A map by digest.
pub(super) type Map<V> = std::collections::HashMap<Digest, V, BuildHasherDefault<Itself>>;
