//! What the recording commands and their results carry.

use std::collections::BTreeMap;
use std::time::Duration;

use onhook::command_error::CommandError;
use onhook::recording::{
    ChannelType, ContentType, ErrorCode, MetadataError, PauseMode, Phase, RecordingFormat,
    RecordingPause, RecordingResume, RecordingStart, RecordingStatus, RecordingStop, StartOptions,
    check_metadata,
};

#[test]
fn codes_and_messages_are_exact() {
    let errors = [
        (
            CommandError::recording_already_in_progress(),
            "RecordingAlreadyInProgress",
            "Recording is already in progress",
        ),
        (
            CommandError::recording_not_started(),
            "RecordingNotStarted",
            "Recording has not started",
        ),
        (
            CommandError::recording_already_paused(),
            "RecordingAlreadyPaused",
            "Recording is already paused",
        ),
        (
            CommandError::conversation_ended(),
            "ConversationEnded",
            "The conversation has ended",
        ),
        (
            CommandError::recording_storage_failed(),
            "RecordingStorageFailed",
            "Recording could not be stored",
        ),
        (
            CommandError::command_id_conflict(),
            "CommandIdConflict",
            "The command id was already used for a different command",
        ),
        (
            CommandError::bad_argument("metadata has an empty key"),
            "BadArgument",
            "metadata has an empty key",
        ),
        (
            CommandError::unsupported_command("x/y"),
            "UnsupportedCommand",
            "The command is not known: x/y",
        ),
        (
            CommandError::not_supported(),
            "NotSupported",
            "The command is not supported here",
        ),
    ];
    for ((error, code, message), known) in errors.iter().zip(ErrorCode::ALL) {
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            (*code, *message)
        );
        assert_eq!(error.known(), Some(known));
        assert_eq!(
            serde_json::to_string(error).unwrap(),
            format!(r#"{{"code":"{code}","message":"{message}"}}"#),
            "nothing else is written"
        );
    }
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

#[test]
fn start_data_is_read_as_clients_write_it() {
    let audio = RecordingStart::new()
        .content_type(ContentType::Audio)
        .channel_type(ChannelType::Unmixed);
    for json in [
        r#"{"recordingContentType":0,"recordingChannelType":1}"#,
        r#"{"recordingContentType":"Audio","recordingChannelType":"UNMIXED","later":{"x":1}}"#,
        r#"{"RecordingContentType":0,"RecordingChannelType":"Unmixed"}"#,
        r#"{"recordingContentType":"audio","recordingChannelType":"unmixed","metadata":null,"pauseOnStart":null}"#,
    ] {
        assert_eq!(read::<RecordingStart>(json), audio, "{json}");
    }
    let full = RecordingStart::new()
        .metadata("k", "v")
        .content_type(ContentType::AudioVideo)
        .channel_type(ChannelType::Mixed)
        .format(RecordingFormat::Mp3)
        .pause_on_start()
        .max_duration(Duration::from_micros(1_500_999));
    let json = r#"{"metadata":{"k":"v"},"recordingContentType":"audioVideo","recordingChannelType":"mixed","recordingFormatType":"mp3","pauseOnStart":true,"maxDurationMs":1500}"#;
    assert_eq!(serde_json::to_string(&full).unwrap(), json);
    assert_eq!(
        read::<RecordingStart>(json),
        full.clone().max_duration(Duration::from_millis(1_500))
    );
    for (channels, word) in [
        (ChannelType::Mixed, "Mixed"),
        (ChannelType::Unmixed, "unmixed"),
        (ChannelType::Stereo, "STEREO"),
    ] {
        let json = format!(r#"{{"recordingChannelType":"{word}"}}"#);
        assert_eq!(read::<RecordingStart>(&json).channel_type, Some(channels));
    }
    assert_eq!(
        StartOptions::from(&full),
        StartOptions {
            pause_on_start: true
        }
    );
}

#[test]
fn data_that_is_null_is_the_default() {
    for json in ["null", "{}"] {
        assert_eq!(read::<RecordingStart>(json), RecordingStart::default());
        assert_eq!(read::<RecordingPause>(json), RecordingPause::default());
        assert_eq!(read::<RecordingResume>(json), RecordingResume::default());
        assert_eq!(read::<RecordingStop>(json), RecordingStop::default());
        assert_eq!(read::<RecordingStatus>(json), RecordingStatus::default());
    }
    assert_eq!(serde_json::to_string(&RecordingStart::new()).unwrap(), "{}");
    assert_eq!(serde_json::to_string(&RecordingStop::new()).unwrap(), "{}");
    assert_eq!(
        read::<RecordingPause>(r#"{"reason":"payment-card"}"#),
        RecordingPause::new().reason("payment-card")
    );
    let silent = RecordingPause::new().mode(PauseMode::Silence);
    assert_eq!(read::<RecordingPause>(r#"{"mode":"Silence"}"#), silent);
    assert!(serde_json::from_str::<RecordingPause>(r#"{"mode":"mute"}"#).is_err());
}

#[test]
fn wrong_start_data_is_refused_with_what_was_expected() {
    for (json, part) in [
        (
            r#"{"recordingContentType":"video"}"#,
            r#"expected "audio" (0) or "audioVideo" (1)"#,
        ),
        (
            r#"{"recordingChannelType":2}"#,
            r#"expected "mixed" (0), "unmixed" (1) or "stereo""#,
        ),
        (
            r#"{"recordingChannelType":-1}"#,
            r#"expected "mixed" (0), "unmixed" (1) or "stereo""#,
        ),
        (r#"{"maxDurationMs":-1}"#, "expected u64"),
        (r#"{"maxDurationMs":"1 h"}"#, "expected u64"),
        (
            r#"{"recordingFormatType":0}"#,
            r#"expected "wav", "mp3" or "mp4""#,
        ),
        (r#"{"metadata":{"n":1}}"#, "expected a string"),
        ("[]", ""),
    ] {
        let error = serde_json::from_str::<RecordingStart>(json).map(drop);
        if json == "[]" {
            assert!(error.is_err(), "{json}");
        } else {
            let error = error.unwrap_err().to_string();
            assert!(error.contains(part), "{json}: {error}");
        }
    }
}

#[test]
fn a_status_is_open_for_states_to_come() {
    let json = r#"{"recordingId":"conv-7-0001","session":1,"state":"muted","effectiveAtMs":8120,"recordedMs":8000}"#;
    let status: RecordingStatus = read(json);
    assert_eq!(status.state, Some(Phase::Other("muted".into())));
    assert_eq!(serde_json::to_string(&status).unwrap(), json);
    assert_eq!(
        read::<RecordingStatus>(r#"{"state":"paused","new":0}"#).state,
        Some(Phase::Paused)
    );
}

fn keys(count: usize) -> RecordingStart {
    (0..count).fold(RecordingStart::new(), |start, number| {
        start.metadata(format!("k{number}"), "")
    })
}

/// One key of two bytes in UTF-8, and values that fill up to `bytes`.
fn bytes(bytes: usize) -> RecordingStart {
    RecordingStart::new().metadata("ü", "x".repeat(bytes - 2))
}

#[test]
fn metadata_is_limited_in_keys_and_bytes() {
    for (start, expected) in [
        (RecordingStart::new(), Ok(())),
        (keys(64), Ok(())),
        (
            keys(65),
            Err(MetadataError::TooManyKeys {
                found: 65,
                limit: 64,
            }),
        ),
        (bytes(16_384), Ok(())),
        (
            bytes(16_385),
            Err(MetadataError::TooLarge {
                found: 16_385,
                limit: 16_384,
            }),
        ),
        (
            RecordingStart::new().metadata("", "v"),
            Err(MetadataError::EmptyKey),
        ),
    ] {
        assert_eq!(start.check(), expected);
    }
    let refused = CommandError::from(keys(65).check().unwrap_err());
    assert_eq!(
        refused.to_string(),
        "BadArgument: metadata has 65 keys, and at most 64 are allowed"
    );
    assert_eq!(check_metadata(&BTreeMap::new()), Ok(()));
}
