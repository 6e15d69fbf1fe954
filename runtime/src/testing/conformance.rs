//! What every [`StateStore`] must do, as a suite to run against one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::JoinSet;

use crate::state::{ETag, Expect, StateError, StateStore, Stored, UnixMillis, Write};

/// Runs the suite against `store`, which may hold other records and be shared with other processes.
///
/// Keys begin with `conformance/` and a number of their own. Needs a tokio runtime.
///
/// # Panics
/// At the first rule that the store does not keep; the message says which.
pub async fn state_store(store: Arc<dyn StateStore>) {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let run = format!(
        "conformance/{}-{}",
        std::process::id(),
        RUNS.fetch_add(1, Ordering::Relaxed)
    );
    let suite = Suite { store, run };
    suite.absent().await;
    suite.written().await;
    suite.bytes_as_they_are().await;
    suite.conflicts().await;
    suite.deleted().await;
    suite.expired().await;
    suite.claims().await;
    suite.claims_by_two().await;
    suite.a_claim_is_no_write().await;
    suite.increments().await;
}

struct Suite {
    store: Arc<dyn StateStore>,
    run: String,
}

/// Far in the future: 2100-01-01.
const LATER: UnixMillis = UnixMillis(4_102_444_800_000);

/// Before anything that another user of the store may have due.
const LONG_AGO: UnixMillis = UnixMillis(1_000_000);

fn write(bytes: &[u8], expect: Expect) -> Write {
    Write {
        bytes: bytes.to_vec(),
        expect,
        due: None,
        expires: LATER,
    }
}

fn is_conflict<T: std::fmt::Debug>(result: Result<T, StateError>) -> bool {
    match result {
        Err(StateError::Conflict) => true,
        other => {
            eprintln!("found {other:?}");
            false
        }
    }
}

impl Suite {
    fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.run)
    }

    async fn get(&self, key: &str) -> Option<Stored> {
        self.store.get(key).await.expect("a read")
    }

    async fn put(&self, key: &str, bytes: &[u8], expect: Expect) -> Result<ETag, StateError> {
        self.store.put(key, write(bytes, expect)).await
    }

    async fn absent(&self) {
        let key = self.key("absent");
        assert_eq!(self.get(&key).await, None, "nothing was written");
        let put = self.put(&key, b"x", Expect::ETag(ETag::new("1"))).await;
        assert!(is_conflict(put), "an update of nothing is a conflict");
        let deleted = self.store.delete(&key, &ETag::new("1")).await;
        assert!(is_conflict(deleted), "a deletion of nothing is a conflict");
        assert_eq!(self.get(&key).await, None, "a conflict writes nothing");
    }

    async fn written(&self) {
        let key = self.key("written");
        let first = self.put(&key, b"one", Expect::Absent).await.expect("first");
        let read = self.get(&key).await.expect("a record");
        assert_eq!((&*read.bytes, &read.etag), (&b"one"[..], &first));
        let update = Expect::ETag(first.clone());
        let second = self.put(&key, b"two", update).await.expect("second");
        assert_ne!(first, second, "every content has a version of its own");
        let read = self.get(&key).await.expect("a record");
        assert_eq!((&*read.bytes, &read.etag), (&b"two"[..], &second));
    }

    async fn bytes_as_they_are(&self) {
        let all: Vec<u8> = (0..=255).cycle().take(256 * 1024).collect();
        let contents: [&[u8]; 4] = [b"", b"\0", b"{\"json\":\"\xff not utf-8\"}", &all];
        for (index, bytes) in contents.into_iter().enumerate() {
            let key = self.key(&format!("bytes '\"%_\\/{index} \u{1f4de}"));
            self.put(&key, bytes, Expect::Absent)
                .await
                .expect("a write");
            let read = self.get(&key).await.expect("a record");
            assert!(
                read.bytes == bytes,
                "{} bytes are what they were",
                bytes.len()
            );
        }
    }

    async fn conflicts(&self) {
        let key = self.key("conflicts");
        let first = self.put(&key, b"one", Expect::Absent).await.expect("first");
        let again = self.put(&key, b"again", Expect::Absent).await;
        assert!(is_conflict(again), "it is there");
        let update = Expect::ETag(first.clone());
        self.put(&key, b"two", update.clone())
            .await
            .expect("second");
        let late = self.put(&key, b"late", update).await;
        assert!(is_conflict(late), "the last writer does not win");
        let deleted = self.store.delete(&key, &first).await;
        assert!(is_conflict(deleted), "an old version deletes nothing");
        assert_eq!(self.get(&key).await.expect("a record").bytes, b"two");
    }

    async fn deleted(&self) {
        let key = self.key("deleted");
        let first = self.put(&key, b"one", Expect::Absent).await.expect("first");
        self.store.delete(&key, &first).await.expect("deleted");
        assert_eq!(self.get(&key).await, None, "it was deleted");
        let late = self.put(&key, b"late", Expect::ETag(first.clone())).await;
        assert!(is_conflict(late), "a write after a deletion is a conflict");
        let second = self.put(&key, b"one", Expect::Absent).await.expect("anew");
        assert_ne!(first, second, "a version is not used again");
        let late = self.put(&key, b"late", Expect::ETag(first)).await;
        assert!(is_conflict(late), "also when the key is written anew");
    }

    async fn expired(&self) {
        let key = self.key("expired");
        let past = |expect| Write {
            expires: UnixMillis(1),
            due: Some(LONG_AGO),
            ..write(b"old", expect)
        };
        self.store
            .put(&key, past(Expect::Absent))
            .await
            .expect("old");
        assert_eq!(self.get(&key).await, None, "it has expired");
        assert!(
            !self.claim(LONG_AGO, LATER, 1000).await.contains(&key),
            "what has expired is not due"
        );
        self.put(&key, b"new", Expect::Absent)
            .await
            .expect("an expired record is none");
        assert_eq!(self.get(&key).await.expect("a record").bytes, b"new");
    }

    async fn claim(&self, before: UnixMillis, until: UnixMillis, limit: usize) -> Vec<String> {
        let mut keys = self.store.due(before, until, limit).await.expect("a claim");
        keys.retain(|key| key.starts_with(&self.run));
        keys
    }

    async fn claims(&self) {
        let [first, second, later] = ["due-1", "due-2", "due-later"].map(|name| self.key(name));
        for (key, due) in [
            (&second, UnixMillis(20)),
            (&first, UnixMillis(10)),
            (&later, UnixMillis(40)),
        ] {
            let due = Write {
                due: Some(due),
                ..write(b"", Expect::Absent)
            };
            self.store.put(key, due).await.expect("a write");
        }
        let never = self.key("due-never");
        self.put(&never, b"", Expect::Absent)
            .await
            .expect("a write");
        let claimed = self.claim(UnixMillis(20), UnixMillis(30), 1).await;
        assert_eq!(
            claimed,
            std::slice::from_ref(&first),
            "the one overdue longest, and no more"
        );
        let claimed = self.claim(UnixMillis(20), UnixMillis(30), 9).await;
        assert_eq!(
            claimed,
            std::slice::from_ref(&second),
            "what is claimed is not given out again"
        );
        let mut claimed = self.claim(UnixMillis(30), LATER, 9).await;
        claimed.sort();
        assert_eq!(claimed, [first, second], "until its claim is over");
        let read = self.get(&later).await.expect("a record");
        let update = write(b"", Expect::ETag(read.etag));
        self.store.put(&later, update).await.expect("a write");
        let claimed = self.claim(UnixMillis(50), LATER, 9).await;
        assert!(
            claimed.is_empty(),
            "a write without `due` takes it back: {claimed:?}"
        );
    }

    async fn claims_by_two(&self) {
        for number in 0..40 {
            let due = Write {
                due: Some(UnixMillis(100)),
                ..write(b"", Expect::Absent)
            };
            let key = self.key(&format!("two-{number}"));
            self.store.put(&key, due).await.expect("a write");
        }
        let mut claimants = JoinSet::new();
        for _ in 0..8 {
            let store = Arc::clone(&self.store);
            claimants.spawn(async move {
                let mut keys = Vec::new();
                loop {
                    let some = store.due(UnixMillis(100), LATER, 3).await.expect("a claim");
                    if some.is_empty() {
                        return keys;
                    }
                    keys.extend(some);
                    tokio::task::yield_now().await;
                }
            });
        }
        let mut keys: Vec<String> = claimants.join_all().await.into_iter().flatten().collect();
        keys.retain(|key| key.starts_with(&self.run));
        let claimed = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!((claimed, keys.len()), (40, 40), "each key to one claimant");
    }

    async fn a_claim_is_no_write(&self) {
        let key = self.key("claimed");
        let due = Write {
            due: Some(UnixMillis(5)),
            ..write(b"one", Expect::Absent)
        };
        let etag = self.store.put(&key, due).await.expect("a write");
        assert_eq!(
            self.claim(UnixMillis(5), LATER, 9).await,
            std::slice::from_ref(&key)
        );
        let read = self.get(&key).await.expect("a record");
        assert_eq!(read.etag, etag, "a claim changes no version");
        self.put(&key, b"two", Expect::ETag(etag))
            .await
            .expect("who writes first wins");
    }

    async fn increments(&self) {
        const TASKS: u64 = 100;
        let key = self.key("sum");
        self.put(&key, b"0", Expect::Absent).await.expect("zero");
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            let (store, key) = (Arc::clone(&self.store), key.clone());
            tasks.spawn(async move {
                loop {
                    let read = store.get(&key).await.expect("a read").expect("a record");
                    let sum: u64 = String::from_utf8_lossy(&read.bytes).parse().expect("a sum");
                    let next = (sum + 1).to_string();
                    tokio::task::yield_now().await;
                    let update = write(next.as_bytes(), Expect::ETag(read.etag));
                    match store.put(&key, update).await {
                        Ok(_) => return,
                        Err(StateError::Conflict) => {}
                        Err(error) => panic!("a write failed: {error:?}"),
                    }
                }
            });
        }
        tasks.join_all().await;
        let read = self.get(&key).await.expect("a record");
        assert_eq!(read.bytes, b"100", "no update is lost");
    }
}
