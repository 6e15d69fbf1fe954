//! The tables of the file, and what is done with them within a transaction.
//!
//! | table | key | value |
//! |---|---|---|
//! | `records` | key of the record | its bytes |
//! | `versions` | key of the record | version, due, expires |
//! | `due` | due, key of the record | nothing: an index |
//! | `expires` | expires, key of the record | nothing: an index |
//! | `counters` | `format`, `version` | the format of the file, the version that was given last |

use redb::{Error, ReadTransaction, ReadableTable, Table, TableDefinition, WriteTransaction};

use crate::state::store::{Expect, Stored, UnixMillis, Write};

/// The format of the file that this code reads and writes.
const FORMAT: u64 = 1;

/// How many expired records a write takes along: more than it adds, so that they cannot pile up.
const SWEPT: usize = 16;

/// Version, due, expires.
type Head = (u64, Option<i64>, i64);

const RECORDS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("records");
const HEADS: TableDefinition<'_, &str, Head> = TableDefinition::new("versions");
const DUE: TableDefinition<'_, (i64, &str), ()> = TableDefinition::new("due");
const EXPIRES: TableDefinition<'_, (i64, &str), ()> = TableDefinition::new("expires");
const COUNTERS: TableDefinition<'_, &str, u64> = TableDefinition::new("counters");

/// Makes the tables of a new file, and gives the format of the file if it is another than this code's.
pub(super) fn prepare(database: &redb::Database) -> Result<Option<u64>, Error> {
    let transaction = database.begin_write()?;
    let format = {
        let mut counters = transaction.open_table(COUNTERS)?;
        let found = counters.get("format")?.map(|format| format.value());
        if found.is_none() {
            counters.insert("format", FORMAT)?;
        }
        found.unwrap_or(FORMAT)
    };
    if format != FORMAT {
        return Ok(Some(format));
    }
    transaction.open_table(RECORDS)?;
    transaction.open_table(HEADS)?;
    transaction.open_table(DUE)?;
    transaction.open_table(EXPIRES)?;
    transaction.commit()?;
    Ok(None)
}

/// Reads a record.
pub(super) fn read(
    transaction: &ReadTransaction,
    key: &str,
    now: UnixMillis,
) -> Result<Option<Stored>, Error> {
    let Some(head) = transaction.open_table(HEADS)?.get(key)? else {
        return Ok(None);
    };
    let (version, _, expires) = head.value();
    if expires <= now.0 {
        return Ok(None);
    }
    let records = transaction.open_table(RECORDS)?;
    let bytes = records.get(key)?.map(|bytes| bytes.value().to_vec());
    Ok(bytes.map(|bytes| Stored {
        bytes,
        etag: version.into(),
    }))
}

/// Whether a record is due.
pub(super) fn anything_due(
    transaction: &ReadTransaction,
    before: UnixMillis,
) -> Result<bool, Error> {
    let table = transaction.open_table(DUE)?;
    let first = table.first()?;
    Ok(first.is_some_and(|(entry, _)| entry.value().0 <= before.0))
}

/// The tables, open for writing.
pub(super) struct Tables<'t> {
    records: Table<'t, &'static str, &'static [u8]>,
    heads: Table<'t, &'static str, Head>,
    due: Table<'t, (i64, &'static str), ()>,
    expires: Table<'t, (i64, &'static str), ()>,
    counters: Table<'t, &'static str, u64>,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Tables<'t>, Error> {
        Ok(Tables {
            records: transaction.open_table(RECORDS)?,
            heads: transaction.open_table(HEADS)?,
            due: transaction.open_table(DUE)?,
            expires: transaction.open_table(EXPIRES)?,
            counters: transaction.open_table(COUNTERS)?,
        })
    }

    /// Writes a record if what is there is what the write expects, and gives its version; none if it is not.
    pub(super) fn put(
        &mut self,
        key: &str,
        write: &Write,
        now: UnixMillis,
    ) -> Result<Option<u64>, Error> {
        let found = self.head(key)?;
        let live = found.filter(|(_, _, expires)| *expires > now.0);
        let expected = match (&write.expect, live) {
            (Expect::Absent, None) => true,
            (Expect::ETag(etag), Some((version, _, _))) => etag.as_str() == version.to_string(),
            _ => false,
        };
        if !expected {
            return Ok(None);
        }
        if let Some(head) = found {
            self.forget(key, head)?;
        }
        let version = self.next_version()?;
        let due = write.due.map(|due| due.0);
        self.records.insert(key, &*write.bytes)?;
        self.heads.insert(key, (version, due, write.expires.0))?;
        if let Some(due) = due {
            self.due.insert((due, key), ())?;
        }
        self.expires.insert((write.expires.0, key), ())?;
        Ok(Some(version))
    }

    /// Deletes a record if it has this version, and says whether it had.
    pub(super) fn delete(
        &mut self,
        key: &str,
        version: &str,
        now: UnixMillis,
    ) -> Result<bool, Error> {
        match self.head(key)? {
            Some(head) if head.0.to_string() == version && head.2 > now.0 => {
                self.remove(key, head)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Gives the keys that are overdue, longest first, and moves them to `until`.
    pub(super) fn claim(
        &mut self,
        before: UnixMillis,
        until: UnixMillis,
        limit: usize,
        now: UnixMillis,
    ) -> Result<Vec<String>, Error> {
        let mut overdue = Vec::new();
        for entry in self.due.iter()? {
            let (entry, _) = entry?;
            let (due, key) = entry.value();
            if due > before.0 || overdue.len() == limit {
                break;
            }
            overdue.push((due, key.to_owned()));
        }
        let mut claimed = Vec::with_capacity(overdue.len());
        for (due, key) in overdue {
            let Some(head @ (version, _, expires)) = self.head(&key)? else {
                self.due.remove((due, &*key))?;
                continue;
            };
            if expires <= now.0 {
                self.remove(&key, head)?;
                continue;
            }
            self.due.remove((due, &*key))?;
            self.due.insert((until.0, &*key), ())?;
            self.heads
                .insert(&*key, (version, Some(until.0), expires))?;
            claimed.push(key);
        }
        Ok(claimed)
    }

    /// Removes some of the records that have expired.
    pub(super) fn sweep(&mut self, now: UnixMillis) -> Result<(), Error> {
        for _ in 0..SWEPT {
            let Some((expires, key)) = self.expires.first()?.map(|(entry, _)| {
                let (expires, key) = entry.value();
                (expires, key.to_owned())
            }) else {
                break;
            };
            if expires > now.0 {
                break;
            }
            match self.head(&key)? {
                Some(head) => self.remove(&key, head)?,
                None => drop(self.expires.remove((expires, &*key))?),
            }
        }
        Ok(())
    }

    fn head(&self, key: &str) -> Result<Option<Head>, Error> {
        Ok(self.heads.get(key)?.map(|head| head.value()))
    }

    fn remove(&mut self, key: &str, head: Head) -> Result<(), Error> {
        self.forget(key, head)?;
        self.heads.remove(key)?;
        self.records.remove(key)?;
        Ok(())
    }

    /// Takes a record out of the indexes.
    fn forget(&mut self, key: &str, (_, due, expires): Head) -> Result<(), Error> {
        if let Some(due) = due {
            self.due.remove((due, key))?;
        }
        self.expires.remove((expires, key))?;
        Ok(())
    }

    /// One counter for all records: a version is not used again when a record is deleted and written anew.
    fn next_version(&mut self) -> Result<u64, Error> {
        let last = self.counters.get("version")?.map_or(0, |last| last.value());
        let version = last.wrapping_add(1);
        self.counters.insert("version", version)?;
        Ok(version)
    }
}
