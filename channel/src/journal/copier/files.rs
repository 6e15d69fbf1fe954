//! The sessions' own files: writing what was read, and trying again where that has failed.

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;

use super::Copier;
use crate::journal::JournalError;
use crate::journal::copy::SessionCopy;
use crate::journal::segment::Position;
use crate::journal::shared::{Files, Settle, lock};

impl Copier {
    /// Writes what the sessions have taken.
    pub(super) fn flush(&mut self) {
        self.staged = 0;
        for key in mem::take(&mut self.touched) {
            let Some(copy) = self.copies.get(&key) else {
                continue;
            };
            if copy.broken.is_some() || !copy.has_more() {
                continue;
            }
            let mut done = self.with_file(key, SessionCopy::flush);
            if done.is_ok() && self.copies.get(&key).is_some_and(SessionCopy::is_unplaced) {
                done = self.place(key);
                if done.is_err() {
                    // The audio can be read all the same.
                    done = self.with_file(key, SessionCopy::refresh).and(done);
                }
            }
            if let Err(error) = done {
                self.trouble(&error);
            }
        }
    }

    /// Puts a session's latest metadata in place. That this fails says nothing of its audio, which is not written again.
    pub(super) fn place(&mut self, key: u64) -> Result<(), JournalError> {
        let Some(copy) = self.copies.get_mut(&key) else {
            return Ok(());
        };
        let placed = copy.place(&self.shared.files);
        copy.misplaced = placed.is_err();
        if placed.is_err() && copy.is_deleted(&self.shared.files) {
            self.let_go(key);
            return Ok(());
        }
        placed
    }

    /// A session that was deleted needs nothing any more.
    pub(super) fn let_go(&mut self, key: u64) {
        if let Some(copy) = self.copies.get_mut(&key) {
            (copy.needs, copy.syncing, copy.closed) = (None, None, true);
            self.settled.insert(key);
        }
    }

    /// Does something with a session's file. What fails breaks this session and no other.
    pub(super) fn with_file(
        &mut self,
        key: u64,
        mut work: impl FnMut(&mut SessionCopy, &Files) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        let shared = Arc::clone(&self.shared);
        let files = &shared.files;
        let is_open = self.copies.get(&key).is_some_and(SessionCopy::is_open);
        if !is_open && self.open >= self.most_open {
            self.rest();
        }
        let Some(copy) = self.copies.get_mut(&key) else {
            return Ok(());
        };
        if let Some(error) = &copy.broken {
            return Err(error.clone());
        }
        let mut done = work(copy, files);
        if matches!(done, Err(JournalError::Disk { doing: "open", .. })) && self.open > 0 {
            // Maybe the process may not open so many.
            self.most_open = (self.open / 2).max(16);
            self.rest();
            if let Some(copy) = self.copies.get_mut(&key) {
                done = work(copy, files);
            }
        }
        let Some(copy) = self.copies.get_mut(&key) else {
            return done;
        };
        let mut deleted = false;
        if let Err(error) = &done {
            copy.broken = Some(error.clone());
            if copy.is_deleted(files) {
                deleted = true;
            }
        }
        self.open += usize::from(copy.is_open());
        self.open = self.open.saturating_sub(usize::from(is_open));
        if deleted {
            self.let_go(key);
            return Ok(());
        }
        done
    }

    /// Closes the files of all sessions; they are opened again when there is something for them.
    pub(super) fn rest(&mut self) {
        for copy in self.copies.values_mut() {
            if let Err(error) = copy.rest(&self.shared.files) {
                copy.broken = Some(error);
            }
        }
        self.open = 0;
    }

    pub(super) fn settle(&mut self, settle: &Settle) -> Result<(), JournalError> {
        if settle.position > self.at {
            return Err(JournalError::Closed);
        }
        let broken = self
            .copies
            .get(&settle.key)
            .is_some_and(|copy| copy.broken.is_some());
        if broken {
            self.mend();
        }
        self.with_file(settle.key, SessionCopy::refresh)?;
        self.place(settle.key)
    }

    /// Tries again with sessions whose files could not be written: everything that is not sure to be in them is
    /// taken from the journal once more.
    pub(super) fn mend(&mut self) {
        let mut keys = HashSet::new();
        let mut from = u64::MAX;
        for (key, copy) in &mut self.copies {
            if copy.broken.is_none() {
                continue;
            }
            self.open = self.open.saturating_sub(usize::from(copy.is_open()));
            copy.start_over();
            // What a checkpoint says of it from now on is of a file that is no more.
            copy.syncing
                .take()
                .into_iter()
                .for_each(|segment| copy.need(segment));
            if let Some(needs) = copy.needs {
                keys.insert(*key);
                from = from.min(needs);
            }
        }
        if keys.is_empty() {
            return;
        }
        let segments: Vec<_> = {
            let state = lock(&self.shared.state);
            let range = state.segments.range(from..=self.at.segment);
            range
                .map(|(number, extent)| (*number, extent.end))
                .collect()
        };
        for (segment, end) in segments {
            let end = if segment == self.at.segment {
                self.at.offset
            } else {
                end
            };
            let mut at = Position { segment, offset: 0 };
            if let Err(error) = self.replay(&mut at, Some(end), Some(&keys)) {
                match &error {
                    JournalError::Lost(_) => self.shared.die(error.clone()),
                    error => self.trouble(error),
                }
                for key in &keys {
                    if let Some(copy) = self.copies.get_mut(key) {
                        copy.broken = Some(error.clone());
                    }
                }
                return;
            }
        }
        for key in keys {
            // Also what has no audio at all.
            self.touched.push(key);
        }
        self.flush();
    }
}
