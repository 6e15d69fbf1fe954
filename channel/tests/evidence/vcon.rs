//! The vCon of a call, against draft-ietf-vcon-vcon-core-03.

use onhook::prelude::*;
use onhook_channel::Notice;
use onhook_channel::store::metadata::{
    Consent, PauseMode, SessionRecord, TimelineEntry, TimelineEvent,
};
use onhook_channel::testing::TestCall;
use onhook_channel::vcon::{Vcon, VconError, export, write};
use serde_json::{Value, json};
use time::Duration;

use crate::draft::mistakes;
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
    insert(
        &mut one,
        2500,
        TimelineEvent::BargeIn {
            played_ms: 1860,
            planned_ms: 4200,
        },
    );
    let interruption = one.timeline.len() - 2;
    one.timeline[interruption].offset_ms = 1500;
    one.consent.push(Consent {
        party: 0,
        at: one.started_at + Duration::milliseconds(250),
        how: "announcement+continue".to_owned(),
        evidence_offset_ms: 250,
    });
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
        ],
        "analysis": [{
            "type": "report", "dialog": 0, "mediatype": "application/json",
            "vendor": "onhook", "product": "onhook-channel", "schema": "onhook.barge-in/1",
            "encoding": "json",
            "body": [{"party": 0, "time": at("24:37"), "offset": 1.5, "played": 1.86, "planned": 4.2}]
        }],
        "attachments": [{
            "purpose": "consent", "start": at("24:34.75"), "party": 1, "dialog": 0,
            "mediatype": "application/json", "encoding": "json",
            "body": {"party": 0, "how": "announcement+continue", "offset": 0.25}
        }]
    });
    assert_eq!(vcon, wanted);
}

#[test]
fn every_object_is_as_the_draft_has_it() {
    let (_shelf, vcon) = call();
    assert_eq!(mistakes(&absolute(&vcon)), [""; 0]);
    // Addresses are relative until they are served.
    let relative = ["/dialog/0/url", "/dialog/1/url"];
    let found = mistakes(&vcon);
    assert_eq!(found.len(), 2);
    for (found, place) in found.iter().zip(relative) {
        assert!(found.starts_with(place), "{found}");
    }
}

/// A check that finds nothing proves something only if it can find something.
#[test]
fn what_is_not_as_the_draft_has_it_is_found() {
    let (_shelf, vcon) = call();
    let vcon = absolute(&vcon);
    let gone = Value::Null;
    for (place, value) in [
        ("/uuid", &gone),
        ("/uuid", &json!("7d3dbb0e-8b53-4f0c-9fb9-4e1d2a0c7f21")),
        ("/created_at", &json!("yesterday")),
        ("/colour", &json!("red")),
        ("/parties/1/type", &json!("robot")),
        ("/dialog/0/start", &gone),
        ("/dialog/0/duration", &json!(-1)),
        ("/dialog/0/parties", &json!([2])),
        ("/dialog/0/recordings", &json!([1])),
        ("/dialog/0/url", &gone),
        ("/dialog/0/content_hash", &gone),
        ("/dialog/0/content_hash", &json!("sha512-short")),
        ("/dialog/0/party_history/0/button", &gone),
        ("/dialog/0/party_history/1/button", &json!("5")),
        ("/dialog/0/party_history/1/event", &json!("bargein")),
        ("/dialog/2/url", &json!("https://recordings.example/all")),
        ("/dialog/2/recordings", &gone),
        ("/dialog/2/recordings", &json!([0, 3])),
        ("/analysis/0/vendor", &gone),
        ("/analysis/0/type", &json!("gossip")),
        ("/analysis/0/dialog", &json!(3)),
        ("/analysis/0/encoding", &gone),
        ("/analysis/0/encoding", &json!("none")),
        ("/attachments/0/party", &gone),
        ("/attachments/0/party", &json!(2)),
        ("/attachments/0/dialog", &json!("0")),
        ("/attachments/0/mediatype", &gone),
        ("/attachments/0/start", &gone),
    ] {
        let mut wrong = vcon.clone();
        let (object, name) = place.rsplit_once('/').unwrap();
        let object = wrong.pointer_mut(object).unwrap().as_object_mut().unwrap();
        match value {
            Value::Null => object.remove(name),
            value => object.insert(name.to_owned(), value.clone()),
        };
        assert_eq!(mistakes(&wrong).len(), 1, "{place} = {value}");
    }
}

/// The recordings of a set name it, and it names them.
#[test]
fn a_set_and_its_recordings_name_each_other() {
    let (_shelf, vcon) = call();
    let dialogs = vcon["dialog"].as_array().unwrap();
    let set = dialogs.len() - 1;
    assert_eq!(dialogs[set]["type"], "recording-set");
    assert_eq!(dialogs[set]["recordings"], json!([0, 1]));
    for recording in &dialogs[..set] {
        assert_eq!(recording["type"], "recording");
        assert_eq!(recording["recording_set"], json!(set));
    }
}

/// Section 4.3.4: an entry for each channel, and a placeholder for one in which nobody is.
#[test]
fn the_channels_of_a_recording_are_told_apart() {
    let shelf = Shelf::new();
    let record = shelf.open(CALLER, "conv-7", 1, 1);
    let mut metadata = record.metadata();
    metadata.recording_info.audio_configuration.channels = 3;
    metadata.participants[0].channel = Some(2);
    metadata.participants[1].channel = Some(0);
    shelf.store.write_metadata(&record.id, &metadata).unwrap();
    let vcon = export(&shelf.store, "conv-7").unwrap();
    assert_eq!(vcon.dialog[0].parties, [Some(1), None, Some(0)]);
    // The set is of the call, in which both are.
    assert_eq!(vcon.dialog[1].parties, [Some(0), Some(1)]);
    let text = serde_json::to_value(&vcon).unwrap();
    assert_eq!(mistakes(&absolute(&text)), [""; 0]);
}

/// The same as others see it who fetch the audio.
fn absolute(vcon: &Value) -> Value {
    let vcon: Vcon = serde_json::from_value(vcon.clone()).unwrap();
    let vcon = vcon.with_base("https://recordings.example/conv-7");
    serde_json::to_value(vcon).unwrap()
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

/// What a live call has of both is in its vCon, and no word of it.
#[tokio::test(start_paused = true)]
async fn a_call_that_was_announced_and_interrupted_says_so() {
    #[on_members_added]
    async fn greet(turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await?.detach();
        turn.say("Welcome to the shop, where everything is for sale.")
            .await
    }
    #[on_message]
    async fn done() {}
    let shelf = Shelf::new();
    let mut call = TestCall::builder(handlers![greet, done])
        .store(shelf.store.clone())
        .channel(|channel| channel.notice(Notice::Beep))
        .dial();
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    call.says("stop it").await;
    let call = call.hangs_up().await;
    let conversation = &call.report().conversation_id;
    let vcon = export(&shelf.store, conversation).unwrap();
    let bot = vcon
        .parties
        .iter()
        .position(|party| party.kind.as_deref() == Some("bot"));
    let [told] = vcon.attachments.as_slice() else {
        panic!("{:?}", vcon.attachments)
    };
    assert_eq!(
        (Some(told.party), told.dialog, told.body.party),
        (bot, 0, 0)
    );
    assert_eq!(told.body.how, "beep+continue");
    let [report] = vcon.analysis.as_slice() else {
        panic!("{:?}", vcon.analysis)
    };
    let [interruption] = report.body.as_slice() else {
        panic!("{:?}", report.body)
    };
    assert_eq!((report.dialog, interruption.party), (0, 0));
    assert!(interruption.played < interruption.planned);
    let text = serde_json::to_value(&vcon).unwrap();
    assert_eq!(mistakes(&absolute(&text)), [""; 0]);
    for word in ["Welcome", "shop", "stop it"] {
        assert!(!text.to_string().contains(word));
    }
}
