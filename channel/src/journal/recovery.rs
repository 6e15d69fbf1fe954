//! What a journal does first: it brings what its predecessor has left to the sessions' files.

use std::collections::{BTreeMap, HashSet};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use onhook::recording::{BillingPolicy, EndReason};
use time::Duration;

use super::JournalError;
use super::copier::{Copier, list, remove};
use super::copy::SessionCopy;
use super::entry::{self, Kind, put};
use super::segment::{self, HEADER_BYTES, Header, Position, Scan};
use super::shared::{Files, Shared};
use crate::media::millis_of;
use crate::store::metadata::{
    Billing, Metadata, Retention, SessionState, TimelineEntry, TimelineEvent,
};
use crate::store::{Part, SessionId};

/// Bytes of settled sessions that are read: more than a million of them.
const MOST_SETTLED: u64 = 64 << 20;

/// Bytes of a segment that are looked at for gaps; ours are much shorter.
const MOST_UNCUT: u64 = 512 << 20;

/// What was found when a journal was opened.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Recovery {
    /// The sessions that were in the journal.
    pub sessions: Vec<Recovered>,
    /// Sessions whose files could not be brought up to date; what the journal has of them is kept and tried again
    /// when it is opened the next time.
    pub failed: Vec<(SessionId, JournalError)>,
    /// What was wrong in the journal. The segments concerned are kept under a name of their own.
    pub damage: Vec<Damage>,
}

/// A session that was in the journal when it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered {
    /// Which.
    pub id: SessionId,
    /// Samples in its file now.
    pub samples: u64,
    /// Of these, samples of silence that stand for audio that was not to be found. A power failure or a crash
    /// leaves none; damage does.
    pub missing: u64,
    /// How it had ended.
    pub ending: Ending,
}

/// How a session had ended before the journal was opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// It was complete; its files only had to be brought up to date.
    Finished,
    /// The bot had stopped it; it was sealed now.
    Stopped,
    /// It was cut off, and ended now with [`EndReason::ServiceRecovered`].
    Interrupted,
    /// As [`Ending::Interrupted`], but its metadata were nowhere to be found: there is only the audio.
    Nameless,
}

/// Something in a segment of the journal that should not be so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Damage {
    /// The file as it was called.
    pub segment: PathBuf,
    /// What is wrong.
    pub harm: Harm,
}

/// What can be wrong in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Harm {
    /// Bytes that are no entry, in the middle.
    Bytes {
        /// The first.
        from: u64,
        /// The first behind them.
        to: u64,
    },
    /// An entry of a session that never began.
    Stray {
        /// The session's key.
        key: u64,
        /// Where the entry ends.
        offset: u64,
    },
    /// An entry that does not follow on what was read before it: something was cut out or is from elsewhere.
    Broken {
        /// The session's key.
        key: u64,
        /// Where the entry ends.
        offset: u64,
    },
}

/// Where the journal goes on.
pub(super) struct Onwards {
    pub(super) end: Position,
    pub(super) next_segment: u64,
    pub(super) next_key: u64,
}

/// A segment, and the part of it that counts.
struct Found {
    number: u64,
    end: Option<u64>,
}

pub(super) fn recover(shared: &Arc<Shared>) -> Result<(Recovery, Onwards), JournalError> {
    let numbers = list(shared)?;
    let next_segment = numbers.last().map_or(1, |last| last.saturating_add(1));
    let found = delimit(&shared.files, &numbers)?;
    let mut copier = Copier::new(Arc::clone(shared));
    copier.settled = settled(&shared.files, &found)?;
    let mut end = Position::default();
    for Found { number, end: limit } in &found {
        let mut at = Position {
            segment: *number,
            offset: 0,
        };
        let limit = match limit {
            None => cut(&shared.files, *number)?,
            Some(limit) => *limit,
        };
        let offset = copier.replay(&mut at, Some(limit), None)?;
        end = Position {
            segment: *number,
            offset,
        };
    }
    let (recovery, succeeded) = conclude(&shared.files, &mut copier);
    let mut onwards = Onwards {
        end,
        next_segment,
        next_key: copier.next_key,
    };
    if recovery.failed.is_empty() {
        for number in numbers {
            let path = shared.files.segment(number);
            if recovery.damage.iter().any(|damage| damage.segment == path) {
                let kept = path.with_extension("damaged");
                let renamed = shared.files.disk.rename(&path, &kept);
                renamed.map_err(JournalError::disk("rename", &path))?;
            }
            remove(shared, number)?;
        }
        onwards.end = Position::default();
    } else if !succeeded.is_empty() {
        // The others are not to be done again.
        onwards.end = settle(&shared.files, &onwards, &succeeded)?;
        onwards.next_segment = onwards.next_segment.saturating_add(1);
    }
    Ok((recovery, onwards))
}

/// Finds out up to where each segment counts: the header of the one after it says so.
fn delimit(files: &Files, numbers: &[u64]) -> Result<Vec<Found>, JournalError> {
    let mut headers = BTreeMap::new();
    for number in numbers {
        let path = files.segment(*number);
        let opened = files.disk.open(&path);
        let file = opened.map_err(JournalError::disk("open", &path))?;
        let mut bytes = Vec::new();
        let read = file.take(HEADER_BYTES as u64).read_to_end(&mut bytes);
        read.map_err(JournalError::disk("read", &path))?;
        let header = Header::get(&bytes).filter(|header| header.number == *number);
        headers.extend(header.map(|header| (*number, header.before)));
    }
    let ends: BTreeMap<_, _> = headers
        .values()
        .map(|before| (before.segment, before.offset))
        .collect();
    let mut found = Vec::new();
    for number in numbers {
        let next = headers.range(number + 1..).next();
        let end = ends.get(number).copied();
        // One that none of its successors goes on from was an attempt that failed.
        if end.is_some() || next.is_none_or(|(_, before)| before.segment > *number) {
            found.push(Found {
                number: *number,
                end,
            });
        }
    }
    Ok(found)
}

/// Where a segment without a successor ends: behind its last entry, or at the first gap that no later entry knows to have been durable. A
/// power failure may keep any part of what was not, also the end without the beginning.
fn cut(files: &Files, number: u64) -> Result<u64, JournalError> {
    let path = files.segment(number);
    let opened = files.disk.open(&path);
    let file = opened.map_err(JournalError::disk("open", &path))?;
    let mut bytes = Vec::new();
    let read = file.take(MOST_UNCUT).read_to_end(&mut bytes);
    read.map_err(JournalError::disk("read", &path))?;
    let start = Header::get(&bytes).map_or(0, |_| HEADER_BYTES);
    let (mut gaps, mut durable, mut last) = (Vec::new(), 0, start);
    for found in Scan::new(&bytes, start) {
        match found {
            segment::Found::Damage { from, .. } => gaps.push(from as u64),
            segment::Found::Entry { entry, end } => {
                last = end;
                if entry.kind == Kind::Durable {
                    durable = durable.max(entry.offset);
                }
            }
            segment::Found::Tail { .. } => {}
        }
    }
    let gap = gaps.into_iter().find(|gap| *gap >= durable);
    Ok(gap.unwrap_or(last as u64))
}

/// The sessions that need nothing, by a recovery before this one: it has noted them in segments of their own.
fn settled(files: &Files, found: &[Found]) -> Result<HashSet<u64>, JournalError> {
    let mut settled = HashSet::new();
    for Found { number, .. } in found {
        let path = files.segment(*number);
        let failed = |doing| JournalError::disk(doing, &path);
        let mut file = files.disk.open(&path).map_err(failed("open"))?;
        let mut bytes = Vec::new();
        let first = (HEADER_BYTES + entry::HEADER_BYTES) as u64;
        let read = (&mut file).take(first).read_to_end(&mut bytes);
        read.map_err(failed("read"))?;
        if !entry::get(&bytes, HEADER_BYTES).is_ok_and(|(entry, _)| entry.kind == Kind::Settled) {
            continue;
        }
        let read = file.take(MOST_SETTLED).read_to_end(&mut bytes);
        read.map_err(failed("read"))?;
        for found in Scan::new(&bytes, HEADER_BYTES) {
            if let segment::Found::Entry { entry, .. } = found
                && entry.kind == Kind::Settled
            {
                settled.insert(entry.key);
            }
        }
    }
    Ok(settled)
}

/// Ends all sessions: files, hashes, metadata, all of it durable.
fn conclude(files: &Files, replayed: &mut Copier) -> (Recovery, Vec<(u64, entry::Link)>) {
    // Synchronising is waiting, and hashing is work: a few at a time serve both.
    const THREADS: usize = 4;
    let retention = replayed.shared.settings.retention;
    let mut copies: Vec<_> = std::mem::take(&mut replayed.copies).into_iter().collect();
    // Those of a call one after another: each names the hashes of the one before.
    copies.sort_by(|(_, one), (_, other)| order(one).cmp(&order(other)));
    let mut calls: Vec<_> = copies
        .chunk_by_mut(|(_, one), (_, other)| order(one).0 == order(other).0)
        .collect();
    let share = calls.len().div_ceil(THREADS).max(1);
    let done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = calls
            .chunks_mut(share)
            .map(|calls| {
                scope.spawn(move || {
                    let all = calls.iter_mut().flat_map(|call| call.iter_mut());
                    all.map(|(_, copy)| end(files, copy, retention))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let lost = |_panic| Vec::new();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(lost))
            .collect()
    });
    let mut folders = std::collections::BTreeSet::new();
    for (_, copy) in &copies {
        folders.extend(super::copy::above(files, copy.folder()));
    }
    let folders = folders.iter().try_for_each(|folder| files.sync_dir(folder));
    let mut recovery = Recovery {
        damage: std::mem::take(&mut replayed.damage),
        ..Recovery::default()
    };
    let mut succeeded = Vec::new();
    let missing = || Err(JournalError::Closed);
    let done = done
        .into_iter()
        .map(Ok)
        .chain(std::iter::repeat_with(missing));
    for ((key, copy), outcome) in copies.iter().zip(done) {
        let outcome = outcome.and_then(|outcome| outcome);
        match outcome.and_then(|ending| folders.clone().map(|()| ending)) {
            Ok(ending) => {
                succeeded.push((*key, copy.link));
                recovery.sessions.push(Recovered {
                    id: copy.id.clone(),
                    samples: copy.samples,
                    missing: copy.missing,
                    ending,
                });
            }
            Err(error) => recovery.failed.push((copy.id.clone(), error)),
        }
    }
    (recovery, succeeded)
}

fn order(copy: &SessionCopy) -> ((&str, time::Date), u32) {
    let id = &copy.id;
    ((id.conversation(), id.day()), id.session())
}

fn end(
    files: &Files,
    copy: &mut SessionCopy,
    retention: Option<std::time::Duration>,
) -> Result<Ending, JournalError> {
    if let Some(error) = &copy.broken {
        return Err(error.clone());
    }
    copy.flush(files)?;
    copy.rest(files)?;
    let path = copy.content.clone();
    let opened = files.disk.open(&path);
    let mut file = opened.map_err(JournalError::disk("open", &path))?;
    file.sync()
        .map_err(JournalError::disk("synchronise", &path))?;
    if copy.closed {
        place(files, copy)?;
        return Ok(Ending::Finished);
    }
    let metadata = match &copy.metadata {
        Some(latest) => serde_json::from_slice(&latest.text).ok(),
        None => files.store.read_metadata(&copy.id).ok(),
    };
    let Some(mut metadata) = metadata else {
        return Ok(Ending::Nameless);
    };
    drop(file);
    let store = &files.store;
    let in_store = |error| JournalError::store(copy.folder(), error);
    let mut part = store.close_part(&copy.id).map_err(in_store)?;
    let link = store.chain_link(&copy.id).unwrap_or_default();
    part.prev = link.as_ref().and_then(|link| link.part.clone());
    let ending = seal(&mut metadata, part, retention);
    // The journal need not have the metadata that are replaced: the new ones must be durable before they are in
    // their place.
    metadata.chain(link.map(|link| link.manifest));
    store
        .write_metadata(&copy.id, &metadata)
        .map_err(in_store)?;
    Ok(ending)
}

fn place(files: &Files, copy: &mut SessionCopy) -> Result<(), JournalError> {
    copy.place(files)?;
    let path = copy.metadata_path();
    let opened = files.disk.open(&path);
    let mut file = opened.map_err(JournalError::disk("open", &path))?;
    file.sync()
        .map_err(JournalError::disk("synchronise", &path))
}

/// Ends a session's metadata with the audio that there is.
fn seal(metadata: &mut Metadata, part: Part, retention: Option<std::time::Duration>) -> Ending {
    let audio_ms = millis_of(part.samples);
    let extension = &mut metadata.onhook;
    let change =
        |milliseconds: u64| (milliseconds + audio_ms).saturating_sub(metadata.chunk_duration);
    extension.recorded_ms = change(extension.recorded_ms);
    extension.wall_ms = change(extension.wall_ms);
    metadata.chunk_duration = audio_ms;
    let by_the_minute = BillingPolicy::StartedMinute;
    let old = &extension.billing;
    let policy = if Billing::new(BillingPolicy::ProRata, old.billable_ms) != *old
        && Billing::new(by_the_minute, old.billable_ms) == *old
    {
        by_the_minute
    } else {
        BillingPolicy::ProRata
    };
    extension.billing = Billing::new(policy, extension.recorded_ms);
    let empty = part.samples == 0;
    extension.parts = vec![part];
    if extension.session_end_reason.is_some() {
        if extension.state == SessionState::Stopped {
            extension.state = if empty {
                SessionState::Empty
            } else {
                SessionState::Sealed
            };
        }
        keep(metadata, retention);
        return Ending::Stopped;
    }
    extension.state = if empty {
        SessionState::Empty
    } else {
        SessionState::Partial
    };
    let reason = EndReason::ServiceRecovered.as_str().to_owned();
    extension.session_end_reason = Some(reason.clone());
    // The moment at which the last audio was heard, as far as the timeline tells.
    let (at, offset_ms) = extension
        .timeline
        .last()
        .map_or((metadata.chunk_start_time, 0), |last| {
            (last.at, last.offset_ms)
        });
    let later = i64::try_from(audio_ms.saturating_sub(offset_ms)).unwrap_or(0);
    extension.timeline.push(TimelineEntry {
        at: at.checked_add(Duration::milliseconds(later)).unwrap_or(at),
        offset_ms: audio_ms,
        event: TimelineEvent::End { reason },
    });
    keep(metadata, retention);
    Ending::Interrupted
}

/// Says until when it is kept, counted from the last that is known to have happened.
fn keep(metadata: &mut Metadata, retention: Option<std::time::Duration>) {
    let extension = &mut metadata.onhook;
    let last = extension.timeline.last().map(|last| last.at);
    let kept = retention.map(|kept| Duration::try_from(kept).unwrap_or(Duration::MAX));
    if extension.retention.is_none() {
        extension.retention = kept.map(|kept| Retention {
            delete_after: last
                .unwrap_or(metadata.chunk_start_time)
                .saturating_add(kept),
        });
    }
}

/// Notes in a segment of its own that these sessions need nothing more.
fn settle(
    files: &Files,
    onwards: &Onwards,
    sessions: &[(u64, entry::Link)],
) -> Result<Position, JournalError> {
    let number = onwards.next_segment;
    let mut batch = Vec::new();
    let header = Header {
        number,
        before: onwards.end,
    };
    header.put(&mut batch);
    for (key, link) in sessions {
        put(&mut batch, Kind::Settled, *key, &mut link.clone(), |_| {});
    }
    let path = files.segment(number);
    let created = files.disk.create_new(&path);
    let mut file = created.map_err(JournalError::disk("create", &path))?;
    let written = file.write_all(&batch).and_then(|()| file.sync());
    written.map_err(JournalError::disk("write", &path))?;
    files.sync_dir(&files.folder)?;
    Ok(Position {
        segment: number,
        offset: batch.len() as u64,
    })
}
