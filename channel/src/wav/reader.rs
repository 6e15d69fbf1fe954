use std::io::{ErrorKind, Read};

use super::error::{WavError, WavProblem};
use super::format::Format;
use crate::media::{Resampler, SAMPLE_RATE};

/// The most that [`read`] takes: four hours, the longest chunk of Azure call recording.
pub const MAX_SAMPLES: u64 = 4 * 3600 * SAMPLE_RATE as u64;

/// A size that says "unknown" in a file that was streamed, and "see `ds64`" in RF64.
const UNKNOWN: u32 = u32::MAX;
/// The most channels that are read one by one.
const MOST_CHANNELS: u16 = 64;
/// The part of a `fmt ` chunk that has a meaning here.
const FORMAT_BYTES: usize = 40;

/// Audio as it is used everywhere inside the channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audio {
    /// Mono samples at [`SAMPLE_RATE`].
    pub samples: Vec<i16>,
}

/// Reads a WAV file of nearly any make into 16 kHz mono.
///
/// PCM of 8, 16, 24 and 32 bits, 32-bit float, mu-law and A-law; any number of channels, which are mixed down;
/// 8 to 48 kHz, which is resampled. RF64 and BW64 (EBU Tech 3306) are understood, other chunks passed over.
/// A size of the audio that the file does not have means "up to the end"; 16-bit mono at 16 kHz comes out as
/// it went in.
///
/// ```
/// use onhook_channel::wav;
///
/// let error = wav::read(&b"RIFF\x04\0\0\0WAVE"[..]).unwrap_err();
/// assert_eq!(error.to_string(), "the file ends inside of the chunks before the audio at byte 12");
/// ```
pub fn read(source: impl Read) -> Result<Audio, WavError> {
    read_at_most(source, MAX_SAMPLES)
}

/// [`read`] with another limit on the samples at 16 kHz; memory stays in proportion to it.
pub fn read_at_most(source: impl Read, limit: u64) -> Result<Audio, WavError> {
    let mut data = open(source)?;
    let format = data.format;
    let mut tracks = data.decode(limit, 1, |block, _| format.mono(block))?;
    Ok(tracks.pop().unwrap_or_default())
}

/// As [`read`], each channel for itself: the caller and the bot of an unmixed recording. There are as many as the file
/// has; each has at most [`MAX_SAMPLES`] samples.
///
/// ```
/// use std::io::Cursor;
/// use onhook_channel::wav::{self, Writer};
///
/// let mut writer = Writer::with_channels(Cursor::new(Vec::new()), 2)?;
/// writer.append(&[1, -1, 2, -2])?;
/// let channels = wav::read_channels(writer.finish()?.into_inner().as_slice())?;
/// assert_eq!(channels[0].samples, [1, 2]);
/// assert_eq!(channels[1].samples, [-1, -2]);
/// # Ok::<_, onhook_channel::wav::WavError>(())
/// ```
pub fn read_channels(source: impl Read) -> Result<Vec<Audio>, WavError> {
    let mut data = open(source)?;
    let format = data.format;
    let channels = format.channels();
    if channels > MOST_CHANNELS {
        return Err(WavProblem::ManyChannels(channels).at(data.source.at));
    }
    data.decode(MAX_SAMPLES, channels.into(), |block, channel| {
        format.channel(block, channel)
    })
}

/// Reads up to the audio.
fn open<R: Read>(source: R) -> Result<Data<R>, WavError> {
    let mut source = Source {
        inner: source,
        at: 0,
    };
    let [magic @ .., _, _, _, _] = source.exact::<8>("the RIFF header")?;
    if ![*b"RIFF", *b"RF64", *b"BW64"].contains(&magic) {
        return Err(WavProblem::NotWave.at(0));
    }
    if source.exact("the RIFF header")? != *b"WAVE" {
        return Err(WavProblem::NotWave.at(8));
    }
    let (mut format, mut long_size) = (None, None);
    loop {
        let at = source.at;
        let [id @ .., s0, s1, s2, s3] = source.exact::<8>("the chunks before the audio")?;
        let size = u32::from_le_bytes([s0, s1, s2, s3]);
        match &id {
            b"ds64" if size < 16 => return Err(WavProblem::SmallChunk("ds64", size.into()).at(at)),
            b"ds64" => {
                let [_riff @ .., d0, d1, d2, d3, d4, d5, d6, d7] =
                    source.exact::<16>("the ds64 chunk")?;
                long_size = Some(u64::from_le_bytes([d0, d1, d2, d3, d4, d5, d6, d7]));
                source.skip(padded(size) - 16, "the ds64 chunk")?;
            }
            b"fmt " => {
                let mut payload = [0; FORMAT_BYTES];
                let known = FORMAT_BYTES.min(size as usize);
                let payload = &mut payload[..known];
                source.fill(payload, "the format")?;
                format = Some(Format::parse(payload, at + 8)?);
                source.skip(padded(size) - known as u64, "the format")?;
            }
            b"data" => {
                let format = format.ok_or_else(|| WavProblem::NoFormat.at(at))?;
                let size = if size == UNKNOWN {
                    long_size.unwrap_or(u64::MAX)
                } else {
                    size.into()
                };
                return Ok(Data {
                    source,
                    format,
                    size,
                });
            }
            _ => source.skip(padded(size), "the chunks before the audio")?,
        }
    }
}

/// Chunks begin at even offsets.
fn padded(size: u32) -> u64 {
    u64::from(size) + u64::from(size % 2)
}

/// A file that was read up to its audio.
struct Data<R> {
    source: Source<R>,
    format: Format,
    /// Bytes of the audio.
    size: u64,
}

impl<R: Read> Data<R> {
    /// Brings tracks of the file to the rate of the channel; `sample` gives that of a track in a block.
    fn decode(
        &mut self,
        limit: u64,
        tracks: usize,
        sample: impl Fn(&[u8], usize) -> f32,
    ) -> Result<Vec<Audio>, WavError> {
        let Data {
            source,
            format,
            size,
        } = self;
        let unsupported = || WavProblem::Rate(format.rate).at(source.at);
        let resampler = || Resampler::new(format.rate, SAMPLE_RATE).ok_or_else(unsupported);
        let resamplers = std::iter::repeat_with(resampler).take(tracks);
        let mut resamplers = resamplers.collect::<Result<Vec<_>, _>>()?;
        let mut audio = vec![Audio::default(); tracks];
        let too_long = |audio: &[Audio]| {
            let longest = audio.iter().map(|track| track.samples.len()).max();
            longest.unwrap_or_default() as u64 > limit
        };
        let block = format.block_bytes();
        let mut buffer = vec![0; block * (16_384 / block).max(1)];
        let mut left = *size;
        while left > 0 {
            let wanted = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(buffer.len());
            let buffer = &mut buffer[..wanted];
            let got = source.take(buffer)?;
            for (track, (resampler, audio)) in resamplers.iter_mut().zip(&mut audio).enumerate() {
                resampler.push(
                    buffer[..got]
                        .chunks_exact(block)
                        .map(|block| sample(block, track)),
                    &mut audio.samples,
                );
            }
            if too_long(&audio) {
                return Err(WavProblem::TooLong(limit).at(source.at));
            }
            if got < wanted {
                break;
            }
            left -= got as u64;
        }
        for (resampler, audio) in resamplers.into_iter().zip(&mut audio) {
            resampler.finish(&mut audio.samples);
        }
        if too_long(&audio) {
            return Err(WavProblem::TooLong(limit).at(source.at));
        }
        Ok(audio)
    }
}

/// A reader that knows where it is.
struct Source<R> {
    inner: R,
    at: u64,
}

impl<R: Read> Source<R> {
    /// Reads until the buffer is full or the file ends.
    fn take(&mut self, buffer: &mut [u8]) -> Result<usize, WavError> {
        let mut got = 0;
        while got < buffer.len() {
            match self.inner.read(&mut buffer[got..]) {
                Ok(0) => break,
                Ok(count) => got += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(WavProblem::Io(error).at(self.at + got as u64)),
            }
        }
        self.at += got as u64;
        Ok(got)
    }

    fn fill(&mut self, buffer: &mut [u8], part: &'static str) -> Result<(), WavError> {
        let wanted = buffer.len();
        match self.take(buffer)? {
            got if got == wanted => Ok(()),
            _ => Err(WavProblem::Truncated(part).at(self.at)),
        }
    }

    fn exact<const N: usize>(&mut self, part: &'static str) -> Result<[u8; N], WavError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, part).map(|()| bytes)
    }

    fn skip(&mut self, count: u64, part: &'static str) -> Result<(), WavError> {
        let skipped = std::io::copy(&mut self.inner.by_ref().take(count), &mut std::io::sink());
        let skipped = skipped.map_err(|error| WavProblem::Io(error).at(self.at))?;
        self.at += skipped;
        if skipped < count {
            Err(WavProblem::Truncated(part).at(self.at))
        } else {
            Ok(())
        }
    }
}
