//! Recordings that nobody will end: their metadata say that they go on, and no journal has them.
//!
//! They are left when a segment cannot be read, or the journal was removed. Nothing would ever delete them, as a recording
//! that is not sealed may go on. So they are sealed as partial with the audio that their files have.

use std::collections::HashSet;
use std::path::Path;

use time::{Date, Month, OffsetDateTime};

use super::sealing::seal;
use super::{Ending, Recovered};
use crate::journal::JournalError;
use crate::journal::shared::Files;
use crate::media::Channels;
use crate::store::metadata::{Metadata, SessionRecord};
use crate::store::{EntryKind, Part, SessionId, StoreError, StoredRecording};
use crate::wav::HEADER_BYTES;

/// What became of those that were found.
#[derive(Default)]
pub(super) struct Orphans {
    pub(super) sealed: Vec<Recovered>,
    pub(super) failed: Vec<(SessionId, JournalError)>,
}

/// Seals all recordings of the store that are not, but for those that are `known`: nobody records.
pub(super) fn seal_all(
    files: &Files,
    known: &HashSet<SessionId>,
    retention: Option<std::time::Duration>,
) -> Orphans {
    let mut orphans = Orphans::default();
    for found in files.store.recordings(..) {
        let id = match found {
            Ok(recording) if !recording.metadata.onhook.state.is_final() => recording.id,
            Ok(_) => continue,
            Err(broken) => match nameless(files, &broken.folder) {
                Some(id) => id,
                None => continue,
            },
        };
        if known.contains(&id) {
            continue;
        }
        match seal_one(files, &id, retention) {
            Ok(recovered) => orphans.sealed.push(recovered),
            Err(error) => orphans.failed.push((id, error)),
        }
    }
    orphans
}

/// Seals a recording that nobody else writes to with what its files have.
pub(in crate::journal) fn seal_one(
    files: &Files,
    id: &SessionId,
    retention: Option<std::time::Duration>,
) -> Result<Recovered, JournalError> {
    let store = &files.store;
    let folder = store.folder(id);
    let in_store = |error| JournalError::store(&folder, error);
    let is_there = files.disk.kind(&store.content(id));
    let parts = match is_there {
        Ok(EntryKind::File) => store.recover_parts(id).map_err(in_store)?,
        Ok(_) => {
            return Err(in_store(StoreError::Foreign(store.content(id))));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(JournalError::disk("look at", store.content(id))(error)),
    };
    let (metadata, ending) = match store.read_metadata(id) {
        Ok(metadata) => (metadata, Ending::Interrupted),
        Err(_) => (unknown(id, &parts), Ending::Nameless),
    };
    let samples = parts.iter().map(|part| part.samples).sum();
    let ended = write_sealed(files, id, metadata, parts, retention)?;
    Ok(Recovered {
        id: id.clone(),
        samples,
        missing: 0,
        ending: if ending == Ending::Nameless {
            ending
        } else {
            ended
        },
    })
}

/// Metadata for a recording of which there is only the audio.
pub(super) fn unknown(id: &SessionId, parts: &[Part]) -> Metadata {
    let mut record = SessionRecord::new(id.clone(), OffsetDateTime::now_utc());
    let is_stereo = parts.first().is_some_and(|part| {
        part.bytes.saturating_sub(HEADER_BYTES) == part.samples.saturating_mul(4)
            && part.samples > 0
    });
    if is_stereo {
        record.channels = Channels::Unmixed { first: None };
    }
    record.metadata()
}

/// Writes the metadata of a session that is ended with this audio, chained to the one before it.
pub(super) fn write_sealed(
    files: &Files,
    id: &SessionId,
    mut metadata: Metadata,
    mut parts: Vec<Part>,
    retention: Option<std::time::Duration>,
) -> Result<Ending, JournalError> {
    let store = &files.store;
    let first = metadata.onhook.first_session;
    let link = store.chain_link_in(id, first).unwrap_or_default();
    let mut prev = link.as_ref().and_then(|link| link.part.clone());
    for part in &mut parts {
        part.prev = prev.replace(part.sha512.clone());
    }
    let ending = seal(&mut metadata, parts, retention);
    // The journal need not have the metadata that are replaced: the new ones must be durable before they are in
    // their place.
    metadata.chain(link.map(|link| link.manifest));
    let recording = StoredRecording::new(store, id, metadata);
    store
        .write_chunks(&recording)
        .and_then(|()| store.write_metadata(id, &recording.metadata))
        .map_err(|error| JournalError::store(&recording.folder, error))?;
    Ok(ending)
}

/// The recording whose folder this is, if it has audio and no metadata, and the name of the folder says which it is.
fn nameless(files: &Files, folder: &Path) -> Option<SessionId> {
    let is = |name: &str| files.disk.kind(&folder.join(name));
    if is("metadata.json").is_ok() || is("content.wav").ok()? != EntryKind::File {
        return None;
    }
    let below = folder.strip_prefix(files.store.root()).ok()?;
    let mut names = below.iter().map(|name| name.to_str());
    let mut next = || names.next().flatten();
    let (year, month, day) = (next()?, next()?, next()?);
    let (conversation, session) = (next()?, next()?);
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let day = Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    let id = SessionId::new(decoded(conversation)?, session.parse().ok()?, day);
    // Names of long conversations are shortened, and say nothing.
    (files.store.folder(&id) == folder).then_some(id)
}

/// A percent-encoded name as it was.
fn decoded(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
