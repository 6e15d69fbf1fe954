//! The audio files of a session, when one is not enough.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Seek as _, SeekFrom};
use std::time::Duration;

use super::disk::EntryKind;
use super::{Part, SessionId, Store, StoreError, StoredRecording};
use crate::media::{FRAME_SAMPLES, samples_in};
use crate::wav::{self, HEADER_BYTES};

/// Why a part ended that another follows on, in Azure's word.
const FULL: &str = "ChunkMaximumSizeExceeded";

/// When a recording goes on in another file: 4 hours, as with Azure, or 2 GiB, unless set.
///
/// The parts are `content.wav`, `content.0001.wav` and so on. Each is a whole WAV file; one after the other they have
/// every sample once.
///
/// ```
/// use std::time::Duration;
/// use onhook_channel::store::RollOver;
///
/// let hourly = RollOver::default().after(Duration::from_secs(3600));
/// # let _ = hourly;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollOver {
    duration: Duration,
    bytes: u64,
}

impl Default for RollOver {
    fn default() -> Self {
        Self {
            duration: Duration::from_secs(4 * 3600),
            bytes: 2 << 30,
        }
    }
}

impl RollOver {
    /// The longest that a file may be; at least 20 ms.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self { duration, ..self }
    }

    /// The most bytes that a file may have; enough for 20 ms at least.
    #[must_use]
    pub fn at_bytes(self, bytes: u64) -> Self {
        Self { bytes, ..self }
    }

    /// The samples of each channel that a file has before the next is begun.
    pub(crate) fn samples(self, channels: u16) -> u64 {
        let by_size = self.bytes.saturating_sub(HEADER_BYTES) / (2 * u64::from(channels.max(1)));
        let samples = samples_in(self.duration).min(by_size);
        samples.max(FRAME_SAMPLES as u64)
    }
}

/// The name of a part's file.
pub(crate) fn part_file(index: u32) -> String {
    match index {
        0 => "content.wav".to_owned(),
        index => format!("content.{index:04}.wav"),
    }
}

/// The name of the metadata of one part of several.
pub(crate) fn chunk_file(index: u32) -> String {
    format!("metadata.{index:04}.json")
}

/// Whether a name is one that [`chunk_file`] gives.
pub(super) fn is_chunk_file(name: &str) -> bool {
    let number = name
        .strip_prefix("metadata.")
        .and_then(|name| name.strip_suffix(".json"));
    number.is_some_and(|number| {
        number.len() >= 4 && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

impl Store {
    /// The parts that a session's audio files are as they stand, whose headers are right; the hashes of their blocks
    /// are put beside them. Those that are [known](Self::close_full_part) are not read again.
    pub(crate) fn close_parts(
        &self,
        id: &SessionId,
        count: u32,
        known: &BTreeMap<u32, Part>,
    ) -> Result<Vec<Part>, StoreError> {
        let last = count.saturating_sub(1);
        let part = |index| {
            if let Some(part) = known.get(&index).filter(|_| index < last)
                && self.has_length(id, part)?
            {
                return Ok(part.clone());
            }
            let mut part = self.close_part(id, index)?;
            if index < last {
                part.end_reason = Some(FULL.to_owned());
            }
            Ok(part)
        };
        (0..=last).map(part).collect()
    }

    /// A part on which another has followed, and that is never written to again: it has so many samples of each channel.
    /// None if its file has not, as it is being written once more after a failure.
    pub(crate) fn close_full_part(
        &self,
        id: &SessionId,
        index: u32,
        samples: u64,
        channels: u64,
    ) -> Result<Option<Part>, StoreError> {
        let mut part = self.close_part(id, index)?;
        part.end_reason = Some(FULL.to_owned());
        let is_whole = part.samples == samples
            && part.bytes == HEADER_BYTES.saturating_add(samples.saturating_mul(2 * channels));
        Ok(is_whole.then_some(part))
    }

    fn has_length(&self, id: &SessionId, part: &Part) -> Result<bool, StoreError> {
        let path = self.folder(id).join(&part.file);
        let opened = self.disk().open(&path);
        let mut file = opened.map_err(StoreError::disk("open", &path))?;
        let length = file.seek(SeekFrom::End(0));
        Ok(length.map_err(StoreError::disk("read", &path))? == part.bytes)
    }

    /// The parts of a session that nobody else writes to, whole or not: what a crash has left is
    /// [repaired](wav::repair).
    pub(crate) fn recover_parts(&self, id: &SessionId) -> Result<Vec<Part>, StoreError> {
        let folder = self.folder(id);
        let mut count = 0;
        while count == 0 || self.kind(&folder.join(part_file(count)))? == Some(EntryKind::File) {
            let path = folder.join(part_file(count));
            let opened = self.disk().open(&path);
            let mut file = opened.map_err(StoreError::disk("open", &path))?;
            wav::repair(&mut file).map_err(|source| StoreError::Wav {
                path: path.clone(),
                source,
            })?;
            let synced = file.sync();
            synced.map_err(StoreError::disk("synchronise", &path))?;
            count += 1;
        }
        self.close_parts(id, count, &BTreeMap::new())
    }

    /// Removes files of a session behind its last part: an attempt to write them has failed.
    pub(crate) fn remove_parts_from(&self, id: &SessionId, index: u32) -> Result<(), StoreError> {
        let folder = self.folder(id);
        for index in index.. {
            let path = folder.join(part_file(index));
            match self.disk().remove_file(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => break,
                removed => removed.map_err(StoreError::disk("remove", &path))?,
            }
        }
        Ok(())
    }

    /// Writes the metadata of each part of a closed recording that has several, as Azure has them: of one alone,
    /// `metadata.json` are the metadata.
    pub(crate) fn write_chunks(&self, recording: &StoredRecording) -> Result<(), StoreError> {
        if recording.metadata.onhook.parts.len() < 2 {
            return Ok(());
        }
        for chunk in recording.metadata.chunks() {
            let name = chunk_file(chunk.chunk_index);
            let text = chunk.text().map_err(|source| StoreError::Metadata {
                path: recording.folder.join(&name),
                source,
            })?;
            self.replace(&recording.folder, &name, &text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_as_long_as_both_limits_allow() {
        let second = 16_000;
        for (roll_over, channels, samples) in [
            (RollOver::default(), 1, 4 * 3600 * second),
            (RollOver::default(), 2, 4 * 3600 * second),
            (RollOver::default().after(Duration::MAX), 1, (1 << 30) - 40),
            (RollOver::default().after(Duration::MAX), 2, (1 << 29) - 20),
            (RollOver::default().at_bytes(80 + 4 * 500), 1, 1000),
            (RollOver::default().at_bytes(80 + 4 * 500), 2, 500),
            (RollOver::default().at_bytes(0), 2, 320),
            (RollOver::default().after(Duration::ZERO), 1, 320),
        ] {
            assert_eq!(roll_over.samples(channels), samples, "{roll_over:?}");
        }
    }

    #[test]
    fn names_are_told_apart() {
        assert_eq!(part_file(0), "content.wav");
        assert_eq!(part_file(1), "content.0001.wav");
        assert_eq!(chunk_file(12_345), "metadata.12345.json");
        for (name, is) in [
            ("metadata.0000.json", true),
            ("metadata.json", false),
            ("metadata.000.json", false),
            ("metadata.0o01.json", false),
        ] {
            assert_eq!(is_chunk_file(name), is, "{name}");
        }
    }
}
