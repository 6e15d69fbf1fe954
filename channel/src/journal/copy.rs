//! A session's own files, as far as the journal has been copied to them.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::JournalError;
use super::audio::{self, Audio, Shape};
use super::entry::Link;
use super::shared::Files;
use crate::media::SAMPLE_RATE;
use crate::store::{FileIdentity, SessionId};

const METADATA: &str = "metadata.json";
const UNFINISHED: &str = "metadata.json.new";
/// Samples that silence may stand for when they are missing: a minute. More is no gap, it is damage.
const MOST_SILENCE: u64 = 60 * SAMPLE_RATE as u64;

#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the files for itself"
)]
pub(super) struct SessionCopy {
    pub(super) id: SessionId,
    pub(super) content: PathBuf,
    pub(super) link: Link,
    file: Option<Audio>,
    shape: Shape,
    /// Whether the file is known to hold `samples`, no more and no less.
    prepared: bool,
    pub(super) samples: u64,
    /// What was taken and not written: little-endian samples.
    staged: Vec<u8>,
    /// Bytes that were written the last time.
    usual: usize,
    /// Samples that survive a power failure in the file itself.
    pub(super) synced: u64,
    /// The latest metadata.
    pub(super) metadata: Option<Metadata>,
    /// The first segment with something that does not survive in the session's own files.
    pub(super) needs: Option<u64>,
    /// The same of what a checkpoint is synchronising.
    pub(super) syncing: Option<u64>,
    pub(super) broken: Option<JournalError>,
    /// Its metadata could not be put in place.
    pub(super) misplaced: bool,
    pub(super) closed: bool,
    /// Whether its folders may not survive.
    pub(super) is_new: bool,
    /// The file that was open last, by its number in the session.
    seen: Option<(u64, FileIdentity)>,
    /// Samples that were in no file and no entry.
    pub(super) missing: u64,
}

pub(super) struct Metadata {
    pub(super) text: Vec<u8>,
    /// The number of the entry that had them.
    pub(super) number: u32,
    /// Whether they can be read in their file.
    pub(super) placed: bool,
    /// Whether they survive there.
    pub(super) synced: bool,
}

impl SessionCopy {
    /// The copy of a session that has so many samples in its file, durably; nothing is opened yet.
    pub(super) fn new(files: &Files, id: SessionId, shape: Shape, samples: u64) -> Self {
        Self {
            content: files.store.content(&id),
            id,
            link: Link::default(),
            file: None,
            shape,
            prepared: false,
            samples,
            staged: Vec::new(),
            usual: 0,
            synced: samples,
            metadata: None,
            needs: None,
            syncing: None,
            broken: None,
            misplaced: false,
            closed: false,
            is_new: samples == 0,
            seen: None,
            missing: 0,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        self.content.parent().unwrap_or(&self.content)
    }

    pub(super) fn metadata_path(&self) -> PathBuf {
        self.folder().join(METADATA)
    }

    pub(super) fn is_open(&self) -> bool {
        self.file.is_some()
    }

    /// Whether the recording was deleted since: nothing is to be written for it any more.
    ///
    /// A folder without audio is not enough, as a power failure can leave one. A tombstone is not enough, as another
    /// recording may have been begun in the place of the one that was deleted.
    pub(super) fn is_deleted(&self, files: &Files) -> bool {
        let audio = files.disk.kind(&self.content);
        audio.is_err_and(|error| error.kind() == ErrorKind::NotFound)
            && files.store.was_deleted(&self.id)
    }

    /// Takes the audio of an entry: little-endian samples that begin at `offset` in the session.
    pub(super) fn take(&mut self, offset: u64, payload: &[u8]) {
        if self.broken.is_some() {
            return;
        }
        let have = self.samples + self.staged.len() as u64 / 2;
        if let Some(missing) = offset.checked_sub(have).filter(|missing| *missing > 0) {
            if missing > MOST_SILENCE {
                self.broken = Some(self.gap(missing));
                return;
            }
            self.missing += missing;
            let silence = usize::try_from(missing).unwrap_or_default();
            self.staged.resize(self.staged.len() + 2 * silence, 0);
        }
        let known = usize::try_from(have.saturating_sub(offset)).unwrap_or(usize::MAX);
        if self.staged.is_empty() {
            self.staged.reserve(self.usual);
        }
        let (samples, _half) = payload.as_chunks::<2>();
        let new = samples.get(known..).unwrap_or_default();
        self.staged.extend_from_slice(new.as_flattened());
    }

    fn gap(&self, missing: u64) -> JournalError {
        JournalError::Gap {
            path: self.content.clone(),
            missing,
        }
    }

    /// Whether there is anything to be written.
    pub(super) fn has_more(&self) -> bool {
        !self.prepared || !self.staged.is_empty() || self.is_unplaced()
    }

    pub(super) fn is_unplaced(&self) -> bool {
        self.metadata
            .as_ref()
            .is_some_and(|metadata| !metadata.placed)
    }

    /// Remembers that a segment is needed.
    pub(super) fn need(&mut self, segment: u64) {
        self.needs = Some(self.needs.map_or(segment, |needs| needs.min(segment)));
    }

    /// Writes what was taken to the file.
    pub(super) fn flush(&mut self, files: &Files) -> Result<(), JournalError> {
        if !self.prepared {
            self.prepare(files)?;
        }
        if self.staged.is_empty() {
            return Ok(());
        }
        let samples = std::mem::take(&mut self.staged);
        self.usual = samples.len();
        let appended = self.file(files)?.append(&samples);
        if let Err(error) = appended {
            return Err(JournalError::wav(&self.content)(error));
        }
        self.samples += samples.len() as u64 / 2;
        Ok(())
    }

    /// Brings the sizes in the header up to date, of the file that its path names.
    pub(super) fn refresh(&mut self, files: &Files) -> Result<(), JournalError> {
        self.flush(files)?;
        let content = self.content.clone();
        let audio = self.file(files)?;
        audio.refresh_header().map_err(JournalError::wav(content))?;
        let (path, identity) = (audio.path(), audio.identity()?);
        files.check_recording(&path, identity)
    }

    /// Whether its audio file was removed or replaced by others.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.broken, Some(JournalError::Removed(_)))
    }

    /// Closes the file until it is needed again.
    pub(super) fn rest(&mut self, files: &Files) -> Result<(), JournalError> {
        if self.file.is_some() {
            self.refresh(files)?;
        }
        let audio = self.file.take();
        self.seen = audio.and_then(|mut audio| Some((audio.index(), audio.identity().ok()??)));
        Ok(())
    }

    /// Goes back to what is in the file for sure, to be given everything after that again.
    pub(super) fn start_over(&mut self) {
        self.file = None;
        self.prepared = false;
        self.staged.clear();
        self.samples = self.synced;
        self.broken = None;
        // Those that are durable may be nowhere else: they stay.
        if let Some(metadata) = self.metadata.as_mut().filter(|metadata| !metadata.synced) {
            metadata.placed = false;
        }
    }

    /// Puts the latest metadata in place, so that a reader sees the old or the new; not synchronised.
    pub(super) fn place(&mut self, files: &Files) -> Result<(), JournalError> {
        let (path, new) = (self.metadata_path(), self.folder().join(UNFINISHED));
        let Some(metadata) = self.metadata.as_mut().filter(|metadata| !metadata.placed) else {
            return Ok(());
        };
        match files.disk.remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(JournalError::disk("remove", new)(error));
            }
            _ => {}
        }
        let file = files.disk.create_new(&new);
        let mut file = file.map_err(JournalError::disk("create", &new))?;
        let written = file.write_all(&metadata.text);
        written.map_err(JournalError::disk("write", &new))?;
        drop(file);
        let renamed = files.disk.rename(&new, &path);
        renamed.map_err(JournalError::disk("replace", &path))?;
        metadata.placed = true;
        Ok(())
    }

    pub(super) fn channels(&self) -> u64 {
        self.shape.channels.into()
    }

    /// The files with what does not survive in them yet.
    pub(super) fn unsynced(&self) -> Vec<PathBuf> {
        let (first, last) = (
            self.shape.part_of(self.synced),
            self.shape.part_of(self.samples),
        );
        let parts = first..=last;
        parts.map(|part| audio::path(self.folder(), part)).collect()
    }

    /// How many files the session has.
    pub(super) fn parts(&self) -> u32 {
        let last = self.shape.part_of(self.samples);
        u32::try_from(last).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn file(&mut self, files: &Files) -> Result<&mut Audio, JournalError> {
        if self.file.is_none() {
            let opened = Audio::open(files, self.folder(), self.shape, self.samples, false, false);
            let mut audio = opened.map_err(JournalError::of_recording)?;
            if let (Some((index, seen)), Some(is)) = (self.seen, audio.identity()?)
                && index == audio.index()
                && seen != is
            {
                return Err(JournalError::Removed(audio.path()));
            }
            if audio.samples() < self.samples {
                return Err(self.gap(self.samples - audio.samples()));
            }
            self.file = Some(audio);
        }
        self.file.as_mut().ok_or(JournalError::Closed)
    }

    /// Opens the file and cuts off what is not known to be right: after a power failure, bytes that were written
    /// and not synchronised can be anything.
    fn prepare(&mut self, files: &Files) -> Result<(), JournalError> {
        let may_create = self.samples == 0 && !self.is_deleted(files);
        let audio = Audio::open(
            files,
            self.folder(),
            self.shape,
            self.samples,
            true,
            may_create,
        )
        .map_err(JournalError::of_recording)?;
        let has = audio.samples();
        self.file = Some(audio);
        self.prepared = true;
        if has < self.samples {
            // It was cut by somebody else. Silence keeps the offsets of what follows.
            let missing = self.samples - has;
            if missing > MOST_SILENCE {
                self.prepared = false;
                return Err(self.gap(missing));
            }
            self.samples = has;
            self.missing += missing;
            let silence = usize::try_from(missing).unwrap_or_default();
            self.staged
                .splice(0..0, std::iter::repeat_n(0, 2 * silence));
        }
        Ok(())
    }
}

/// Makes the folder of a session with those above it, as far as they are missing.
pub(super) fn create_folders(files: &Files, folder: &Path) -> Result<(), JournalError> {
    for folder in above(files, folder) {
        files.ensure_dir(&folder)?;
    }
    Ok(())
}

/// The folders from the store's down to this one.
pub(super) fn above(files: &Files, folder: &Path) -> Vec<PathBuf> {
    let root = files.store.root();
    let mut folders: Vec<_> = folder
        .ancestors()
        .take_while(|folder| folder.starts_with(root))
        .map(Path::to_path_buf)
        .collect();
    folders.reverse();
    folders
}
