//! The segment that is being written, and what is appended to it.

use std::io::Write as _;
use std::mem;

use super::Committer;
use crate::journal::JournalError;
use crate::journal::entry::{Kind, Link, put};
use crate::journal::live::Live;
use crate::journal::segment::Header;
use crate::journal::session::encode_id;
use crate::journal::shared::lock;
use crate::journal::spare::Wish;
use crate::store::DiskFile;

pub(super) struct Segment {
    pub(super) file: Box<dyn DiskFile>,
    pub(super) number: u64,
    /// Whether its name is durable.
    pub(super) is_named: bool,
    /// What is synchronised; away while that happens.
    pub(super) handle: Option<Box<dyn DiskFile>>,
    pub(super) written: u64,
    /// What a synchronisation is making durable.
    pub(super) sent: u64,
    pub(super) durable: u64,
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
    pub(super) fn begin_segment(&mut self) -> Result<Segment, JournalError> {
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
