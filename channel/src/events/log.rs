//! The events that were published, in the store.

use std::collections::HashSet;

use time::OffsetDateTime;

use super::{RecordingEvent, SubjectForm};
use crate::store::{Broken, Lines, Store, StoreError};

/// The file with the events.
pub(crate) const EVENTS: &str = "events.jsonl";

/// Missing events that are added with one synchronisation.
pub(super) const GROUP: usize = 256;

impl Store {
    /// The events that were published, in order. Lines that a crash has torn are left out; one that is damaged is
    /// an error, and those after it follow.
    pub fn events(&self) -> Result<Lines<RecordingEvent>, StoreError> {
        self.lines(EVENTS)
    }

    /// Adds events to the log; when this returns, they survive a power failure. Those of calls that end at the same time
    /// share a synchronisation.
    pub(crate) fn log_events(&self, events: &[RecordingEvent]) -> Result<(), StoreError> {
        let latest = events.iter().map(|event| event.event_time.0).max();
        latest.map_or(Ok(()), |at| self.append_lines(EVENTS, events, at))
    }

    /// The ids of the events in the log.
    pub(super) fn published(&self) -> Result<HashSet<String>, StoreError> {
        let events = self.events()?;
        Ok(events.filter_map(|event| Some(event.ok()?.id)).collect())
    }

    /// Publishes the events of closed recordings that are not in the log, because of a crash or a full disk, and
    /// gives them. Calls that are under way are not waited for: their events may be given here first, and again by
    /// the channel with the same id.
    ///
    /// # Errors
    /// The [`StoreError`] that kept the log from being read or written; folders that cannot be read are given to
    /// `broken` and passed over.
    pub fn publish_missing_events(
        &self,
        form: SubjectForm,
        now: OffsetDateTime,
        mut broken: impl FnMut(Broken),
    ) -> Result<Vec<RecordingEvent>, StoreError> {
        let published = self.published()?;
        let mut events: Vec<RecordingEvent> = Vec::new();
        let mut logged = 0;
        for recording in self.recordings(..) {
            match recording {
                Ok(recording) => {
                    let metadata = &recording.metadata;
                    let is_open = metadata.onhook.parts.is_empty();
                    if is_open || published.contains(&RecordingEvent::id_of(metadata)) {
                        continue;
                    }
                    events.push(RecordingEvent::new(&recording, form, now));
                }
                Err(error) => broken(error),
            }
            if events.len() - logged >= GROUP {
                self.log_events(events.get(logged..).unwrap_or_default())?;
                logged = events.len();
            }
        }
        self.log_events(events.get(logged..).unwrap_or_default())?;
        Ok(events)
    }
}
