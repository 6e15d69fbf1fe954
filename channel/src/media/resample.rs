#![allow(
    clippy::cast_possible_truncation,
    reason = "floats are rounded into i16 by a cast that saturates"
)]
#![allow(
    clippy::cast_precision_loss,
    reason = "filter positions are far below 2^52"
)]

use std::ops::RangeInclusive;

/// The sample rates that [`Resampler`] takes on either side, in Hz: telephone to studio.
pub const RATES: RangeInclusive<u32> = 8_000..=48_000;

/// Samples of the slower side that the filter reaches to each side: with `BETA` a transition of 9 % of its band.
const REACH: usize = 48;
/// Kaiser window: 70 dB of rejection.
const BETA: f64 = 6.76;
/// The middle of the transition, so that the rejection is complete at the end of the slower side's band.
const CUTOFF: f64 = 0.95;

/// Changes the sample rate of a stream by a windowed-sinc polyphase filter, without delay and without drift.
///
/// For every input of `n` samples there are exactly `ceil(n * to / from)` of output. What the new rate cannot
/// carry is rejected by more than 60 dB; a constant stays what it is.
#[derive(Clone, Debug)]
pub struct Resampler {
    up: usize,
    down: usize,
    /// One row of `width` taps for each of `up` positions between two input samples. It is made when it is first needed:
    /// rates without a common divisor have thousands, and what is short needs few of them.
    taps: Vec<f32>,
    made: Vec<bool>,
    width: usize,
    /// Input that the next output still needs, beginning half a filter before the stream.
    window: Vec<f32>,
    /// Input samples dropped from the front of `window`.
    dropped: u64,
    received: u64,
    sent: u64,
}

impl Resampler {
    /// A resampler between two rates in Hz; `None` if one is outside of [`RATES`].
    pub fn new(from: u32, to: u32) -> Option<Self> {
        if !RATES.contains(&from) || !RATES.contains(&to) {
            return None;
        }
        let divisor = gcd(from, to);
        let (up, down) = ((to / divisor) as usize, (from / divisor) as usize);
        let half = if up == down { 0 } else { reach(up, down) };
        let window = vec![0.0; half.saturating_sub(1)];
        Some(Self {
            up,
            down,
            taps: vec![0.0; up * 2 * half],
            made: vec![false; up],
            width: 2 * half,
            window,
            dropped: 0,
            received: 0,
            sent: 0,
        })
    }

    /// Takes the next samples, in units of an `i16`, and appends what can already be said about the output.
    pub fn push(&mut self, input: impl IntoIterator<Item = f32>, output: &mut Vec<i16>) {
        if self.width == 0 {
            output.extend(input.into_iter().map(|sample| sample.round() as i16));
            return;
        }
        let before = self.window.len();
        self.window.extend(input);
        self.received += (self.window.len() - before) as u64;
        self.drain(u64::MAX, output);
    }

    /// Ends the stream: the samples that were waiting for their right neighbours.
    pub fn finish(mut self, output: &mut Vec<i16>) {
        if self.width > 0 {
            self.window.extend(std::iter::repeat_n(0.0, self.width / 2));
            let total = (self.received * self.up as u64).div_ceil(self.down as u64);
            self.drain(total, output);
        }
    }

    fn drain(&mut self, total: u64, output: &mut Vec<i16>) {
        while self.sent < total {
            let position = self.sent * self.down as u64;
            let phase = (position % self.up as u64) as usize;
            let start = (position / self.up as u64 - self.dropped) as usize;
            let Some(input) = self.window.get(start..start + self.width) else {
                break;
            };
            let taps = &mut self.taps[phase * self.width..][..self.width];
            if !std::mem::replace(&mut self.made[phase], true) {
                make(taps, phase, self.up, self.down);
            }
            let sum: f32 = input
                .iter()
                .zip(&*taps)
                .map(|(sample, tap)| sample * tap)
                .sum();
            output.push(sum.round() as i16);
            self.sent += 1;
        }
        let start = (self.sent * self.down as u64 / self.up as u64 - self.dropped) as usize;
        let used = start.min(self.window.len());
        self.window.drain(..used);
        self.dropped += used as u64;
    }
}

/// Changes the sample rate of whole audio; `None` if a rate is outside of [`RATES`].
///
/// ```
/// use onhook_channel::media::resample;
///
/// let telephone = vec![1000; 8_000];
/// assert_eq!(resample(&telephone, 8_000, 16_000).unwrap().len(), 16_000);
/// ```
pub fn resample(samples: &[i16], from: u32, to: u32) -> Option<Vec<i16>> {
    let mut resampler = Resampler::new(from, to)?;
    let mut output = Vec::new();
    resampler.push(samples.iter().map(|sample| f32::from(*sample)), &mut output);
    resampler.finish(&mut output);
    Some(output)
}

/// How many input samples the filter reaches to each side.
fn reach(up: usize, down: usize) -> usize {
    if up < down {
        (REACH * down).div_ceil(up)
    } else {
        REACH
    }
}

/// The taps of one phase.
fn make(taps: &mut [f32], phase: usize, up: usize, down: usize) {
    // Cut at the band of the slower side: its Nyquist frequency as a part of the input's.
    let cutoff = (up as f64 / down as f64).min(1.0) * CUTOFF;
    let half = taps.len() / 2;
    let at = |tap: usize| {
        let x = tap as f64 - (half as f64 - 1.0) - phase as f64 / up as f64;
        sinc(cutoff * x) * kaiser(x / half as f64)
    };
    // Each row sums to one, so that a constant has no ripple at the rate of the phases.
    let sum: f64 = (0..taps.len()).map(at).sum();
    for (tap, value) in taps.iter_mut().enumerate() {
        *value = (at(tap) / sum) as f32;
    }
}

fn sinc(x: f64) -> f64 {
    let x = x * std::f64::consts::PI;
    if x.abs() < 1e-9 { 1.0 } else { x.sin() / x }
}

fn kaiser(x: f64) -> f64 {
    bessel(BETA * (1.0 - x * x).max(0.0).sqrt()) / bessel(BETA)
}

/// The modified Bessel function of the first kind and order zero, by its power series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..25 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    const PAIRS: [(u32, u32); 8] = [
        (8_000, 16_000),
        (16_000, 8_000),
        (22_050, 16_000),
        (24_000, 16_000),
        (32_000, 16_000),
        (44_100, 16_000),
        (48_000, 16_000),
        (11_025, 16_000),
    ];

    fn sine(hertz: f64, rate: u32, seconds: u32) -> Vec<i16> {
        let count = seconds * rate;
        (0..count)
            .map(|n| {
                (10_000.0 * (TAU * hertz * f64::from(n) / f64::from(rate)).sin()).round() as i16
            })
            .collect()
    }

    /// The amplitude of one frequency in the middle half of some audio.
    fn amplitude(samples: &[i16], hertz: f64, rate: u32) -> f64 {
        let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
        let (mut re, mut im) = (0.0, 0.0);
        for (n, sample) in middle.iter().enumerate() {
            // A Hann window keeps what is beside the frequency out.
            let weight = 1.0 - (TAU * n as f64 / middle.len() as f64).cos();
            let angle = TAU * hertz * n as f64 / f64::from(rate);
            re += f64::from(*sample) * weight * angle.cos();
            im += f64::from(*sample) * weight * angle.sin();
        }
        2.0 * re.hypot(im) / middle.len() as f64
    }

    fn rms(samples: &[i16]) -> f64 {
        let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
        (middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / middle.len() as f64).sqrt()
    }

    #[test]
    fn a_tone_keeps_frequency_level_and_phase() {
        for (from, to) in PAIRS {
            for hertz in [200.0, 1000.0, 3300.0] {
                let output = resample(&sine(hertz, from, 1), from, to).unwrap();
                let got = amplitude(&output, hertz, to);
                assert!(
                    (got - 10_000.0).abs() < 30.0,
                    "{from}->{to} {hertz} Hz: {got}"
                );
                let wanted = sine(hertz, to, 1);
                let range = wanted.len() / 4..wanted.len() * 3 / 4;
                let worst = range
                    .map(|n| (i32::from(wanted[n]) - i32::from(output[n])).abs())
                    .max()
                    .unwrap();
                assert!(worst < 30, "{from}->{to} {hertz} Hz differs by {worst}");
            }
        }
    }

    #[test]
    fn what_the_new_rate_cannot_carry_is_60_db_down() {
        for (from, to) in PAIRS.into_iter().filter(|(from, to)| from > to) {
            let band = f64::from(to) / 2.0;
            for hertz in [band + 20.0, band * 1.1, f64::from(from) / 2.0 - 50.0] {
                let output = resample(&sine(hertz, from, 1), from, to).unwrap();
                let left = 20.0 * (rms(&output).max(0.1) / rms(&sine(hertz, from, 1))).log10();
                assert!(left < -60.0, "{from}->{to} {hertz} Hz: {left} dB");
            }
        }
    }

    #[test]
    fn images_of_a_slower_stream_are_60_db_down() {
        for (from, to) in [(8_000, 16_000), (11_025, 16_000)] {
            for hertz in [500.0, 3000.0] {
                let output = resample(&sine(hertz, from, 1), from, to).unwrap();
                let image = amplitude(&output, f64::from(from) - hertz, to);
                assert!(
                    20.0 * (image / 10_000.0).log10() < -60.0,
                    "{from}->{to} {hertz} Hz: {image}"
                );
            }
        }
    }

    #[test]
    fn a_constant_stays_and_full_scale_does_not_wrap() {
        for (from, to) in PAIRS {
            let output = resample(&vec![12_345; 2000], from, to).unwrap();
            assert!(
                output[output.len() / 4..output.len() * 3 / 4]
                    .iter()
                    .all(|s| *s == 12_345),
                "{from}->{to}"
            );
            let square: Vec<i16> = (0..2000)
                .map(|n| if n / 40 % 2 == 0 { i16::MAX } else { i16::MIN })
                .collect();
            let output = resample(&square, from, to).unwrap();
            let middle = 20 * to as usize / from as usize;
            assert!(output[middle] > 25_000, "{from}->{to} {}", output[middle]);
        }
    }

    #[test]
    fn the_length_is_exact_and_independent_of_the_cuts() {
        for (from, to) in PAIRS {
            let fresh = Resampler::new(from, to).unwrap();
            let input: Vec<f32> = sine(700.0, from, 3).into_iter().map(f32::from).collect();
            for length in [0_usize, 1, 2, 159, 160, 1000, 22_050] {
                let (mut whole, mut pieces) = (Vec::new(), Vec::new());
                let mut resampler = fresh.clone();
                resampler.push(input[..length].iter().copied(), &mut whole);
                resampler.finish(&mut whole);
                assert_eq!(
                    whole.len(),
                    (length * to as usize).div_ceil(from as usize),
                    "{from}->{to} of {length}"
                );
                let mut resampler = fresh.clone();
                for piece in input[..length].chunks(77) {
                    resampler.push(piece.iter().copied(), &mut pieces);
                }
                resampler.finish(&mut pieces);
                assert!(
                    whole == pieces,
                    "{from}->{to} of {length} depends on the cuts"
                );
            }
        }
    }

    /// Made at once, the filter of such rates takes a hundred times as long as all the audio of a short file.
    #[test]
    fn of_rates_without_a_common_divisor_only_what_is_needed_is_made() {
        let mut resampler = Resampler::new(11_027, 16_000).unwrap();
        let mut output = Vec::new();
        resampler.push([1000.0; 100], &mut output);
        let made = resampler.made.iter().filter(|made| **made).count();
        assert_eq!((resampler.made.len(), made), (16_000, output.len()));
        resampler.finish(&mut output);
        assert_eq!(output.len(), 146);
    }

    #[test]
    fn the_same_rate_is_untouched_and_strange_rates_are_refused() {
        let input: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        assert_eq!(resample(&input, 16_000, 16_000).unwrap(), input);
        for (from, to) in [
            (0, 16_000),
            (16_000, 0),
            (7_999, 16_000),
            (16_000, 48_001),
            (u32::MAX, 16_000),
        ] {
            assert!(Resampler::new(from, to).is_none(), "{from}->{to}");
        }
    }
}
