//! The thread that appends to the journal: it gathers what the sessions have, writes it in one piece, and has one
//! synchronisation make all of it durable.
//!
//! Synchronising is another thread's work, so that audio goes on being written, and survives the process, while the
//! disk takes its time.

mod append;
mod outcome;
mod synchroniser;

use std::mem;
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use self::append::Segment;
use self::synchroniser::Request;
pub(super) use self::synchroniser::{Answer, synchronise};
use super::live::Live;
use super::segment::Position;
use super::session::Inbox;
use super::shared::{Shared, lock};
use super::spare::Order;

pub(super) struct Committer {
    shared: Arc<Shared>,
    sync: Sender<Request>,
    spares: Sender<Order>,
    live: Vec<Live>,
    segment: Option<Segment>,
    /// The end of what is durable.
    end: Position,
    /// The number of the next segment; those of failed attempts are not used again.
    next: u64,
    /// The number of the segment that was begun last.
    last: u64,
    /// How long the last segment took to be full.
    filled_in: Option<Duration>,
    batch: Vec<u8>,
    /// There is something to write, which has to wait for the synchronisation.
    owed: bool,
    /// The last attempt failed: the next one is not made before the interval is over.
    refused: bool,
}

/// Why the committer wakes up.
struct Turn {
    closing: bool,
    write: bool,
    synced: Option<Answer>,
}

impl Committer {
    /// Goes on in a new segment behind `end`.
    pub(super) fn new(
        shared: Arc<Shared>,
        sync: Sender<Request>,
        spares: Sender<Order>,
        end: Position,
        next: u64,
    ) -> Self {
        Self {
            shared,
            sync,
            spares,
            live: Vec::new(),
            segment: None,
            end,
            next,
            last: 0,
            filled_in: None,
            batch: Vec::new(),
            owed: false,
            refused: false,
        }
    }

    pub(super) fn run(mut self) {
        let mut gathered = Instant::now();
        loop {
            let turn = self.wait(gathered);
            if let Some(answer) = turn.synced {
                self.synced(answer);
            }
            if self.shared.is_dead() {
                break;
            }
            if turn.write {
                gathered = Instant::now();
                self.write();
            }
            self.begin_sync();
            if turn.closing {
                break;
            }
        }
        while !self.shared.is_dead() {
            self.wait_for_sync();
            if !mem::take(&mut self.owed) && !self.is_behind() {
                break;
            }
            self.write();
            self.begin_sync();
        }
        let unfinished = self.live.len();
        if let Some(error) = self.shared.death() {
            self.give_up(&error);
        }
        let mut state = lock(&self.shared.state);
        state.unfinished = unfinished;
        state.committed_all = true;
        self.shared.progress.notify_all();
    }

    /// Waits until there is something to do.
    fn wait(&mut self, gathered: Instant) -> Turn {
        let settings = &self.shared.settings;
        let mut state = lock(&self.shared.state);
        loop {
            enter(&mut self.live, &mut state.newcomers);
            for (key, error) in mem::take(&mut state.failing) {
                let failing = self.live.iter().filter(|live| live.inbox.key == key);
                failing.for_each(|live| drop(live.inbox.failure.set(error.clone())));
            }
            let idle = self.live.is_empty();
            let syncing = self
                .segment
                .as_ref()
                .is_some_and(|segment| segment.handle.is_none());
            if idle && !syncing && state.retire.take() == Some(self.end.segment) {
                self.segment = None;
                state.retired = Some(self.end.segment);
                self.shared.progress.notify_all();
            }
            let synced = state.segment_synced.take();
            let waited = gathered.elapsed();
            let full = self.shared.pending() >= settings.batch_bytes && !self.refused && !self.owed;
            let write = mem::take(&mut state.urgent)
                || state.closing
                || full
                || (self.owed && (synced.is_some() || !syncing))
                || (!idle && waited >= settings.interval);
            if write || synced.is_some() {
                return Turn {
                    closing: state.closing,
                    write,
                    synced,
                };
            }
            state = if idle {
                let woken = self.shared.work.wait(state);
                woken.unwrap_or_else(PoisonError::into_inner)
            } else {
                let left = settings.interval.saturating_sub(waited);
                let woken = self.shared.work.wait_timeout(state, left);
                woken.unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }

    /// Whether something is written and not durable.
    fn is_behind(&self) -> bool {
        let segment = self.segment.as_ref();
        segment.is_some_and(|segment| segment.written > segment.durable)
    }

    /// Appends what the sessions have to the segment.
    fn write(&mut self) {
        let any = self
            .live
            .iter_mut()
            .fold(false, |any, live| live.gather() | any);
        let rotate = lock(&self.shared.state).rotate;
        let number = self.segment.as_ref().map(|segment| segment.number);
        let rotates = number.is_some_and(|number| number <= rotate);
        if !any && !rotates {
            self.owed = false;
            return;
        }
        if let Some(segment) = &self.segment
            && (rotates || segment.is_over(&self.shared.settings))
        {
            // The next segment says where this one ends: all of it is to be durable then.
            self.owed = self.is_behind();
            if self.owed {
                return;
            }
            self.filled_in = segment.filled_in(&self.shared.settings);
            self.segment = None;
        }
        self.owed = false;
        if !any && self.live.is_empty() {
            return;
        }
        match self.append() {
            Ok(()) => self.refused = false,
            Err(error) => {
                self.wait_for_sync();
                self.start_over(error);
            }
        }
    }

    fn begin_sync(&mut self) {
        let Some(segment) = &mut self.segment else {
            return;
        };
        if segment.written == segment.durable {
            return;
        }
        let Some(file) = segment.handle.take() else {
            return;
        };
        segment.sent = segment.written;
        self.live.iter_mut().for_each(Live::send);
        let request = Request {
            file,
            number: segment.number,
            identity: segment.identity,
            is_new: !segment.is_named,
        };
        // The thread ends after this one.
        let _ = self.sync.send(request);
    }
}

fn enter(live: &mut Vec<Live>, newcomers: &mut Vec<Arc<Inbox>>) {
    live.extend(newcomers.drain(..).map(Live::new));
}
