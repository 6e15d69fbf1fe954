//! Records in the memory of this process.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ETag;
use super::store::{Expect, StateError, StateStore, Stored, UnixMillis, Write};
use crate::clock::Clock;
use crate::connector::BoxFuture;

/// Keeps records in the memory of this process: for tests, and for bots whose calls may end with the process.
///
/// Clones share the records, so that two hosts in one process can be two nodes on one store.
#[derive(Clone, Default)]
pub struct MemoryStore {
    inner: Arc<Mutex<Inner>>,
    clock: Clock,
}

#[derive(Default)]
struct Inner {
    records: HashMap<String, Record>,
    due: BTreeSet<(UnixMillis, String)>,
    expires: BTreeSet<(UnixMillis, String)>,
    /// One counter for all records: a tag is not used again when a record is deleted and written anew.
    versions: u64,
}

struct Record {
    bytes: Vec<u8>,
    version: u64,
    due: Option<UnixMillis>,
    expires: UnixMillis,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// An empty store whose records expire by this clock.
    pub fn with_clock(clock: Clock) -> MemoryStore {
        MemoryStore {
            inner: Arc::default(),
            clock,
        }
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.lock().records.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Locks the records, without those that have expired.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        let now = UnixMillis::from(self.clock.now());
        // Nothing panics while the lock is held; a poisoned one holds whole data.
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((expires, key)) = inner.expires.pop_first() {
            if expires > now {
                inner.expires.insert((expires, key));
                break;
            }
            inner.remove(&key);
        }
        inner
    }

    fn put_now(&self, key: &str, write: Write) -> Result<ETag, StateError> {
        let mut inner = self.lock();
        let found = inner
            .records
            .get(key)
            .map(|record| ETag::from(record.version));
        match (&write.expect, found) {
            (Expect::Absent, None) => {}
            (Expect::ETag(expected), Some(found)) if *expected == found => {}
            _ => return Err(StateError::Conflict),
        }
        inner.remove(key);
        inner.versions += 1;
        let version = inner.versions;
        let Write {
            bytes,
            due,
            expires,
            ..
        } = write;
        if let Some(due) = due {
            inner.due.insert((due, key.to_owned()));
        }
        inner.expires.insert((expires, key.to_owned()));
        let record = Record {
            bytes,
            version,
            due,
            expires,
        };
        inner.records.insert(key.to_owned(), record);
        Ok(version.into())
    }

    fn delete_now(&self, key: &str, etag: &ETag) -> Result<(), StateError> {
        let mut inner = self.lock();
        match inner.records.get(key) {
            Some(record) if ETag::from(record.version) == *etag => {
                inner.remove(key);
                Ok(())
            }
            _ => Err(StateError::Conflict),
        }
    }

    fn claim(&self, before: UnixMillis, until: UnixMillis, limit: usize) -> Vec<String> {
        let mut inner = self.lock();
        let mut claimed = Vec::new();
        while claimed.len() < limit {
            match inner.due.first() {
                Some((due, _)) if *due <= before => {}
                _ => break,
            }
            let Some((_, key)) = inner.due.pop_first() else {
                break;
            };
            claimed.push(key);
        }
        // Only now: a key that is due again at once must not be given out twice by one claim.
        for key in &claimed {
            inner.due.insert((until, key.clone()));
            if let Some(record) = inner.records.get_mut(key) {
                record.due = Some(until);
            }
        }
        claimed
    }
}

impl Inner {
    fn remove(&mut self, key: &str) {
        if let Some(record) = self.records.remove(key) {
            self.expires.remove(&(record.expires, key.to_owned()));
            if let Some(due) = record.due {
                self.due.remove(&(due, key.to_owned()));
            }
        }
    }
}

impl StateStore for MemoryStore {
    fn get<'s>(&'s self, key: &'s str) -> BoxFuture<'s, Result<Option<Stored>, StateError>> {
        Box::pin(async move {
            let inner = self.lock();
            Ok(inner.records.get(key).map(|record| Stored {
                bytes: record.bytes.clone(),
                etag: record.version.into(),
            }))
        })
    }

    fn put<'s>(&'s self, key: &'s str, write: Write) -> BoxFuture<'s, Result<ETag, StateError>> {
        Box::pin(async move { self.put_now(key, write) })
    }

    fn delete<'s>(&'s self, key: &'s str, etag: &'s ETag) -> BoxFuture<'s, Result<(), StateError>> {
        Box::pin(async move { self.delete_now(key, etag) })
    }

    fn due(
        &self,
        before: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, StateError>> {
        Box::pin(async move { Ok(self.claim(before, until, limit)) })
    }
}

impl fmt::Debug for MemoryStore {
    /// Without the records: they are what callers said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("records", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::conformance;

    #[tokio::test]
    async fn it_conforms() {
        conformance::state_store(Arc::new(MemoryStore::new())).await;
    }

    #[tokio::test]
    async fn what_has_expired_takes_no_room() {
        let store = MemoryStore::new();
        let write = Write {
            bytes: vec![1],
            expect: Expect::Absent,
            due: Some(UnixMillis(0)),
            expires: UnixMillis(1),
        };
        store.put("a", write).await.unwrap();
        assert!(store.is_empty());
        assert!(store.lock().due.is_empty());
    }
}
