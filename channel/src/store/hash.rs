use std::fmt;
use std::io::Read;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha512};

/// Digits of a SHA-512.
const DIGITS: usize = 128;

/// The SHA-512 of a file, in the lower-case hexadecimal that `sha512sum` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sha512Hex(String);

impl Sha512Hex {
    /// Hashes everything from here to the end.
    pub fn of(mut source: impl Read) -> std::io::Result<Self> {
        let mut hash = Sha512::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return Ok(Self(hex(&hash.finalize()))),
                Ok(count) => hash.update(&buffer[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Hashes what is in memory.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(hex(&Sha512::digest(bytes)))
    }

    pub(super) fn of_digest(digest: &[u8]) -> Self {
        Self(hex(digest))
    }

    /// A hash that stands for none: 128 zeros.
    pub(crate) fn zeros() -> Self {
        Self("0".repeat(DIGITS))
    }

    /// Whether these are the digits of a hash; what comes from a file may be anything.
    pub(crate) fn is_valid(&self) -> bool {
        self.0.len() == DIGITS
            && self
                .0
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    }

    /// `sha512-` and the hash in base64url without padding, as a vCon's `content_hash` has it; `None` if the
    /// digits are not those of a hash.
    pub fn content_hash(&self) -> Option<String> {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        if !self.is_valid() {
            return None;
        }
        let nibbles = self.0.chars().filter_map(|digit| digit.to_digit(16));
        let mut text = "sha512-".to_owned();
        // Three digits are two characters; of the 128 digits the last two stand alone and are filled with zeros.
        let mut group = (0_u32, 0_u32);
        for nibble in nibbles.chain([0]) {
            group = (group.0 << 4 | nibble, group.1 + 4);
            if group.1 == 12 {
                for six_bits in [group.0 >> 6, group.0 & 63] {
                    text.extend(
                        ALPHABET
                            .get(six_bits as usize)
                            .map(|byte| char::from(*byte)),
                    );
                }
                group = (0, 0);
            }
        }
        Some(text)
    }

    /// The 128 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sha512Hex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A UUID of version 8 (RFC 9562 section 5.8) that is the same for the same texts, and for no others.
pub(crate) fn uuid(texts: &[&str]) -> String {
    let mut hash = Sha512::new();
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    let mut bytes = [0; 16];
    for (byte, random) in bytes.iter_mut().zip(hash.finalize()) {
        *byte = random;
    }
    uuid_of(bytes)
}

/// These bytes as a UUID of version 8.
pub(crate) fn uuid_of(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = hex(&bytes);
    for hyphen in [20, 16, 12, 8] {
        text.insert(hyphen, '-');
    }
    text
}

/// The first 32 digits of a text's SHA-512: enough that nobody finds two texts with the same.
pub(super) fn short(text: &str) -> String {
    hex(&Sha512::digest(text.as_bytes()))
        .chars()
        .take(32)
        .collect()
}

/// The lower-case digit of half a byte.
pub(super) fn digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or('0')
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_those_of_fips_180() {
        let abc = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                   2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        assert_eq!(Sha512Hex::of(&b"abc"[..]).unwrap().as_str(), abc);
        assert_eq!(short("abc"), abc[..32]);
        assert_eq!(Sha512Hex::of_bytes(b"abc").as_str(), abc);
    }

    #[test]
    fn a_content_hash_is_base64url_without_padding() {
        // `printf abc | openssl dgst -sha512 -binary | basenc --base64url -w0 | tr -d =`
        let wanted = "sha512-3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05ohkpkqJ0_BqDa6PCOj_uu9RU1EI2Q86A4qmslPpUyknw";
        assert_eq!(
            Sha512Hex::of_bytes(b"abc").content_hash().as_deref(),
            Some(wanted)
        );
        for wrong in ["", "0", &"g".repeat(128), &"A".repeat(128), &"é".repeat(64)] {
            assert_eq!(
                Sha512Hex(wrong.to_owned()).content_hash(),
                None,
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_uuid_depends_on_every_text_and_says_its_version() {
        let [one, other] = [uuid(&["a", "bc"]), uuid(&["ab", "c"])];
        assert_ne!(one, other);
        for id in [one, other] {
            let groups: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12]);
            assert_eq!(id.as_bytes()[14], b'8');
            assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
        }
    }
}
