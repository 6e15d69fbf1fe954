//! What somebody else does to the record, and a store that fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use onhook::BoxFuture;
use onhook::prelude::*;
use onhook::state::{ETag, Expect, MemoryStore, StateError, StateStore, Stored, UnixMillis, Write};
use onhook::testing::TestDialog;

use crate::words;

const KEY: &str = "conversation/telephony/call-1";

/// A store in which somebody else is faster, or that is not there.
#[derive(Default)]
struct Faulty {
    store: MemoryStore,
    /// How many of the next writes find that somebody else has written.
    conflicts: AtomicU32,
    down: AtomicU32,
}

impl Faulty {
    fn takes(counter: &AtomicU32) -> bool {
        let take = |left: u32| left.checked_sub(1);
        counter
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }
}

impl StateStore for Faulty {
    fn get<'s>(&'s self, key: &'s str) -> BoxFuture<'s, Result<Option<Stored>, StateError>> {
        if Faulty::takes(&self.down) {
            return Box::pin(async { Err(StateError::unavailable("down")) });
        }
        self.store.get(key)
    }

    fn put<'s>(&'s self, key: &'s str, write: Write) -> BoxFuture<'s, Result<ETag, StateError>> {
        Box::pin(async move {
            if Faulty::takes(&self.conflicts) {
                // Somebody else writes the same as is there.
                let there = self.store.get(key).await?;
                let expect = there
                    .as_ref()
                    .map_or(Expect::Absent, |there| Expect::ETag(there.etag.clone()));
                let bytes = there.map(|there| there.bytes).unwrap_or_default();
                self.store
                    .put(
                        key,
                        Write {
                            bytes,
                            expect,
                            ..write.clone()
                        },
                    )
                    .await?;
            }
            self.store.put(key, write).await
        })
    }

    fn delete<'s>(&'s self, key: &'s str, etag: &'s ETag) -> BoxFuture<'s, Result<(), StateError>> {
        self.store.delete(key, etag)
    }

    fn due(
        &self,
        before: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, StateError>> {
        self.store.due(before, until, limit)
    }
}

#[derive(Default)]
struct Shop(AtomicU32);

#[bot]
impl Shop {
    #[on_members_added]
    async fn order(&self, call: &mut Dialog<'_>) -> Result<()> {
        let what = call.ask(words("What?")).await?;
        call.say("One moment.").await?;
        let number = call
            .run("order", async |_| {
                Ok::<_, std::io::Error>(self.0.fetch_add(1, Ordering::Relaxed) + 1)
            })
            .await?;
        call.say(format!("{what}: {number}.")).await?;
        call.ask(words("Anything else?")).await.map(drop)?;
        Ok(())
    }
}

fn call(store: &Arc<Faulty>) -> TestDialog<Shop> {
    TestDialog::with_store(Shop::default(), store.clone())
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_not_heard() {
    for conflicts in 1..=3 {
        let store = Arc::new(Faulty::default());
        let call = call(&store);
        call.joins().await;
        store.conflicts.store(conflicts, Ordering::Relaxed);
        call.says("tea").await;
        assert_eq!(
            call.heard(),
            ["What?", "One moment.", "tea: 1.", "Anything else?"]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn after_four_conflicts_the_turn_fails_and_nothing_was_said() {
    let store = Arc::new(Faulty::default());
    let call = call(&store);
    call.joins().await;
    store.conflicts.store(4, Ordering::Relaxed);
    let error = call.sends(Activity::message("tea")).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("4 times in a row. Nothing of this turn was said"),
        "{error}"
    );
    assert_eq!(call.heard(), ["What?"]);
    call.says("tea").await;
    assert_eq!(call.heard().len(), 4);
}

/// Somebody else writes while the step runs.
struct Racing(Arc<Faulty>, AtomicU32);

#[bot]
impl Racing {
    #[on_members_added]
    async fn order(&self, call: &mut Dialog<'_>) -> Result<()> {
        let number = call
            .run("order", async |_| {
                self.0.conflicts.store(1, Ordering::Relaxed);
                Ok::<_, std::io::Error>(self.1.fetch_add(1, Ordering::Relaxed) + 1)
            })
            .await?;
        call.ask(words("Fine?")).await?;
        call.say(format!("{number}.")).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_does_not_run_again_because_somebody_else_has_written() {
    let store = Arc::new(Faulty::default());
    let call = TestDialog::with_store(Racing(Arc::clone(&store), AtomicU32::new(0)), store);
    call.joins().await;
    call.says("yes").await;
    assert_eq!(call.heard(), ["Fine?", "1."]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_not_there_fails_the_turn() {
    let store = Arc::new(Faulty::default());
    let call = call(&store);
    call.joins().await;
    store.down.store(1, Ordering::Relaxed);
    let error = call.sends(Activity::message("tea")).await.unwrap_err();
    assert!(
        matches!(error.downcast_ref(), Some(StateError::Unavailable(_))),
        "{error}"
    );
    call.says("tea").await;
    assert_eq!(call.heard().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_read_is_none() {
    let store = Arc::new(Faulty::default());
    let call = call(&store);
    call.joins().await;
    for bytes in [&b"\xff"[..], b"{}", b"{\"format\":99,\"dialog\":1}", b""] {
        let etag = store.get(KEY).await.unwrap().unwrap().etag;
        let write = Write {
            bytes: bytes.to_vec(),
            expect: Expect::ETag(etag),
            due: None,
            expires: UnixMillis(i64::MAX),
        };
        store.put(KEY, write).await.unwrap();
        call.joins().await;
    }
    assert_eq!(call.heard(), ["What?"; 5]);
}
