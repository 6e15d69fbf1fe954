//! The events, to the letter of "Azure Communication Services as an Event Grid source".

use onhook_channel::events::SubjectForm;
use serde_json::{Value, json};
use time::Duration;

use crate::shelf::{Shelf, start};

fn published(shelf: &Shelf, form: SubjectForm) -> Vec<Value> {
    let at = start() + Duration::seconds(90);
    let events = shelf
        .store
        .publish_missing_events(form, at, |broken| panic!("{broken}"));
    let events = events.unwrap();
    events
        .iter()
        .map(|event| serde_json::to_value(event).unwrap())
        .collect()
}

#[test]
fn an_event_has_every_field_of_the_documented_one() {
    let shelf = Shelf::new();
    let id = shelf.record("conv-7", 1, 6);
    let events = published(&shelf, SubjectForm::ServerCall);
    let folder = format!("file://{}", shelf.store.folder(&id).display());
    let uuid = events[0]["id"].as_str().unwrap();
    assert_eq!(uuid.len(), 36);
    let wanted = json!([{
        "id": uuid,
        "topic": "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/onhook/providers/microsoft.communication/communicationservices/onhook",
        "subject": "/recording/call/conv-7/serverCallId/conv-7/recordingId/conv-7-0001",
        "data": {
            "recordingStorageInfo": { "recordingChunks": [{
                "documentId": "conv-7-0001", "index": 0, "endReason": "SessionEnded",
                "metadataLocation": format!("{folder}/metadata.json"),
                "contentLocation": format!("{folder}/content.wav"),
                "deleteLocation": folder,
            }] },
            "recordingStartTime": "2026-11-22T22:24:34.5Z", "recordingDurationMs": 6000,
            "recordingContentType": "Audio", "recordingChannelType": "Mixed", "recordingFormatType": "Wav",
            "sessionEndReason": "CallEnded"
        },
        "eventType": "Microsoft.Communication.RecordingFileStatusUpdated",
        "dataVersion": "1.0", "metadataVersion": "1", "eventTime": "2026-11-22T22:26:04.5Z"
    }]);
    assert_eq!(Value::Array(events), wanted);
}

#[test]
fn the_subject_has_the_forms_that_the_service_has_had() {
    for (form, wanted) in [
        (SubjectForm::Call, "/recording/call/conv-7"),
        (
            SubjectForm::Recording,
            "/recording/call/conv-7/recordingId/conv-7-0001",
        ),
        (
            SubjectForm::ServerCall,
            "/recording/call/conv-7/serverCallId/conv-7/recordingId/conv-7-0001",
        ),
    ] {
        let shelf = Shelf::new();
        shelf.record("conv-7", 1, 1);
        assert_eq!(published(&shelf, form)[0]["subject"], wanted);
        let event = shelf.store.events().unwrap().next().unwrap().unwrap();
        assert_eq!(event.recording_id(), Some("conv-7-0001"), "{form:?}");
    }
}

#[test]
fn the_first_services_events_without_locations_can_be_read() {
    let shelf = Shelf::new();
    shelf.record("conv-7", 1, 1);
    let mut event = published(&shelf, SubjectForm::Call).remove(0);
    let chunk = event
        .pointer_mut("/data/recordingStorageInfo/recordingChunks/0")
        .unwrap();
    *chunk = json!({"documentId": "conv-7-0001", "index": 0, "endReason": "SessionEnded"});
    let read: onhook_channel::events::RecordingEvent =
        serde_json::from_value(event.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), event);
}

#[test]
fn what_is_published_again_has_the_same_id_and_a_new_revision_another() {
    let shelf = Shelf::new();
    let id = shelf.record("conv-7", 1, 1);
    let first = published(&shelf, SubjectForm::default());
    assert_eq!(published(&shelf, SubjectForm::default()), [Value::Null; 0]);
    // The log is lost, as by a disk that was full.
    let log = shelf.store.root().join("events.jsonl");
    std::fs::remove_file(&log).unwrap();
    assert_eq!(published(&shelf, SubjectForm::default()), first);

    let mut metadata = shelf.store.read_metadata(&id).unwrap();
    metadata.onhook.revision = 2;
    shelf.store.write_metadata(&id, &metadata).unwrap();
    let second = published(&shelf, SubjectForm::default());
    assert_eq!(second.len(), 1);
    assert_ne!(second[0]["id"], first[0]["id"]);
    assert_eq!(second[0]["subject"], first[0]["subject"]);
}

#[test]
fn what_cannot_be_read_does_not_keep_others_from_being_published() {
    let shelf = Shelf::new();
    let broken = shelf.record("conv-6", 1, 1);
    shelf.record("conv-7", 1, 1);
    std::fs::write(shelf.store.folder(&broken).join("metadata.json"), "").unwrap();
    let mut seen = Vec::new();
    let events = shelf
        .store
        .publish_missing_events(SubjectForm::default(), start(), |broken| {
            seen.push(broken.folder);
        });
    assert_eq!(
        (events.unwrap().len(), seen),
        (1, vec![shelf.store.folder(&broken)])
    );
}
