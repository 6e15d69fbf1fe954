//! ITU-T G.711: the 8-bit mu-law and A-law codes that a telephone network carries at 8 kHz.
//!
//! A code stands for a sign, one of eight segments and one of sixteen steps in it. The numbers here are the
//! 14-bit (mu-law) and 13-bit (A-law) values of the recommendation, shifted up to 16 bits.

/// Makes every mu-law segment begin at a power of two: 33 of the recommendation, shifted to 16 bits.
const BIAS: i16 = 33 << 2;
/// The largest magnitude that a biased mu-law sample can have without leaving the eighth segment.
const CLIP: i16 = i16::MAX - BIAS;
/// A-law inverts the even bits on the line.
const EVEN_BITS: u8 = 0x55;

const fn expand_mulaw(code: u8) -> i16 {
    let code = !code;
    let step = ((code & 0x0F) as i16) << 3;
    let magnitude = ((step + BIAS) << ((code >> 4) & 7)) - BIAS;
    if code & 0x80 == 0 {
        magnitude
    } else {
        -magnitude
    }
}

const fn expand_alaw(code: u8) -> i16 {
    let code = code ^ EVEN_BITS;
    let step = ((code & 0x0F) as i16) << 4;
    let magnitude = match (code >> 4) & 7 {
        0 => step + 8,
        segment => (step + 0x108) << (segment - 1),
    };
    if code & 0x80 == 0 {
        -magnitude
    } else {
        magnitude
    }
}

const fn table(law: u8) -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0_usize;
    while code < 256 {
        #[allow(clippy::cast_possible_truncation, reason = "the loop ends at 256")]
        let byte = code as u8;
        table[code] = if law == b'u' {
            expand_mulaw(byte)
        } else {
            expand_alaw(byte)
        };
        code += 1;
    }
    table
}

static MULAW: [i16; 256] = table(b'u');
static ALAW: [i16; 256] = table(b'a');

/// The sample of a mu-law code.
pub fn decode_mulaw(code: u8) -> i16 {
    MULAW[usize::from(code)]
}

/// The sample of an A-law code.
pub fn decode_alaw(code: u8) -> i16 {
    ALAW[usize::from(code)]
}

/// The mu-law code of the step in which a sample lies.
pub fn encode_mulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let biased = sample.unsigned_abs().min(CLIP.unsigned_abs()) + BIAS.unsigned_abs();
    let segment = 8 - biased.leading_zeros().min(8);
    !(sign | pack(segment, biased >> (segment + 3)))
}

/// The A-law code of the step in which a sample lies.
pub fn encode_alaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    // One's complement, so that the two zones around zero are equally wide.
    let magnitude = if sample < 0 { !sample } else { sample }.unsigned_abs();
    let segment = 8 - magnitude.leading_zeros().min(8);
    (sign | pack(segment, magnitude >> (segment.max(1) + 3))) ^ EVEN_BITS
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a segment has 3 bits, a step 4"
)]
const fn pack(segment: u32, step: u16) -> u8 {
    (segment as u8) << 4 | (step & 0x0F) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G.711 table 2a/2b: y = ±((2m + 33)·2^e − 33) in units of 1/8192.
    fn mulaw_by_the_book(code: u8) -> i32 {
        let (sign, e, m) = (code >> 7, i32::from(!code >> 4 & 7), i32::from(!code & 15));
        let y = (2 * m + 33) * 2_i32.pow(e.unsigned_abs()) - 33;
        4 * if sign == 1 { y } else { -y }
    }

    /// G.711 table 1a/1b: y = ±(2m + 1) in segment 0, ±(2m + 33)·2^(e−1) above, in units of 1/4096.
    fn alaw_by_the_book(code: u8) -> i32 {
        let code = code ^ 0b0101_0101;
        let (sign, e, m) = (code >> 7, u32::from(code >> 4 & 7), i32::from(code & 15));
        let y = if e == 0 {
            2 * m + 1
        } else {
            (2 * m + 33) * 2_i32.pow(e - 1)
        };
        8 * if sign == 1 { y } else { -y }
    }

    #[test]
    fn every_code_decodes_as_in_the_recommendation() {
        for code in 0..=255 {
            assert_eq!(
                i32::from(decode_mulaw(code)),
                mulaw_by_the_book(code),
                "mu-law {code:#x}"
            );
            assert_eq!(
                i32::from(decode_alaw(code)),
                alaw_by_the_book(code),
                "A-law {code:#x}"
            );
        }
        assert_eq!(
            (decode_mulaw(0x80), decode_mulaw(0x00), decode_mulaw(0xFF)),
            (32_124, -32_124, 0)
        );
        assert_eq!(
            (decode_alaw(0xAA), decode_alaw(0x2A), decode_alaw(0xD5)),
            (32_256, -32_256, 8)
        );
    }

    #[test]
    fn every_sample_encodes_to_the_code_around_it() {
        // A code's value is the middle between its two decision values; a segment has steps of one width.
        let mulaw_half = |code: u8| 4 << (!code >> 4 & 7);
        let alaw_half = |code: u8| 8 << ((code ^ EVEN_BITS) >> 4 & 7).saturating_sub(1);
        for sample in i16::MIN..=i16::MAX {
            let wanted = i32::from(sample);
            for (law, code, value, half, largest) in [
                (
                    "mu-law",
                    encode_mulaw(sample),
                    mulaw_by_the_book as fn(u8) -> i32,
                    &mulaw_half as &dyn Fn(u8) -> i32,
                    32_124,
                ),
                (
                    "A-law",
                    encode_alaw(sample),
                    alaw_by_the_book,
                    &alaw_half,
                    32_256,
                ),
            ] {
                let got = value(code);
                let clipped = wanted.abs() > largest && got == largest * wanted.signum();
                assert!(
                    (got - wanted).abs() <= half(code) || clipped,
                    "{law} of {sample} gave {got}"
                );
                assert!(
                    got == 0 || wanted == 0 || got.signum() == wanted.signum(),
                    "{law} turned {sample}"
                );
            }
        }
    }

    #[test]
    fn codes_survive_a_round_trip() {
        for code in 0..=255 {
            assert_eq!(encode_alaw(decode_alaw(code)), code);
            // 0x7F is minus zero, which comes back as plus zero.
            assert_eq!(
                encode_mulaw(decode_mulaw(code)),
                if code == 0x7F { 0xFF } else { code }
            );
        }
    }
}
