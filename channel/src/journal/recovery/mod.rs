//! What a journal does first: it brings what its predecessor has left to the sessions' files.

mod conclusion;
mod extent;
pub(super) mod orphan;
mod report;
mod sealing;

use std::io::{ErrorKind, Write as _};
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;

use time::OffsetDateTime;

use self::conclusion::conclude;
use self::extent::{Found, cut, delimit, has_foreign_beginning, settled};
pub use self::report::{Damage, Ending, Harm, Recovered, Recovery};
use super::JournalError;
use super::copier::{Copier, Named};
use super::entry::{self, Kind, put};
use super::folder::{list, remove};
use super::segment::{HEADER_BYTES, Header, Position};
use super::shared::{Files, Shared};
use crate::store::{DAMAGED, SessionId};

/// Where the journal goes on.
pub(super) struct Onwards {
    pub(super) end: Position,
    pub(super) next_segment: u64,
    pub(super) next_key: u64,
}

/// Brings what is left to the sessions' files. With `sweeps`, or after damage, all of the store is looked through for
/// recordings that were left without an end and are not in the journal.
pub(super) fn recover(
    shared: &Arc<Shared>,
    sweeps: bool,
) -> Result<(Recovery, Onwards), JournalError> {
    let numbers = list(shared)?;
    let next_segment = numbers.last().map_or(1, |last| last.saturating_add(1));
    let found = delimit(&shared.files, &numbers)?;
    let mut copier = Copier::new(Arc::clone(shared), None);
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
        if has_foreign_beginning(&shared.files, *number)? {
            let (from, to) = (0, HEADER_BYTES as u64);
            copier.harm(*number, Harm::Bytes { from, to });
        }
        let offset = copier.replay(&mut at, Some(limit), None)?;
        end = Position {
            segment: *number,
            offset,
        };
    }
    let named = mem::take(&mut copier.named);
    let (mut recovery, succeeded) = conclude(&shared.files, &mut copier);
    let mut lost = quarantine(&shared.files, &mut recovery, &named);
    let mut onwards = Onwards {
        end,
        next_segment,
        next_key: copier.next_key,
    };
    if recovery.failed.is_empty() {
        for number in numbers {
            let path = shared.files.segment(number);
            if recovery.damage.iter().any(|damage| damage.segment == path) {
                recovery.kept.push(keep(shared, number, &named)?);
            }
            remove(shared, number)?;
        }
        onwards.end = Position::default();
    } else if !succeeded.is_empty() {
        // The others are not to be done again.
        onwards.end = settle(&shared.files, &onwards, &succeeded)?;
        onwards.next_segment = onwards.next_segment.saturating_add(1);
    }
    if sweeps || !recovery.damage.is_empty() {
        let sessions = recovery.sessions.iter().map(|session| &session.id);
        let failed = recovery.failed.iter().map(|(id, _)| id);
        let known = sessions.chain(failed).cloned().collect();
        let orphans = orphan::seal_all(&shared.files, &known, shared.settings.retention);
        recovery.sessions.extend(orphans.sealed);
        lost.extend(orphans.failed);
    }
    recovery.failed.extend(lost);
    Ok((recovery, onwards))
}

/// Gives up sessions that would fail at every start: their entries are damage, and do not keep all others in the
/// journal. Gives those that were taken out of the report; what their files have is sealed with the orphans.
fn quarantine(
    files: &Files,
    recovery: &mut Recovery,
    named: &Named,
) -> Vec<(SessionId, JournalError)> {
    let is_hopeless = |id: &SessionId, error: &JournalError| match error {
        JournalError::Gap { .. } | JournalError::Wav { .. } => true,
        JournalError::Removed(_) => {
            let content = files.disk.kind(&files.store.content(id));
            content.is_err_and(|error| error.kind() == ErrorKind::NotFound)
        }
        _ => false,
    };
    let failed = mem::take(&mut recovery.failed).into_iter();
    let (hopeless, failed) = failed.partition(|(id, error)| is_hopeless(id, error));
    recovery.failed = failed;
    let hopeless: Vec<(SessionId, JournalError)> = hopeless;
    for (segment, key, id) in named.iter() {
        if hopeless.iter().any(|(lost, _)| lost == id) {
            recovery.damage.push(Damage {
                segment: files.segment(segment),
                harm: Harm::Unplaced { key },
            });
        }
    }
    // One whose files are there is sealed with what they have, and is not lost.
    let is_there = |id: &SessionId| files.disk.kind(&files.store.content(id)).is_ok();
    hopeless
        .into_iter()
        .filter(|(id, _)| !is_there(id))
        .collect()
}

/// Puts a segment that cannot be read out of the way, with what is known of it.
fn keep(shared: &Shared, number: u64, named: &Named) -> Result<PathBuf, JournalError> {
    let (files, path) = (&shared.files, shared.files.segment(number));
    let kept = path.with_extension(DAMAGED);
    let recordings = named.of(number);
    let (now, retention) = (OffsetDateTime::now_utc(), shared.settings.retention);
    let noted = (files.store).note_damage(&kept, recordings.as_deref(), now, retention);
    noted.map_err(|error| JournalError::store(&files.folder, error))?;
    let renamed = files.disk.rename(&path, &kept);
    renamed.map_err(JournalError::disk("rename", &path))?;
    Ok(kept)
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
        put(
            &mut batch,
            number,
            Kind::Settled,
            *key,
            &mut link.clone(),
            |_| {},
        );
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
