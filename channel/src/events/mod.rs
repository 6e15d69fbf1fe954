//! The events that say that a recording is ready to be fetched: Azure's `Microsoft.Communication.RecordingFileStatusUpdated`.
//!
//! One is published when a recording is stopped, again with a larger revision each time it is stopped after it was
//! resumed, and when the call ends while it is recorded. It goes to
//! [`ChannelBuilder::on_recording_event`](crate::ChannelBuilder::on_recording_event) and into `events.jsonl` in the
//! store, at least once: the id of an event is the same for the same recording and revision. What a crash has kept
//! from being published is found by [`Store::publish_missing_events`](crate::store::Store::publish_missing_events).

mod event;
mod location;
mod log;
mod publisher;
mod told;

pub use event::{
    EventTime, RecordingChunk, RecordingEvent, RecordingEventData, RecordingStorageInfo,
    SubjectForm,
};

pub(crate) use log::EVENTS;
pub(crate) use publisher::Publisher;
