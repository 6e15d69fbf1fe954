use std::io::SeekFrom;
use std::mem;

use super::Storage;
use super::error::{WavError, WavProblem};
use super::header::{HEADER_BYTES, HEADER_LENGTH, Header};

/// Writes 16-bit audio at 16 kHz into a WAV file that is whole after every [`Writer::refresh_header`].
///
/// After an error nothing is lost but the samples of the failed call: the next call begins where the last good
/// one ended, over whatever a half-done write has left there.
///
/// ```
/// use std::io::Cursor;
/// use onhook_channel::wav::{self, Writer};
///
/// let mut writer = Writer::create(Cursor::new(Vec::new()))?;
/// writer.append(&[1, 2, 3])?;
/// let file = writer.finish()?.into_inner();
/// assert_eq!(file.len(), 80 + 6);
/// assert_eq!(wav::read(file.as_slice())?.samples, [1, 2, 3]);
/// # Ok::<_, onhook_channel::wav::WavError>(())
/// ```
#[derive(Debug)]
pub struct Writer<S> {
    storage: S,
    header: Header,
    /// Whether the storage stands at the end of the good samples, with nothing after them.
    settled: bool,
    buffer: Vec<u8>,
}

impl<S: Storage> Writer<S> {
    /// Begins a mono recording in an empty file with a header for no samples.
    pub fn create(storage: S) -> Result<Self, WavError> {
        Self::with_channels(storage, 1)
    }

    /// As [`Writer::create`], with so many channels, 1 to 8.
    pub fn with_channels(storage: S, channels: u16) -> Result<Self, WavError> {
        let mut writer = Self {
            storage,
            header: Header {
                data_bytes: 0,
                channels,
            },
            settled: false,
            buffer: Vec::new(),
        };
        writer.refresh_header()?;
        Ok(writer)
    }

    /// Goes on at the end of a recording that a `Writer` has made.
    ///
    /// The header must be ours and agree with the length of the file, else the error says at which byte it does
    /// not; what a crash has left behind is for [`repair`](super::repair).
    pub fn reopen(mut storage: S) -> Result<Self, WavError> {
        let (bytes, length) = load(&mut storage)?;
        let header = Header::decode(&bytes)?;
        let file = length - HEADER_BYTES;
        if header.data_bytes != file || !file.is_multiple_of(header.block_bytes()) {
            return Err(WavProblem::Unfinished {
                header: header.data_bytes,
                file,
            }
            .at(HEADER_BYTES - 4));
        }
        Ok(Self {
            storage,
            header,
            settled: false,
            buffer: Vec::new(),
        })
    }

    /// Samples of each channel so far, with those before a [`Writer::reopen`].
    pub fn samples(&self) -> u64 {
        self.header.data_bytes / self.header.block_bytes()
    }

    /// Channels of the file.
    pub const fn channels(&self) -> u16 {
        self.header.channels
    }

    /// Bytes of the file so far, with its header.
    pub const fn bytes(&self) -> u64 {
        HEADER_BYTES + self.header.data_bytes
    }

    /// What is written into.
    pub const fn storage(&mut self) -> &mut S {
        // Whoever takes it may move it.
        self.settled = false;
        &mut self.storage
    }

    /// Adds samples to the end, those of the channels side by side; all of them are in the file, or none counts.
    pub fn append(&mut self, samples: &[i16]) -> Result<(), WavError> {
        let mut bytes = mem::take(&mut self.buffer);
        bytes.resize(2 * samples.len(), 0);
        for (bytes, sample) in bytes.chunks_exact_mut(2).zip(samples) {
            bytes.copy_from_slice(&sample.to_le_bytes());
        }
        let appended = self.append_bytes(&bytes);
        self.buffer = bytes;
        appended
    }

    /// As [`Writer::append`], of samples that are little-endian bytes already; half a sample at the end is left out.
    pub(crate) fn append_bytes(&mut self, bytes: &[u8]) -> Result<(), WavError> {
        let (samples, _half) = bytes.as_chunks::<2>();
        if !samples
            .len()
            .is_multiple_of(self.header.channels.max(1).into())
        {
            return Err(WavProblem::Uneven(samples.len(), self.header.channels).at(self.bytes()));
        }
        let bytes = samples.as_flattened();
        self.settle()?;
        let at = self.bytes();
        self.settled = false;
        self.storage
            .write_all(bytes)
            .map_err(|error| WavProblem::Io(error).at(at))?;
        self.header.data_bytes += bytes.len() as u64;
        self.settled = true;
        Ok(())
    }

    /// Brings the sizes in the header up to date, and makes it RF64 once they no longer fit into 32 bits.
    pub fn refresh_header(&mut self) -> Result<(), WavError> {
        let header = self.header.encode();
        self.settled = false;
        place(&mut self.storage, &header)?;
        self.settle()
    }

    /// Ends the recording; the file is not synchronised with the disk by this.
    pub fn finish(mut self) -> Result<S, WavError> {
        self.refresh_header()?;
        Ok(self.storage)
    }

    /// Goes back to the end of the good samples and cuts off what a failed write may have put after them.
    fn settle(&mut self) -> Result<(), WavError> {
        if !self.settled {
            let end = self.bytes();
            let io = |error| WavProblem::Io(error).at(end);
            if self.storage.seek(SeekFrom::End(0)).map_err(io)? > end {
                self.storage.set_len(end).map_err(io)?;
            }
            self.storage.seek(SeekFrom::Start(end)).map_err(io)?;
            self.settled = true;
        }
        Ok(())
    }
}

/// The header and the length of a file that is long enough to have one.
pub(super) fn load(storage: &mut impl Storage) -> Result<([u8; HEADER_LENGTH], u64), WavError> {
    let length = storage
        .seek(SeekFrom::End(0))
        .map_err(|error| WavProblem::Io(error).at(0))?;
    if length < HEADER_BYTES {
        return Err(WavProblem::Truncated("the header").at(length));
    }
    let mut bytes = [0; HEADER_LENGTH];
    let read = storage
        .seek(SeekFrom::Start(0))
        .and_then(|_| storage.read_exact(&mut bytes));
    read.map_err(|error| WavProblem::Io(error).at(0))?;
    Ok((bytes, length))
}

/// Writes the header in one piece.
pub(super) fn place(storage: &mut impl Storage, header: &[u8]) -> Result<(), WavError> {
    let written = storage
        .seek(SeekFrom::Start(0))
        .and_then(|_| storage.write_all(header));
    written.map_err(|error| WavProblem::Io(error).at(0))
}
