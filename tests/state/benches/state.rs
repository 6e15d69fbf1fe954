//! What a turn costs in each store: a read and a write of a record of 3 KB. `cargo bench -p onhook-state-tests`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use onhook::state::{
    Expect, MemoryStore, PostgresStore, RedbStore, RedisStore, StateStore, UnixMillis, Write,
};
use onhook_state_tests::{Postgres, Redis};

/// Bytes of a record: a call of twenty answers.
const RECORD: usize = 3_000;
const TURNS: usize = 2_000;

async fn turn(store: &dyn StateStore, key: &str) {
    let found = store.get(key).await.expect("a read");
    let write = Write {
        bytes: vec![b'x'; RECORD],
        expect: found.map_or(Expect::Absent, |found| Expect::ETag(found.etag)),
        due: Some(UnixMillis(4_102_444_800_000)),
        expires: UnixMillis(4_102_444_900_000),
    };
    store.put(key, write).await.expect("a write");
}

/// One turn after the other, then as many calls at once as `side_by_side` says.
async fn measure(name: &str, store: Arc<dyn StateStore>, side_by_side: usize) {
    for _ in 0..100 {
        turn(&*store, "warm").await;
    }
    let mut times: Vec<Duration> = Vec::with_capacity(TURNS);
    for number in 0..TURNS {
        let begin = Instant::now();
        turn(&*store, &format!("call-{}", number % 50)).await;
        times.push(begin.elapsed());
    }
    times.sort();
    let begin = Instant::now();
    let calls: Vec<_> = (0..side_by_side)
        .map(|call| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for _ in 0..TURNS / 20 {
                    turn(&*store, &format!("beside-{call}")).await;
                }
            })
        })
        .collect();
    for call in calls {
        call.await.expect("a call");
    }
    let turns = side_by_side * (TURNS / 20);
    println!(
        "{name:24} p50 {:>6} µs   p99 {:>6} µs   {:>7.0} turns/s of {side_by_side} calls",
        times[TURNS / 2].as_micros(),
        times[TURNS * 99 / 100].as_micros(),
        f64::from(u32::try_from(turns).unwrap_or(u32::MAX)) / begin.elapsed().as_secs_f64(),
    );
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    measure("memory", Arc::new(MemoryStore::new()), 64).await;
    for (name, synchronise) in [
        ("redb, synchronised", true),
        ("redb, not synchronised", false),
    ] {
        let path = folder.path().join(format!("{synchronise}.redb"));
        let store = RedbStore::builder(path).synchronise(synchronise).open();
        measure(name, Arc::new(store.expect("a file")), 64).await;
    }
    if let Some(server) = Postgres::start() {
        let store = PostgresStore::connect(server.url()).await;
        measure(
            "PostgreSQL, no fsync",
            Arc::new(store.expect("a server")),
            64,
        )
        .await;
    }
    if let Some(server) = Redis::start() {
        let store = RedisStore::connect(server.url()).await;
        measure("Redis, appendfsync", Arc::new(store.expect("a server")), 64).await;
    }
}
