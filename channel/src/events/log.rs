//! The events that were published, in the store.

use std::collections::HashSet;

use time::OffsetDateTime;

use super::{RecordingEvent, SubjectForm};
use crate::store::{Broken, Lines, Store, StoreError};

/// The file with the events.
pub(crate) const EVENTS: &str = "events.jsonl";

impl Store {
    /// The events that were published, in order. Lines that a crash has torn are left out; one that is damaged is
    /// an error, and those after it follow.
    pub fn events(&self) -> Result<Lines<RecordingEvent>, StoreError> {
        self.lines(EVENTS)
    }

    /// Adds an event to the log; when this returns, it survives a power failure.
    pub(crate) fn log_event(&self, event: &RecordingEvent) -> Result<(), StoreError> {
        self.append_line(EVENTS, event)
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
        let mut events = Vec::new();
        for recording in self.recordings(..) {
            match recording {
                Ok(recording) => {
                    let metadata = &recording.metadata;
                    let is_open = metadata.onhook.parts.is_empty();
                    if is_open || published.contains(&RecordingEvent::id_of(metadata)) {
                        continue;
                    }
                    let event = RecordingEvent::new(&recording, form, now);
                    self.log_event(&event)?;
                    events.push(event);
                }
                Err(error) => broken(error),
            }
        }
        Ok(events)
    }
}
