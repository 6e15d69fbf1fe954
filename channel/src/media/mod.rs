//! What is heard on a call: 16 kHz, 16-bit, mono PCM in frames of 20 ms, and the pure functions over it.

pub mod dtmf;
pub mod g711;

mod channels;
mod frame;
mod gain;
mod mix;
mod resample;
mod search;

pub use channels::Channels;
pub(crate) use channels::Sound;
pub use frame::{
    FRAME_DURATION, FRAME_SAMPLES, Frame, SAMPLE_RATE, duration_of, frames, millis_of, samples_in,
};
pub use gain::{amplify, level};
pub use mix::mix;
pub use resample::{RATES, Resampler, resample};
pub use search::{find, find_all};
