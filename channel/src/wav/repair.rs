use std::io::SeekFrom;

use super::Storage;
use super::error::{WavError, WavProblem};
use super::header::{HEADER_BYTES, Header, channels};
use super::writer::{load, place};

/// What [`repair`] has found and done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// Samples of each channel in the file now.
    pub samples: u64,
    /// Bytes that were cut off because they were no whole sample of every channel, or no whole header.
    pub cut_bytes: u64,
    /// Whether the header had to be rewritten; a file that was whole is not touched.
    pub header_rewritten: bool,
}

/// Makes a recording whole again whose writer has died: the sizes are taken from the length of the file.
///
/// Only files of a [`Writer`](super::Writer) are touched: [`WavProblem::Foreign`] names the first byte that it
/// would not have written. A file that ends inside of its own header becomes an empty
/// recording, a mono one if it ends before it says how many channels it has.
pub fn repair(storage: &mut impl Storage) -> Result<Repaired, WavError> {
    let io = |error| WavProblem::Io(error).at(0);
    let length = storage.seek(SeekFrom::End(0)).map_err(io)?;
    if length < HEADER_BYTES {
        let mut begun = Vec::new();
        storage.seek(SeekFrom::Start(0)).map_err(io)?;
        storage.read_to_end(&mut begun).map_err(io)?;
        Header::fits(&begun)?;
        let empty = Header {
            data_bytes: 0,
            channels: channels(&begun),
        };
        place(storage, &empty.encode())?;
        return Ok(Repaired {
            samples: 0,
            cut_bytes: length,
            header_rewritten: true,
        });
    }
    let (bytes, length) = load(storage)?;
    Header::fits(&bytes)?;
    let mut header = Header {
        data_bytes: length - HEADER_BYTES,
        channels: channels(&bytes),
    };
    let cut_bytes = header.data_bytes % header.block_bytes();
    header.data_bytes -= cut_bytes;
    if cut_bytes > 0 {
        storage
            .set_len(HEADER_BYTES + header.data_bytes)
            .map_err(|error| WavProblem::Io(error).at(length))?;
    }
    let encoded = header.encode();
    let header_rewritten = encoded != bytes;
    if header_rewritten {
        place(storage, &encoded)?;
    }
    Ok(Repaired {
        samples: header.data_bytes / header.block_bytes(),
        cut_bytes,
        header_rewritten,
    })
}
