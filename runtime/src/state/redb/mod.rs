//! Records in a file of this process.

mod file;
mod groups;
mod tables;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{Durability, ReadableDatabase};
use tokio::sync::oneshot;

use self::file::{Opener, Source};
use self::groups::Groups;
use self::tables::Tables;
use super::ETag;
use super::store::{StateError, StateStore, Stored, UnixMillis, Write};
use crate::clock::Clock;
use crate::connector::BoxFuture;

/// Keeps records in a [redb](https://docs.rs/redb) file: for a bot that runs as one process.
///
/// A write is acknowledged when it is on disk. Writes that come together are synchronised together. The file belongs to one
/// process at a time; a second one that opens it gets [`StateError::Unavailable`]. It is made readable for its owner alone,
/// because it holds what callers say; it is not encrypted. It does not become smaller, but what has expired makes room.
///
/// Clones share the file. Needs a tokio runtime: the file is read and written on its threads for blocking work.
///
/// ```
/// use onhook::state::{Expect, RedbStore, StateStore, UnixMillis, Write};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), onhook::state::StateError> {
/// # let folder = std::env::temp_dir().join(format!("onhook-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// # let path = folder.join("conversations.redb");
/// let store = RedbStore::open(&path)?;
/// let write = Write {
///     bytes: b"hello".to_vec(),
///     expect: Expect::Absent,
///     due: None,
///     expires: UnixMillis(i64::MAX),
/// };
/// store.put("call-7", write).await?;
/// assert_eq!(store.get("call-7").await?.unwrap().bytes, b"hello");
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RedbStore {
    path: Arc<Path>,
    reads: Arc<Groups<Read>>,
    writes: Arc<Groups<Job>>,
}

/// Sets up a [`RedbStore`].
#[derive(Debug)]
#[must_use]
pub struct RedbStoreBuilder {
    path: PathBuf,
    clock: Clock,
    synchronise: bool,
}

impl RedbStoreBuilder {
    /// The clock by which records expire; the system's unless set.
    pub fn clock(mut self, clock: Clock) -> RedbStoreBuilder {
        self.clock = clock;
        self
    }

    /// Whether a write waits until it is on disk; it does unless set. Without it a turn is faster, and a process that is
    /// killed may lose everything that was written since the file was opened: for tests, and state that may be lost.
    pub fn synchronise(mut self, synchronise: bool) -> RedbStoreBuilder {
        self.synchronise = synchronise;
        self
    }

    /// Opens the file, or makes it. Blocks; a file whose process was killed is repaired first, which takes time that grows
    /// with its size.
    ///
    /// # Errors
    /// [`StateError::Unavailable`] if the file cannot be opened or another process has it, [`StateError::Damaged`] if it is
    /// no file of this store.
    pub fn open(self) -> Result<RedbStore, StateError> {
        let opener = file::opener(self.path.clone());
        RedbStore::on(opener, self)
    }
}

impl RedbStore {
    /// Opens the file at `path`, or makes it, with nothing else set; see [`RedbStoreBuilder::open`].
    ///
    /// # Errors
    /// As [`RedbStoreBuilder::open`].
    pub fn open(path: impl Into<PathBuf>) -> Result<RedbStore, StateError> {
        RedbStore::builder(path).open()
    }

    /// Sets up a store in the file at `path`.
    pub fn builder(path: impl Into<PathBuf>) -> RedbStoreBuilder {
        RedbStoreBuilder {
            path: path.into(),
            clock: Clock::default(),
            synchronise: true,
        }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn on(opener: Opener, builder: RedbStoreBuilder) -> Result<RedbStore, StateError> {
        let source = Arc::new(Source::open(opener)?);
        let RedbStoreBuilder {
            path,
            clock,
            synchronise,
        } = builder;
        let reads = Groups::new({
            let (source, clock) = (Arc::clone(&source), clock.clone());
            move |group| read_group(&source, now(&clock), group)
        });
        let durability = if synchronise {
            Durability::Immediate
        } else {
            Durability::None
        };
        let writes = Groups::new(move |group| write_group(&source, now(&clock), durability, group));
        Ok(RedbStore {
            path: path.into(),
            reads: Arc::new(reads),
            writes: Arc::new(writes),
        })
    }

    async fn read(&self, query: Query) -> Result<Found, StateError> {
        let (reply, found) = oneshot::channel();
        self.reads.add(Read { query, reply });
        found.await.unwrap_or_else(|_| Err(stopped()))
    }

    async fn write(&self, operation: Operation) -> Result<Done, StateError> {
        let (reply, done) = oneshot::channel();
        self.writes.add(Job { operation, reply });
        done.await.unwrap_or_else(|_| Err(stopped()))
    }
}

fn now(clock: &Clock) -> UnixMillis {
    UnixMillis::from(clock.now())
}

struct Read {
    query: Query,
    reply: oneshot::Sender<Result<Found, StateError>>,
}

enum Query {
    Record(String),
    /// Whether anything is due: a claim of nothing shall cost no commit.
    AnythingDue(UnixMillis),
}

enum Found {
    Record(Option<Stored>),
    AnythingDue(bool),
}

struct Job {
    operation: Operation,
    reply: oneshot::Sender<Result<Done, StateError>>,
}

enum Operation {
    Put(String, Write),
    Delete(String, ETag),
    Claim {
        before: UnixMillis,
        until: UnixMillis,
        limit: usize,
    },
}

/// What an operation did.
enum Done {
    Put(ETag),
    Deleted,
    Claimed(Vec<String>),
    Conflict,
}

fn read_group(source: &Source, now: UnixMillis, group: Vec<Read>) {
    let (queries, replies): (Vec<_>, Vec<_>) = group
        .into_iter()
        .map(|read| (read.query, read.reply))
        .unzip();
    let found = source.with(|database| {
        let transaction = database.begin_read()?;
        queries
            .iter()
            .map(|query| match query {
                Query::Record(key) => tables::read(&transaction, key, now).map(Found::Record),
                Query::AnythingDue(before) => {
                    tables::anything_due(&transaction, *before).map(Found::AnythingDue)
                }
            })
            .collect::<Result<Vec<_>, redb::Error>>()
    });
    answer(found, replies);
}

fn write_group(source: &Source, now: UnixMillis, durability: Durability, group: Vec<Job>) {
    let (operations, replies): (Vec<_>, Vec<_>) = group
        .into_iter()
        .map(|job| (job.operation, job.reply))
        .unzip();
    let done = source.with(|database| {
        let mut transaction = database.begin_write()?;
        transaction.set_durability(durability)?;
        let done = {
            let mut tables = Tables::open(&transaction)?;
            let done = operations
                .iter()
                .map(|operation| operation.apply(&mut tables, now))
                .collect::<Result<Vec<_>, _>>()?;
            tables.sweep(now)?;
            done
        };
        transaction.commit()?;
        Ok(done)
    });
    answer(done, replies);
}

/// Answers every member of a group, with its own result or with what failed them all.
fn answer<T>(
    done: Result<Vec<T>, StateError>,
    replies: Vec<oneshot::Sender<Result<T, StateError>>>,
) {
    // Who has given up does not need the answer.
    match done {
        Ok(done) => {
            for (reply, done) in replies.into_iter().zip(done) {
                drop(reply.send(Ok(done)));
            }
        }
        Err(StateError::Damaged(source)) => {
            let source: Arc<dyn std::error::Error + Send + Sync> = source.into();
            for reply in replies {
                drop(reply.send(Err(StateError::damaged(Shared(Arc::clone(&source))))));
            }
        }
        Err(error) => {
            let source: Arc<dyn std::error::Error + Send + Sync> = match error {
                StateError::Unavailable(source) => source.into(),
                error => Arc::new(error),
            };
            for reply in replies {
                drop(reply.send(Err(StateError::unavailable(Shared(Arc::clone(&source))))));
            }
        }
    }
}

/// One reason for all members of a group.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Shared(Arc<dyn std::error::Error + Send + Sync>);

fn stopped() -> StateError {
    StateError::unavailable("the thread that writes the file has panicked")
}

impl Operation {
    fn apply(&self, tables: &mut Tables<'_>, now: UnixMillis) -> Result<Done, redb::Error> {
        Ok(match self {
            Operation::Put(key, write) => match tables.put(key, write, now)? {
                Some(version) => Done::Put(version.into()),
                None => Done::Conflict,
            },
            Operation::Delete(key, etag) => {
                if tables.delete(key, etag.as_str(), now)? {
                    Done::Deleted
                } else {
                    Done::Conflict
                }
            }
            Operation::Claim {
                before,
                until,
                limit,
            } => Done::Claimed(tables.claim(*before, *until, *limit, now)?),
        })
    }
}

impl StateStore for RedbStore {
    fn get<'s>(&'s self, key: &'s str) -> BoxFuture<'s, Result<Option<Stored>, StateError>> {
        Box::pin(async move {
            match self.read(Query::Record(key.to_owned())).await? {
                Found::Record(record) => Ok(record),
                Found::AnythingDue(_) => Ok(None),
            }
        })
    }

    fn put<'s>(&'s self, key: &'s str, write: Write) -> BoxFuture<'s, Result<ETag, StateError>> {
        Box::pin(async move {
            match self.write(Operation::Put(key.to_owned(), write)).await? {
                Done::Put(etag) => Ok(etag),
                _ => Err(StateError::Conflict),
            }
        })
    }

    fn delete<'s>(&'s self, key: &'s str, etag: &'s ETag) -> BoxFuture<'s, Result<(), StateError>> {
        Box::pin(async move {
            let operation = Operation::Delete(key.to_owned(), etag.clone());
            match self.write(operation).await? {
                Done::Deleted => Ok(()),
                _ => Err(StateError::Conflict),
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
            if let Found::AnythingDue(false) = self.read(Query::AnythingDue(before)).await? {
                return Ok(Vec::new());
            }
            let operation = Operation::Claim {
                before,
                until,
                limit,
            };
            match self.write(operation).await? {
                Done::Claimed(keys) => Ok(keys),
                _ => Ok(Vec::new()),
            }
        })
    }
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
