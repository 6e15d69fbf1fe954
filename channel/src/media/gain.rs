#![allow(
    clippy::cast_possible_truncation,
    reason = "floats are rounded into i16 by a cast that saturates"
)]
#![allow(
    clippy::cast_precision_loss,
    reason = "a count of samples fits a float's mantissa"
)]

/// Makes audio louder (positive) or quieter (negative) by so many decibels, held at the limits of 16 bits.
pub fn amplify(samples: &mut [i16], decibels: f32) {
    let factor = 10_f32.powf(decibels / 20.0);
    for sample in samples {
        *sample = (f32::from(*sample) * factor).round() as i16;
    }
}

/// The level of audio in dBFS: 0 for a sine that just fills 16 bits, negative infinity for silence.
pub fn level(samples: &[i16]) -> f32 {
    let energy: f64 = samples.iter().map(|s| f64::from(*s) * f64::from(*s)).sum();
    let mean = energy / samples.len().max(1) as f64;
    (10.0 * (2.0 * mean / (32_767.0 * 32_767.0)).log10()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_and_saturates() {
        let mut samples = [0, 1000, -1000, 30_000, i16::MIN];
        amplify(&mut samples, 6.0206);
        assert_eq!(samples, [0, 2000, -2000, i16::MAX, i16::MIN]);
        amplify(&mut samples, f32::NEG_INFINITY);
        assert_eq!(samples, [0; 5]);
    }

    #[test]
    fn measures_a_sine_against_full_scale() {
        let sine = |peak: f64| -> Vec<i16> {
            (0..1600)
                .map(|n| {
                    (peak * (f64::from(n) * std::f64::consts::TAU / 16.0).sin()).round() as i16
                })
                .collect()
        };
        assert!(level(&sine(32_767.0)).abs() < 0.01);
        assert!((level(&sine(8_230.0)) + 12.0).abs() < 0.02);
        assert!(level(&[0; 10]).is_infinite() && level(&[]).is_infinite());
    }
}
