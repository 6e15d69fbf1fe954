//! The thread that brings what is in the journal to the sessions' own files. It reads the journal, as the
//! recovery does: what was written is what is read, and memory does not depend on how far it is behind.

use std::collections::{BTreeMap, HashSet};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::mem;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::checkpoint::{self, Job};
use super::copy::{Metadata, SessionCopy};
use super::entry::{self, Entry, Follows, Kind};
use super::recovery::{Damage, Harm};
use super::segment::{self, Found, Header, Position, Scan};
use super::session::decode_id;
use super::shared::{Settle, Shared, lock};
use super::{JournalError, segment as segments};

/// Bytes that are read at once; more than the largest entry has.
const CHUNK: u64 = 8 << 20;

pub(super) struct Copier {
    pub(super) shared: Arc<Shared>,
    pub(super) copies: BTreeMap<u64, SessionCopy>,
    /// Sessions that need nothing, by their key.
    pub(super) settled: HashSet<u64>,
    pub(super) damage: Vec<Damage>,
    at: Position,
    /// A key that no session has had so far.
    pub(super) next_key: u64,
    /// Sessions of the chunk that is being read.
    touched: Vec<u64>,
    open: usize,
    most_open: usize,
    checkpoint: Instant,
    synchronising: bool,
}

impl Copier {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            most_open: shared.settings.open_files.max(1),
            shared,
            copies: BTreeMap::new(),
            settled: HashSet::new(),
            damage: Vec::new(),
            at: Position::default(),
            next_key: 1,
            touched: Vec::new(),
            open: 0,
            checkpoint: Instant::now(),
            synchronising: false,
        }
    }

    pub(super) fn run(mut self) {
        let mut copied = Instant::now();
        loop {
            let (settles, last) = self.wait(copied);
            copied = Instant::now();
            let followed = self.follow();
            if let Err(error) = &followed {
                self.trouble(error);
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
            if self.checkpoint.elapsed() >= self.shared.settings.checkpoint_interval {
                self.begin_checkpoint();
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
            let idle =
                self.copies.is_empty() && state.durable() <= self.at && state.retired.is_none();
            if !idle && waited >= settings.copy_interval {
                return (Vec::new(), false);
            }
            state = if idle {
                let woken = self.shared.progress.wait(state);
                woken.unwrap_or_else(PoisonError::into_inner)
            } else {
                let left = settings.copy_interval.saturating_sub(waited);
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
                let end = state.segments.get(&self.at.segment).copied();
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

    /// Reads a segment from a place on, to `end` or as far as it goes, and has the sessions take what is theirs, or
    /// only those in `keys`. Says where the last entry ended.
    pub(super) fn replay(
        &mut self,
        at: &mut Position,
        end: Option<u64>,
        keys: Option<&HashSet<u64>>,
    ) -> Result<u64, JournalError> {
        let path = self.shared.files.segment(at.segment);
        let failed = |doing| JournalError::disk(doing, &path);
        let mut file = self.shared.files.disk.open(&path).map_err(failed("open"))?;
        let mut bytes = Vec::new();
        let mut good = at.offset;
        loop {
            let wanted = end.map_or(CHUNK, |end| end.saturating_sub(at.offset).min(CHUNK));
            bytes.clear();
            let read = file
                .seek(SeekFrom::Start(at.offset))
                .and_then(|_| (&mut file).take(wanted).read_to_end(&mut bytes));
            let read = read.map_err(failed("read"))? as u64;
            let is_last = read < CHUNK;
            let start = usize::from(at.offset == 0 && Header::get(&bytes).is_some());
            let start = start * segments::HEADER_BYTES;
            let mut consumed = start as u64;
            for found in Scan::new(&bytes, start) {
                match found {
                    Found::Entry { entry, end } => {
                        consumed = end as u64;
                        if keys.is_none_or(|keys| keys.contains(&entry.key)) {
                            self.take(*at, consumed, &entry, keys.is_some());
                        }
                    }
                    Found::Damage { from, to } => {
                        if keys.is_none() {
                            let (from, to) = (at.offset + from as u64, at.offset + to as u64);
                            self.harm(at.segment, Harm::Bytes { from, to });
                        }
                        consumed = to as u64;
                    }
                    Found::Tail { .. } => {}
                }
            }
            self.flush();
            if consumed > 0 || is_last {
                good = at.offset + consumed;
            }
            if is_last {
                at.offset += read;
                if end.is_some() && good < at.offset && keys.is_none() {
                    let (from, to) = (good, at.offset);
                    self.harm(at.segment, Harm::Bytes { from, to });
                }
                return Ok(good);
            }
            if consumed == 0 {
                // Nothing at all in so many bytes: only what could be the beginning of an entry is read again.
                consumed = CHUNK - (entry::LARGEST + entry::HEADER_BYTES) as u64;
                let (from, to) = (at.offset, at.offset + consumed);
                if keys.is_none() {
                    self.harm(at.segment, Harm::Bytes { from, to });
                }
            }
            at.offset += consumed;
        }
    }

    fn harm(&mut self, segment: u64, harm: Harm) {
        // As many as somebody will read; a file of rubbish must not fill the memory.
        if self.damage.len() < 1000 {
            let segment = self.shared.files.segment(segment);
            self.damage.push(Damage { segment, harm });
        }
    }

    /// Has a session take an entry that ends at `end` of what begins at `at`; `again` if it did before.
    fn take(&mut self, at: Position, end: u64, entry: &Entry<'_>, again: bool) {
        if entry.kind == Kind::Durable {
            return;
        }
        self.next_key = self.next_key.max(entry.key.saturating_add(1));
        if self.settled.contains(&entry.key) {
            return;
        }
        let begins = matches!(entry.kind, Kind::Open | Kind::Live);
        let offset = at.offset + end;
        if !self.copies.contains_key(&entry.key) {
            let id = begins.then(|| decode_id(entry.payload)).flatten();
            let Some((id, _)) = id else {
                let key = entry.key;
                return self.harm(at.segment, Harm::Stray { key, offset });
            };
            let mut copy = SessionCopy::new(&self.shared.files, id, entry.offset);
            if copy.is_deleted(&self.shared.files) {
                self.settled.insert(entry.key);
                return;
            }
            // The folder of a session is made once, unless it was deleted: what was there before is not to be written
            // into what is there now.
            let before = self.copies.iter().filter(|(_, other)| other.id == copy.id);
            let before: Vec<u64> = before.map(|(key, _)| *key).collect();
            for key in before {
                let gone = self.copies.remove(&key);
                let was_open = gone.is_some_and(|gone| gone.is_open());
                self.open = self.open.saturating_sub(usize::from(was_open));
                self.settled.insert(key);
            }
            if entry.kind == Kind::Live {
                copy.link = entry.after();
            }
            self.copies.insert(entry.key, copy);
        }
        let Some(copy) = self.copies.get_mut(&entry.key) else {
            return;
        };
        let follows = entry.follows(copy.link);
        if !again {
            if follows == Follows::Again {
                return;
            }
            copy.link = entry.after();
        }
        match entry.kind {
            Kind::Live | Kind::Durable => {}
            Kind::Audio => copy.take(entry.offset, entry.payload),
            Kind::Open | Kind::Step | Kind::Close | Kind::Settled => {
                let text = if entry.kind == Kind::Open {
                    decode_id(entry.payload).map_or(&[][..], |(_, rest)| rest)
                } else {
                    entry.payload
                };
                let newest = copy
                    .metadata
                    .as_ref()
                    .is_none_or(|old| old.number < entry.number);
                if newest {
                    copy.metadata = Some(Metadata {
                        text: text.to_vec(),
                        number: entry.number,
                        placed: false,
                        synced: false,
                    });
                }
                copy.closed |= entry.kind == Kind::Close;
            }
        }
        if entry.kind != Kind::Live {
            copy.need(at.segment);
            if self.touched.last() != Some(&entry.key) {
                self.touched.push(entry.key);
            }
        }
        if follows == Follows::Broken && !again {
            let key = entry.key;
            self.harm(at.segment, Harm::Broken { key, offset });
        }
    }

    /// Writes what the sessions have taken.
    fn flush(&mut self) {
        for key in mem::take(&mut self.touched) {
            if self
                .copies
                .get(&key)
                .is_some_and(|copy| copy.broken.is_some())
            {
                continue;
            }
            let done = self.with_file(key, |copy, files| {
                copy.flush(files)?;
                copy.place(files).or_else(|error| {
                    // The audio can be read all the same.
                    copy.refresh(files)?;
                    Err(error)
                })
            });
            if let Err(error) = done {
                self.trouble(&error);
            }
        }
    }

    /// Does something with a session's file. What fails breaks this session and no other.
    fn with_file(
        &mut self,
        key: u64,
        mut work: impl FnMut(&mut SessionCopy, &super::shared::Files) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        let files = self.shared.files.clone();
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
        let mut done = work(copy, &files);
        if matches!(done, Err(JournalError::Disk { doing: "open", .. })) && self.open > 0 {
            // Maybe the process may not open so many.
            self.most_open = (self.open / 2).max(16);
            self.rest();
            if let Some(copy) = self.copies.get_mut(&key) {
                done = work(copy, &files);
            }
        }
        let Some(copy) = self.copies.get_mut(&key) else {
            return done;
        };
        if let Err(error) = &done {
            copy.broken = Some(error.clone());
            if copy.is_deleted(&files) {
                (copy.needs, copy.syncing, copy.closed) = (None, None, true);
                self.settled.insert(key);
                done = Ok(());
            }
        }
        self.open += usize::from(copy.is_open());
        self.open = self.open.saturating_sub(usize::from(is_open));
        done
    }

    /// Closes the files of all sessions; they are opened again when there is something for them.
    fn rest(&mut self) {
        for copy in self.copies.values_mut() {
            if let Err(error) = copy.rest(&self.shared.files) {
                copy.broken = Some(error);
            }
        }
        self.open = 0;
    }

    fn settle(&mut self, settle: &Settle) -> Result<(), JournalError> {
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
        self.with_file(settle.key, |copy, files| {
            copy.refresh(files)?;
            copy.place(files)
        })
    }

    /// Tries again with sessions whose files could not be written: everything that is not sure to be in them is
    /// taken from the journal once more.
    fn mend(&mut self) {
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
            range.map(|(number, end)| (*number, *end)).collect()
        };
        for (segment, end) in segments {
            let end = if segment == self.at.segment {
                self.at.offset
            } else {
                end
            };
            let mut at = Position { segment, offset: 0 };
            if let Err(error) = self.replay(&mut at, Some(end), Some(&keys)) {
                self.trouble(&error);
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

    /// Has everything that was copied synchronised, on another thread.
    fn begin_checkpoint(&mut self) {
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
            let done = checkpoint::synchronise(&shared.files, jobs);
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
    fn jobs(&mut self) -> Vec<Job> {
        self.mend();
        let mut jobs = Vec::new();
        let keys = self.copies.iter().filter(|(_, copy)| copy.needs.is_some());
        let keys: Vec<u64> = keys.map(|(key, _)| *key).collect();
        for key in keys {
            let refreshed = self.with_file(key, |copy, files| {
                copy.refresh(files)?;
                copy.place(files)
            });
            let Some(copy) = self.copies.get_mut(&key) else {
                continue;
            };
            match refreshed {
                Ok(()) => {
                    copy.syncing = copy.needs.take();
                    jobs.push(Job::new(key, copy));
                }
                Err(error) => {
                    // It failed, and failed again: the call should know.
                    let mut state = lock(&self.shared.state);
                    state.trouble(error);
                    state.failing.push(key);
                }
            }
        }
        jobs
    }

    /// Takes note of what a checkpoint has synchronised.
    fn synchronised(&mut self) {
        let done = mem::take(&mut lock(&self.shared.state).synchronised);
        if done.is_empty() {
            return;
        }
        self.synchronising = false;
        for one in done {
            let Some(copy) = self.copies.get_mut(&one.key) else {
                continue;
            };
            let Some(segment) = copy.syncing.take() else {
                continue;
            };
            match one.outcome {
                Ok(()) => {
                    copy.synced = one.samples;
                    copy.is_new = false;
                    if let Some(metadata) = &mut copy.metadata {
                        metadata.synced |= Some(metadata.number) == one.metadata;
                    }
                }
                // After a synchronisation that failed, nothing since the last good one is taken for written.
                Err(error) => {
                    copy.need(segment);
                    copy.broken = Some(error.clone());
                    self.trouble(&error);
                }
            }
        }
        self.drop_segments();
    }

    /// Removes the segments that nobody needs.
    fn drop_segments(&mut self) {
        let mut state = lock(&self.shared.state);
        let too_long = state.segments.values().sum::<u64>() > self.shared.settings.longest_bytes;
        if too_long {
            for (key, copy) in &mut self.copies {
                if copy.broken.is_some() {
                    state.failing.push(*key);
                    copy.needs = None;
                }
            }
        }
        self.copies.retain(|_, copy| {
            let done = copy.needs.is_none() && copy.syncing.is_none();
            let closes = done && copy.closed && copy.is_open();
            self.open = self.open.saturating_sub(usize::from(closes));
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
        let at_end = state.segments.get(&self.at.segment) == Some(&self.at.offset);
        if self.copies.is_empty() && at_end {
            if state.retired == Some(self.at.segment) {
                limit = self.at.segment + 1;
                state.retired = None;
            } else {
                state.retire = Some(self.at.segment);
                self.shared.work.notify_one();
            }
        }
        let numbers: Vec<_> = state
            .segments
            .range(..limit)
            .map(|(number, _)| *number)
            .collect();
        drop(state);
        for number in numbers {
            if let Err(error) = remove(&self.shared, number) {
                return self.trouble(&error);
            }
        }
    }

    /// The journal is being closed, and everything is committed.
    fn end(mut self) {
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
        let done = checkpoint::synchronise(&self.shared.files, jobs);
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

/// Removes a segment, durably before the next: what is left of the journal is its end at all times.
pub(super) fn remove(shared: &Shared, number: u64) -> Result<(), JournalError> {
    let path = shared.files.segment(number);
    match shared.files.disk.remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(JournalError::disk("remove", path)(error));
        }
        _ => {}
    }
    lock(&shared.state).segments.remove(&number);
    shared.files.sync_dir(&shared.files.folder)
}

/// The numbers of the segments in the journal's folder, in order.
pub(super) fn list(shared: &Shared) -> Result<Vec<u64>, JournalError> {
    let folder = &shared.files.folder;
    let names = shared.files.disk.list(folder);
    let names = names.map_err(JournalError::disk("list", folder))?;
    let mut numbers: Vec<_> = names
        .iter()
        .filter_map(|name| segment::number(name))
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}
