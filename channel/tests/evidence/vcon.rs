//! The vCon of a call, against draft-ietf-vcon-vcon-core-03: the shape that its CDDL and its text give each object.

use onhook_channel::store::metadata::{PauseMode, SessionRecord, TimelineEntry, TimelineEvent};
use onhook_channel::vcon::{Vcon, VconError, export, write};
use serde_json::{Value, json};
use time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::shelf::{BOT, CALLER, Shelf, day, start};

/// A call with two recordings: one with a pause and keys, and one that was stopped and resumed.
fn call() -> (Shelf, Value) {
    let shelf = Shelf::new();
    let mut one = shelf.open(CALLER, "conv-7", 1, 3);
    insert(&mut one, 500, key(Some("5")));
    insert(
        &mut one,
        1000,
        TimelineEvent::Pause {
            command_id: None,
            reason: None,
            mode: PauseMode::Skip,
        },
    );
    insert(&mut one, 1200, key(None));
    insert(
        &mut one,
        2000,
        TimelineEvent::Resume {
            command_id: None,
            gap_ms: 1000,
        },
    );
    let mut two = shelf.open(CALLER, "conv-7", 2, 2);
    insert(&mut two, 500, TimelineEvent::Stop { command_id: None });
    insert(
        &mut two,
        1500,
        TimelineEvent::Resume {
            command_id: None,
            gap_ms: 1000,
        },
    );
    insert(&mut two, 1800, TimelineEvent::Stop { command_id: None });
    for record in [&one, &two] {
        shelf
            .store
            .write_metadata(&record.id, &record.metadata())
            .unwrap();
    }
    let vcon = write(&shelf.store, "conv-7", day()).unwrap();
    assert_eq!(export(&shelf.store, "conv-7").unwrap(), vcon);
    let folder = shelf.store.folder(&one.id);
    let text = std::fs::read(folder.parent().unwrap().join("call.vcon.json")).unwrap();
    assert_eq!(serde_json::from_slice::<Vcon>(&text).unwrap(), vcon);
    (shelf, serde_json::from_slice(&text).unwrap())
}

fn key(value: Option<&str>) -> TimelineEvent {
    TimelineEvent::Dtmf {
        party: 0,
        value: value.map(str::to_owned),
    }
}

fn insert(record: &mut SessionRecord, after_ms: i64, event: TimelineEvent) {
    let at = record.started_at + Duration::milliseconds(after_ms);
    let last = record.timeline.len() - 1;
    record.timeline.insert(
        last,
        TimelineEntry {
            at,
            offset_ms: 0,
            event,
        },
    );
}

#[test]
fn a_call_is_a_dialog_for_each_recording_and_one_for_the_set() {
    let (shelf, vcon) = call();
    let hash = |session| {
        let metadata = shelf
            .store
            .read_metadata(&crate::shelf::id("conv-7", session))
            .unwrap();
        metadata.onhook.parts[0].sha512.content_hash().unwrap()
    };
    let at = |text: &str| format!("2026-11-22T22:{text}Z");
    let all = |time: &str, event: &str| {
        [0, 1].map(|party| json!({"party": party, "time": at(time), "event": event}))
    };
    let one = [
        vec![json!({"party": 0, "time": at("24:35"), "event": "keydown", "button": "5"})],
        all("24:35.5", "hold").to_vec(),
        all("24:36.5", "unhold").to_vec(),
    ];
    let two = [all("25:35", "hold"), all("25:36", "unhold")];
    let recording = |session: u32, start: &str, duration: f64, history: Vec<Value>| {
        json!({
            "type": "recording", "start": at(start), "duration": duration, "parties": [0, 1],
            "recording_set": 2, "mediatype": "audio/x-wav", "filename": "content.wav",
            "url": format!("000{session}/content.wav"), "content_hash": hash(session),
            "party_history": history
        })
    };
    let presence = [all("24:34.5", "join"), all("25:36.5", "drop")].concat();
    let wanted = json!({
        "vcon": "0.4.0",
        "uuid": vcon["uuid"],
        "created_at": at("25:36.5"),
        "parties": [{"tel": CALLER}, {"tel": BOT, "type": "bot"}],
        "dialog": [
            recording(1, "24:34.5", 3.0, one.concat()),
            recording(2, "25:34.5", 2.0, two.concat()),
            {
                "type": "recording-set", "start": at("24:34.5"), "duration": 62.0, "parties": [0, 1],
                "recordings": [0, 1],
                "party_history": presence
            }
        ]
    });
    assert_eq!(vcon, wanted);
}

/// Whether a parameter has a value that it may have.
type Check = fn(&Value) -> bool;

/// What an object may have, and must have; a `!` marks the latter.
fn has_shape(object: &Value, keys: &[(&str, Check)]) {
    let object = object.as_object().unwrap();
    for (key, is_valid) in keys {
        let name = key.trim_end_matches('!');
        match object.get(name) {
            Some(value) => assert!(is_valid(value), "{name} is {value}"),
            None => assert!(!key.ends_with('!'), "{name} is missing in {object:?}"),
        }
    }
    for name in object.keys() {
        let known = keys
            .iter()
            .any(|(key, _)| key.trim_end_matches('!') == name);
        assert!(known, "{name} is no parameter of {object:?}");
    }
}

fn text(value: &Value) -> bool {
    value.is_string()
}

fn date(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| OffsetDateTime::parse(text, &Rfc3339).is_ok())
}

fn uuid8(value: &Value) -> bool {
    let uuid = value.as_str().unwrap();
    let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12]
        && uuid.as_bytes()[14] == b'8'
        && b"89ab".contains(&uuid.as_bytes()[19])
}

fn index(value: &Value) -> bool {
    value.is_u64()
}

fn indices(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|values| values.iter().all(Value::is_u64))
}

fn list(value: &Value) -> bool {
    value.is_array()
}

fn duration(value: &Value) -> bool {
    value.as_f64().is_some_and(|seconds| seconds >= 0.0)
}

fn media_type(value: &Value) -> bool {
    value == "audio/x-wav"
}

fn content_hash(value: &Value) -> bool {
    let digits = value.as_str().unwrap().strip_prefix("sha512-").unwrap();
    let alphabet = |digit: u8| digit.is_ascii_alphanumeric() || digit == b'-' || digit == b'_';
    digits.len() == 86 && digits.bytes().all(alphabet)
}

#[test]
fn every_object_has_the_shape_that_the_draft_gives_it() {
    let (_shelf, vcon) = call();
    has_shape(
        &vcon,
        &[
            ("vcon", |version| version == "0.4.0"),
            ("uuid!", uuid8),
            ("created_at!", date),
            ("parties", list),
            ("dialog", list),
        ],
    );
    let parties = vcon["parties"].as_array().unwrap();
    for party in parties {
        has_shape(
            party,
            &[
                ("tel", text),
                ("name", text),
                ("validation", text),
                ("type", |kind| kind == "bot"),
            ],
        );
    }
    let dialogs = vcon["dialog"].as_array().unwrap();
    for (number, dialog) in dialogs.iter().enumerate() {
        match dialog["type"].as_str().unwrap() {
            // 4.3.10: content with its hash; 4.3.6: no `recordings`.
            "recording" => has_shape(
                dialog,
                &[
                    ("type!", text),
                    ("start!", date),
                    ("duration!", duration),
                    ("parties!", indices),
                    ("recording_set!", index),
                    ("mediatype!", media_type),
                    ("filename", text),
                    ("url!", text),
                    ("content_hash!", content_hash),
                    ("party_history", list),
                ],
            ),
            // 4.3.1: must not have content; 4.3.7: no `recording_set`.
            "recording-set" => has_shape(
                dialog,
                &[
                    ("type!", text),
                    ("start!", date),
                    ("duration!", duration),
                    ("parties!", indices),
                    ("recordings!", indices),
                    ("party_history", list),
                ],
            ),
            other => panic!("a dialog of type {other}"),
        }
        for party in dialog["parties"].as_array().unwrap() {
            assert!(party.as_u64().unwrap() < parties.len() as u64);
        }
        for recording in dialog["recordings"].as_array().into_iter().flatten() {
            let recording = &dialogs[usize::try_from(recording.as_u64().unwrap()).unwrap()];
            assert_eq!(
                (&recording["type"], &recording["recording_set"]),
                (&json!("recording"), &json!(number))
            );
        }
        for event in dialog["party_history"].as_array().into_iter().flatten() {
            let is_key = event["event"] == "keydown";
            let known = ["join", "drop", "hold", "unhold", "keydown"];
            assert!(known.contains(&event["event"].as_str().unwrap()));
            has_shape(
                event,
                &[
                    ("party!", index),
                    ("time!", date),
                    ("event!", text),
                    (if is_key { "button!" } else { "button" }, text),
                ],
            );
            assert_eq!(event.get("button").is_some(), is_key);
        }
    }
}

#[test]
fn the_same_call_has_the_same_uuid_and_another_has_another() {
    let [one, again] = [call(), call()].map(|(_shelf, vcon)| vcon["uuid"].clone());
    assert_eq!(one, again);
    // It begins with the milliseconds of the start, so that vCons sort by time.
    let millis = start().unix_timestamp_nanos() / 1_000_000;
    assert_eq!(
        one.as_str().unwrap()[..13].replace('-', ""),
        format!("{millis:012x}")
    );
    let shelf = Shelf::new();
    shelf.record("conv-8", 1, 1);
    assert_ne!(
        export(&shelf.store, "conv-8").unwrap().uuid,
        one.as_str().unwrap()
    );
}

#[test]
fn a_base_makes_the_addresses_absolute() {
    let shelf = Shelf::new();
    shelf.record("conv-7", 1, 1);
    for base in [
        "https://recordings.example/conv-7",
        "https://recordings.example/conv-7/",
    ] {
        let vcon = export(&shelf.store, "conv-7").unwrap().with_base(base);
        let url = vcon.dialog[0].url.as_deref();
        assert_eq!(
            url,
            Some("https://recordings.example/conv-7/0001/content.wav")
        );
    }
}

#[test]
fn what_is_no_call_has_no_vcon() {
    let shelf = Shelf::new();
    assert!(matches!(
        export(&shelf.store, "conv-7"),
        Err(VconError::NoRecording(_))
    ));
    let mut record = shelf.open(CALLER, "conv-7", 1, 1);
    record.parts.clear();
    shelf
        .store
        .write_metadata(&record.id, &record.metadata())
        .unwrap();
    assert!(matches!(
        write(&shelf.store, "conv-7", day()),
        Err(VconError::NoRecording(_))
    ));
    let folder = shelf.store.folder(&record.id);
    std::fs::write(folder.join("metadata.json"), "{").unwrap();
    assert!(matches!(
        export(&shelf.store, "conv-7"),
        Err(VconError::Broken(_))
    ));
}
