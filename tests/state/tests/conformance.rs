//! The suite of all back ends, against real servers.

use std::sync::Arc;
use std::time::Duration;

use onhook::state::{
    Expect, MemoryStore, PostgresStore, RedbStore, RedisStore, StateError, StateStore, UnixMillis,
    Write,
};
use onhook::testing::conformance::state_store;
use onhook_state_tests::{Postgres, Redis};

fn write(bytes: &[u8], expect: Expect) -> Write {
    Write {
        bytes: bytes.to_vec(),
        expect,
        due: None,
        expires: UnixMillis(i64::MAX),
    }
}

/// What is there, asked until the server is back: the first answers may be of a connection that has gone with it.
async fn get_when_back(store: &impl StateStore, key: &str) -> Option<Vec<u8>> {
    loop {
        if let Ok(found) = store.get(key).await {
            return found.map(|found| found.bytes);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn memory() {
    state_store(Arc::new(MemoryStore::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redb() {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::open(folder.path().join("state.redb")).unwrap();
    state_store(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let store = PostgresStore::connect(server.url()).await.unwrap();
    state_store(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis() {
    let Some(server) = Redis::start() else {
        return;
    };
    let store = RedisStore::connect(server.url()).await.unwrap();
    state_store(Arc::new(store)).await;
}

#[tokio::test]
async fn processes_that_start_together_make_the_table_once() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let starts: Vec<_> = (0..8)
        .map(|_| tokio::spawn(PostgresStore::connect(server.url())))
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_postgres_server_that_is_away_costs_the_turns_of_that_while() {
    let Some(mut server) = Postgres::start() else {
        return;
    };
    let store = PostgresStore::connect(server.url()).await.unwrap();
    store.put("a", write(b"1", Expect::Absent)).await.unwrap();
    server.stop();
    let away = store.get("a").await;
    assert!(matches!(away, Err(StateError::Unavailable(_))), "{away:?}");
    server.restart();
    assert_eq!(get_when_back(&store, "a").await.unwrap(), b"1");
}

#[tokio::test]
async fn a_redis_server_that_is_away_costs_the_turns_of_that_while() {
    let Some(mut server) = Redis::start() else {
        return;
    };
    let store = RedisStore::connect(server.url()).await.unwrap();
    store.put("a", write(b"1", Expect::Absent)).await.unwrap();
    server.stop();
    let away = store.get("a").await;
    assert!(matches!(away, Err(StateError::Unavailable(_))), "{away:?}");
    server.restart();
    assert_eq!(get_when_back(&store, "a").await.unwrap(), b"1");
}

#[tokio::test]
async fn a_claim_passes_over_what_another_is_writing() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let store = PostgresStore::builder(server.url()).connections(2);
    let store = store.connect().await.unwrap();
    for key in ["a", "b"] {
        let due = Write {
            due: Some(UnixMillis(1)),
            ..write(b"", Expect::Absent)
        };
        store.put(key, due).await.unwrap();
    }
    let claims = tokio::join!(
        store.due(UnixMillis(1), UnixMillis(9), 1),
        store.due(UnixMillis(1), UnixMillis(9), 1),
    );
    let mut claimed = [claims.0.unwrap(), claims.1.unwrap()].concat();
    claimed.extend(store.due(UnixMillis(1), UnixMillis(9), 9).await.unwrap());
    claimed.sort();
    assert_eq!(claimed, ["a", "b"]);
}
