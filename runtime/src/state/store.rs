//! The seam behind which state is kept.

use std::time::Duration;

use time::OffsetDateTime;

use super::ETag;
use crate::connector::BoxFuture;

/// A point in time as stores index it: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// This point and `duration` more.
    pub fn after(self, duration: Duration) -> UnixMillis {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        UnixMillis(self.0.saturating_add(millis))
    }

    /// How long it is from `earlier` to this point; zero if `earlier` is later.
    pub fn since(self, earlier: UnixMillis) -> Duration {
        let millis = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}

impl From<OffsetDateTime> for UnixMillis {
    fn from(time: OffsetDateTime) -> UnixMillis {
        let millis = time.unix_timestamp_nanos().div_euclid(1_000_000);
        UnixMillis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

/// A record as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The content, as it was written.
    pub bytes: Vec<u8>,
    /// Its version.
    pub etag: ETag,
}

/// What a write expects to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No record, or one that has expired.
    Absent,
    /// The record of this version.
    ETag(ETag),
}

/// What is written.
#[derive(Clone, Debug)]
pub struct Write {
    /// The content, at most some hundred kilobytes. A store does not look into it.
    pub bytes: Vec<u8>,
    /// What must be there for the write to happen.
    pub expect: Expect,
    /// When [`StateStore::due`] gives the key out; never if none. Replaces the time that was set before.
    pub due: Option<UnixMillis>,
    /// When the record is no longer there. A store may remove it any time after.
    pub expires: UnixMillis,
}

/// Keeps records by key, and replaces one only for whoever has seen the latest.
///
/// Every operation is atomic, also between processes where the store is shared by several. An operation that failed
/// with [`StateError::Unavailable`] may have happened all the same. The futures may be dropped at any point; the
/// operation then happened or it did not.
///
/// `onhook::testing::conformance` has the suite that every implementation passes.
pub trait StateStore: Send + Sync + 'static {
    /// The record under `key`, or `None` if there is none or it has expired.
    fn get<'s>(&'s self, key: &'s str) -> BoxFuture<'s, Result<Option<Stored>, StateError>>;

    /// Writes the record under `key` if what is there is what the write expects, and gives the new version.
    ///
    /// # Errors
    /// [`StateError::Conflict`] if something else is there, upon which nothing was written.
    fn put<'s>(&'s self, key: &'s str, write: Write) -> BoxFuture<'s, Result<ETag, StateError>>;

    /// Deletes the record under `key` if it has this version.
    ///
    /// # Errors
    /// [`StateError::Conflict`] if it has another version or is not there.
    fn delete<'s>(&'s self, key: &'s str, etag: &'s ETag) -> BoxFuture<'s, Result<(), StateError>>;

    /// Claims records that are overdue: gives at most `limit` keys whose `due` is at or before `before`, those that
    /// are overdue longest first, and moves their `due` to `until` in the same step.
    ///
    /// Of two claimants one gets the key. The versions stay what they are: a claim is no write, and whoever writes
    /// the record first wins. A claimant that dies loses nothing, because at `until` the key is given out again.
    fn due(
        &self,
        before: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, StateError>>;
}

/// Why a store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The record is not the one that was expected: somebody else has written it. Nothing was changed; read it again.
    #[error("the record was changed by somebody else")]
    Conflict,
    /// The store cannot be reached or did not answer. A write may have happened; read the record to find out.
    #[error("the state store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What is in the store cannot be read as a record. Repair the store; trying again does not help.
    #[error("the state store is damaged")]
    Damaged(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StateError {
    /// The store cannot be reached, for this reason.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StateError {
        StateError::Unavailable(source.into())
    }

    /// What is in the store cannot be read, for this reason.
    pub fn damaged(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StateError {
        StateError::Damaged(source.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_saturate() {
        let last = UnixMillis(i64::MAX);
        assert_eq!(last.after(Duration::MAX), last);
        assert_eq!(UnixMillis(5).since(UnixMillis(9)), Duration::ZERO);
        assert_eq!(
            UnixMillis::from(OffsetDateTime::UNIX_EPOCH + Duration::from_micros(1_999)),
            UnixMillis(1)
        );
    }
}
