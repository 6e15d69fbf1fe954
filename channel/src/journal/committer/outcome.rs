//! What a synchronisation leads to: acknowledgement, another attempt, or a refusal.

use std::sync::PoisonError;

use super::synchroniser::Answer;
use super::{Committer, enter};
use crate::journal::JournalError;
use crate::journal::live::Live;
use crate::journal::segment::Position;
use crate::journal::shared::{Extent, lock};

impl Committer {
    /// Waits for a synchronisation that is under way.
    pub(super) fn wait_for_sync(&mut self) {
        while self
            .segment
            .as_ref()
            .is_some_and(|segment| segment.handle.is_none())
        {
            let mut state = lock(&self.shared.state);
            let answer = loop {
                if let Some(answer) = state.segment_synced.take() {
                    break answer;
                }
                let woken = self.shared.work.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
            };
            drop(state);
            self.synced(answer);
        }
    }

    pub(super) fn synced(&mut self, answer: Answer) {
        if self.shared.is_dead() {
            return;
        }
        let Some(segment) = &mut self.segment else {
            return;
        };
        segment.handle = Some(answer.file);
        match answer.outcome {
            Ok(()) => {
                segment.durable = segment.sent;
                segment.is_named = true;
                self.acknowledge();
            }
            Err(error) => self.start_over(error),
        }
    }

    /// Whether the bytes of a write or a synchronisation that failed are on disk nobody can say, nor would the next
    /// synchronisation of that file: all that is not acknowledged goes to a new one, once.
    pub(super) fn start_over(&mut self, error: JournalError) {
        let Some(error) = self.survivable(error) else {
            return;
        };
        lock(&self.shared.state).trouble(error);
        self.abandon();
        let outcome = self.append().and_then(|()| self.sync_now());
        match outcome {
            Ok(()) => {
                self.refused = false;
                self.acknowledge();
            }
            Err(error) => {
                let Some(error) = self.survivable(error) else {
                    return;
                };
                lock(&self.shared.state).trouble(error.clone());
                self.abandon();
                self.refused = true;
                self.refuse(&error);
            }
        }
    }

    /// Ends the journal if its files are gone: a new segment would not be found either, or be in somebody else's way.
    fn survivable(&self, error: JournalError) -> Option<JournalError> {
        let lost = match error {
            JournalError::Lost(_) => error,
            error => match self.shared.check_folder() {
                Err(lost @ JournalError::Lost(_)) => lost,
                _ => return Some(error),
            },
        };
        self.shared.die(lost);
        None
    }

    /// Tells everybody that the journal has ended, and takes nothing any more.
    pub(super) fn give_up(&mut self, error: &JournalError) {
        self.segment = None;
        enter(&mut self.live, &mut lock(&self.shared.state).newcomers);
        for live in &mut self.live {
            live.gather();
            live.refuse(error);
        }
        for live in self.live.drain(..) {
            self.shared.release(live.end() * 2);
        }
    }

    pub(super) fn sync_now(&mut self) -> Result<(), JournalError> {
        let files = &self.shared.files;
        let Some(segment) = &mut self.segment else {
            return Err(JournalError::Closed);
        };
        let synced = segment.file.sync();
        synced.map_err(JournalError::disk(
            "synchronise",
            files.segment(segment.number),
        ))?;
        files.sync_dir(&files.folder)?;
        self.shared.check_folder()?;
        files.check_segment(segment.number, segment.identity)?;
        segment.is_named = true;
        segment.durable = segment.written;
        self.live.iter_mut().for_each(Live::send);
        Ok(())
    }

    pub(super) fn acknowledge(&mut self) {
        let Some(segment) = &self.segment else {
            return;
        };
        self.end = Position {
            segment: segment.number,
            offset: segment.durable,
        };
        {
            let mut state = lock(&self.shared.state);
            let extent = Extent {
                end: self.end.offset,
                identity: segment.identity,
            };
            state.segments.insert(self.end.segment, extent);
            state.commits += 1;
        }
        let mut samples = 0;
        for live in &mut self.live {
            samples += live.acknowledge(self.end);
        }
        self.shared.release(samples * 2);
        self.forget();
        self.shared.progress.notify_all();
    }

    /// Tells those who wait. Samples stay, for the next attempt; a step that was answered with an error does not.
    pub(super) fn refuse(&mut self, error: &JournalError) {
        self.live.iter_mut().for_each(|live| live.refuse(error));
        self.forget();
        lock(&self.shared.state).commits += 1;
        self.shared.progress.notify_all();
    }

    /// Lets go of the sessions that are over; what was appended to them after their end is nobody's.
    pub(super) fn forget(&mut self) {
        for live in self.live.extract_if(.., |live| live.is_over) {
            self.shared.release(live.end() * 2);
        }
    }
}
