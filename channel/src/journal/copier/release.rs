//! Letting go of segments: what was copied is synchronised, and then the journal need not keep it.

use std::mem;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::Copier;
use crate::journal::JournalError;
use crate::journal::checkpoint::{self, Job};
use crate::journal::copy::SessionCopy;
use crate::journal::shared::lock;
use crate::journal::spare::Order;

impl Copier {
    /// Has everything that was copied synchronised, on another thread.
    pub(super) fn begin_checkpoint(&mut self) {
        self.checkpoint = Instant::now();
        if self.synchronising {
            return;
        }
        let jobs = self.jobs();
        if jobs.is_empty() {
            return self.drop_segments();
        }
        let shared = Arc::clone(&self.shared);
        let thread = std::thread::Builder::new().name("onhook-checkpoint".to_owned());
        let spawned = thread.spawn(move || {
            let done = checkpoint::synchronise(&shared.files, &jobs);
            lock(&shared.state).synchronised = done;
            shared.progress.notify_all();
        });
        match spawned {
            Ok(_detached) => self.synchronising = true,
            Err(error) => {
                self.trouble(&JournalError::disk("start a thread for", "")(error));
                for copy in self.copies.values_mut() {
                    if let Some(segment) = copy.syncing.take() {
                        copy.need(segment);
                    }
                }
            }
        }
    }

    /// What a checkpoint has to synchronise.
    pub(super) fn jobs(&mut self) -> Vec<Job> {
        if !self.shared.is_dead() {
            self.mend();
        }
        let mut jobs = Vec::new();
        let keys = self.copies.iter().filter(|(_, copy)| copy.needs.is_some());
        let keys: Vec<u64> = keys.map(|(key, _)| *key).collect();
        for key in keys {
            let refreshed = self.with_file(key, SessionCopy::refresh);
            let refreshed = refreshed.and_then(|()| self.place(key));
            let Some(copy) = self.copies.get_mut(&key) else {
                continue;
            };
            match refreshed {
                Ok(()) => {
                    copy.syncing = copy.needs.take();
                    jobs.push(Job::new(key, copy));
                }
                Err(error) => {
                    let (is_misplaced, is_gone) = (copy.misplaced, copy.is_gone());
                    let is_over = copy.closed;
                    let mut state = lock(&self.shared.state);
                    state.trouble(error.clone());
                    if !is_misplaced {
                        // It failed, and failed again: the call should know.
                        state.failing.push((key, error));
                    }
                    drop(state);
                    if is_gone && is_over {
                        // Nobody will bring its files back: the journal does not keep its audio for them.
                        self.let_go(key);
                    }
                }
            }
        }
        jobs
    }

    /// Takes note of what a checkpoint has synchronised.
    pub(super) fn synchronised(&mut self) {
        let done = mem::take(&mut lock(&self.shared.state).synchronised);
        if done.is_empty() {
            return;
        }
        self.synchronising = false;
        for one in done {
            let Some(copy) = self.copies.get_mut(&one.key) else {
                continue;
            };
            let asked = copy.syncing.take();
            match one.outcome {
                Ok(()) if asked.is_some() => {
                    copy.synced = one.samples;
                    copy.is_new = false;
                    if let Some(metadata) = &mut copy.metadata
                        && Some(metadata.number) == one.metadata
                    {
                        metadata.synced = true;
                        // Nobody asks for them any more, and thousands of calls have thousands of them.
                        metadata.text = Vec::new();
                    }
                }
                Ok(()) => {}
                // After a synchronisation that failed, nothing since the last good one is taken for written: also what
                // was written again since, as the kernel forgets with the failure what it had to write.
                Err(error) => {
                    if let Some(segment) = asked {
                        copy.need(segment);
                    }
                    copy.broken = Some(error.clone());
                    self.trouble(&error);
                }
            }
        }
        self.drop_segments();
    }

    /// Removes the segments that nobody needs.
    pub(super) fn drop_segments(&mut self) {
        if self.shared.is_dead() {
            // Segments of these names may be another's.
            return;
        }
        let mut state = lock(&self.shared.state);
        let too_long = state
            .segments
            .values()
            .map(|extent| extent.end)
            .sum::<u64>()
            > self.shared.settings.longest_bytes;
        if too_long {
            for (key, copy) in &mut self.copies {
                if copy.broken.is_some() || copy.misplaced {
                    let error = copy.broken.clone().unwrap_or(JournalError::Closed);
                    state.failing.push((*key, error));
                    copy.needs = None;
                }
            }
        }
        self.copies.retain(|_, copy| {
            let done = copy.needs.is_none() && copy.syncing.is_none();
            let closes = done && copy.closed && copy.is_open();
            self.open = self.open.saturating_sub(usize::from(closes));
            if done && copy.closed {
                lock(&self.shared.owned).remove(&copy.id);
            }
            !(done && copy.closed)
        });
        let needs = self
            .copies
            .values()
            .flat_map(|copy| [copy.needs, copy.syncing]);
        let mut limit = needs
            .flatten()
            .min()
            .unwrap_or(u64::MAX)
            .min(self.at.segment);
        if state
            .retired
            .is_some_and(|retired| retired < self.at.segment)
        {
            state.retired = None;
        }
        let at_end = state
            .segments
            .get(&self.at.segment)
            .is_some_and(|extent| extent.end == self.at.offset);
        if self.copies.is_empty() && at_end {
            if state.retired == Some(self.at.segment) {
                limit = self.at.segment + 1;
                state.retired = None;
            } else {
                state.retire = Some(self.at.segment);
                self.shared.work.notify_one();
            }
        }
        let kept = state.segments.split_off(&limit);
        let segments = mem::replace(&mut state.segments, kept);
        let segments: Vec<_> = segments.into_keys().collect();
        let idle = self.copies.is_empty() && state.segments.is_empty();
        let wanted = Some(mem::take(&mut state.begun));
        drop(state);
        if let Some(spares) = &self.spares {
            // Without the thread, the next start removes them.
            let _ = spares.send(Order::Release { segments, wanted });
            if idle {
                let _ = spares.send(Order::Clear);
            }
        }
    }

    /// Has the old segments removed of those who wait for it, if no session needs them any more.
    pub(super) fn scrubbed(&self) {
        let mut state = lock(&self.shared.state);
        let first = state.segments.keys().next().copied().unwrap_or(u64::MAX);
        let gone = state.scrubs.extract_if(.., |scrub| scrub.mark < first);
        let replies: Vec<_> = gone.map(|scrub| scrub.reply).collect();
        drop(state);
        if !replies.is_empty()
            && let Some(spares) = &self.spares
        {
            // Without the thread, nobody is told.
            let _ = spares.send(Order::Scrub(replies));
        }
    }

    /// The journal is being closed, and everything is committed.
    pub(super) fn end(mut self) {
        while self.synchronising {
            let mut state = lock(&self.shared.state);
            while state.synchronised.is_empty() {
                let woken = self.shared.progress.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
            }
            drop(state);
            self.synchronised();
        }
        let jobs = self.jobs();
        let done = checkpoint::synchronise(&self.shared.files, &jobs);
        let finished = {
            let mut state = lock(&self.shared.state);
            state.synchronised = done;
            // Nobody else is there who could write to it.
            state.retired = (state.unfinished == 0).then_some(self.at.segment);
            state.unfinished == 0
        };
        self.synchronised();
        if finished {
            self.drop_segments();
        }
    }
}
