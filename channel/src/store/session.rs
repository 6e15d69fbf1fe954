use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::blocks::{self, Fingerprint};
use super::disk::DiskFile;
use super::folder::CONTENT;
use super::parts::part_file;
use super::{SessionId, Sha512Hex, Store, StoreError};
use crate::wav::{self, Writer};

/// A closed part of a session: one audio file, as its metadata names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// The number of the part in its session, from 0.
    pub index: u32,
    /// The name of the file in the session's folder.
    pub file: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// Samples of each channel in the file.
    pub samples: u64,
    /// The SHA-512 of the whole file.
    pub sha512: Sha512Hex,
    /// The SHA-512 of the part before it in the call, also across recordings; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Sha512Hex>,
    /// Why the part ended, an open set: `ChunkMaximumSizeExceeded` if another follows on it, none if it is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
}

impl Store {
    /// The part that one of a session's audio files is as it stands, whose header is right; the hashes of its blocks
    /// are put beside it.
    pub(super) fn close_part(&self, id: &SessionId, index: u32) -> Result<Part, StoreError> {
        let path = self.folder(id).join(part_file(index));
        let opened = self.disk().open(&path);
        let file = opened.map_err(StoreError::disk("open", &path))?;
        let wav = |source| StoreError::Wav {
            path: path.clone(),
            source,
        };
        let mut writer = Writer::reopen(file).map_err(wav)?;
        let samples = writer.samples();
        self.part(&path, index, samples, writer.storage())
    }

    fn part(
        &self,
        path: &Path,
        index: u32,
        samples: u64,
        file: &mut Box<dyn DiskFile>,
    ) -> Result<Part, StoreError> {
        let read = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| Fingerprint::of(file));
        let Fingerprint {
            sha512,
            bytes,
            blocks,
        } = read.map_err(StoreError::disk("read", path))?;
        let file = part_file(index);
        if let Some(folder) = path.parent() {
            // Synchronises the folder, too.
            self.replace(folder, &blocks::file_of(&file), blocks.as_bytes())?;
        }
        Ok(Part {
            index,
            file,
            bytes,
            samples,
            sha512,
            prev: None,
            end_reason: None,
        })
    }
}

/// The mono audio of one session in one file on disk, open or closed. Everything on it blocks.
pub struct SessionFile {
    store: Store,
    id: SessionId,
    path: PathBuf,
    writer: Option<Writer<Box<dyn DiskFile>>>,
}

impl std::fmt::Debug for SessionFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let samples = self.samples();
        formatter
            .debug_struct("SessionFile")
            .field("path", &self.path)
            .field("samples", &samples)
            .finish_non_exhaustive()
    }
}

impl SessionFile {
    /// Begins a session: when this returns, its folder and an empty recording survive a power failure.
    ///
    /// A session that exists is [`StoreError::Exists`] and stays as it is, even if it is empty. After another
    /// error nothing of the new session stays, as far as the disk allows that, so that it can be tried again.
    pub fn create(store: &Store, id: SessionId) -> Result<Self, StoreError> {
        let folder = store.create_folder(&id)?;
        let path = folder.join(CONTENT);
        let mut session = Self {
            store: store.clone(),
            id,
            path,
            writer: None,
        };
        match session.begin(&folder) {
            Ok(()) => Ok(session),
            Err(error) => {
                // Only this call can have made them, as making the folder was exclusive.
                session.writer = None;
                drop(store.disk().remove_file(&session.path));
                drop(store.disk().remove_dir(&folder));
                Err(error)
            }
        }
    }

    fn begin(&mut self, folder: &Path) -> Result<(), StoreError> {
        let file = self
            .store
            .disk()
            .create_new(&self.path)
            .map_err(StoreError::disk("create", &self.path))?;
        self.writer = Some(Writer::create(file).map_err(|source| self.wav(source))?);
        self.sync()?;
        self.store.sync_dir(folder)?;
        self.store.sync_parent(folder)
    }

    /// Takes up a session that another process has left, whole or not: its audio is [repaired](wav::repair) and
    /// appended to.
    pub fn recover(store: &Store, id: SessionId) -> Result<Self, StoreError> {
        let path = store.content(&id);
        let mut file = store
            .disk()
            .open(&path)
            .map_err(StoreError::disk("open", &path))?;
        let mut session = Self {
            store: store.clone(),
            id,
            path,
            writer: None,
        };
        wav::repair(&mut file).map_err(|source| session.wav(source))?;
        session.writer = Some(Writer::reopen(file).map_err(|source| session.wav(source))?);
        session.sync()?;
        Ok(session)
    }

    /// Which session this is.
    pub const fn id(&self) -> &SessionId {
        &self.id
    }

    /// Where the audio is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Samples in the open file; `None` when it is closed.
    pub fn samples(&self) -> Option<u64> {
        self.writer.as_ref().map(Writer::samples)
    }

    /// Adds samples; after an error none of them counts, and the next call can succeed.
    pub fn append(&mut self, samples: &[i16]) -> Result<(), StoreError> {
        let appended = self.writer()?.append(samples);
        appended.map_err(|source| self.wav(source))
    }

    /// Brings the header up to date and waits until the disk has everything: the loss bound of a crash, and the
    /// moment at which a pause may be confirmed.
    pub fn sync(&mut self) -> Result<(), StoreError> {
        let refreshed = self.writer()?.refresh_header();
        refreshed.map_err(|source| self.wav(source))?;
        let synced = self.writer()?.storage().sync();
        synced.map_err(StoreError::disk("synchronise", &self.path))
    }

    /// Ends the part: header, disk, and the hash of what can be read back.
    ///
    /// After an error the file is still open, so that closing can be tried again. Bytes that are in a closed part
    /// never change; [`SessionFile::reopen`] only adds, and renews the sizes in the header.
    pub fn close(&mut self) -> Result<Part, StoreError> {
        self.sync()?;
        let samples = self.writer()?.samples();
        let (store, path) = (self.store.clone(), self.path.clone());
        let part = store.part(&path, 0, samples, self.writer()?.storage())?;
        self.writer = None;
        Ok(part)
    }

    /// Opens a closed part for more; an open one stays as it is.
    pub fn reopen(&mut self) -> Result<(), StoreError> {
        if self.writer.is_none() {
            let file = self
                .store
                .disk()
                .open(&self.path)
                .map_err(StoreError::disk("open", &self.path))?;
            self.writer = Some(Writer::reopen(file).map_err(|source| self.wav(source))?);
        }
        Ok(())
    }

    fn writer(&mut self) -> Result<&mut Writer<Box<dyn DiskFile>>, StoreError> {
        self.writer
            .as_mut()
            .ok_or_else(|| StoreError::Closed(self.path.clone()))
    }

    fn wav(&self, source: wav::WavError) -> StoreError {
        StoreError::Wav {
            path: self.path.clone(),
            source,
        }
    }
}
