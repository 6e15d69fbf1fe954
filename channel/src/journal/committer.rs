//! The thread that appends to the journal: it gathers what the sessions have, and one write and one
//! synchronisation make all of it durable.

use std::io::Write as _;
use std::mem;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::JournalError;
use super::entry::{Kind, Link, put};
use super::segment::{Header, Position};
use super::session::{Inbox, Mark, Pending, encode_id};
use super::shared::{Shared, lock};
use crate::store::DiskFile;

/// Samples in one entry at most: what one damaged byte can cost.
const ENTRY_SAMPLES: usize = 32 * 1024;

pub(super) struct Committer {
    shared: Arc<Shared>,
    live: Vec<Live>,
    segment: Option<Segment>,
    /// The end of what is durable.
    end: Position,
    /// The number of the next segment; those of failed attempts are not used again.
    next: u64,
    batch: Vec<u8>,
}

struct Segment {
    file: Box<dyn DiskFile>,
    at: Position,
}

/// A session as the committer knows it.
struct Live {
    inbox: Arc<Inbox>,
    /// Taken from the inbox, not committed yet.
    samples: Vec<i16>,
    marks: Vec<Mark>,
    /// Where it is in the journal, and where it will be with the batch.
    link: Link,
    next: Link,
    /// Whether its beginning is in the journal.
    open: bool,
    over: bool,
}

impl Committer {
    /// Goes on in a new segment behind `end`.
    pub(super) fn new(shared: Arc<Shared>, end: Position, next: u64) -> Self {
        Self {
            shared,
            live: Vec::new(),
            segment: None,
            end,
            next,
            batch: Vec::new(),
        }
    }

    pub(super) fn run(mut self) {
        let mut gathered = Instant::now();
        loop {
            let closing = self.wait(gathered);
            gathered = Instant::now();
            if self.gather() {
                self.commit();
            }
            if closing {
                break;
            }
        }
        let mut state = lock(&self.shared.state);
        state.unfinished = self.live.len();
        state.committed_all = true;
        self.shared.progress.notify_all();
    }

    /// Waits until there is a reason to commit; says whether it is the last.
    fn wait(&mut self, gathered: Instant) -> bool {
        let settings = &self.shared.settings;
        let mut state = lock(&self.shared.state);
        loop {
            let newcomers = mem::take(&mut state.newcomers);
            self.live.extend(newcomers.into_iter().map(Live::new));
            for key in mem::take(&mut state.failing) {
                let failing = self.live.iter().filter(|live| live.inbox.key == key);
                failing.for_each(|live| live.inbox.failed.store(true, Ordering::Relaxed));
            }
            if self.live.is_empty() && state.retire.take() == Some(self.end.segment) {
                self.segment = None;
                state.retired = Some(self.end.segment);
                self.shared.progress.notify_all();
            }
            let full = self.shared.pending() >= settings.batch_bytes;
            // A disk that refuses is not asked again before the interval is over.
            let refused = self.live.iter().any(|live| !live.samples.is_empty());
            if mem::take(&mut state.urgent) || state.closing || (full && !refused) {
                return state.closing;
            }
            let waited = gathered.elapsed();
            let idle = self.live.is_empty();
            if !idle && waited >= settings.interval {
                return false;
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

    /// Takes what the sessions have; says whether that is anything.
    fn gather(&mut self) -> bool {
        let mut any = false;
        for live in &mut self.live {
            let mut pending = lock(&live.inbox.pending);
            let before = live.samples.len();
            if before == 0 {
                mem::swap(&mut live.samples, &mut pending.samples);
            } else {
                live.samples.append(&mut pending.samples);
            }
            for mut mark in pending.marks.drain(..) {
                mark.after += before;
                live.marks.push(mark);
            }
            any |= !live.samples.is_empty() || !live.marks.is_empty();
        }
        any
    }

    fn commit(&mut self) {
        let full = |segment: &Segment| segment.at.offset >= self.shared.settings.segment_bytes;
        if self.segment.as_ref().is_some_and(full) {
            self.segment = None;
        }
        let mut committed = self.attempt();
        if let Err(error) = committed {
            // Whether the bytes of a write or a synchronisation that failed are on disk nobody can say, nor would
            // the next synchronisation of that file: all of it goes to a new one, once.
            lock(&self.shared.state).trouble(error);
            self.abandon();
            committed = self.attempt();
        }
        match committed {
            Ok(()) => self.acknowledge(),
            Err(error) => {
                lock(&self.shared.state).trouble(error.clone());
                self.abandon();
                self.refuse(&error);
            }
        }
        self.forget();
        lock(&self.shared.state).commits += 1;
        self.shared.progress.notify_all();
    }

    /// Writes all that was taken, to a new segment if there is none.
    fn attempt(&mut self) -> Result<(), JournalError> {
        let mut batch = mem::take(&mut self.batch);
        batch.clear();
        let new = self.segment.is_none();
        let number = self.next;
        if new {
            let header = Header {
                number,
                before: self.end,
            };
            header.put(&mut batch);
            for live in self.live.iter().filter(|live| live.open) {
                let (key, mut link) = (live.inbox.key, live.link);
                put(&mut batch, Kind::Live, key, &mut link, |batch| {
                    batch.extend(encode_id(&live.inbox.id));
                });
            }
        }
        for live in &mut self.live {
            live.encode(&mut batch);
        }
        let written = self.write(new, number, &batch);
        self.batch = batch;
        written
    }

    fn write(&mut self, new: bool, number: u64, batch: &[u8]) -> Result<(), JournalError> {
        let files = &self.shared.files;
        if new {
            self.next = self.next.saturating_add(1);
            let path = files.segment(number);
            let file = files.disk.create_new(&path);
            self.segment = Some(Segment {
                file: file.map_err(JournalError::disk("create", &path))?,
                at: Position {
                    segment: number,
                    offset: 0,
                },
            });
        }
        let Some(segment) = &mut self.segment else {
            return Err(JournalError::Closed);
        };
        let path = files.segment(segment.at.segment);
        let written = segment.file.write_all(batch);
        written.map_err(JournalError::disk("write", &path))?;
        let synced = segment.file.sync();
        synced.map_err(JournalError::disk("synchronise", &path))?;
        if new {
            files.sync_dir(&files.folder)?;
        }
        segment.at.offset += batch.len() as u64;
        self.end = segment.at;
        Ok(())
    }

    /// Leaves the segment as it was before the batch, as far as the disk lets us; the next one's header says where
    /// it ends in any case.
    fn abandon(&mut self) {
        if let Some(mut segment) = self.segment.take() {
            if segment.at.offset > 0 {
                drop(segment.file.set_len(segment.at.offset));
            } else {
                drop(segment.file);
                let path = self.shared.files.segment(segment.at.segment);
                drop(self.shared.files.disk.remove_file(&path));
            }
        }
    }

    fn acknowledge(&mut self) {
        let mut bytes = 0;
        let position = self.end;
        {
            let mut state = lock(&self.shared.state);
            state.segments.insert(position.segment, position.offset);
        }
        let mut replies: Vec<Sender<_>> = Vec::new();
        for live in &mut self.live {
            bytes += live.samples.len() * 2;
            live.samples.clear();
            live.link = live.next;
            for mark in live.marks.drain(..) {
                live.open |= mark.kind == Kind::Open;
                live.over |= mark.kind == Kind::Close;
                replies.push(mark.reply);
            }
        }
        self.shared.release(bytes);
        for reply in replies {
            // Whoever asked may be gone; it is done all the same.
            let _ = reply.send(Ok(position));
        }
    }

    /// Lets go of the sessions that are over; what was appended to them after their end is nobody's.
    fn forget(&mut self) {
        let over = |live: &mut Live| live.over;
        for live in self.live.extract_if(.., over) {
            let over = Pending {
                over: true,
                ..Pending::default()
            };
            let pending = mem::replace(&mut *lock(&live.inbox.pending), over);
            let samples = live.samples.len() + pending.samples.len();
            self.shared.release(samples * 2);
        }
    }

    /// Tells those who wait. Samples stay, for the next attempt; a step that was answered with an error does not.
    fn refuse(&mut self, error: &JournalError) {
        for live in &mut self.live {
            for mark in live.marks.drain(..) {
                live.over |= mark.kind == Kind::Open;
                let _ = mark.reply.send(Err(error.clone()));
            }
        }
    }
}

impl Live {
    fn new(inbox: Arc<Inbox>) -> Self {
        Self {
            inbox,
            samples: Vec::new(),
            marks: Vec::new(),
            link: Link::default(),
            next: Link::default(),
            open: false,
            over: false,
        }
    }

    fn encode(&mut self, batch: &mut Vec<u8>) {
        let (key, mut link, mut at) = (self.inbox.key, self.link, 0);
        let mut audio = |batch: &mut Vec<u8>, link: &mut Link, to: usize| {
            let samples = self.samples.get(at..to).unwrap_or_default();
            for samples in samples.chunks(ENTRY_SAMPLES) {
                put(batch, Kind::Audio, key, link, |batch| {
                    batch.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
                });
            }
            at = to;
        };
        for mark in &self.marks {
            audio(batch, &mut link, mark.after);
            put(batch, mark.kind, key, &mut link, |batch| {
                batch.extend_from_slice(&mark.payload);
            });
        }
        audio(batch, &mut link, self.samples.len());
        self.next = link;
    }
}
