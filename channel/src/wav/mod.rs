//! WAV files: a tolerant [reader](read) for what others made, and a [`Writer`] that survives a crash.

mod error;
mod extent;
mod format;
mod header;
mod reader;
mod repair;
mod source;
mod storage;
mod writer;

pub use error::{WavError, WavProblem};
pub use header::{HEADER_BYTES, Header};
pub use reader::{Audio, MAX_SAMPLES, read, read_at_most, read_channels};
pub use repair::{Repaired, repair};
pub use storage::Storage;
pub use writer::Writer;
