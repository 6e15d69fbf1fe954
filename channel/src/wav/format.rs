#![allow(
    clippy::cast_possible_truncation,
    reason = "32 bits of PCM are brought to the precision of an f32"
)]
#![allow(
    clippy::cast_precision_loss,
    reason = "32 bits of PCM are brought to the precision of an f32"
)]

use super::error::{WavError, WavProblem};
use crate::media::{RATES, g711};

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const ALAW: u16 = 6;
const MULAW: u16 = 7;
const EXTENSIBLE: u16 = 0xFFFE;

/// How samples are coded, checked: every combination in here can be read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Coding {
    Unsigned8,
    Signed16,
    Signed24,
    Signed32,
    Float32,
    Alaw,
    Mulaw,
}

/// A checked `fmt ` chunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    coding: Coding,
    channels: u16,
    pub(super) rate: u32,
}

impl Format {
    /// Reads the payload of a `fmt ` chunk that stands at `at`.
    pub(super) fn parse(payload: &[u8], at: u64) -> Result<Self, WavError> {
        let small = || WavProblem::SmallChunk("fmt", payload.len() as u64).at(at);
        let short = |offset: usize| {
            payload
                .get(offset..)?
                .first_chunk()
                .copied()
                .map(u16::from_le_bytes)
        };
        let long = |offset: usize| {
            payload
                .get(offset..)?
                .first_chunk()
                .copied()
                .map(u32::from_le_bytes)
        };
        let tag = short(0).ok_or_else(small)?;
        let channels = short(2).ok_or_else(small)?;
        let rate = long(4).ok_or_else(small)?;
        let block = short(12).ok_or_else(small)?;
        let bits = short(14).ok_or_else(small)?;
        // An extensible format names its coding in the first two bytes of a GUID.
        let (tag, tag_at) = if tag == EXTENSIBLE {
            (short(24).ok_or_else(small)?, 24)
        } else {
            (tag, 0)
        };
        let coding = match (tag, bits) {
            (PCM, 8) => Coding::Unsigned8,
            (PCM, 16) => Coding::Signed16,
            (PCM, 24) => Coding::Signed24,
            (PCM, 32) => Coding::Signed32,
            (FLOAT, 32) => Coding::Float32,
            (ALAW, 8) => Coding::Alaw,
            (MULAW, 8) => Coding::Mulaw,
            (PCM | FLOAT | ALAW | MULAW, _) => return Err(WavProblem::Bits(tag, bits).at(at + 14)),
            _ => return Err(WavProblem::Coding(tag).at(at + tag_at)),
        };
        if channels == 0 {
            return Err(WavProblem::NoChannels.at(at + 2));
        }
        if !RATES.contains(&rate) {
            return Err(WavProblem::Rate(rate).at(at + 4));
        }
        if u32::from(block) != u32::from(channels) * u32::from(bits / 8) {
            return Err(WavProblem::BlockSize(block, channels, bits).at(at + 12));
        }
        Ok(Self {
            coding,
            channels,
            rate,
        })
    }

    /// Bytes of one sample of every channel.
    pub(super) fn block_bytes(self) -> usize {
        usize::from(self.channels) * self.coding.bytes()
    }

    /// One sample of every channel as their mean, in units of an `i16`.
    pub(super) fn mono(self, block: &[u8]) -> f32 {
        let sum: f32 = block
            .chunks_exact(self.coding.bytes())
            .map(|bytes| self.coding.sample(bytes))
            .sum();
        sum / f32::from(self.channels)
    }

    pub(super) const fn channels(self) -> u16 {
        self.channels
    }

    /// The sample of one channel, in units of an `i16`.
    pub(super) fn channel(self, block: &[u8], channel: usize) -> f32 {
        let mut samples = block.chunks_exact(self.coding.bytes());
        let bytes = samples.nth(channel).unwrap_or_default();
        self.coding.sample(bytes)
    }
}

impl Coding {
    const fn bytes(self) -> usize {
        match self {
            Self::Unsigned8 | Self::Alaw | Self::Mulaw => 1,
            Self::Signed16 => 2,
            Self::Signed24 => 3,
            Self::Signed32 | Self::Float32 => 4,
        }
    }

    fn sample(self, bytes: &[u8]) -> f32 {
        match (self, bytes) {
            (Self::Unsigned8, &[a]) => (f32::from(a) - 128.0) * 256.0,
            (Self::Alaw, &[a]) => f32::from(g711::decode_alaw(a)),
            (Self::Mulaw, &[a]) => f32::from(g711::decode_mulaw(a)),
            (Self::Signed16, &[a, b]) => f32::from(i16::from_le_bytes([a, b])),
            (Self::Signed24, &[a, b, c]) => i32::from_le_bytes([0, a, b, c]) as f32 / 65_536.0,
            (Self::Signed32, &[a, b, c, d]) => i32::from_le_bytes([a, b, c, d]) as f32 / 65_536.0,
            (Self::Float32, &[a, b, c, d]) => {
                let value = f32::from_le_bytes([a, b, c, d]) * 32_768.0;
                // One that is not a number would silence everything that the resampler's filter touches.
                if value.is_nan() {
                    0.0
                } else {
                    value.clamp(-32_768.0, 32_767.0)
                }
            }
            _ => 0.0,
        }
    }
}
