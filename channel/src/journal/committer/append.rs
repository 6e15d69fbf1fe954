//! The segment that is being written, and what is appended to it.

use std::io::Write as _;
use std::mem;
use std::time::{Duration, Instant};

use super::Committer;
use crate::journal::entry::{Kind, Link, put};
use crate::journal::live::Live;
use crate::journal::segment::Header;
use crate::journal::session::encode_id;
use crate::journal::shared::lock;
use crate::journal::spare::Order;
use crate::journal::{JournalError, Settings};
use crate::store::{DiskFile, FileIdentity};

pub(super) struct Segment {
    pub(super) file: Box<dyn DiskFile>,
    pub(super) number: u64,
    pub(super) identity: Option<FileIdentity>,
    /// Whether its name is durable.
    pub(super) is_named: bool,
    /// What is synchronised; away while that happens.
    pub(super) handle: Option<Box<dyn DiskFile>>,
    pub(super) written: u64,
    /// What a synchronisation is making durable.
    pub(super) sent: u64,
    pub(super) durable: u64,
    since: Instant,
    /// Whether the one before it was full so soon that one more may not be made ready in time.
    is_fast: bool,
}

/// How long a segment lasts of which the next one is asked for in time by asking when it is half full.
const LEISURE: Duration = Duration::from_secs(4);
/// Segments that are made ready when one is full sooner than that.
const SPARES: usize = 3;

/// Bytes that are gathered for one write: what the processor's cache holds, whatever the number of calls.
const PIECE: usize = 256 << 10;

impl Segment {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes)?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Whether the next one is to be begun.
    pub(super) fn is_over(&self, settings: &Settings) -> bool {
        self.written >= settings.segment_bytes || self.age() >= settings.segment_interval
    }

    fn age(&self) -> Duration {
        self.since.elapsed()
    }

    /// How long it took to be full, if it is.
    pub(super) fn filled_in(&self, settings: &Settings) -> Option<Duration> {
        (self.written >= settings.segment_bytes).then(|| self.age())
    }

    /// How many are to be ready after it.
    fn spares(&self, settings: &Settings) -> usize {
        if self.is_fast {
            SPARES
        } else {
            usize::from(self.written >= settings.segment_bytes / 2)
        }
    }
}

impl Committer {
    /// Writes all that was not written yet, to a new segment if there is none.
    pub(super) fn append(&mut self) -> Result<(), JournalError> {
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
                put(&mut batch, number, Kind::Live, key, &mut link, |batch| {
                    batch.extend(encode_id(&live.inbox.id));
                    batch.extend(live.inbox.shape.encode());
                });
            }
        } else if let Some(segment) = &self.segment {
            let mut link = Link {
                samples: segment.durable,
                ..Link::default()
            };
            put(
                &mut batch,
                segment.number,
                Kind::Durable,
                0,
                &mut link,
                |_| {},
            );
        }
        let files = &self.shared.files;
        let Some(segment) = &mut self.segment else {
            return Err(JournalError::Closed);
        };
        let failed = |number| JournalError::disk("write", files.segment(number));
        for live in &mut self.live {
            live.encode(segment.number, &mut batch);
            if batch.len() >= PIECE {
                segment.write(&batch).map_err(failed(segment.number))?;
                batch.clear();
            }
        }
        segment.write(&batch).map_err(failed(segment.number))?;
        self.batch = batch;
        let wanted = segment.spares(&self.shared.settings);
        let mut state = lock(&self.shared.state);
        while state.spares.len() + state.spares_asked < wanted {
            state.spares_asked += 1;
            // Without the thread, segments are files that grow.
            let _ = self.spares.send(Order::Make(self.next));
            self.next = self.next.saturating_add(1);
        }
        Ok(())
    }

    /// The segment that was made ready, or else a new one.
    pub(super) fn begin_segment(&mut self) -> Result<Segment, JournalError> {
        // A folder that took the place of the journal's may be another's, with segments of the same names.
        self.shared.check_folder()?;
        let files = &self.shared.files;
        let ready = {
            let mut state = lock(&self.shared.state);
            state.begun += 1;
            if !state.scrubs.is_empty() {
                // Made of old segments, which are to go.
                let _ = self.spares.send(Order::Release {
                    segments: state.spares.drain(..).collect(),
                    wanted: Some(0),
                });
            }
            loop {
                match state.spares.pop_front() {
                    // Numbers only rise: one that came too late for its turn is made ready anew.
                    Some(number) if number <= self.last => {
                        let _ = self.spares.send(Order::Release {
                            segments: vec![number],
                            wanted: None,
                        });
                    }
                    ready => break ready,
                }
            }
        };
        let number = ready.unwrap_or(self.next);
        self.last = number;
        lock(&self.shared.state).last_begun = number;
        let path = files.segment(number);
        let created = if ready.is_some() {
            files.disk.open(&path)
        } else {
            self.next = self.next.saturating_add(1);
            files.disk.create_new(&path)
        };
        let file = created.map_err(JournalError::disk("create", &path))?;
        let identity = file.identity();
        let identity = identity.map_err(JournalError::disk("look at", &path))?;
        let handle = files.disk.open(&path);
        Ok(Segment {
            file,
            number,
            identity,
            is_named: ready.is_some(),
            handle: Some(handle.map_err(JournalError::disk("open", &path))?),
            written: 0,
            sent: 0,
            durable: 0,
            since: Instant::now(),
            is_fast: self.filled_in.is_some_and(|filled_in| filled_in < LEISURE),
        })
    }

    /// Leaves the segment as far as it is durable, if the disk lets us; the next one's header says where it ends in
    /// any case.
    pub(super) fn abandon(&mut self) {
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
}
