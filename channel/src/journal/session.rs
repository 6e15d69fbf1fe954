use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock, mpsc};

use super::audio::Shape;
use super::entry::{Kind, LARGEST};
use super::segment::Position;
use super::shared::{Settle, Shared, lock};
use super::{JournalError, Refused};
use crate::store::SessionId;
use crate::store::metadata::Metadata;

/// What a session has for the journal, until the next commit.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) samples: Vec<i16>,
    pub(super) marks: Vec<Mark>,
    /// Nobody takes anything any more.
    pub(super) over: bool,
}

/// An entry between samples, that somebody waits for.
#[derive(Debug)]
pub(super) struct Mark {
    /// Samples before it.
    pub(super) after: usize,
    /// None if somebody only waits for the samples before it.
    pub(super) kind: Option<Kind>,
    pub(super) payload: Vec<u8>,
    pub(super) reply: Sender<Result<Position, JournalError>>,
}

/// Where the call's side leaves what the journal's side takes.
#[derive(Debug)]
pub(super) struct Inbox {
    pub(super) key: u64,
    pub(super) id: SessionId,
    pub(super) shape: Shape,
    pub(super) pending: Mutex<Pending>,
    /// Why its file cannot be written.
    pub(super) failure: OnceLock<JournalError>,
    refused: AtomicU64,
    /// Samples that are durable.
    pub(super) committed: AtomicU64,
}

/// A session that is being recorded: the call's end of the journal.
///
/// Dropping it ends nothing: a session that was not [finished](LiveSession::finish) is found, and ended, at the
/// next start.
#[derive(Debug)]
pub struct LiveSession {
    inbox: Arc<Inbox>,
    shared: Arc<Shared>,
}

/// What was handed to the journal and will be on disk.
#[must_use = "nothing is sure before it was waited for"]
#[derive(Debug)]
pub struct Commit {
    reply: Receiver<Result<Position, JournalError>>,
}

impl Inbox {
    pub(super) fn new(key: u64, id: SessionId, shape: Shape) -> Self {
        Self {
            key,
            id,
            shape,
            pending: Mutex::default(),
            failure: OnceLock::new(),
            refused: AtomicU64::new(0),
            committed: AtomicU64::new(0),
        }
    }
}

impl Commit {
    /// Waits, blocking, until it is on disk.
    pub fn wait(self) -> Result<(), JournalError> {
        self.position().map(drop)
    }

    /// Waits until it is on disk. Tokio's paused time stands still meanwhile.
    pub async fn acknowledged(self) -> Result<(), JournalError> {
        // A blocking task is what tokio's paused clock does not run ahead of.
        match tokio::task::spawn_blocking(move || self.wait()).await {
            Ok(outcome) => outcome,
            Err(_panic) => Err(JournalError::Closed),
        }
    }

    fn position(self) -> Result<Position, JournalError> {
        self.reply.recv().unwrap_or(Err(JournalError::Closed))
    }
}

impl LiveSession {
    pub(super) fn new(inbox: Arc<Inbox>, shared: Arc<Shared>) -> Self {
        Self { inbox, shared }
    }

    /// Which session this is.
    pub fn id(&self) -> &SessionId {
        &self.inbox.id
    }

    /// Adds samples: a copy in memory, no system call, no waiting for the disk.
    ///
    /// They survive a crash after the next commit, and a [`LiveSession::step`] commits all that were added before.
    /// All of them are taken or none.
    pub fn append(&self, samples: &[i16]) -> Result<(), Refused> {
        let taken = self.take(samples);
        if taken.is_err() {
            let samples = samples.len() as u64;
            self.inbox.refused.fetch_add(samples, Ordering::Relaxed);
        }
        taken
    }

    fn take(&self, samples: &[i16]) -> Result<(), Refused> {
        if self.inbox.failure.get().is_some() {
            return Err(Refused::Failed);
        }
        let bytes = samples.len() * 2;
        self.shared.reserve(bytes)?;
        let mut pending = lock(&self.inbox.pending);
        if pending.over {
            self.shared.release(bytes);
            return Err(Refused::Closed);
        }
        pending.samples.extend_from_slice(samples);
        Ok(())
    }

    /// Samples that were refused so far.
    pub fn refused(&self) -> u64 {
        self.inbox.refused.load(Ordering::Relaxed)
    }

    /// Why samples are [refused](Refused) for good, if they are.
    pub fn failure(&self) -> Option<JournalError> {
        let own = self.inbox.failure.get().cloned();
        own.or_else(|| self.shared.death())
    }

    /// Samples that are in the journal, durably.
    pub fn committed(&self) -> u64 {
        self.inbox.committed.load(Ordering::Relaxed)
    }

    /// Has all samples that were added before committed at once. After an error they are still to be.
    pub fn commit(&self) -> Result<Commit, JournalError> {
        let commit = self.leave(None, Vec::new())?;
        self.shared.hurry()?;
        Ok(commit)
    }

    /// Whether so much waits for the disk that a source which can wait should: see [`LiveSession::relief`].
    pub fn is_pressed(&self) -> bool {
        self.shared.is_pressed()
    }

    /// Waits, blocking, until less waits for the disk. In virtual time audio comes faster than any disk takes it.
    pub fn relief(&self) {
        self.shared.relief();
    }

    /// Says what is to be answered: the metadata as they are now, with all samples before, committed at once.
    pub fn step(&self, metadata: &Metadata) -> Result<Commit, JournalError> {
        self.mark(Kind::Step, encode(metadata)?)
    }

    /// Waits, blocking, until the session's own files say what was committed: the audio whole and with the right
    /// header, the metadata in place. They can be read and hashed then; that they survive a power failure is for
    /// the journal.
    ///
    /// Samples that are not committed yet are not waited for.
    pub fn settle(&self) -> Result<(), JournalError> {
        let position = self.shared.durable();
        self.settle_at(position)
    }

    /// Ends the session, blocking: when this returns, it is complete on disk with these metadata, and in its own
    /// files as after [`LiveSession::settle`].
    ///
    /// After an error it can be tried again.
    pub fn finish(&self, metadata: &Metadata) -> Result<(), JournalError> {
        if lock(&self.inbox.pending).over {
            // The end is in the journal already, and only the session's files failed.
            return self.settle();
        }
        let position = self.mark(Kind::Close, encode(metadata)?)?.position()?;
        self.settle_at(position)
    }

    /// Hands the session's beginning to the journal, and makes the session known to it.
    pub(super) fn open(&self, metadata: &Metadata) -> Result<Commit, JournalError> {
        let mut payload = encode_id(&self.inbox.id);
        payload.extend(encode(metadata)?);
        let commit = self.leave(Some(Kind::Open), payload)?;
        self.shared.enter(Arc::clone(&self.inbox))?;
        Ok(commit)
    }

    fn mark(&self, kind: Kind, payload: Vec<u8>) -> Result<Commit, JournalError> {
        let commit = self.leave(Some(kind), payload)?;
        self.shared.hurry()?;
        Ok(commit)
    }

    fn leave(&self, kind: Option<Kind>, payload: Vec<u8>) -> Result<Commit, JournalError> {
        if payload.len() > LARGEST {
            return Err(JournalError::TooLarge(payload.len()));
        }
        let (sender, reply) = mpsc::channel();
        let is_over = {
            let mut pending = lock(&self.inbox.pending);
            if !pending.over {
                let mark = Mark {
                    after: pending.samples.len(),
                    kind,
                    payload,
                    reply: sender,
                };
                pending.marks.push(mark);
            }
            pending.over
        };
        if is_over {
            return Err(self.shared.death().unwrap_or(JournalError::Closed));
        }
        Ok(Commit { reply })
    }

    fn settle_at(&self, position: Position) -> Result<(), JournalError> {
        let (reply, settled) = mpsc::channel();
        self.shared.settle(Settle {
            key: self.inbox.key,
            position,
            reply,
        })?;
        settled.recv().unwrap_or(Err(JournalError::Closed))
    }
}

/// The metadata as they stand in their file.
pub(super) fn encode(metadata: &Metadata) -> Result<Vec<u8>, JournalError> {
    let text = metadata.text();
    text.map_err(|source| JournalError::Metadata(Arc::new(source)))
}

/// `session, day, length of the conversation's id` as 32-bit numbers, then the id.
pub(super) fn encode_id(id: &SessionId) -> Vec<u8> {
    let conversation = id.conversation().as_bytes();
    let length = u32::try_from(conversation.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(12 + conversation.len());
    bytes.extend_from_slice(&id.session().to_le_bytes());
    bytes.extend_from_slice(&id.day().to_julian_day().to_le_bytes());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(conversation);
    bytes
}

/// Takes an id back, and what follows on it.
pub(super) fn decode_id(bytes: &[u8]) -> Option<(SessionId, &[u8])> {
    let (session, bytes) = bytes.split_first_chunk::<4>()?;
    let (day, bytes) = bytes.split_first_chunk::<4>()?;
    let (length, bytes) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (conversation, rest) = bytes.split_at_checked(length)?;
    let conversation = std::str::from_utf8(conversation).ok()?;
    let day = time::Date::from_julian_day(i32::from_le_bytes(*day)).ok()?;
    let id = SessionId::new(conversation, u32::from_le_bytes(*session), day);
    Some((id, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_come_back(conversation: String, session: u32, rest: Vec<u8>) {
            let id = SessionId::new(conversation, session, time::Date::MIN);
            let bytes = [encode_id(&id), rest.clone()].concat();
            prop_assert_eq!(decode_id(&bytes), Some((id, &rest[..])));
        }

        #[test]
        fn arbitrary_bytes_are_no_reason_to_panic(bytes: Vec<u8>) {
            let _ = decode_id(&bytes);
        }
    }
}
