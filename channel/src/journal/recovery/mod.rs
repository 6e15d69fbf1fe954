//! What a journal does first: it brings what its predecessor has left to the sessions' files.

mod conclusion;
mod extent;
mod report;
mod sealing;

use std::io::Write as _;
use std::sync::Arc;

use self::conclusion::conclude;
use self::extent::{Found, cut, delimit, settled};
pub use self::report::{Damage, Ending, Harm, Recovered, Recovery};
use super::JournalError;
use super::copier::Copier;
use super::entry::{self, Kind, put};
use super::folder::{list, remove};
use super::segment::{Header, Position};
use super::shared::{Files, Shared};

/// Where the journal goes on.
pub(super) struct Onwards {
    pub(super) end: Position,
    pub(super) next_segment: u64,
    pub(super) next_key: u64,
}

pub(super) fn recover(shared: &Arc<Shared>) -> Result<(Recovery, Onwards), JournalError> {
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
