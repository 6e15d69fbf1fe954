use std::fmt;
use std::io::Read;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha512};

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

fn hex(bytes: &[u8]) -> String {
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
    }
}
