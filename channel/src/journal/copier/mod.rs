//! The thread that brings what is in the journal to the sessions' own files. It reads the journal, as the
//! recovery does: what was written is what is read, and memory does not depend on how far it is behind.

mod files;
mod named;
mod release;
mod replay;

use std::collections::{BTreeMap, HashSet};
use std::mem;
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

pub(super) use self::named::Named;
use super::JournalError;
use super::copy::SessionCopy;
use super::recovery::Damage;
use super::segment::Position;
use super::shared::{Settle, Shared, lock};
use super::spare::Order;

/// How often it is looked for what can be let go of while somebody waits for that.
const SCRUB_INTERVAL: Duration = Duration::from_millis(5);

pub(super) struct Copier {
    pub(super) shared: Arc<Shared>,
    pub(super) copies: BTreeMap<u64, SessionCopy>,
    /// Sessions that need nothing, by their key.
    pub(super) settled: HashSet<u64>,
    pub(super) damage: Vec<Damage>,
    /// Whose entries are in which segment; for the recovery alone.
    pub(super) named: Named,
    at: Position,
    /// A key that no session has had so far.
    pub(super) next_key: u64,
    /// Sessions that have taken something since the last flush; some more than once.
    touched: Vec<u64>,
    /// Bytes that they have taken and not written.
    staged: usize,
    open: usize,
    most_open: usize,
    checkpoint: Instant,
    synchronising: bool,
    /// For segments that nobody needs; none while recovering.
    spares: Option<Sender<Order>>,
}

impl Copier {
    pub(super) fn new(shared: Arc<Shared>, spares: Option<Sender<Order>>) -> Self {
        Self {
            most_open: shared.settings.open_files.max(1),
            shared,
            copies: BTreeMap::new(),
            settled: HashSet::new(),
            damage: Vec::new(),
            named: Named::default(),
            at: Position::default(),
            next_key: 1,
            touched: Vec::new(),
            staged: 0,
            open: 0,
            checkpoint: Instant::now(),
            synchronising: false,
            spares,
        }
    }

    pub(super) fn run(mut self) {
        let mut copied = Instant::now();
        loop {
            let (settles, last) = self.wait(copied);
            let followed = self.shared.death().map_or_else(|| self.follow(), Err);
            match &followed {
                Err(error @ JournalError::Lost(_)) => self.shared.die(error.clone()),
                Err(error) => self.trouble(error),
                Ok(()) => {}
            }
            // Who waits for one session does not have the others written in small pieces.
            let scrubs = !lock(&self.shared.state).scrubs.is_empty();
            if last || scrubs || copied.elapsed() >= self.shared.settings.copy_interval {
                copied = Instant::now();
                self.flush();
            }
            for settle in settles {
                let settled = followed.clone().and_then(|()| self.settle(&settle));
                // Whoever asked may be gone.
                let _ = settle.reply.send(settled);
            }
            self.synchronised();
            if last {
                return self.end();
            }
            if scrubs || self.checkpoint.elapsed() >= self.shared.settings.checkpoint_interval {
                self.begin_checkpoint();
            }
            if scrubs {
                self.scrubbed();
            }
        }
    }

    fn wait(&self, copied: Instant) -> (Vec<Settle>, bool) {
        let settings = &self.shared.settings;
        let mut state = lock(&self.shared.state);
        loop {
            let awaited = !state.settles.is_empty() || !state.synchronised.is_empty();
            if awaited || state.committed_all {
                return (mem::take(&mut state.settles), state.committed_all);
            }
            let waited = copied.elapsed();
            let scrubs = !state.scrubs.is_empty();
            if scrubs && waited >= SCRUB_INTERVAL {
                return (Vec::new(), false);
            }
            let idle = !scrubs
                && self.copies.is_empty()
                && state.durable() <= self.at
                && state.retired.is_none();
            if !idle && waited >= settings.copy_interval {
                return (Vec::new(), false);
            }
            state = if idle {
                let woken = self.shared.progress.wait(state);
                woken.unwrap_or_else(PoisonError::into_inner)
            } else {
                let interval = if scrubs {
                    SCRUB_INTERVAL.min(settings.copy_interval)
                } else {
                    settings.copy_interval
                };
                let left = interval.saturating_sub(waited);
                let woken = self.shared.progress.wait_timeout(state, left);
                woken.unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }

    fn trouble(&self, error: &JournalError) {
        lock(&self.shared.state).trouble(error.clone());
    }

    /// Copies everything that is durable in the journal.
    fn follow(&mut self) -> Result<(), JournalError> {
        loop {
            let (end, next) = {
                let state = lock(&self.shared.state);
                let end = state
                    .segments
                    .get(&self.at.segment)
                    .map(|extent| extent.end);
                let next = state.segments.range(self.at.segment + 1..).next();
                (end, next.map(|(number, _)| *number))
            };
            let mut at = self.at;
            match end {
                Some(end) if at.offset < end => {
                    let read = self.replay(&mut at, Some(end), None);
                    self.at = at;
                    read?;
                    if at.offset < end {
                        let path = self.shared.files.segment(at.segment);
                        let cut = std::io::ErrorKind::UnexpectedEof.into();
                        return Err(JournalError::disk("read", path)(cut));
                    }
                }
                _ => match next {
                    Some(next) => {
                        self.at = Position {
                            segment: next,
                            offset: 0,
                        };
                    }
                    None => return Ok(()),
                },
            }
        }
    }
}
