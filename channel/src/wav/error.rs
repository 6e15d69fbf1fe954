use crate::media::SAMPLE_RATE;

/// What is wrong with a WAV file, and where.
#[derive(Debug, thiserror::Error)]
#[error("{problem} at byte {at}")]
pub struct WavError {
    /// The offset of the first byte that is wrong.
    pub at: u64,
    /// What is wrong there.
    #[source]
    pub problem: WavProblem,
}

/// What can be wrong with a WAV file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WavProblem {
    /// The file ends too early; the audio itself may be cut, nothing before it may.
    #[error("the file ends inside of {0}")]
    Truncated(&'static str),
    /// The file is none of RIFF, RF64 or BW64 with WAVE in it.
    #[error("this is no WAVE file")]
    NotWave,
    /// There is audio, but no `fmt ` chunk before it.
    #[error("there is no format before the audio")]
    NoFormat,
    /// A chunk is smaller than its fields.
    #[error("the {0} chunk has only {1} bytes")]
    SmallChunk(&'static str, u64),
    /// A coding other than PCM, float, mu-law and A-law.
    #[error("the coding {0:#06x} is not supported")]
    Coding(u16),
    /// A sample size that the coding does not have here.
    #[error("samples of {1} bits are not supported in coding {0:#06x}")]
    Bits(u16, u16),
    /// The header speaks of no channels.
    #[error("there are no channels")]
    NoChannels,
    /// More channels than are read one by one.
    #[error("{0} channels are too many to be read one by one")]
    ManyChannels(u16),
    /// The size of a block contradicts channels and sample size.
    #[error("blocks of {0} bytes do not fit {1} channels of {2} bits")]
    BlockSize(u16, u16, u16),
    /// A rate outside of [`RATES`](crate::media::RATES).
    #[error("a rate of {0} Hz is not supported")]
    Rate(u32),
    /// More audio than the reader was told to take, in samples at 16 kHz.
    #[error("there are more than {0} samples, which are {seconds} s", seconds = .0 / u64::from(SAMPLE_RATE))]
    TooLong(u64),
    /// No audio in so many bytes, while the file goes on.
    #[error("there is no audio in the first {0} bytes")]
    NoAudio(u64),
    /// The header is not one that [`Writer`](super::Writer) writes, so that nothing can be appended.
    #[error("the header was not written by this recorder")]
    Foreign,
    /// The header's sizes contradict the file's length: [`repair`](super::repair) the file first.
    #[error("the header speaks of {header} bytes of audio where the file has {file}")]
    Unfinished {
        /// Bytes of audio by the header.
        header: u64,
        /// Bytes of audio by the length of the file.
        file: u64,
    },
    /// What was to be written is not as many samples for each channel.
    #[error("{0} samples are not as many for each of {1} channels")]
    Uneven(usize, u16),
    /// The file could not be read or written.
    #[error(transparent)]
    Io(std::io::Error),
}

impl WavProblem {
    pub(crate) const fn at(self, at: u64) -> WavError {
        WavError { at, problem: self }
    }
}
