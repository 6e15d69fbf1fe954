//! Ending the sessions that were read: files, hashes, metadata, all of it durable.

use super::sealing::seal;
use super::{Ending, Recovered, Recovery};
use crate::journal::JournalError;
use crate::journal::copier::Copier;
use crate::journal::copy::{SessionCopy, above};
use crate::journal::entry;
use crate::journal::shared::Files;
use crate::store::StoredRecording;

/// Ends all sessions: files, hashes, metadata, all of it durable.
pub(super) fn conclude(
    files: &Files,
    replayed: &mut Copier,
) -> (Recovery, Vec<(u64, entry::Link)>) {
    // Synchronising is waiting, and hashing is work: a few at a time serve both.
    const THREADS: usize = 16;
    let retention = replayed.shared.settings.retention;
    let mut copies: Vec<_> = std::mem::take(&mut replayed.copies).into_iter().collect();
    // Those of a call one after another: each names the hashes of the one before.
    copies.sort_by(|(_, one), (_, other)| order(one).cmp(&order(other)));
    let mut calls: Vec<_> = copies
        .chunk_by_mut(|(_, one), (_, other)| order(one).0 == order(other).0)
        .collect();
    let share = calls.len().div_ceil(THREADS).max(1);
    let sizes: Vec<usize> = calls
        .chunks(share)
        .map(|calls| calls.iter().map(|call| call.len()).sum())
        .collect();
    let done: Vec<Option<_>> = std::thread::scope(|scope| {
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
        let outcomes = threads.into_iter().zip(&sizes).flat_map(|(thread, size)| {
            // Of a thread that panicked nobody knows how far it got.
            let outcomes = thread.join().unwrap_or_default().into_iter().map(Some);
            outcomes.chain(std::iter::repeat(None)).take(*size)
        });
        outcomes.collect()
    });
    let mut folders = std::collections::BTreeSet::new();
    for (_, copy) in &copies {
        folders.extend(above(files, copy.folder()));
    }
    let folders = folders.iter().try_for_each(|folder| files.sync_dir(folder));
    let mut recovery = Recovery {
        damage: std::mem::take(&mut replayed.damage),
        ..Recovery::default()
    };
    let mut succeeded = Vec::new();
    for ((key, copy), outcome) in copies.iter().zip(done) {
        let outcome = outcome.unwrap_or(Err(JournalError::Closed));
        match outcome.and_then(|ending| folders.clone().map(|()| ending)) {
            Ok(ending) => {
                succeeded.push((*key, copy.link));
                recovery.sessions.push(Recovered {
                    id: copy.id.clone(),
                    samples: copy.samples / copy.channels(),
                    missing: copy.missing / copy.channels(),
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
    for path in copy.unsynced() {
        let opened = files.disk.open(&path);
        let mut file = opened.map_err(JournalError::disk("open", &path))?;
        file.sync()
            .map_err(JournalError::disk("synchronise", &path))?;
    }
    let parts = copy.parts();
    let removed = files.store.remove_parts_from(&copy.id, parts);
    removed.map_err(|error| JournalError::store(copy.folder(), error))?;
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
    let store = &files.store;
    let in_store = |error| JournalError::store(copy.folder(), error);
    let mut parts = store.close_parts(&copy.id, parts).map_err(in_store)?;
    let first = metadata.onhook.first_session;
    let link = store.chain_link_in(&copy.id, first).unwrap_or_default();
    let mut prev = link.as_ref().and_then(|link| link.part.clone());
    for part in &mut parts {
        part.prev = prev.replace(part.sha512.clone());
    }
    let ending = seal(&mut metadata, parts, retention);
    // The journal need not have the metadata that are replaced: the new ones must be durable before they are in
    // their place.
    metadata.chain(link.map(|link| link.manifest));
    let recording = StoredRecording::new(store, &copy.id, metadata);
    store
        .write_chunks(&recording)
        .and_then(|()| store.write_metadata(&copy.id, &recording.metadata))
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
