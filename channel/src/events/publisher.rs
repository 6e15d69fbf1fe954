//! Publishes events, at once or after a while.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::log::GROUP;
use super::told::Told;
use super::{RecordingEvent, SubjectForm};
use crate::store::{SessionId, Store, StoredRecording};

/// Somebody who is told of events.
pub(crate) type Listener = Arc<dyn Fn(&RecordingEvent) + Send + Sync>;

/// Publishes the events of a channel's recordings.
#[derive(Clone, Default)]
pub(crate) struct Publisher {
    /// How long after the end of a recording its event comes.
    pub(crate) delay: Duration,
    pub(crate) form: SubjectForm,
    /// Who is told.
    pub(crate) listener: Option<Listener>,
    pub(super) told: Told,
}

impl fmt::Debug for Publisher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Publisher")
            .field("delay", &self.delay)
            .finish_non_exhaustive()
    }
}

impl Publisher {
    /// Publishes that a recording was closed. Blocks, on a thread of a tokio runtime that may.
    ///
    /// The time of the event is that of the recording's last entry, on the clock of the call, and the delay after
    /// it: the service takes a minute or two, and a program that downloads too early shall notice.
    pub(crate) fn closed(&self, store: &Store, recording: StoredRecording) {
        if !self.told.claim(&RecordingEvent::id_of(&recording.metadata)) {
            return;
        }
        if self.delay.is_zero() {
            return self.publish(store, &recording);
        }
        let (publisher, store) = (self.clone(), store.clone());
        tokio::spawn(async move {
            tokio::time::sleep(publisher.delay).await;
            let publish = move || publisher.publish(&store, &recording);
            // Neither a log that cannot be written nor a listener that panics gets here.
            drop(tokio::task::spawn_blocking(publish).await);
        });
    }

    /// Publishes what was closed and not published, because a crash came between: of these sessions. Blocks.
    pub(crate) fn catch_up_with(&self, store: &Store, sessions: impl Iterator<Item = SessionId>) {
        let recordings = sessions.filter_map(|id| {
            let metadata = store.read_metadata(&id).ok()?;
            Some(StoredRecording::new(store, &id, metadata))
        });
        self.publish_missing(store, recordings);
    }

    /// The same of all that is in the store. Those that are closed meanwhile are not told twice.
    pub(crate) fn catch_up(&self, store: &Store) {
        self.publish_missing(store, store.recordings(..).flatten());
    }

    fn publish_missing(&self, store: &Store, recordings: impl Iterator<Item = StoredRecording>) {
        // What cannot be read or written is found missing the next time.
        let Ok(published) = store.published() else {
            return;
        };
        let mut group = Vec::new();
        for recording in recordings {
            let metadata = &recording.metadata;
            let id = RecordingEvent::id_of(metadata);
            let is_open = metadata.onhook.parts.is_empty();
            if is_open || published.contains(&id) || !self.told.claim(&id) {
                continue;
            }
            let now = time::OffsetDateTime::now_utc();
            group.push(RecordingEvent::new(&recording, self.form, now));
            if group.len() >= GROUP {
                self.log_missing(store, &mut group);
            }
        }
        self.log_missing(store, &mut group);
    }

    /// Adds events to the log and tells of those that are there.
    fn log_missing(&self, store: &Store, group: &mut Vec<RecordingEvent>) {
        let logged = store.log_events(group);
        for event in group.drain(..) {
            match &logged {
                Ok(()) => self.tell(&event),
                Err(_) => self.told.forget(&event.id),
            }
        }
    }

    fn publish(&self, store: &Store, recording: &StoredRecording) {
        let timeline = &recording.metadata.onhook.timeline;
        let closed = timeline
            .last()
            .map_or(recording.metadata.chunk_start_time, |entry| entry.at);
        let event = RecordingEvent::new(recording, self.form, closed + self.delay);
        // The log repeats what the metadata say: an event that could not be written is found missing later.
        if store.log_events(std::slice::from_ref(&event)).is_err() {
            self.told.forget(&event.id);
        }
        self.tell(&event);
    }

    fn tell(&self, event: &RecordingEvent) {
        if let Some(listener) = &self.listener {
            // A listener that panics must not take the recorder with it; the panic is printed as any other.
            drop(catch_unwind(AssertUnwindSafe(|| listener(event))));
        }
    }
}
