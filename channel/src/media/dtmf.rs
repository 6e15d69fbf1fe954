//! Dual-tone multi-frequency digits as they are heard: ITU-T Q.23 tones, made and recognised.
#![allow(
    clippy::cast_possible_truncation,
    reason = "the sum of two tones at a quarter of full scale fits an i16"
)]
#![allow(
    clippy::cast_precision_loss,
    reason = "a count of samples fits a float's mantissa"
)]

use std::f64::consts::TAU;

use super::{FRAME_SAMPLES, SAMPLE_RATE};

const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
const KEYS: [[char; 4]; 4] = [
    ['1', '2', '3', 'A'],
    ['4', '5', '6', 'B'],
    ['7', '8', '9', 'C'],
    ['*', '0', '#', 'D'],
];

/// 100 ms of tone.
const ON: usize = 5 * FRAME_SAMPLES;
/// 60 ms of silence after it.
const GAP: usize = 3 * FRAME_SAMPLES;
/// A quarter of full scale for each tone.
const AMPLITUDE: f64 = 8192.0;
/// The part of a window's energy that must lie in one row and one column; speech stays far below.
const PURITY: f64 = 0.8;
/// The largest ratio between the energies of row and column, 8 dB (ITU-T Q.24).
const TWIST: f64 = 6.3;
/// Below about -50 dBFS nothing is a digit.
const FLOOR: f64 = 100.0 * 100.0;

/// The sound of a key, `0-9`, `*`, `#` or `A-D`: 100 ms of its two tones, 60 ms of silence.
///
/// ```
/// use onhook_channel::media::dtmf;
///
/// let seven = dtmf::tone('7').unwrap();
/// assert_eq!(dtmf::detect(&seven), Some('7'));
/// assert_eq!(dtmf::tone('x'), None);
/// ```
pub fn tone(key: char) -> Option<Vec<i16>> {
    let (row, column) = frequencies(key)?;
    let wave = |hertz: f64, n: usize| (TAU * hertz * n as f64 / f64::from(SAMPLE_RATE)).sin();
    let mut samples: Vec<i16> = (0..ON)
        .map(|n| (AMPLITUDE * (wave(row, n) + wave(column, n))).round() as i16)
        .collect();
    samples.resize(ON + GAP, 0);
    Some(samples)
}

/// The first key that is heard for at least 40 ms, if there is one.
pub fn detect(samples: &[i16]) -> Option<char> {
    let window = 2 * FRAME_SAMPLES;
    samples
        .windows(window)
        .step_by(FRAME_SAMPLES / 2)
        .find_map(key_in)
}

fn frequencies(key: char) -> Option<(f64, f64)> {
    let key = key.to_ascii_uppercase();
    ROWS.iter().zip(&KEYS).find_map(|(row, keys)| {
        COLUMNS
            .iter()
            .zip(keys)
            .find(|(_, name)| **name == key)
            .map(|(column, _)| (*row, *column))
    })
}

fn key_in(window: &[i16]) -> Option<char> {
    let energy: f64 = window.iter().map(|s| f64::from(*s).powi(2)).sum();
    if energy < FLOOR * window.len() as f64 {
        return None;
    }
    let share = |hertz| goertzel(window, hertz) * 2.0 / (window.len() as f64 * energy);
    let (row, low) = strongest(ROWS.map(share))?;
    let (column, high) = strongest(COLUMNS.map(share))?;
    let pure = low + high > PURITY && low < TWIST * high && high < TWIST * low;
    KEYS.get(row)?.get(column).filter(|_| pure).copied()
}

fn strongest(shares: [f64; 4]) -> Option<(usize, f64)> {
    shares
        .into_iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The power of one frequency, by the recursion that needs one multiplication a sample.
fn goertzel(samples: &[i16], hertz: f64) -> f64 {
    let factor = 2.0 * (TAU * hertz / f64::from(SAMPLE_RATE)).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        (last, before) = (f64::from(*sample) + factor * last - before, last);
    }
    last * last + before * before - factor * last * before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::amplify;

    #[test]
    fn every_key_is_recognised_and_lasts_160_ms() {
        for key in "0123456789*#ABCD".chars() {
            let mut samples = tone(key).unwrap();
            assert_eq!(samples.len(), 2560, "{key}");
            assert!(
                samples[..ON].iter().any(|s| *s > 15_000) && samples[ON..].iter().all(|s| *s == 0)
            );
            assert_eq!(detect(&samples), Some(key));
            amplify(&mut samples, -30.0);
            assert_eq!(detect(&samples), Some(key), "quiet");
            samples.splice(0..0, [0; 1111]);
            assert_eq!(detect(&samples), Some(key), "later");
        }
        assert_eq!(tone('d'), tone('D'));
    }

    #[test]
    fn what_is_no_key_is_not_recognised() {
        for other in ['E', ' ', '٣', '\0'] {
            assert_eq!(tone(other), None);
        }
        let sine = |hertz: f64| -> Vec<i16> {
            (0..3200)
                .map(|n| (9000.0 * (TAU * hertz * f64::from(n) / 16_000.0).sin()) as i16)
                .collect()
        };
        for hertz in [440.0, 697.0, 1209.0, 3000.0] {
            assert_eq!(detect(&sine(hertz)), None, "{hertz} Hz alone");
        }
        let mut state = 1_u32;
        let noise: Vec<i16> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 18) as i16
        })
        .take(16_000)
        .collect();
        assert_eq!(detect(&noise), None);
        assert_eq!(detect(&[0; 3200]), None);
        assert_eq!(detect(&tone('5').unwrap()[..600]), None, "too short");
    }
}
