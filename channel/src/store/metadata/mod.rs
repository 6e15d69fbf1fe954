//! What is known about a recording, as it is kept beside it in `metadata.json`.
//!
//! The top level is the chunk metadata of Azure Communication Services call recording, field for field, so that
//! what reads those reads these. Everything beyond it stands in one object, `onhook`.

mod acs;
mod chunk;
mod extension;
mod manifest;
mod pauses;
mod record;
mod retention;
mod timeline;

pub use onhook::recording::PauseMode;

pub use acs::{AudioConfiguration, Metadata, Participant, PauseResumeInterval, RecordingInfo};
pub use chunk::Chunk;
pub use extension::{
    Billing, Consent, Direction, Extension, Quality, SCHEMA, SessionState, StartReason,
};
pub use manifest::{ChainLink, Manifest};
pub use record::SessionRecord;
pub use retention::{RETENTION, Retention};
pub use timeline::{TimelineEntry, TimelineEvent};

pub(crate) use pauses::pauses;
