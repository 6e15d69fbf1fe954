//! What is in the store.

use std::path::PathBuf;
use std::vec;

use time::Date;

use super::disk::EntryKind;
use super::folder::{CONTENT, METADATA};
use super::metadata::Metadata;
use super::walk::{Conversations, SessionFolder};
use super::{SessionId, Store, StoreError};

/// Which recordings: `..` for all, a day, or the id of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Select {
    /// All.
    All,
    /// Those of the conversations that began on a day, in UTC.
    Day(Date),
    /// Those of a conversation, whenever it began.
    Conversation(String),
}

impl From<std::ops::RangeFull> for Select {
    fn from(_all: std::ops::RangeFull) -> Self {
        Self::All
    }
}

impl From<Date> for Select {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<&str> for Select {
    fn from(conversation: &str) -> Self {
        Self::Conversation(conversation.to_owned())
    }
}

/// A recording in the store.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StoredRecording {
    /// Which it is.
    pub id: SessionId,
    /// The folder with its files.
    pub folder: PathBuf,
    /// What is known about it.
    pub metadata: Metadata,
}

impl StoredRecording {
    pub(crate) fn new(store: &Store, id: &SessionId, metadata: Metadata) -> Self {
        Self {
            id: id.clone(),
            folder: store.folder(id),
            metadata,
        }
    }
}

/// A folder that cannot be used, and why; what is beside it can.
#[derive(Debug, thiserror::Error)]
#[error("{} is broken: {source}", folder.display())]
pub struct Broken {
    /// The folder.
    pub folder: PathBuf,
    /// What is wrong with it.
    pub source: StoreError,
}

impl Broken {
    pub(super) fn new(folder: impl Into<PathBuf>, source: StoreError) -> Self {
        let folder = folder.into();
        Self { folder, source }
    }
}

/// The recordings of a store in the order of their days, conversations and sessions.
///
/// Holds the names of one day, and reads the metadata one by one.
#[derive(Debug)]
pub struct StoredRecordings {
    store: Store,
    conversations: Conversations,
    sessions: vec::IntoIter<SessionFolder>,
}

impl Store {
    /// The recordings of a conversation, of a day, or all of them.
    ///
    /// A folder that cannot be read is [`Broken`] and stands in nobody's way. One that is being deleted is not
    /// listed any more.
    ///
    /// ```
    /// # fn main() -> Result<(), onhook_channel::store::Broken> {
    /// let store = onhook_channel::store::Store::new("recordings");
    /// for recording in store.recordings("conv-7") {
    ///     println!("{}", recording?.metadata.onhook.recording_id);
    /// }
    /// assert_eq!(store.recordings(..).count(), 0);
    /// # Ok(()) }
    /// ```
    pub fn recordings(&self, select: impl Into<Select>) -> StoredRecordings {
        StoredRecordings {
            store: self.clone(),
            conversations: Conversations::new(self, &select.into()),
            sessions: Vec::new().into_iter(),
        }
    }

    /// Reads a recording from its folder; none if it is being deleted, or nothing of one is there.
    pub(super) fn recording(
        &self,
        session: &SessionFolder,
    ) -> Result<Option<StoredRecording>, StoreError> {
        if self.is_noted(&session.path)? {
            return Ok(None);
        }
        let path = session.path.join(METADATA);
        match self.kind(&path)? {
            Some(EntryKind::File) => {}
            Some(_) => return Err(StoreError::Foreign(path)),
            // A folder with nothing of a recording in it, left by a start that failed or a deletion.
            None if self.kind(&session.path.join(CONTENT))?.is_none() => return Ok(None),
            None => {}
        }
        let metadata = self.metadata_at(&path)?;
        let id = SessionId::new(
            metadata.onhook.conversation_id.clone(),
            metadata.onhook.session,
            session.day,
        );
        let folder = self.root().join(id.folder());
        let earlier = id.earlier_folder().map(|earlier| self.root().join(earlier));
        let is_here = folder == session.path || earlier.as_ref() == Some(&session.path);
        if !is_here || metadata.onhook.recording_id != id.recording_id() {
            return Err(StoreError::Misfiled {
                path,
                recording_id: metadata.onhook.recording_id,
            });
        }
        Ok(Some(StoredRecording {
            id,
            folder: session.path.clone(),
            metadata,
        }))
    }
}

impl Iterator for StoredRecordings {
    type Item = Result<StoredRecording, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(session) = self.sessions.next() {
                match self.store.recording(&session) {
                    Ok(Some(recording)) => return Some(Ok(recording)),
                    Ok(None) => continue,
                    Err(error) => return Some(Err(Broken::new(session.path, error))),
                }
            }
            let sessions = match self.conversations.next()? {
                Ok(conversation) => conversation.sessions(&self.store),
                Err(broken) => Err(broken),
            };
            match sessions {
                Ok(sessions) => self.sessions = sessions.into_iter(),
                Err(broken) => return Some(Err(broken)),
            }
        }
    }
}
