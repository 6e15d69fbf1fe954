//! The thread that appends to the journal: it gathers what the sessions have, writes it in one piece, and has one
//! synchronisation make all of it durable.
//!
//! Synchronising is another thread's work, so that audio goes on being written, and survives the process, while the
//! disk takes its time.

use std::io::Write as _;
use std::mem;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::JournalError;
use super::entry::{Kind, Link, put};
use super::live::Live;
use super::segment::{Header, Position};
use super::session::{Inbox, encode_id};
use super::shared::{Shared, lock};
use super::spare::Wish;
use crate::store::DiskFile;

pub(super) struct Committer {
    shared: Arc<Shared>,
    sync: Sender<Request>,
    prepare: Sender<Wish>,
    live: Vec<Live>,
    segment: Option<Segment>,
    /// The end of what is durable.
    end: Position,
    /// The number of the next segment; those of failed attempts are not used again.
    next: u64,
    /// The number of the segment that was begun last.
    last: u64,
    batch: Vec<u8>,
    /// There is something to write, which has to wait for the synchronisation.
    owed: bool,
    /// The last attempt failed: the next one is not made before the interval is over.
    refused: bool,
}

struct Segment {
    file: Box<dyn DiskFile>,
    number: u64,
    /// Whether its name is durable.
    is_named: bool,
    /// What is synchronised; away while that happens.
    handle: Option<Box<dyn DiskFile>>,
    written: u64,
    /// What a synchronisation is making durable.
    sent: u64,
    durable: u64,
}

/// A file to be synchronised, with the journal's folder if the file is new.
pub(super) struct Request {
    file: Box<dyn DiskFile>,
    number: u64,
    is_new: bool,
}

/// What has become of it.
pub(super) struct Answer {
    file: Box<dyn DiskFile>,
    outcome: Result<(), JournalError>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.outcome.fmt(formatter)
    }
}

/// The thread that synchronises.
pub(super) fn synchronise(shared: &Shared, requests: &Receiver<Request>) {
    for Request {
        mut file,
        number,
        is_new,
    } in requests
    {
        let path = shared.files.segment(number);
        let synced = file.sync();
        let synced = synced.map_err(JournalError::disk("synchronise", path));
        let folder = |()| {
            if is_new {
                shared.files.sync_dir(&shared.files.folder)
            } else {
                Ok(())
            }
        };
        let outcome = synced.and_then(folder);
        lock(&shared.state).segment_synced = Some(Answer { file, outcome });
        shared.work.notify_one();
    }
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
        prepare: Sender<Wish>,
        end: Position,
        next: u64,
    ) -> Self {
        Self {
            shared,
            sync,
            prepare,
            live: Vec::new(),
            segment: None,
            end,
            next,
            last: 0,
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
            if turn.write {
                gathered = Instant::now();
                self.write();
            }
            self.begin_sync();
            if turn.closing {
                break;
            }
        }
        loop {
            self.wait_for_sync();
            if !mem::take(&mut self.owed) && !self.is_behind() {
                break;
            }
            self.write();
            self.begin_sync();
        }
        let mut state = lock(&self.shared.state);
        state.unfinished = self.live.len();
        state.committed_all = true;
        self.shared.progress.notify_all();
    }

    /// Waits until there is something to do.
    fn wait(&mut self, gathered: Instant) -> Turn {
        let settings = &self.shared.settings;
        let mut state = lock(&self.shared.state);
        loop {
            enter(&mut self.live, &mut state.newcomers);
            for key in mem::take(&mut state.failing) {
                let failing = self.live.iter().filter(|live| live.inbox.key == key);
                failing.for_each(|live| live.inbox.failed.store(true, Ordering::Relaxed));
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
        if !any {
            self.owed = false;
            return;
        }
        if let Some(segment) = &self.segment
            && segment.written >= self.shared.settings.segment_bytes
        {
            // The next segment says where this one ends: all of it is to be durable then.
            self.owed = self.is_behind();
            if self.owed {
                return;
            }
            self.segment = None;
        }
        self.owed = false;
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
            is_new: !segment.is_named,
        };
        // The thread ends after this one.
        let _ = self.sync.send(request);
    }

    /// Waits for a synchronisation that is under way.
    fn wait_for_sync(&mut self) {
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

    fn synced(&mut self, answer: Answer) {
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
    fn start_over(&mut self, error: JournalError) {
        lock(&self.shared.state).trouble(error);
        self.abandon();
        let outcome = self.append().and_then(|()| self.sync_now());
        match outcome {
            Ok(()) => {
                self.refused = false;
                self.acknowledge();
            }
            Err(error) => {
                lock(&self.shared.state).trouble(error.clone());
                self.abandon();
                self.refused = true;
                self.refuse(&error);
            }
        }
    }

    fn sync_now(&mut self) -> Result<(), JournalError> {
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
        segment.is_named = true;
        segment.durable = segment.written;
        self.live.iter_mut().for_each(Live::send);
        Ok(())
    }

    /// Writes all that was not written yet, to a new segment if there is none.
    fn append(&mut self) -> Result<(), JournalError> {
        let mut batch = mem::take(&mut self.batch);
        batch.clear();
        if self.segment.is_none() {
            let segment = self.begin_segment()?;
            let number = segment.number;
            self.segment = Some(segment);
            let header = Header {
                number,
                before: self.end,
            };
            header.put(&mut batch);
            for live in self.live.iter().filter(|live| live.is_open) {
                let (key, mut link) = (live.inbox.key, live.link());
                put(&mut batch, Kind::Live, key, &mut link, |batch| {
                    batch.extend(encode_id(&live.inbox.id));
                });
            }
        } else if let Some(segment) = &self.segment {
            let mut link = Link {
                samples: segment.durable,
                ..Link::default()
            };
            put(&mut batch, Kind::Durable, 0, &mut link, |_| {});
        }
        for live in &mut self.live {
            live.encode(&mut batch);
        }
        let files = &self.shared.files;
        let Some(segment) = &mut self.segment else {
            return Err(JournalError::Closed);
        };
        let written = segment.file.write_all(&batch);
        written.map_err(JournalError::disk("write", files.segment(segment.number)))?;
        segment.written += batch.len() as u64;
        self.batch = batch;
        if segment.written >= self.shared.settings.segment_bytes / 2 {
            let mut state = lock(&self.shared.state);
            if !mem::replace(&mut state.spare_asked, true) {
                // Without the thread, segments are files that grow.
                let _ = self.prepare.send(Wish(self.next));
                self.next = self.next.saturating_add(1);
            }
        }
        Ok(())
    }

    /// The segment that was made ready, or else a new one.
    fn begin_segment(&mut self) -> Result<Segment, JournalError> {
        let files = &self.shared.files;
        let spare = {
            let mut state = lock(&self.shared.state);
            let spare = state.spare.take();
            state.spare_asked &= spare.is_none();
            spare
        };
        // Numbers only rise: one that came too late for its turn is of no use.
        let late = |number: &u64| *number <= self.last;
        if let Some(number) = spare.filter(late) {
            drop(files.disk.remove_file(&files.segment(number)));
        }
        let ready = spare.filter(|number| !late(number));
        let number = ready.unwrap_or(self.next);
        self.last = number;
        let path = files.segment(number);
        let created = if ready.is_some() {
            files.disk.open(&path)
        } else {
            self.next = self.next.saturating_add(1);
            files.disk.create_new(&path)
        };
        let file = created.map_err(JournalError::disk("create", &path))?;
        let handle = files.disk.open(&path);
        Ok(Segment {
            file,
            number,
            is_named: ready.is_some(),
            handle: Some(handle.map_err(JournalError::disk("open", &path))?),
            written: 0,
            sent: 0,
            durable: 0,
        })
    }

    /// Leaves the segment as far as it is durable, if the disk lets us; the next one's header says where it ends in
    /// any case.
    fn abandon(&mut self) {
        if let Some(mut segment) = self.segment.take() {
            if segment.durable > 0 {
                drop(segment.file.set_len(segment.durable));
            } else {
                drop(segment.file);
                let path = self.shared.files.segment(segment.number);
                drop(self.shared.files.disk.remove_file(&path));
            }
        }
        self.live.iter_mut().for_each(Live::start_over);
    }

    fn acknowledge(&mut self) {
        let Some(segment) = &self.segment else {
            return;
        };
        self.end = Position {
            segment: segment.number,
            offset: segment.durable,
        };
        {
            let mut state = lock(&self.shared.state);
            state.segments.insert(self.end.segment, self.end.offset);
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
    fn refuse(&mut self, error: &JournalError) {
        self.live.iter_mut().for_each(|live| live.refuse(error));
        self.forget();
        lock(&self.shared.state).commits += 1;
        self.shared.progress.notify_all();
    }

    /// Lets go of the sessions that are over; what was appended to them after their end is nobody's.
    fn forget(&mut self) {
        for live in self.live.extract_if(.., |live| live.is_over) {
            self.shared.release(live.end() * 2);
        }
    }
}

fn enter(live: &mut Vec<Live>, newcomers: &mut Vec<Arc<Inbox>>) {
    live.extend(newcomers.drain(..).map(Live::new));
}
