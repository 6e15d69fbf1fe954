//! The audio of a session on disk: one file, or several that follow each other.
//!
//! How long a file becomes is fixed when the session begins. So it can be worked out from the number of a sample in
//! which file it stands, and where: whatever is written again after a crash goes where it was, and at the seam between
//! two files nothing can be lost or doubled.

use std::io::{ErrorKind, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::JournalError;
use super::shared::Files;
use crate::store::metadata::Metadata;
use crate::store::{Disk, DiskFile, FileIdentity, part_file};
use crate::wav::{self, HEADER_BYTES, Storage as _, WavError, WavProblem, Writer};

/// What a session's files are like. Samples are counted over all channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) channels: u16,
    /// How many samples a file has before the next is begun.
    part_samples: u64,
}

/// The file in which the last sample stands.
pub(super) struct Audio {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    shape: Shape,
    index: u64,
    writer: Writer<Box<dyn DiskFile>>,
}

impl Shape {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let configuration = &metadata.recording_info.audio_configuration;
        let channels = u16::try_from(configuration.channels).unwrap_or(1).max(1);
        let part = metadata.onhook.samples_per_part.filter(|part| *part > 0);
        let part_samples = part.map_or(u64::MAX, |part| part.saturating_mul(channels.into()));
        Self {
            channels,
            part_samples,
        }
    }

    /// The channels as a 16-bit number, and the length of a file as a 64-bit one.
    pub(super) fn encode(self) -> [u8; 10] {
        let mut bytes = [0; 10];
        let (channels, part) = bytes.split_at_mut(2);
        channels.copy_from_slice(&self.channels.to_le_bytes());
        part.copy_from_slice(&self.part_samples.to_le_bytes());
        bytes
    }

    /// Takes a shape back.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (channels, bytes) = bytes.split_first_chunk::<2>()?;
        let (part, _) = bytes.split_first_chunk::<8>()?;
        let shape = Self {
            channels: u16::from_le_bytes(*channels),
            part_samples: u64::from_le_bytes(*part),
        };
        Some(shape).filter(|shape| shape.channels > 0 && shape.part_samples > 0)
    }

    /// The number of the file in which the last of so many samples stands.
    pub(super) fn part_of(self, samples: u64) -> u64 {
        samples.saturating_sub(1) / self.part_samples
    }

    /// The samples in all files before this one.
    fn before(self, index: u64) -> u64 {
        index.saturating_mul(self.part_samples)
    }
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            channels: 1,
            part_samples: u64::MAX,
        }
    }
}

/// The path of one of a session's files.
pub(super) fn path(folder: &Path, index: u64) -> PathBuf {
    folder.join(part_file(u32::try_from(index).unwrap_or(u32::MAX)))
}

impl Audio {
    /// Opens a session's audio behind so many samples. With `cut`, what stands there is cut off: after a power failure,
    /// bytes that were written and not synchronised can be anything. Without samples, the file is made if it is missing
    /// and `may_create`.
    pub(super) fn open(
        files: &Files,
        folder: &Path,
        shape: Shape,
        samples: u64,
        cut: bool,
        may_create: bool,
    ) -> Result<Self, JournalError> {
        let index = shape.part_of(samples);
        let path = path(folder, index);
        let io = |doing| JournalError::disk(doing, &path);
        let wav = |error| JournalError::wav(&path)(error);
        let mut file = match files.disk.open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound && samples == 0 && may_create => {
                super::copy::create_folders(files, folder)?;
                files.disk.create_new(&path).map_err(io("create"))?
            }
            file => file.map_err(io("open"))?,
        };
        let writer = if !cut {
            Writer::reopen(file).map_err(wav)?
        } else if samples == 0 {
            file.set_len(0).map_err(io("cut"))?;
            Writer::with_channels(file, shape.channels).map_err(wav)?
        } else {
            let end = HEADER_BYTES + (samples - shape.before(index)) * 2;
            if file.seek(SeekFrom::End(0)).map_err(io("read"))? > end {
                file.set_len(end).map_err(io("cut"))?;
            }
            wav::repair(&mut file).map_err(wav)?;
            Writer::reopen(file).map_err(wav)?
        };
        Ok(Self {
            disk: Arc::clone(&files.disk),
            folder: folder.to_path_buf(),
            shape,
            index,
            writer,
        })
    }

    /// Samples in this file and those before.
    pub(super) fn samples(&self) -> u64 {
        self.shape.before(self.index) + self.in_part()
    }

    fn in_part(&self) -> u64 {
        self.writer.samples() * u64::from(self.shape.channels)
    }

    pub(super) fn index(&self) -> u64 {
        self.index
    }

    pub(super) fn path(&self) -> PathBuf {
        path(&self.folder, self.index)
    }

    /// Which file this is.
    pub(super) fn identity(&mut self) -> Result<Option<FileIdentity>, JournalError> {
        let identity = self.writer.storage().identity();
        identity.map_err(JournalError::disk("look at", self.path()))
    }

    /// Adds samples, as little-endian bytes, and begins the next file when one is full.
    pub(super) fn append(&mut self, samples: &[u8]) -> Result<(), WavError> {
        let mut rest = samples;
        loop {
            let room = self.shape.part_samples.saturating_sub(self.in_part());
            let room = usize::try_from(room.saturating_mul(2)).unwrap_or(usize::MAX);
            let (fits, more) = rest.split_at(room.min(rest.len()));
            self.writer.append_bytes(fits)?;
            if more.is_empty() {
                return Ok(());
            }
            rest = more;
            self.next()?;
        }
    }

    /// Brings the sizes in the header up to date.
    pub(super) fn refresh_header(&mut self) -> Result<(), WavError> {
        self.writer.refresh_header()
    }

    /// Ends the file and begins the next. One that is there already is of an attempt that failed.
    fn next(&mut self) -> Result<(), WavError> {
        self.writer.refresh_header()?;
        let path = path(&self.folder, self.index + 1);
        let file = match self.disk.open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => self.disk.create_new(&path),
            Ok(mut file) => file.set_len(0).map(|()| file),
            error => error,
        };
        let file = file.map_err(|error| WavProblem::Io(error).at(0))?;
        self.writer = Writer::with_channels(file, self.shape.channels)?;
        self.index += 1;
        Ok(())
    }
}

// Elsewhere a file of so many bytes may take as many on the disk.
#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, File};
    use std::io::Read as _;

    use super::*;
    use crate::store::{RealDisk, Store};
    use crate::wav::Header;

    /// The file has holes: nothing of the four gigabytes is on the disk.
    #[test]
    fn a_file_that_passes_4_gib_becomes_rf64_in_its_place() {
        let root = tempfile::tempdir().unwrap();
        let files = Files {
            disk: Arc::new(RealDisk),
            store: Store::new(root.path()),
            folder: root.path().join("journal"),
        };
        let shape = Shape {
            channels: 2,
            ..Shape::default()
        };
        let (content, data_bytes) = (root.path().join("content.wav"), (1 << 32) - 128);
        let header = Header {
            data_bytes,
            channels: 2,
        };
        fs::write(&content, header.encode()).unwrap();
        let file = File::options().write(true).open(&content).unwrap();
        file.set_len(HEADER_BYTES + data_bytes).unwrap();
        let head = || {
            let mut head = [0; 80];
            File::open(&content).unwrap().read_exact(&mut head).unwrap();
            head
        };
        assert!(head().starts_with(b"RIFF"));
        let open = |samples| Audio::open(&files, root.path(), shape, samples, true, false).unwrap();

        let mut audio = open(data_bytes / 2);
        audio.append(&[7; 256]).unwrap();
        audio.refresh_header().unwrap();
        assert!(head().starts_with(b"RF64"));
        let written = data_bytes + 256;
        assert_eq!(Header::decode(&head()).unwrap().data_bytes, written);
        assert_eq!(fs::metadata(&content).unwrap().len(), 80 + written);

        // A crash comes after more was written, and not all of it is known to be right.
        audio.append(&[8; 400]).unwrap();
        drop(audio);
        let known = written / 2 + 100;
        let mut audio = open(known);
        assert_eq!(audio.samples(), known);
        audio.append(&[9; 4]).unwrap();
        audio.refresh_header().unwrap();
        let header = Header::decode(&head()).unwrap();
        assert_eq!(header.data_bytes, written + 204);
        let mut tail = File::open(&content).unwrap();
        tail.seek(SeekFrom::Start(80 + data_bytes)).unwrap();
        let mut end = Vec::new();
        tail.read_to_end(&mut end).unwrap();
        let wanted = [vec![7; 256], vec![8; 200], vec![9; 4]].concat();
        assert!(end == wanted);
    }

    #[test]
    fn a_shape_comes_back() {
        let shape = Shape {
            channels: 2,
            part_samples: 600,
        };
        for (shape, rest) in [(shape, vec![]), (Shape::default(), vec![7])] {
            let bytes = [shape.encode().to_vec(), rest].concat();
            assert_eq!(Shape::decode(&bytes), Some(shape));
        }
        assert_eq!(
            Shape::decode(&[0; 10]),
            None,
            "nothing can be divided by that"
        );
        assert_eq!(Shape::decode(&[1; 9]), None);
        let last = [0, 1, 600, 601, 1200, 1201].map(|samples| shape.part_of(samples));
        assert_eq!(last, [0, 0, 0, 1, 1, 2]);
    }
}
