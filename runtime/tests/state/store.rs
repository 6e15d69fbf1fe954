//! A store that counts, and in whose records somebody else can interfere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use onhook::BoxFuture;
use onhook::state::{ETag, Expect, MemoryStore, StateError, StateStore, Stored, UnixMillis, Write};

#[derive(Debug, Default)]
pub(crate) struct Counting {
    records: MemoryStore,
    gets: AtomicUsize,
    puts: AtomicUsize,
    /// So many writes come second: somebody else has written the same record just before.
    conflicts: AtomicUsize,
}

impl Counting {
    pub(crate) fn new() -> Arc<Counting> {
        Arc::default()
    }

    /// How often the store was asked, and written.
    pub(crate) fn asked(&self) -> (usize, usize) {
        (
            self.gets.load(Ordering::Relaxed),
            self.puts.load(Ordering::Relaxed),
        )
    }

    pub(crate) fn conflict_next(&self, times: usize) {
        self.conflicts.store(times, Ordering::Relaxed);
    }

    async fn interfere(&self, key: &str, expires: UnixMillis) -> Result<(), StateError> {
        let stored = self.records.get(key).await?;
        let (bytes, expect) = match stored {
            Some(stored) => (stored.bytes, Expect::ETag(stored.etag)),
            None => (br#"{"format":1}"#.to_vec(), Expect::Absent),
        };
        let write = Write {
            bytes,
            expect,
            due: None,
            expires,
        };
        self.records.put(key, write).await.map(drop)
    }
}

impl StateStore for Counting {
    fn get<'s>(&'s self, key: &'s str) -> BoxFuture<'s, Result<Option<Stored>, StateError>> {
        self.gets.fetch_add(1, Ordering::Relaxed);
        self.records.get(key)
    }

    fn put<'s>(&'s self, key: &'s str, write: Write) -> BoxFuture<'s, Result<ETag, StateError>> {
        self.puts.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            let left = self.conflicts.load(Ordering::Relaxed);
            if left > 0 {
                self.conflicts.store(left - 1, Ordering::Relaxed);
                self.interfere(key, write.expires).await?;
            }
            self.records.put(key, write).await
        })
    }

    fn delete<'s>(&'s self, key: &'s str, etag: &'s ETag) -> BoxFuture<'s, Result<(), StateError>> {
        self.records.delete(key, etag)
    }

    fn due(
        &self,
        before: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, StateError>> {
        self.records.due(before, until, limit)
    }
}
