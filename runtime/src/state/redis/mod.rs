//! Records in Redis or Valkey.

mod script;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ConnectionAddr, FromRedisValue, IntoConnectionInfo};
use uuid::Uuid;

use self::script::Scripts;
use super::ETag;
use super::store::{Expect, StateError, StateStore, Stored, UnixMillis, Write};
use crate::connector::BoxFuture;

/// Keeps records in a Redis or Valkey server, 6 or newer: for a bot that runs as several processes.
///
/// What is acknowledged is as durable as the server is: with `appendfsync everysec`, its usual setting, a crash of the
/// server loses up to a second of turns, and a fail-over to a replica what that has not received. The server must not
/// evict records: `maxmemory-policy noeviction`. All keys begin with `{onhook}`, so that a cluster keeps them on one node.
///
/// A server on another machine must be called with `rediss://`; its certificate is checked.
///
/// ```no_run
/// use onhook::state::RedisStore;
///
/// # async fn example() -> Result<(), onhook::state::StateError> {
/// let store = RedisStore::connect("redis://localhost").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RedisStore {
    connection: ConnectionManager,
    scripts: Arc<Scripts>,
}

/// Sets up a [`RedisStore`].
#[must_use]
pub struct RedisStoreBuilder {
    url: String,
    timeout: Duration,
    plain_text: bool,
}

impl RedisStoreBuilder {
    /// How long an operation may take; 5 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> RedisStoreBuilder {
        self.timeout = timeout;
        self
    }

    /// Lets what callers say go to a server on another machine in plain text, for networks that are private otherwise.
    pub fn allow_plain_text(mut self) -> RedisStoreBuilder {
        self.plain_text = true;
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// [`StateError::Unavailable`] if the URL cannot be read, is in plain text to another machine, or the server cannot be
    /// reached.
    pub async fn connect(self) -> Result<RedisStore, StateError> {
        let info = self.url.as_str().into_connection_info();
        let info = info.map_err(StateError::unavailable)?;
        match info.addr() {
            ConnectionAddr::Tcp(host, _) if !self.plain_text && !is_local(host) => {
                return Err(StateError::unavailable(format!(
                    "{host} is another machine, and redis:// would send it in plain text what callers say: \
                     use rediss://, or RedisStoreBuilder::allow_plain_text"
                )));
            }
            ConnectionAddr::TcpTls { .. } => name_provider(),
            _ => {}
        }
        let client = Client::open(info).map_err(StateError::unavailable)?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(self.timeout))
            .set_connection_timeout(Some(self.timeout))
            .set_number_of_retries(2);
        let connection = ConnectionManager::new_with_config(client, config).await;
        Ok(RedisStore {
            connection: connection.map_err(StateError::unavailable)?,
            scripts: Arc::new(Scripts::new()),
        })
    }
}

/// The client takes the provider of the process, and rustls panics when there are two in the tree and none was chosen.
fn name_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails if another thread was faster, which is as good.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    }
}

fn is_local(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

impl fmt::Debug for RedisStoreBuilder {
    /// Without the URL: it may have a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStoreBuilder")
            .field("timeout", &self.timeout)
            .field("plain_text", &self.plain_text)
            .finish_non_exhaustive()
    }
}

impl RedisStore {
    /// Connects to the server at `url`, `redis://user:password@host:port/database`, with nothing else set; see
    /// [`RedisStoreBuilder::connect`].
    ///
    /// # Errors
    /// As [`RedisStoreBuilder::connect`].
    pub async fn connect(url: impl Into<String>) -> Result<RedisStore, StateError> {
        RedisStore::builder(url).connect().await
    }

    /// Sets up a store on the server at `url`.
    pub fn builder(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder {
            url: url.into(),
            timeout: Duration::from_secs(5),
            plain_text: false,
        }
    }

    async fn run<T: FromRedisValue>(
        &self,
        invocation: &redis::ScriptInvocation<'_>,
    ) -> Result<T, StateError> {
        // A handle to the connection that all clones share.
        let mut connection = self.connection.clone();
        let done = invocation.invoke_async(&mut connection).await;
        done.map_err(StateError::unavailable)
    }
}

/// Redis' scripts count in doubles, which are exact up to here: the year 287396.
const LATEST: i64 = 1 << 53;

fn millis(time: UnixMillis) -> i64 {
    time.0.clamp(-LATEST, LATEST)
}

impl StateStore for RedisStore {
    fn get<'s>(&'s self, key: &'s str) -> BoxFuture<'s, Result<Option<Stored>, StateError>> {
        Box::pin(async move {
            let mut invocation = self.scripts.get.prepare_invoke();
            invocation.key(script::record(key));
            let found: Option<(Vec<u8>, String)> = self.run(&invocation).await?;
            Ok(found.map(|(bytes, version)| Stored {
                bytes,
                etag: ETag::new(version),
            }))
        })
    }

    fn put<'s>(&'s self, key: &'s str, write: Write) -> BoxFuture<'s, Result<ETag, StateError>> {
        Box::pin(async move {
            // Not a counter: a server that lost its last second must not count to the same version again.
            let version = Uuid::now_v7().simple().to_string();
            let (absent, expected) = match &write.expect {
                Expect::Absent => (1, ""),
                Expect::ETag(etag) => (0, etag.as_str()),
            };
            let due = write.due.map(|due| millis(due).to_string());
            let mut invocation = self.scripts.put.prepare_invoke();
            invocation
                .key(script::record(key))
                .key(script::DUE)
                .arg(absent)
                .arg(expected)
                .arg(&version)
                .arg(write.bytes)
                .arg(due.unwrap_or_default())
                .arg(millis(write.expires))
                .arg(key);
            if self.run(&invocation).await? {
                Ok(ETag::new(version))
            } else {
                Err(StateError::Conflict)
            }
        })
    }

    fn delete<'s>(&'s self, key: &'s str, etag: &'s ETag) -> BoxFuture<'s, Result<(), StateError>> {
        Box::pin(async move {
            let mut invocation = self.scripts.delete.prepare_invoke();
            invocation
                .key(script::record(key))
                .key(script::DUE)
                .arg(etag.as_str())
                .arg(key);
            if self.run(&invocation).await? {
                Ok(())
            } else {
                Err(StateError::Conflict)
            }
        })
    }

    fn due(
        &self,
        before: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, StateError>> {
        Box::pin(async move {
            let mut invocation = self.scripts.claim.prepare_invoke();
            invocation
                .key(script::DUE)
                .arg(millis(before))
                .arg(millis(until))
                .arg(limit)
                .arg(script::RECORDS);
            self.run(&invocation).await
        })
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn plain_text_goes_to_this_machine_alone() {
        for url in ["redis://db.example", "redis://user:secret@192.0.2.1:6379/2"] {
            let error = RedisStore::connect(url).await.unwrap_err();
            let reason = std::error::Error::source(&error).unwrap().to_string();
            assert!(reason.contains("rediss://"), "{reason}");
            assert!(!reason.contains("secret"), "{reason}");
        }
        assert!(is_local("localhost") && is_local("127.0.0.2") && is_local("[::1]"));
        assert!(!is_local("10.0.0.1") && !is_local("localhost.example"));
    }
}
