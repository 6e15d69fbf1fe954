use std::io::Read;

use super::error::{WavError, WavProblem};
use super::extent::{Extent, chunks_follow};
use super::format::Format;
use super::source::Source;
use crate::media::{Resampler, SAMPLE_RATE};

/// The most that [`read`] takes: four hours, the longest chunk of Azure call recording.
pub const MAX_SAMPLES: u64 = 4 * 3600 * SAMPLE_RATE as u64;

/// How much may stand before the audio: more than the notes, pictures and overviews that programs put there.
const MOST_BEFORE: u64 = 16 * 1024 * 1024;
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
/// 8 to 48 kHz, which is resampled. RF64 and BW64 (EBU Tech 3306) are understood, other chunks passed over. 16-bit mono
/// at 16 kHz comes out as it went in.
///
/// The size of the audio in the header is not trusted. Programs that write into a pipe leave 0, `0xFFFFFFFF`, `0x7FFFF000`
/// or the like, a recorder that has died leaves the size of its last update, and beyond 4 GiB a size may be wrapped: all
/// these files are read up to their end. Only chunks that follow the audio are told from it and left out, and half a sample
/// at the end is dropped. A file that has no audio at all gives no samples.
///
/// # Errors
/// [`WavError`] says what is wrong and at which byte. Audio of more than [`MAX_SAMPLES`] is [`WavProblem::TooLong`], so
/// a source that never ends costs no more memory than these.
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

/// [`read`] with another limit on the samples at 16 kHz; memory and what is read of the source stay in proportion to it.
///
/// # Errors
/// As [`read`].
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
    const BEFORE: &str = "the chunks before the audio";
    let mut source = Source::new(source);
    let [magic @ .., r0, r1, r2, r3] = source.exact::<8>("the RIFF header")?;
    if ![*b"RIFF", *b"RF64", *b"BW64"].contains(&magic) {
        return Err(WavProblem::NotWave.at(0));
    }
    if source.exact("the RIFF header")? != *b"WAVE" {
        return Err(WavProblem::NotWave.at(8));
    }
    let riff_end = 8 + u64::from(u32::from_le_bytes([r0, r1, r2, r3]));
    let (mut format, mut long_size, mut empty) = (None, None, None);
    loop {
        if let Some(format) = empty
            && source.peek(1)?.is_empty()
        {
            return Ok(Data::new(source, format, 0, riff_end));
        }
        let at = source.at;
        let [id @ .., s0, s1, s2, s3] = source.exact::<8>(BEFORE)?;
        let size = u32::from_le_bytes([s0, s1, s2, s3]);
        match &id {
            b"ds64" if size < 16 => return Err(WavProblem::SmallChunk("ds64", size.into()).at(at)),
            b"ds64" => {
                let [_riff @ .., d0, d1, d2, d3, d4, d5, d6, d7] =
                    source.exact::<16>("the ds64 chunk")?;
                long_size = Some(u64::from_le_bytes([d0, d1, d2, d3, d4, d5, d6, d7]));
                source.skip(padded(size) - 16, MOST_BEFORE, "the ds64 chunk")?;
            }
            b"fmt " => {
                let mut payload = [0; FORMAT_BYTES];
                let known = FORMAT_BYTES.min(size as usize);
                let payload = &mut payload[..known];
                source.fill(payload, "the format")?;
                format = Some(Format::parse(payload, at + 8)?);
                source.skip(padded(size) - known as u64, MOST_BEFORE, "the format")?;
            }
            b"data" => {
                let format = format.ok_or_else(|| WavProblem::NoFormat.at(at))?;
                let size = match size {
                    UNKNOWN => long_size.unwrap_or(u64::MAX),
                    size => size.into(),
                };
                if size == 0 && chunks_follow(&mut source, false, riff_end)? {
                    // Other chunks follow at once; audio may stand behind them.
                    empty = Some(format);
                    continue;
                }
                return Ok(Data::new(source, format, size, riff_end));
            }
            _ => source.skip(padded(size), MOST_BEFORE, BEFORE)?,
        }
        if source.at >= MOST_BEFORE {
            return Err(WavProblem::NoAudio(MOST_BEFORE).at(source.at));
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
    extent: Extent,
}

impl<R: Read> Data<R> {
    const fn new(source: Source<R>, format: Format, claimed: u64, riff_end: u64) -> Self {
        Self {
            source,
            format,
            extent: Extent::new(claimed, riff_end),
        }
    }

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
            extent,
        } = self;
        let begin = source.at;
        let unsupported = || WavProblem::Rate(format.rate).at(begin);
        let resampler = || Resampler::new(format.rate, SAMPLE_RATE).ok_or_else(unsupported);
        let resamplers = std::iter::repeat_with(resampler).take(tracks);
        let mut resamplers = resamplers.collect::<Result<Vec<_>, _>>()?;
        let mut audio = vec![Audio::default(); tracks];
        let too_long = |audio: &[Audio]| {
            let longest = audio.iter().map(|track| track.samples.len()).max();
            longest.unwrap_or_default() as u64 > limit
        };
        let block = format.block_bytes();
        let mut buffer = Vec::new();
        while extent.read(source, &mut buffer)? {
            let whole = buffer.len() - buffer.len() % block;
            for (track, (resampler, audio)) in resamplers.iter_mut().zip(&mut audio).enumerate() {
                resampler.push(
                    buffer[..whole]
                        .chunks_exact(block)
                        .map(|block| sample(block, track)),
                    &mut audio.samples,
                );
            }
            // What is left is the beginning of a block.
            buffer.drain(..whole);
            if too_long(&audio) {
                return Err(WavProblem::TooLong(limit).at(source.at));
            }
        }
        if extent.bytes > 0 && extent.bytes < block as u64 {
            return Err(WavProblem::Truncated("the first sample").at(begin + extent.bytes));
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
