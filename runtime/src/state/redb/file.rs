//! The file, opened again after it failed.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, Error, StorageError};

use super::tables;
use crate::state::StateError;

/// Where the database comes from.
pub(super) type Opener = Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>;

/// An open database. After an I/O error redb refuses everything until the file is opened anew: so it is, when it is used next,
/// and a disk that was full or away for a while costs the turns of that while alone.
pub(super) struct Source {
    opener: Opener,
    database: RwLock<Option<Database>>,
}

impl Source {
    /// Opens the database.
    pub(super) fn open(opener: Opener) -> Result<Source, StateError> {
        let database = prepared(&opener)?;
        Ok(Source {
            opener,
            database: RwLock::new(Some(database)),
        })
    }

    /// Does `work` on the database. Blocks.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, Error>,
    ) -> Result<T, StateError> {
        let open = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let done = if let Some(database) = &*open {
            work(database)
        } else {
            drop(open);
            return self.with_new(work);
        };
        drop(open);
        done.map_err(|error| self.failed(error))
    }

    fn with_new<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, Error>,
    ) -> Result<T, StateError> {
        let mut slot = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if slot.is_none() {
            *slot = Some(prepared(&self.opener)?);
        }
        let done = match &*slot {
            Some(database) => work(database),
            None => Err(Error::DatabaseClosed),
        };
        drop(slot);
        done.map_err(|error| self.failed(error))
    }

    fn failed(&self, error: Error) -> StateError {
        if matches!(
            error,
            Error::Io(_) | Error::PreviousIo | Error::DatabaseClosed
        ) {
            let mut slot = self
                .database
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            *slot = None;
        }
        state_error(error)
    }
}

fn prepared(opener: &Opener) -> Result<Database, StateError> {
    let database = opener().map_err(|error| state_error(error.into()))?;
    match tables::prepare(&database).map_err(state_error)? {
        None => Ok(database),
        Some(format) => Err(StateError::damaged(format!(
            "the file has format {format}, which this version of onhook does not know"
        ))),
    }
}

fn state_error(error: Error) -> StateError {
    match error {
        Error::Corrupted(_)
        | Error::UpgradeRequired(_)
        | Error::TableTypeMismatch { .. }
        | Error::TypeDefinitionChanged { .. }
        | Error::TableIsMultimap(_) => StateError::damaged(error),
        error => StateError::unavailable(error),
    }
}

/// What opens the file at `path`.
pub(super) fn opener(path: PathBuf) -> Opener {
    Box::new(move || {
        let file = private(&path).map_err(|error| named(&path, &error))?;
        FileBackend::new(file)
            .and_then(|backend| Builder::new().create_with_backend(backend))
            .map_err(|error| match error {
                DatabaseError::Storage(StorageError::Io(error)) => named(&path, &error),
                error => error,
            })
    })
}

/// The file, for its owner alone where it is made now: it holds what callers say.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn named(path: &Path, error: &io::Error) -> DatabaseError {
    let message = format!("{}: {error}", path.display());
    DatabaseError::Storage(StorageError::Io(io::Error::new(error.kind(), message)))
}
