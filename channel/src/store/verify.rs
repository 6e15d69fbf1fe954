//! Whether recordings are as they were written.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::blocks::{self, Fingerprint};
use super::disk::EntryKind;
use super::folder::METADATA;
use super::mark::Marked;
use super::metadata::{ChainLink, Extension};
use super::parts::chunk_file;
use super::reading::METADATA_LIMIT;
use super::tombstone::Tombstone;
use super::verdict::{Problem, Report};
use super::walk::{Conversations, SessionFolder};
use super::{Broken, Part, Select, SessionId, Sha512Hex, Store, StoreError, StoredRecording};

/// What recordings that were deleted were named by, and which they were.
#[derive(Default)]
struct Gone {
    hashes: HashSet<String>,
    /// Hashes of places.
    places: HashSet<String>,
    /// Hashes of ids.
    recordings: HashSet<String>,
    /// Hashes of the ids of those whose day is not known.
    on_any_day: HashSet<String>,
}

/// The recordings that were looked at.
#[derive(Default)]
struct Present {
    places: HashSet<String>,
    ids: HashSet<String>,
}

impl Store {
    /// Compares all recordings, those of a day or those of a conversation with the hashes that were written with
    /// them, and each with the recording before it in its call.
    ///
    /// Finds what was damaged, cut, exchanged or taken out, and where. With `..` it also finds recordings that
    /// were published and are not there any more. What it does not find is the work of somebody who has worked
    /// all hashes out anew: there is no signature, see [`Manifest`](super::metadata::Manifest).
    ///
    /// Reads every byte; holds the hashes of one audio file (a thousandth of it), the ids of what was looked at and
    /// the hashes of all tombstones.
    pub fn verify(&self, select: impl Into<Select>) -> Report {
        let (select, mut report) = (select.into(), Report::default());
        let gone = match self.gone() {
            Ok(gone) => gone,
            Err(error) => {
                report.find(
                    self.root(),
                    Problem::Broken(Broken::new(self.root(), error)),
                );
                Gone::default()
            }
        };
        let (mut gone, mut present) = (gone, Present::default());
        for conversation in Conversations::new(self, &select) {
            let content = conversation.and_then(|conversation| conversation.content(self));
            match content {
                Ok((sessions, marked)) => {
                    for marked in marked {
                        gone.going(self, &marked);
                    }
                    self.verify_call(sessions, &gone, &mut present, &mut report);
                }
                Err(broken) => report.find(broken.folder.clone(), Problem::Broken(broken)),
            }
        }
        if select == Select::All {
            self.find_missing(&gone, &present, &mut report);
        }
        report
    }

    /// Compares one recording with the hashes that were written with it.
    pub fn verify_session(&self, id: &SessionId) -> Report {
        let (mut report, path) = (Report::default(), self.folder(id));
        let session = SessionFolder {
            day: id.day(),
            number: id.session(),
            path,
        };
        if let Some(recording) = self.read_for(&session, &mut report) {
            self.verify_recording(&recording, &mut report);
        }
        report
    }

    fn verify_call(
        &self,
        sessions: Vec<SessionFolder>,
        gone: &Gone,
        present: &mut Present,
        report: &mut Report,
    ) {
        // Of each call with the id of this conversation, the recording before.
        let mut calls: HashMap<Option<u32>, ChainLink> = HashMap::new();
        for session in sessions {
            let Some(recording) = self.read_for(&session, report) else {
                continue;
            };
            present.places.insert(recording.id.place());
            (present.ids).insert(recording.metadata.onhook.recording_id.clone());
            self.verify_recording(&recording, report);
            let onhook = &recording.metadata.onhook;
            // As long as a recording is open, the one before it may still be sealed.
            let before = calls.get(&onhook.first_session);
            if !onhook.parts.is_empty() && !follows(onhook, before, gone) {
                report.find(&recording.folder, Problem::OutOfOrder);
            }
            match recording.metadata.chain_link() {
                Some(link) => calls.insert(onhook.first_session, link),
                None => calls.remove(&onhook.first_session),
            };
        }
    }

    fn read_for(&self, session: &SessionFolder, report: &mut Report) -> Option<StoredRecording> {
        match self.recording(session) {
            Ok(None) => None,
            Ok(Some(recording)) => {
                report.recordings += 1;
                Some(recording)
            }
            Err(error) => {
                report.recordings += 1;
                let broken = Broken::new(&session.path, error);
                report.find(&session.path, Problem::Broken(broken));
                None
            }
        }
    }

    fn verify_recording(&self, recording: &StoredRecording, report: &mut Report) {
        let (folder, onhook) = (&recording.folder, &recording.metadata.onhook);
        let path = folder.join(METADATA);
        match (&onhook.manifest, self.read_file(&path, METADATA_LIMIT)) {
            (None, _) => report.find(&path, Problem::NoManifest),
            (Some(manifest), Ok(text)) if manifest.fits(&text) => {}
            (Some(_), Ok(_)) => report.find(&path, Problem::MetadataChanged),
            (Some(_), Err(error)) => {
                report.find(&path, Problem::Broken(Broken::new(folder, error)));
            }
        }
        if onhook.parts.is_empty() {
            report.open += 1;
        }
        if onhook.parts.len() > 1 && onhook.samples_per_part.is_some() {
            self.verify_chunks(recording, report);
        }
        let mut before: Option<&Sha512Hex> = None;
        for part in &onhook.parts {
            if before.is_some() && part.prev.as_ref() != before {
                let part = part.index;
                report.find(folder, Problem::PartOutOfOrder { part });
            }
            before = Some(&part.sha512);
            match self.verify_part(folder, part) {
                Ok(None) => {}
                Ok(Some(problem)) => report.find(folder.join(&part.file), problem),
                Err(error) => {
                    let broken = Broken::new(folder, error);
                    report.find(folder.join(&part.file), Problem::Broken(broken));
                }
            }
        }
    }

    /// What stands in the metadata of the parts follows from those of the recording.
    fn verify_chunks(&self, recording: &StoredRecording, report: &mut Report) {
        for chunk in recording.metadata.chunks() {
            let path = recording.folder.join(chunk_file(chunk.chunk_index));
            let is = self.read_file(&path, METADATA_LIMIT).ok();
            if is.is_none() || is != chunk.text().ok() {
                report.find(&path, Problem::MetadataChanged);
            }
        }
    }

    fn verify_part(&self, folder: &Path, part: &Part) -> Result<Option<Problem>, StoreError> {
        // The name comes from a file that may have been changed: it must not lead elsewhere.
        let path = folder.join(&part.file);
        let is_ours = path.parent() == Some(folder) && part.file != "..";
        if !is_ours || self.kind(&path)? != Some(EntryKind::File) {
            return Ok(Some(Problem::PartMissing { part: part.index }));
        }
        let file = self.disk().open(&path);
        let read = file.and_then(Fingerprint::of);
        let is = read.map_err(StoreError::disk("read", &path))?;
        let blocks = folder.join(blocks::file_of(&part.file));
        // As many as the audio has, were it as it was, and one to show that there are more.
        let limit = blocks::bytes_for(is.bytes.max(part.bytes));
        let were = self.read_file(&blocks, limit).ok();
        let were = were.and_then(|were| String::from_utf8(were).ok());
        let at = were.as_ref().and_then(|were| is.first_difference(were));
        let (number, wanted) = (part.index, part.bytes);
        Ok(if is.bytes != wanted {
            Some(Problem::PartLength {
                part: number,
                wanted,
                found: is.bytes,
                at,
            })
        } else if is.sha512 != part.sha512 {
            Some(Problem::PartChanged { part: number, at })
        } else if were.as_deref() != Some(is.blocks.as_str()) {
            Some(Problem::BlocksChanged { part: number })
        } else {
            None
        })
    }

    fn gone(&self) -> Result<Gone, StoreError> {
        let mut gone = Gone::default();
        for tombstone in self.tombstones()? {
            gone.add(tombstone?);
        }
        Ok(gone)
    }

    /// Finds recordings that were published and are neither there nor deleted.
    fn find_missing(&self, gone: &Gone, present: &Present, report: &mut Report) {
        let events = match self.events() {
            Ok(events) => events,
            Err(error) => {
                let broken = Broken::new(self.root(), error);
                return report.find(self.root(), Problem::Broken(broken));
            }
        };
        let mut missing = HashSet::new();
        for event in events {
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    let broken = Broken::new(self.root(), error);
                    report.find(self.root(), Problem::Broken(broken));
                    continue;
                }
            };
            let Some(recording_id) = event.recording_id().map(str::to_owned) else {
                continue;
            };
            let place = event.place();
            let is_there = match &place {
                Some(place) => present.places.contains(place),
                None => present.ids.contains(&recording_id),
            };
            if is_there || gone.has(place.as_deref(), &recording_id) {
                continue;
            }
            if missing.insert((place, recording_id.clone())) {
                report.find(self.root(), Problem::Missing { recording_id });
            }
        }
    }
}

impl Gone {
    fn add(&mut self, tombstone: Tombstone) {
        let hashes = tombstone.manifest.into_iter().chain(tombstone.part);
        self.hashes.extend(hashes.map(|hash| hash.to_string()));
        let recording = tombstone.recording.to_string();
        match tombstone.place {
            Some(place) => self.places.insert(place.to_string()),
            None => self.on_any_day.insert(recording.clone()),
        };
        self.recordings.insert(recording);
    }

    /// Adds one whose deletion was begun; it may have no tombstone yet.
    fn going(&mut self, store: &Store, marked: &Marked) {
        // One that cannot be read says nothing; it is named when its deletion goes on.
        store
            .tombstone_for(marked)
            .into_iter()
            .for_each(|stone| self.add(stone));
    }

    fn has(&self, place: Option<&str>, recording_id: &str) -> bool {
        let hash = |text: &str| Sha512Hex::of_bytes(text.as_bytes());
        let recording = hash(recording_id);
        match place {
            None => self.recordings.contains(recording.as_str()),
            Some(place) => {
                self.places.contains(hash(place).as_str())
                    || self.on_any_day.contains(recording.as_str())
            }
        }
    }
}

/// Whether a recording names the one before it; one that was deleted since may be named as well.
fn follows(onhook: &Extension, before: Option<&ChainLink>, gone: &Gone) -> bool {
    let Some(manifest) = &onhook.manifest else {
        // Said already.
        return true;
    };
    let fits = |named: Option<&Sha512Hex>, is: Option<&Sha512Hex>| {
        named == is || named.is_some_and(|named| gone.hashes.contains(named.as_str()))
    };
    let part = onhook.parts.first();
    fits(manifest.prev.as_ref(), before.map(|link| &link.manifest))
        && part.is_none_or(|part| {
            let before = before.and_then(|link| link.part.as_ref());
            fits(part.prev.as_ref(), before)
        })
}
