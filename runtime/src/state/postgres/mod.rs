//! Records in `PostgreSQL`.

mod schema;
mod tls;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, Runtime};
use rustls::ClientConfig;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Config, Row};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::ETag;
use super::store::{Expect, StateError, StateStore, Stored, UnixMillis, Write};
use crate::connector::BoxFuture;

/// How many claims pass between two times that expired records are deleted.
const SWEEP_EVERY: u32 = 30;

/// Keeps records in a `PostgreSQL` database, 12 or newer: for a bot that runs as several processes.
///
/// The table `onhook_state` is made when it is missing; the user of the URL must be allowed to. A server on another
/// machine is called with TLS, and its certificate checked; one on this machine without. An `sslmode` in the URL overrides this. Every operation is one statement, and one round
/// trip.
///
/// ```no_run
/// use onhook::state::PostgresStore;
///
/// # async fn example() -> Result<(), onhook::state::StateError> {
/// let store = PostgresStore::connect("postgres://bot@localhost/calls").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct PostgresStore {
    pool: Pool,
    timeout: Duration,
    claims: Arc<AtomicU32>,
}

/// Sets up a [`PostgresStore`].
#[must_use]
pub struct PostgresStoreBuilder {
    url: String,
    connections: usize,
    timeout: Duration,
    tls: Option<ClientConfig>,
}

impl PostgresStoreBuilder {
    /// How many connections there are at most; 16 unless set, and at least one. A turn needs one for each of its two statements, and
    /// waits for it.
    pub fn connections(mut self, connections: usize) -> PostgresStoreBuilder {
        self.connections = connections.max(1);
        self
    }

    /// How long an operation may take, with the wait for a connection; 5 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> PostgresStoreBuilder {
        self.timeout = timeout;
        self
    }

    /// How TLS is spoken, such as with a root of your own; with the roots of the system unless set.
    pub fn tls(mut self, config: ClientConfig) -> PostgresStoreBuilder {
        self.tls = Some(config);
        self
    }

    /// Connects, and makes the table if it is missing.
    ///
    /// # Errors
    /// [`StateError::Unavailable`] if the URL cannot be read, the server not be reached, or the table not be made.
    pub async fn connect(self) -> Result<PostgresStore, StateError> {
        let mut config: Config = self.url.parse().map_err(StateError::unavailable)?;
        tls::decide(&self.url, &mut config);
        if config.get_application_name().is_none() {
            config.application_name("onhook");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(self.timeout);
        }
        let tls = match self.tls {
            Some(tls) => tls,
            None => tokio::task::spawn_blocking(tls::with_system_roots)
                .await
                .map_err(StateError::unavailable)??,
        };
        let tls = MakeRustlsConnect::new(tls);
        let manager = Manager::from_config(config, tls, ManagerConfig::default());
        let pool = Pool::builder(manager)
            .max_size(self.connections)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(StateError::unavailable)?;
        let store = PostgresStore {
            pool,
            timeout: self.timeout,
            claims: Arc::default(),
        };
        store.prepare().await?;
        Ok(store)
    }
}

impl fmt::Debug for PostgresStoreBuilder {
    /// Without the URL: it may have a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStoreBuilder")
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Connects to the server at `url` with nothing else set; see [`PostgresStoreBuilder::connect`].
    ///
    /// The URL has the form `postgres://user:password@host:port/database`; a Unix socket is `host=/run/postgresql user=bot`.
    ///
    /// # Errors
    /// As [`PostgresStoreBuilder::connect`].
    pub async fn connect(url: impl Into<String>) -> Result<PostgresStore, StateError> {
        PostgresStore::builder(url).connect().await
    }

    /// Sets up a store on the server at `url`.
    pub fn builder(url: impl Into<String>) -> PostgresStoreBuilder {
        PostgresStoreBuilder {
            url: url.into(),
            connections: 16,
            timeout: Duration::from_secs(5),
            tls: None,
        }
    }

    async fn prepare(&self) -> Result<(), StateError> {
        self.in_time(async {
            let client = self.pool.get().await.map_err(StateError::unavailable)?;
            let made = client.batch_execute(schema::CREATE).await;
            made.map_err(StateError::unavailable)
        })
        .await
    }

    async fn query(
        &self,
        statement: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, StateError> {
        self.in_time(async {
            let client = self.pool.get().await.map_err(StateError::unavailable)?;
            let rows = client.query_typed(statement, parameters).await;
            rows.map_err(StateError::unavailable)
        })
        .await
    }

    async fn in_time<T>(
        &self,
        operation: impl Future<Output = Result<T, StateError>>,
    ) -> Result<T, StateError> {
        match tokio::time::timeout(self.timeout, operation).await {
            Ok(done) => done,
            Err(_) => Err(StateError::unavailable(format!(
                "no answer within {:?}",
                self.timeout
            ))),
        }
    }

    async fn write(&self, key: &str, write: Write) -> Result<ETag, StateError> {
        let key = key.as_bytes();
        let Write {
            bytes,
            expect,
            due,
            expires,
        } = write;
        let due = due.map(|due| due.0);
        let record: [(&(dyn ToSql + Sync), Type); 4] = [
            (&key, Type::BYTEA),
            (&bytes, Type::BYTEA),
            (&due, Type::INT8),
            (&expires.0, Type::INT8),
        ];
        let rows = match expect {
            Expect::Absent => self.query(schema::INSERT, &record).await?,
            Expect::ETag(etag) => {
                let version = version(&etag)?;
                let [key, bytes, due, expires] = record;
                let record = [key, bytes, due, expires, (&version, Type::INT8)];
                self.query(schema::UPDATE, &record).await?
            }
        };
        let row = rows.first().ok_or(StateError::Conflict)?;
        let version: i64 = column(row, 0)?;
        Ok(etag(version))
    }

    async fn sweep_sometimes(&self) -> Result<(), StateError> {
        if self
            .claims
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(SWEEP_EVERY)
        {
            self.query(schema::SWEEP, &[]).await?;
        }
        Ok(())
    }
}

/// A tag that is none of ours is no version that there is.
fn version(etag: &ETag) -> Result<i64, StateError> {
    etag.as_str().parse().map_err(|_| StateError::Conflict)
}

fn etag(version: i64) -> ETag {
    ETag::new(version.to_string())
}

fn column<'r, T: tokio_postgres::types::FromSql<'r>>(
    row: &'r Row,
    index: usize,
) -> Result<T, StateError> {
    row.try_get(index).map_err(StateError::damaged)
}

impl StateStore for PostgresStore {
    fn get<'s>(&'s self, key: &'s str) -> BoxFuture<'s, Result<Option<Stored>, StateError>> {
        Box::pin(async move {
            let key = key.as_bytes();
            let rows = self.query(schema::GET, &[(&key, Type::BYTEA)]).await?;
            let Some(row) = rows.first() else {
                return Ok(None);
            };
            Ok(Some(Stored {
                bytes: column(row, 0)?,
                etag: etag(column(row, 1)?),
            }))
        })
    }

    fn put<'s>(&'s self, key: &'s str, write: Write) -> BoxFuture<'s, Result<ETag, StateError>> {
        Box::pin(self.write(key, write))
    }

    fn delete<'s>(&'s self, key: &'s str, etag: &'s ETag) -> BoxFuture<'s, Result<(), StateError>> {
        Box::pin(async move {
            let (key, version) = (key.as_bytes(), version(etag)?);
            let parameters: [(&(dyn ToSql + Sync), Type); 2] =
                [(&key, Type::BYTEA), (&version, Type::INT8)];
            let deleted = self
                .in_time(async {
                    let client = self.pool.get().await.map_err(StateError::unavailable)?;
                    let deleted = client.execute_typed(schema::DELETE, &parameters).await;
                    deleted.map_err(StateError::unavailable)
                })
                .await?;
            if deleted == 0 {
                return Err(StateError::Conflict);
            }
            Ok(())
        })
    }

    fn due(
        &self,
        before: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, StateError>> {
        Box::pin(async move {
            self.sweep_sometimes().await?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let parameters: [(&(dyn ToSql + Sync), Type); 3] = [
                (&before.0, Type::INT8),
                (&until.0, Type::INT8),
                (&limit, Type::INT8),
            ];
            let rows = self.query(schema::CLAIM, &parameters).await?;
            let mut claimed = Vec::with_capacity(rows.len());
            for row in &rows {
                let key: Vec<u8> = column(row, 0)?;
                let due: i64 = column(row, 1)?;
                claimed.push((due, String::from_utf8(key).map_err(StateError::damaged)?));
            }
            // The rows come in any order.
            claimed.sort();
            Ok(claimed.into_iter().map(|(_, key)| key).collect())
        })
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("connections", &self.pool.status().max_size)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
