use std::time::Duration;

/// Samples per second everywhere inside the channel.
pub const SAMPLE_RATE: u32 = 16_000;

/// Samples in one [`Frame`]: 20 ms at [`SAMPLE_RATE`].
pub const FRAME_SAMPLES: usize = 320;

/// How long one [`Frame`] lasts: the packet interval of nearly every telephone leg.
pub const FRAME_DURATION: Duration = Duration::from_millis(20);

/// 20 ms of 16-bit mono audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame([i16; FRAME_SAMPLES]);

impl Frame {
    /// A frame in which nothing is heard.
    pub const SILENCE: Self = Self([0; FRAME_SAMPLES]);

    /// The frame of exactly these samples.
    pub const fn new(samples: [i16; FRAME_SAMPLES]) -> Self {
        Self(samples)
    }

    /// The frame that begins with `samples`: filled with silence if they are fewer, cut if they are more.
    pub fn padded(samples: &[i16]) -> Self {
        let mut frame = [0; FRAME_SAMPLES];
        for (slot, sample) in frame.iter_mut().zip(samples) {
            *slot = *sample;
        }
        Self(frame)
    }

    /// The samples in the order in which they are heard.
    pub const fn samples(&self) -> &[i16; FRAME_SAMPLES] {
        &self.0
    }

    /// Whether every sample is zero.
    pub fn is_silence(&self) -> bool {
        self.0.iter().all(|sample| *sample == 0)
    }
}

impl Default for Frame {
    fn default() -> Self {
        Self::SILENCE
    }
}

impl AsRef<[i16]> for Frame {
    fn as_ref(&self) -> &[i16] {
        &self.0
    }
}

/// Cuts audio into frames; the last one is filled up with silence.
pub fn frames(samples: &[i16]) -> impl Iterator<Item = Frame> + '_ {
    samples.chunks(FRAME_SAMPLES).map(Frame::padded)
}

/// The samples that fit into `duration`, a fraction of a sample dropped.
pub fn samples_in(duration: Duration) -> u64 {
    let samples = duration.as_nanos() * u128::from(SAMPLE_RATE) / 1_000_000_000;
    u64::try_from(samples).unwrap_or(u64::MAX)
}

/// Whole milliseconds of audio in so many samples, a fraction dropped.
pub const fn millis_of(samples: u64) -> u64 {
    samples / (SAMPLE_RATE as u64 / 1000)
}

/// How long so many samples are heard.
pub fn duration_of(samples: u64) -> Duration {
    Duration::from_secs(samples) / SAMPLE_RATE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_and_pads() {
        let samples: Vec<i16> = (1..=700).collect();
        let cut: Vec<Frame> = frames(&samples).collect();
        assert_eq!(cut.len(), 3);
        assert_eq!(cut[1].samples()[0], 321);
        assert_eq!(cut[2].samples()[59], 700);
        assert!(cut[2].samples()[60..].iter().all(|s| *s == 0));
        assert_eq!(frames(&[]).count(), 0);
        assert!(Frame::default().is_silence() && !cut[2].is_silence());
    }

    #[test]
    fn converts_between_time_and_samples() {
        for (duration, samples) in [
            (Duration::ZERO, 0),
            (FRAME_DURATION, FRAME_SAMPLES as u64),
            (Duration::from_micros(62), 0),
            (Duration::from_micros(63), 1),
            (Duration::from_secs(7200), 115_200_000),
        ] {
            assert_eq!(samples_in(duration), samples, "{duration:?}");
        }
        assert_eq!(samples_in(Duration::MAX), u64::MAX);
        assert_eq!(
            (millis_of(15), millis_of(16), millis_of(499_200)),
            (0, 1, 31_200)
        );
    }
}
