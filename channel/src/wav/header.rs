use super::error::{WavError, WavProblem};
use crate::media::SAMPLE_RATE;

/// The bytes before the first sample in a file that [`Writer`](super::Writer) writes.
pub const HEADER_BYTES: u64 = HEADER_LENGTH as u64;

pub(super) const HEADER_LENGTH: usize = 80;

/// The bytes of one 16-bit sample of one channel.
pub(super) const SAMPLE_BYTES: u64 = 2;
/// The most channels that a recording of ours has.
const MOST_CHANNELS: u16 = 8;
/// Where in the header the number of channels is.
const CHANNELS_AT: usize = 58;
const DS64_BYTES: u32 = 28;

/// The 80 bytes in front of a recording: RIFF, a place for `ds64`, the format, and the size of the audio.
///
/// | byte | up to 4 GiB | beyond |
/// |---|---|---|
/// | 0 | `RIFF`, size of all that follows, `WAVE` | `RF64`, `0xFFFFFFFF`, `WAVE` |
/// | 12 | `JUNK`, 28, zeros | `ds64`, 28, size of all, size of the audio, samples of each channel, 0 |
/// | 48 | `fmt `, 16, PCM, 16 bits at 16 kHz, the channels | the same |
/// | 72 | `data`, size of the audio | `data`, `0xFFFFFFFF` |
///
/// Because the place is kept from the beginning, a file can become RF64 without being moved (EBU Tech 3306).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes of audio after the header.
    pub data_bytes: u64,
    /// Channels, 1 to 8; their samples stand side by side.
    pub channels: u16,
}

impl Header {
    /// Bytes of one sample of every channel.
    pub(super) fn block_bytes(self) -> u64 {
        SAMPLE_BYTES * u64::from(self.channels.max(1))
    }

    /// The header as it stands in the file.
    pub fn encode(self) -> [u8; HEADER_LENGTH] {
        let block_bytes = self.block_bytes();
        let riff_bytes = self.data_bytes.saturating_add(HEADER_BYTES - 8);
        let short = u32::try_from(riff_bytes)
            .ok()
            .zip(u32::try_from(self.data_bytes).ok());
        let (riff, reserved, sizes, (riff_size, data_size)) = match short {
            Some(sizes) => (b"RIFF", b"JUNK", [0; 3], sizes),
            None => (
                b"RF64",
                b"ds64",
                [riff_bytes, self.data_bytes, self.data_bytes / block_bytes],
                (u32::MAX, u32::MAX),
            ),
        };
        let mut bytes = Bytes::default();
        bytes.put(riff).put(&riff_size.to_le_bytes()).put(b"WAVE");
        bytes.put(reserved).put(&DS64_BYTES.to_le_bytes());
        for size in sizes {
            bytes.put(&size.to_le_bytes());
        }
        bytes.put(&0_u32.to_le_bytes());
        bytes
            .put(b"fmt ")
            .put(&16_u32.to_le_bytes())
            .put(&1_u16.to_le_bytes())
            .put(&self.channels.to_le_bytes());
        let block = self.channels.saturating_mul(2);
        bytes
            .put(&SAMPLE_RATE.to_le_bytes())
            .put(&SAMPLE_RATE.saturating_mul(block.into()).to_le_bytes());
        bytes.put(&block.to_le_bytes()).put(&16_u16.to_le_bytes());
        bytes.put(b"data").put(&data_size.to_le_bytes());
        bytes.array
    }

    /// Takes a header back; [`WavProblem::Foreign`] with the first byte that [`Header::encode`] would not write.
    pub fn decode(bytes: &[u8; HEADER_LENGTH]) -> Result<Self, WavError> {
        let [rest @ .., s0, s1, s2, s3] = bytes;
        let data_size = u32::from_le_bytes([*s0, *s1, *s2, *s3]);
        let data_bytes = if rest.starts_with(b"RF64") {
            // After `ds64`, its size and the size of the whole.
            rest.get(28..)
                .and_then(<[u8]>::first_chunk)
                .map_or(0, |size| u64::from_le_bytes(*size))
        } else {
            data_size.into()
        };
        let header = Self {
            data_bytes,
            channels: channels(bytes),
        };
        match bytes
            .iter()
            .zip(&header.encode())
            .position(|(got, own)| got != own)
        {
            Some(at) => Err(WavProblem::Foreign.at(at as u64)),
            None => Ok(header),
        }
    }

    /// Whether these bytes are, or begin, some header of ours, whatever the sizes in it.
    pub(super) fn fits(bytes: &[u8]) -> Result<(), WavError> {
        let wide = bytes.starts_with(b"RF");
        let model = Self {
            data_bytes: if wide { u64::MAX } else { 0 },
            channels: channels(bytes),
        }
        .encode();
        let sizes = [4..8, 20..44, 76..80];
        let mut pairs = bytes.iter().zip(&model).enumerate();
        let differs = pairs
            .find(|(at, (got, own))| got != own && !sizes.iter().any(|size| size.contains(at)));
        differs.map_or(Ok(()), |(at, _)| Err(WavProblem::Foreign.at(at as u64)))
    }
}

/// The channels that a header speaks of; one if it does not, or of more than ours have.
pub(super) fn channels(header: &[u8]) -> u16 {
    let channels = match header.get(CHANNELS_AT..) {
        Some(&[low, high, ..]) => u16::from_le_bytes([low, high]),
        // A file may end between the two.
        Some(&[low]) => low.into(),
        _ => 1,
    };
    if (1..=MOST_CHANNELS).contains(&channels) {
        channels
    } else {
        1
    }
}

struct Bytes {
    array: [u8; HEADER_LENGTH],
    filled: usize,
}

impl Default for Bytes {
    fn default() -> Self {
        Self {
            array: [0; HEADER_LENGTH],
            filled: 0,
        }
    }
}

impl Bytes {
    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.array[self.filled..self.filled + bytes.len()].copy_from_slice(bytes);
        self.filled += bytes.len();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAST_SHORT: u64 = u32::MAX as u64 - 72;

    #[test]
    fn becomes_rf64_when_a_size_no_longer_fits() {
        for (data_bytes, channels, wide) in [
            (0, 1, false),
            (640, 2, false),
            (LAST_SHORT, 1, false),
            (LAST_SHORT + 1, 1, true),
            (1 << 40, 1, true),
            (1 << 40, 2, true),
        ] {
            let header = Header {
                data_bytes,
                channels,
            };
            let bytes = header.encode();
            let at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
            let long = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
            assert_eq!(
                &bytes[..4],
                if wide { b"RF64" } else { b"RIFF" },
                "{data_bytes}"
            );
            assert_eq!(&bytes[12..16], if wide { b"ds64" } else { b"JUNK" });
            assert_eq!(
                (&bytes[48..52], &bytes[72..76]),
                (&b"fmt "[..], &b"data"[..])
            );
            if wide {
                assert_eq!((at(4), at(76)), (u32::MAX, u32::MAX));
                assert_eq!(
                    (long(20), long(28), long(36)),
                    (
                        data_bytes + 72,
                        data_bytes,
                        data_bytes / 2 / u64::from(channels)
                    )
                );
            } else {
                assert_eq!(
                    (u64::from(at(4)), u64::from(at(76))),
                    (data_bytes + 72, data_bytes)
                );
            }
            assert_eq!(Header::decode(&bytes).unwrap(), header);
            Header::fits(&bytes).unwrap();
        }
    }

    #[test]
    fn every_changed_byte_is_seen() {
        for (data_bytes, channels) in [(640, 1), (5 << 32, 1), (640, 2)] {
            let header = Header {
                data_bytes,
                channels,
            };
            let bytes = header.encode();
            for at in 0..bytes.len() {
                let mut changed = bytes;
                changed[at] ^= 0x40;
                let error = Header::decode(&changed).unwrap_err();
                assert!(
                    matches!(error.problem, WavProblem::Foreign),
                    "{at} of {data_bytes}"
                );
                let size = [4..8, 20..44, 76..80].iter().any(|size| size.contains(&at));
                assert_eq!(Header::fits(&changed).is_ok(), size, "{at} of {data_bytes}");
            }
        }
    }
}
