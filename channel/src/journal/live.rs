//! A session as the committer knows it: what was taken from the call, and how far that is on its way to the disk.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::JournalError;
use super::entry::{Kind, Link, put};
use super::segment::Position;
use super::session::{Inbox, Mark, Pending};
use super::shared::lock;

/// Samples in one entry at most: what one damaged byte can cost.
const ENTRY_SAMPLES: usize = 32 * 1024;

/// Samples that a session gathers between two commits when nothing is slow: 100 ms, or 50 of two channels.
const USUAL_SAMPLES: usize = 1600;

pub(super) struct Live {
    pub(super) inbox: Arc<Inbox>,
    /// Taken from the inbox and not acknowledged.
    samples: Vec<i16>,
    marks: Vec<Mark>,
    /// What of it is in the segment.
    written: Stage,
    /// What of that is being synchronised.
    sent: Stage,
    /// Where the session is in what is durable.
    link: Link,
    /// Whether its beginning is durable.
    pub(super) is_open: bool,
    pub(super) is_over: bool,
}

/// So many of the samples and marks, and where the session is in the journal after them.
#[derive(Clone, Copy, Debug, Default)]
struct Stage {
    samples: usize,
    marks: usize,
    link: Link,
}

impl Live {
    pub(super) fn new(inbox: Arc<Inbox>) -> Self {
        Self {
            inbox,
            samples: Vec::new(),
            marks: Vec::new(),
            written: Stage::default(),
            sent: Stage::default(),
            link: Link::default(),
            is_open: false,
            is_over: false,
        }
    }

    pub(super) fn link(&self) -> Link {
        self.link
    }

    /// Takes what the call has left; says whether there is anything to be written.
    pub(super) fn gather(&mut self) -> bool {
        let mut pending = lock(&self.inbox.pending);
        let before = self.samples.len();
        if before == 0 {
            mem::swap(&mut self.samples, &mut pending.samples);
        } else {
            self.samples.append(&mut pending.samples);
            if pending.samples.capacity() > USUAL_SAMPLES {
                pending.samples = Vec::new();
            }
        }
        for mut mark in pending.marks.drain(..) {
            mark.after += before;
            self.marks.push(mark);
        }
        self.samples.len() > self.written.samples || self.marks.len() > self.written.marks
    }

    /// Puts what is not written yet into a batch for this segment.
    pub(super) fn encode(&mut self, segment: u64, batch: &mut Vec<u8>) {
        let Stage {
            samples: mut at,
            marks,
            mut link,
        } = self.written;
        let key = self.inbox.key;
        let mut audio = |batch: &mut Vec<u8>, link: &mut Link, to: usize| {
            let samples = self.samples.get(at..to).unwrap_or_default();
            for samples in samples.chunks(ENTRY_SAMPLES) {
                put(batch, segment, Kind::Audio, key, link, |batch| {
                    // In one piece: extending by the bytes of each sample checks for room at every one.
                    let start = batch.len();
                    batch.resize(start + samples.len() * 2, 0);
                    let places = batch.get_mut(start..).unwrap_or_default();
                    for (place, sample) in places.chunks_exact_mut(2).zip(samples) {
                        place.copy_from_slice(&sample.to_le_bytes());
                    }
                });
            }
            at = to;
        };
        for mark in self.marks.iter().skip(marks) {
            audio(batch, &mut link, mark.after);
            if let Some(kind) = mark.kind {
                put(batch, segment, kind, key, &mut link, |batch| {
                    batch.extend_from_slice(&mark.payload);
                });
            }
        }
        audio(batch, &mut link, self.samples.len());
        self.written = Stage {
            samples: self.samples.len(),
            marks: self.marks.len(),
            link,
        };
    }

    /// All that is written is being synchronised.
    pub(super) fn send(&mut self) {
        self.sent = self.written;
    }

    /// All that is not acknowledged is to be written again.
    pub(super) fn start_over(&mut self) {
        self.written = Stage {
            link: self.link,
            ..Stage::default()
        };
        self.sent = self.written;
    }

    /// What was sent is durable, up to this place. Says how many samples that were.
    pub(super) fn acknowledge(&mut self, position: Position) -> usize {
        let Stage {
            samples,
            marks,
            link,
        } = self.sent;
        self.samples.drain(..samples);
        // What a slow disk has had wait is not to be held for the rest of the call.
        if self.samples.is_empty() && self.samples.capacity() > USUAL_SAMPLES {
            self.samples = Vec::new();
        }
        // Before those who wait are told: they may ask.
        self.inbox.committed.store(link.samples, Ordering::Relaxed);
        for mark in self.marks.drain(..marks) {
            self.is_open |= mark.kind == Some(Kind::Open);
            if mark.kind == Some(Kind::Close) {
                self.is_over = true;
                lock(&self.inbox.pending).over = true;
            }
            // Whoever asked may be gone; it is done all the same.
            let _ = mark.reply.send(Ok(position));
        }
        for mark in &mut self.marks {
            mark.after -= samples;
        }
        self.link = link;
        self.written.samples -= samples;
        self.written.marks -= marks;
        self.sent = Stage {
            link,
            ..Stage::default()
        };
        samples
    }

    /// What was asked for is refused, and not to be written; the samples stay.
    pub(super) fn refuse(&mut self, error: &JournalError) {
        for mark in mem::take(&mut self.marks) {
            self.is_over |= mark.kind == Some(Kind::Open);
            let _ = mark.reply.send(Err(error.clone()));
        }
    }

    /// Takes nothing any more; says how many samples nobody will have.
    pub(super) fn end(mut self) -> usize {
        let over = Pending {
            over: true,
            ..Pending::default()
        };
        let pending = mem::replace(&mut *lock(&self.inbox.pending), over);
        mem::take(&mut self.samples).len() + pending.samples.len()
    }
}

impl Drop for Live {
    /// Nobody may wait for a committer that is gone.
    fn drop(&mut self) {
        let mut pending = lock(&self.inbox.pending);
        pending.over = true;
        pending.marks.clear();
    }
}
