//! `metadata.json`: Azure's chunk metadata at the top, the extension below, written whole or not at all.

use std::io::ErrorKind;

use onhook_channel::store::metadata::{
    PauseMode, SessionRecord, SessionState, StartReason, TimelineEntry, TimelineEvent,
};
use onhook_channel::store::{
    DiskFault, FaultyDisk, Operation, SessionFile, SessionId, Sha512Hex, Store,
};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, Month, OffsetDateTime};

fn id() -> SessionId {
    SessionId::new(
        "conv-7",
        1,
        Date::from_calendar_date(2026, Month::November, 22).unwrap(),
    )
}

fn start() -> OffsetDateTime {
    OffsetDateTime::parse("2026-11-22T22:24:34.5Z", &Rfc3339).unwrap()
}

fn entry(after_ms: i64, offset_ms: u64, event: TimelineEvent) -> TimelineEntry {
    TimelineEntry {
        at: start() + Duration::milliseconds(after_ms),
        offset_ms,
        event,
    }
}

fn pause() -> TimelineEvent {
    TimelineEvent::Pause {
        command_id: None,
        reason: Some("payment-card".to_owned()),
        mode: PauseMode::Skip,
    }
}

fn resume(gap_ms: u64) -> TimelineEvent {
    TimelineEvent::Resume {
        command_id: None,
        gap_ms,
    }
}

fn stop() -> TimelineEvent {
    TimelineEvent::Stop { command_id: None }
}

fn end() -> TimelineEvent {
    TimelineEvent::End {
        reason: "CallEnded".to_owned(),
    }
}

/// What happened, and after how many milliseconds.
type Events = [(i64, TimelineEvent)];
/// When nothing was recorded: after how many milliseconds, and for how many.
type Gaps = [(i64, u64)];
type Case<'a> = (&'a str, &'a Events, &'a Gaps);

/// A record with so many milliseconds of audio, and the store that it lies in.
fn record(
    audio_ms: usize,
    timeline: Vec<TimelineEntry>,
) -> (tempfile::TempDir, Store, SessionRecord) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let mut session = SessionFile::create(&store, id()).unwrap();
    session.append(&vec![1; audio_ms * 16]).unwrap();
    let mut record = SessionRecord::new(id(), start());
    record.parts.push(session.close().unwrap());
    record.timeline = timeline;
    (folder, store, record)
}

#[test]
fn the_file_is_azures_form_and_one_extension() {
    let timeline = vec![
        entry(
            0,
            0,
            TimelineEvent::Start {
                command_id: Some("c1".to_owned()),
            },
        ),
        entry(8120, 8120, pause()),
        entry(
            9000,
            8120,
            TimelineEvent::Dtmf {
                party: 0,
                value: None,
            },
        ),
        entry(30_160, 8120, resume(22_040)),
        entry(
            31_000,
            8960,
            TimelineEvent::BargeIn {
                played_ms: 1860,
                planned_ms: 4200,
            },
        ),
        entry(53_240, 31_200, end()),
    ];
    let (_folder, store, mut record) = record(31_200, timeline);
    record.revision = 2;
    record.state = SessionState::Sealed;
    record.session_end_reason = Some("CallEnded".to_owned());
    record.start_reason = StartReason {
        command_id: Some("c1".to_owned()),
        activity_id: Some("a1".to_owned()),
        bot_id: Some("b1".to_owned()),
    };
    record.from = Some("+14255550100".to_owned());
    record.locale = Some("en-US".to_owned());
    record.participants = vec!["caller".to_owned(), "bot".to_owned()];
    record.lost_frames = Some(0);
    record.delete_after = Some(start() + Duration::hours(48));
    record
        .custom
        .insert("queue".to_owned(), "billing".to_owned());
    let metadata = record.metadata();
    store.write_metadata(&id(), &metadata).unwrap();

    let text = std::fs::read(store.folder(&id()).join("metadata.json")).unwrap();
    let mut written: Value = serde_json::from_slice(&text).unwrap();
    let sha512 = written["onhook"]["parts"][0]["sha512"].take();
    assert_eq!(sha512.as_str().unwrap().len(), 128);
    let manifest = written["onhook"]["manifest"]["sha512"].take();
    let manifest = manifest.as_str().unwrap();
    // As anybody can work it out: the file with zeros for these digits, through sha512sum.
    let text = String::from_utf8(text).unwrap();
    let blank = text.replace(manifest, &"0".repeat(128));
    assert_eq!(Sha512Hex::of_bytes(blank.as_bytes()).as_str(), manifest);
    let wanted = json!({
        "resourceId": "", "callId": "conv-7", "chunkDocumentId": "conv-7-0001", "chunkIndex": 0,
        "chunkStartTime": "2026-11-22T22:24:34.5Z", "chunkDuration": 31_200,
        "pauseResumeIntervals": [{"startTime": "2026-11-22T22:24:42.62Z", "duration": 22_040}],
        "recordingInfo": {
            "contentType": "audio", "channelType": "mixed", "format": "wav",
            "audioConfiguration": {"sampleRate": 16_000, "bitRate": 256_000, "channels": 1}
        },
        "participants": [{"participantId": "caller"}, {"participantId": "bot"}],
        "onhook": {
            "schema": "onhook.recording/1", "recordingId": "conv-7-0001", "conversationId": "conv-7",
            "session": 1, "revision": 2, "state": "sealed", "sessionEndReason": "CallEnded",
            "startReason": {"commandId": "c1", "activityId": "a1", "botId": "b1"},
            "direction": "inbound", "from": "+14255550100", "locale": "en-US",
            "timeline": [
                {"at": "2026-11-22T22:24:34.5Z", "offsetMs": 0, "event": "start", "commandId": "c1"},
                {"at": "2026-11-22T22:24:42.62Z", "offsetMs": 8120, "event": "pause", "reason": "payment-card",
                 "mode": "skip"},
                {"at": "2026-11-22T22:24:43.5Z", "offsetMs": 8120, "event": "dtmf", "party": 0, "value": null},
                {"at": "2026-11-22T22:25:04.66Z", "offsetMs": 8120, "event": "resume", "gapMs": 22_040},
                {"at": "2026-11-22T22:25:05.5Z", "offsetMs": 8960, "event": "bargeIn", "playedMs": 1860,
                 "plannedMs": 4200},
                {"at": "2026-11-22T22:25:27.74Z", "offsetMs": 31_200, "event": "end", "reason": "CallEnded"}
            ],
            "parts": [{"index": 0, "file": "content.wav", "bytes": 998_480, "samples": 499_200, "sha512": null}],
            "recordedMs": 31_200, "pausedMs": 22_040, "wallMs": 53_240,
            "billing": {"rateMicroUsdPerMinute": 10_000, "billableMs": 31_200, "microUsd": "5200"},
            "quality": {"lostFrames": 0},
            "retention": {"deleteAfter": "2026-11-24T22:24:34.5Z"},
            "custom": {"queue": "billing"},
            "manifest": {"sha512": null}
        }
    });
    assert_eq!(written, wanted);
    assert_eq!(
        store.read_metadata(&id()).unwrap(),
        metadata,
        "what is written can be read"
    );
}

#[test]
fn interruptions_come_from_the_timeline() {
    let twice = [
        (500, pause()),
        (600, resume(100)),
        (700, pause()),
        (900, resume(200)),
    ];
    let cases: [Case; 8] = [
        ("none", &[(2000, end())], &[]),
        ("stopped", &[(2000, stop()), (9000, end())], &[]),
        (
            "paused until the stop",
            &[(2000, pause()), (2500, stop()), (9000, end())],
            &[(2000, 500)],
        ),
        (
            "paused until the end",
            &[(2000, pause()), (2700, end())],
            &[(2000, 700)],
        ),
        ("still paused", &[(2000, pause())], &[]),
        ("paused twice", &twice, &[(500, 100), (700, 200)]),
        (
            "resumed after a stop",
            &[(1000, stop()), (4000, resume(3000))],
            &[(1000, 3000)],
        ),
        (
            "paused, stopped, resumed",
            &[(500, pause()), (900, stop()), (1500, resume(1000))],
            &[(500, 1000)],
        ),
    ];
    for (what, events, wanted) in cases {
        let timeline = events
            .iter()
            .map(|(at, event)| entry(*at, 500, event.clone()))
            .collect();
        let (_folder, _store, record) = record(2000, timeline);
        let metadata = record.metadata();
        let intervals = metadata.pause_resume_intervals.iter();
        let got: Vec<(i64, u64)> = intervals
            .map(|pause| {
                (
                    i64::try_from((pause.start_time - start()).whole_milliseconds()).unwrap(),
                    pause.duration,
                )
            })
            .collect();
        assert_eq!(got, wanted, "{what}");
        let paused: u64 = wanted.iter().map(|(_, duration)| duration).sum();
        let onhook = metadata.onhook;
        assert_eq!(
            (onhook.recorded_ms, onhook.paused_ms, onhook.wall_ms),
            (2000, paused, 2000 + paused),
            "{what}"
        );
    }
}

#[test]
fn silence_in_a_pause_is_in_the_audio_but_is_not_paid_for() {
    let silent = TimelineEvent::Pause {
        command_id: None,
        reason: None,
        mode: PauseMode::Silence,
    };
    let (_folder, _store, record) = record(
        3000,
        vec![entry(1000, 1000, silent), entry(1600, 1600, resume(600))],
    );
    let metadata = record.metadata();
    assert_eq!(
        (
            metadata.chunk_duration,
            metadata.onhook.recorded_ms,
            metadata.onhook.wall_ms
        ),
        (3000, 2400, 3000)
    );
    assert_eq!(metadata.onhook.billing.micro_usd, "400");
}

#[test]
fn a_fault_leaves_the_old_metadata_whole() {
    for operation in [
        Operation::CreateNew,
        Operation::Write,
        Operation::Sync,
        Operation::Rename,
    ] {
        let (folder, disk) = (tempfile::tempdir().unwrap(), FaultyDisk::default());
        let store = Store::on(disk.clone(), folder.path());
        SessionFile::create(&store, id()).unwrap();
        let mut record = SessionRecord::new(id(), start());
        let old = record.metadata();
        store.write_metadata(&id(), &old).unwrap();
        record.revision = 2;
        disk.fail(DiskFault {
            operation,
            after: 0,
            times: 1,
            kind: ErrorKind::StorageFull,
            torn_bytes: 100,
        });
        store.write_metadata(&id(), &record.metadata()).unwrap_err();
        assert_eq!(store.read_metadata(&id()).unwrap(), old, "{operation:?}");
        let files = std::fs::read_dir(store.folder(&id())).unwrap().count();
        assert_eq!(files, 2, "{operation:?} left something behind");
        // What a kill between the steps leaves does not stand in the way either.
        std::fs::write(store.folder(&id()).join("metadata.json.new"), "{").unwrap();
        store.write_metadata(&id(), &record.metadata()).unwrap();
        assert_eq!(
            store.read_metadata(&id()).unwrap().onhook.revision,
            2,
            "{operation:?}"
        );
    }
}
