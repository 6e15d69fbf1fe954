use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::location;
use crate::store::metadata::Metadata;
use crate::store::{Sha512Hex, StoredRecording, Tombstone, chunk_file, place_of, uuid};

/// The topic of a channel that stands for no Azure resource.
const TOPIC: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/onhook/providers/microsoft.communication/communicationservices/onhook";
const EVENT_TYPE: &str = "Microsoft.Communication.RecordingFileStatusUpdated";

/// An event in Event Grid's form, as "Azure Communication Services as an Event Grid source" documents it.
///
/// Event Grid delivers an array of them; the log has one in each line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingEvent {
    /// A UUID; the same for the same recording and revision, so that a receiver sees what it has already.
    pub id: String,
    /// The Azure resource: one of nobody.
    pub topic: String,
    /// What it is about, in one of the [forms](SubjectForm) that the service has used.
    pub subject: String,
    /// The recording.
    pub data: RecordingEventData,
    /// `Microsoft.Communication.RecordingFileStatusUpdated`.
    pub event_type: String,
    /// `1.0`.
    pub data_version: String,
    /// `1`.
    pub metadata_version: String,
    /// When it was published.
    pub event_time: EventTime,
}

/// A time as Event Grid writes it: RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventTime(#[serde(with = "crate::store::rfc3339")] pub OffsetDateTime);

/// What an event says of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingEventData {
    /// Where it is.
    pub recording_storage_info: RecordingStorageInfo,
    /// When recording began.
    pub recording_start_time: EventTime,
    /// Milliseconds of audio.
    pub recording_duration_ms: u64,
    /// `Audio`; in capitals here, in small letters in the metadata.
    pub recording_content_type: String,
    /// `Mixed` or `Unmixed`.
    pub recording_channel_type: String,
    /// `Wav`.
    pub recording_format_type: String,
    /// Why it ended: `CallEnded`, `StopRecording` and others, an open set.
    pub session_end_reason: String,
}

/// Where a recording is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingStorageInfo {
    /// Its files, in order.
    pub recording_chunks: Vec<RecordingChunk>,
}

/// One file of a recording. The first services gave no locations, so that they may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingChunk {
    /// The document that can be downloaded.
    pub document_id: String,
    /// Its number, from 0.
    pub index: u32,
    /// Why it ended: `SessionEnded` and others, an open set.
    pub end_reason: String,
    /// Where its metadata are: a `file` URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata_location: Option<String>,
    /// Where the audio is: a `file` URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_location: Option<String>,
    /// What is to be deleted to delete it: the `file` URL of its folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_location: Option<String>,
}

/// How the subject of an event is written; the service has changed it twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SubjectForm {
    /// `/recording/call/{call}`: April 2021.
    Call,
    /// `/recording/call/{call}/recordingId/{recording}`.
    Recording,
    /// `/recording/call/{call}/serverCallId/{call}/recordingId/{recording}`: today.
    #[default]
    ServerCall,
}

impl RecordingEvent {
    /// The event that says that a closed recording can be had.
    pub(crate) fn new(
        recording: &StoredRecording,
        form: SubjectForm,
        published: OffsetDateTime,
    ) -> Self {
        let StoredRecording {
            folder, metadata, ..
        } = recording;
        let onhook = &metadata.onhook;
        let (call, id) = (&metadata.call_id, &onhook.recording_id);
        let subject = match form {
            SubjectForm::Call => format!("/recording/call/{call}"),
            SubjectForm::Recording => format!("/recording/call/{call}/recordingId/{id}"),
            SubjectForm::ServerCall => {
                format!("/recording/call/{call}/serverCallId/{call}/recordingId/{id}")
            }
        };
        let location = |name: &str| location::url(&folder.join(name));
        let chunks = onhook.parts.iter().map(|part| RecordingChunk {
            document_id: metadata.document_id(part.index),
            index: part.index,
            end_reason: part
                .end_reason
                .clone()
                .unwrap_or_else(|| "SessionEnded".to_owned()),
            metadata_location: if onhook.parts.len() > 1 {
                location(&chunk_file(part.index))
            } else {
                location("metadata.json")
            },
            content_location: location(&part.file),
            delete_location: location::url(folder),
        });
        Self {
            id: Self::id_of(metadata),
            topic: TOPIC.to_owned(),
            subject,
            data: RecordingEventData {
                recording_storage_info: RecordingStorageInfo {
                    recording_chunks: chunks.collect(),
                },
                recording_start_time: EventTime(metadata.chunk_start_time),
                recording_duration_ms: metadata.chunk_duration,
                recording_content_type: capital(&metadata.recording_info.content_type),
                recording_channel_type: capital(&metadata.recording_info.channel_type),
                recording_format_type: capital(&metadata.recording_info.format),
                session_end_reason: onhook.session_end_reason.clone().unwrap_or_default(),
            },
            event_type: EVENT_TYPE.to_owned(),
            data_version: "1.0".to_owned(),
            metadata_version: "1".to_owned(),
            event_time: EventTime(published),
        }
    }

    /// The id of the event for this revision of a recording.
    pub(crate) fn id_of(metadata: &Metadata) -> String {
        let onhook = &metadata.onhook;
        uuid(&[&onhook.recording_id, &onhook.revision.to_string()])
    }

    /// Which recording it is about: its day and its id, `2026/11/22/conv-7-0001`; none if it does not say where it is.
    pub(crate) fn place(&self) -> Option<String> {
        let chunk = self.data.recording_storage_info.recording_chunks.first()?;
        let folder = location::path(chunk.delete_location.as_deref()?)?;
        place_of(&folder).filter(|place| {
            let id = self.recording_id();
            id.is_some_and(|id| place.ends_with(&format!("/{id}")))
        })
    }

    /// Whether it is about the recording of which this is left. One that does not say where the recording was may be
    /// about one of the same id.
    pub(crate) fn is_of(&self, tombstone: &Tombstone) -> bool {
        let hash = |text: &str| Sha512Hex::of_bytes(text.as_bytes());
        match (self.place(), &tombstone.place) {
            (Some(place), Some(was)) => hash(&place) == *was,
            _ => self
                .recording_id()
                .is_some_and(|id| hash(id) == tombstone.recording),
        }
    }

    /// The id of the recording; none if the event does not say.
    pub fn recording_id(&self) -> Option<&str> {
        if let Some((_, id)) = self.subject.rsplit_once("/recordingId/") {
            return Some(id);
        }
        let first = self.data.recording_storage_info.recording_chunks.first();
        first.map(|chunk| chunk.document_id.as_str())
    }
}

/// The metadata say `audio`, the event says `Audio`.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
