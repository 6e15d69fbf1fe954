#![allow(
    clippy::cast_possible_truncation,
    reason = "correlations are kept in single precision"
)]
#![allow(
    clippy::cast_precision_loss,
    reason = "block sizes fit a float's mantissa"
)]

use std::f32::consts::TAU;

/// How alike the needle and its place must be: two equally loud legs at once still give 0.7.
const ALIKE: f32 = 0.65;
/// The coarse search is done at a quarter of the rate, where the tones of [`crate::voice::ToneVoice`] all fit.
const COARSE: usize = 4;

type Complex = (f32, f32);

/// Where `needle` is first heard in `haystack`: the sample at which it begins, exact, whatever its level is.
///
/// This is normalised cross-correlation, so a needle is found under another voice of the same loudness too.
/// `None` when nothing is alike, or when the needle is silent or longer than the haystack.
pub fn find(haystack: &[i16], needle: &[i16]) -> Option<usize> {
    find_all(haystack, needle).first().copied()
}

/// Every place where `needle` is heard in `haystack`, as in [`find`], in the order of time.
pub fn find_all(haystack: &[i16], needle: &[i16]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    if needle.is_empty() || needle.len() > haystack.len() {
        return found;
    }
    let slow = needle.len() / COARSE >= 64;
    let step = if slow { COARSE } else { 1 };
    let likeness = likeness(&decimate(haystack, step), &decimate(needle, step));
    let reach = (needle.len() / step / 2).max(1);
    let mut at = 0;
    while at < likeness.len() {
        if likeness[at] < ALIKE * 0.8 {
            at += 1;
            continue;
        }
        let peak = (at..(at + reach).min(likeness.len()))
            .max_by(|a, b| likeness[*a].total_cmp(&likeness[*b]));
        let peak = peak.unwrap_or(at);
        if let Some(exact) = refine(haystack, needle, peak * step, 3 * step)
            && found
                .last()
                .is_none_or(|last| exact > last + needle.len() / 2)
        {
            found.push(exact);
        }
        at = at.max(peak) + reach;
    }
    found
}

/// The best place within `reach` samples of `near`, if it is alike enough.
fn refine(haystack: &[i16], needle: &[i16], near: usize, reach: usize) -> Option<usize> {
    let last = (near + reach).min(haystack.len() - needle.len());
    let energy = |samples: &[i16]| samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>();
    let own = energy(needle);
    (near.saturating_sub(reach)..=last)
        .map(|at| {
            let place = &haystack[at..at + needle.len()];
            let product: f64 = place
                .iter()
                .zip(needle)
                .map(|(a, b)| f64::from(*a) * f64::from(*b))
                .sum();
            (at, (product / (energy(place) * own).sqrt()) as f32)
        })
        .filter(|(_, alike)| *alike >= ALIKE)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(at, _)| at)
}

/// Every `step`th sample of the audio, after a triangle filter.
fn decimate(samples: &[i16], step: usize) -> Vec<f32> {
    let sample = |at: usize| samples.get(at).map_or(0.0, |s| f32::from(*s));
    (0..samples.len() / step)
        .map(|n| {
            let triangle = |k: usize| {
                (step - k) as f32 * (sample(n * step + k) + sample((n * step).wrapping_sub(k)))
            };
            (step as f32 * sample(n * step) + (1..step).map(triangle).sum::<f32>())
                / (step * step) as f32
        })
        .collect()
}

/// For each place of the needle in the haystack the envelope of their normalised correlation, 0 to 1.
///
/// The needle is made analytic (no negative frequencies), so that the envelope does not depend on how the
/// phase of a tone falls between two coarse samples. Blocks overlap by the needle ("overlap-save").
fn likeness(haystack: &[f32], needle: &[f32]) -> Vec<f32> {
    let size = (4 * needle.len()).next_power_of_two().max(1024);
    let turns = turns(size);
    let mut pattern = spectrum(needle, &turns);
    let own: f32 = needle.iter().map(|s| s * s).sum();
    for (bin, value) in pattern.iter_mut().enumerate() {
        *value = if bin == 0 || bin >= size / 2 {
            (0.0, 0.0)
        } else {
            (2.0 * value.0, -2.0 * value.1)
        };
    }
    let places = (haystack.len() + 1).saturating_sub(needle.len());
    let mut sums = vec![0.0_f64];
    sums.extend(haystack.iter().scan(0.0, |sum, s| {
        *sum += f64::from(s * s);
        Some(*sum)
    }));
    let mut result = Vec::with_capacity(places);
    while result.len() < places {
        let start = result.len();
        let mut block = spectrum(&haystack[start..(start + size).min(haystack.len())], &turns);
        for (value, pattern) in block.iter_mut().zip(&pattern) {
            // The conjugate goes in so that the forward transform can be used for the way back.
            let product = times(*value, *pattern);
            *value = (product.0, -product.1);
        }
        transform(&mut block, &turns);
        for (offset, value) in block
            .iter()
            .take((size - needle.len() + 1).min(places - start))
            .enumerate()
        {
            let at = start + offset;
            let energy = (sums[at + needle.len()] - sums[at]) as f32;
            let scale = (energy * own).sqrt() * size as f32;
            result.push(if energy < 1.0 || own < 1.0 {
                0.0
            } else {
                value.0.hypot(value.1) / scale
            });
        }
    }
    result
}

fn spectrum(samples: &[f32], turns: &[Complex]) -> Vec<Complex> {
    let mut values: Vec<Complex> = samples.iter().map(|s| (*s, 0.0)).collect();
    values.resize(2 * turns.len(), (0.0, 0.0));
    transform(&mut values, turns);
    values
}

const fn times(a: Complex, b: Complex) -> Complex {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// The roots of unity that a transform of this size turns by.
fn turns(size: usize) -> Vec<Complex> {
    let angle = |k: usize| -TAU * k as f32 / size as f32;
    (0..size / 2)
        .map(|k| (angle(k).cos(), angle(k).sin()))
        .collect()
}

/// The discrete Fourier transform in place; the length is a power of two, twice that of `turns`.
fn transform(values: &mut [Complex], turns: &[Complex]) {
    let size = values.len();
    let shift = usize::BITS - size.trailing_zeros();
    for at in 1..size {
        let mirrored = at.reverse_bits() >> shift;
        if at < mirrored {
            values.swap(at, mirrored);
        }
    }
    let mut half = 1;
    while half < size {
        for pair in values.chunks_exact_mut(2 * half) {
            let (left, right) = pair.split_at_mut(half);
            for ((a, b), turn) in left
                .iter_mut()
                .zip(right)
                .zip(turns.iter().step_by(size / 2 / half))
            {
                let turned = times(*b, *turn);
                (*a, *b) = (
                    (a.0 + turned.0, a.1 + turned.1),
                    (a.0 - turned.0, a.1 - turned.1),
                );
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Frame, amplify, frames, mix};
    use crate::voice::{Party, ToneVoice};

    fn noise(count: usize, peak: i32) -> Vec<i16> {
        let mut state = 7_u32;
        std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 16).cast_signed() * peak / 32_768 - peak) as i16
        })
        .take(count)
        .collect()
    }

    #[test]
    fn a_word_is_found_where_it_was_put() {
        for at in [0, 1, 5_002, 50_003, 88_887] {
            for (word, party) in [
                ("welcome", Party::Bot),
                ("billing", Party::Caller),
                ("a", Party::Caller),
            ] {
                let mut needle = ToneVoice::word(word, party);
                let mut haystack = noise(100_000, 300);
                for (slot, sample) in haystack[at..].iter_mut().zip(&needle) {
                    *slot = slot.saturating_add(*sample);
                }
                amplify(&mut needle, -20.0);
                assert_eq!(find(&haystack, &needle), Some(at), "{word} at {at}");
                let other = ToneVoice::word("payment", party);
                assert_eq!(find(&haystack, &other), None, "payment in {word}");
            }
        }
    }

    #[test]
    fn a_word_is_found_under_another_voice() {
        let (caller, bot) = (
            ToneVoice::word("representative", Party::Caller),
            ToneVoice::word("recorded", Party::Bot),
        );
        let both: Vec<i16> = frames(&caller)
            .zip(frames(&bot).chain(std::iter::repeat(Frame::SILENCE)))
            .flat_map(|(a, b)| *mix(&a, &b).samples())
            .collect();
        assert_eq!(find(&both, &bot), Some(0));
        assert_eq!(find(&both, &caller), Some(0));
    }

    #[test]
    fn every_occurrence_is_found_in_minutes_of_audio() {
        let needle = ToneVoice::word("again", Party::Bot);
        let other = ToneVoice::word("other", Party::Bot);
        let mut haystack = vec![0; 180 * 16_000];
        let places = [40_000, 44_800, 1_000_003, 2_800_000];
        for at in places {
            haystack[at..at + needle.len()].copy_from_slice(&needle);
        }
        haystack[500_000..500_000 + other.len()].copy_from_slice(&other);
        assert_eq!(find_all(&haystack, &needle), places);
        assert_eq!(find(&haystack, &other), Some(500_000));
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        let word = ToneVoice::word("word", Party::Bot);
        for (what, haystack, needle) in [
            ("an empty needle", word.clone(), vec![]),
            ("a needle that is longer", word[1..].to_vec(), word.clone()),
            ("a silent needle", noise(20_000, 9000), vec![0; 4000]),
            ("silence", vec![0; 20_000], word.clone()),
            ("noise", noise(200_000, 9000), word.clone()),
        ] {
            assert_eq!(find(&haystack, &needle), None, "{what}");
        }
    }
}
