//! The activity schema against a corpus of activities, generated ones, and texts that are none.

use std::{collections::BTreeSet, fs, path::Path};

use onhook::activity::{
    Activity, ActivityType, Context, HandoffInitiate, HandoffState, HandoffStatus,
    InvokeResponseValue, MediaChunk, MediaEnd, MediaStart, Number, ResourceResponse, SessionEnd,
    SessionEndReason, SessionInit, SessionResult, SessionState, SessionUpdate, SignalOrigin,
    StreamInfo, StreamType, VoiceMessage,
};
use proptest::prelude::*;

#[path = "schema/mistake.rs"]
mod mistake;
#[path = "schema/shape.rs"]
mod shape;

use shape::{Shape, Tree};

/// Name and text of every activity of the corpus.
fn corpus() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/activities");
    let mut corpus: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            (
                path.file_stem().unwrap().to_string_lossy().into_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    corpus.sort();
    corpus
}

fn of_corpus(name: &str) -> Activity {
    let (_, text) = corpus()
        .into_iter()
        .find(|(own, _)| own == name)
        .unwrap_or_else(|| panic!("no {name}"));
    Activity::from_json(&text).unwrap()
}

/// The value of an activity of the corpus, read as a `T`, and written again without loss.
fn value_of<T: serde::Serialize + serde::de::DeserializeOwned>(name: &str) -> T {
    let json = of_corpus(name).value.unwrap();
    let value: T = json
        .parse()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let again: serde_json::Value = serde_json::to_value(&value).unwrap();
    assert_eq!(again, json.parse::<serde_json::Value>().unwrap(), "{name}");
    value
}

fn assert_lossless(name: &str, text: &str) {
    let activity = Activity::from_json(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let written = activity.to_json();
    assert_eq!(
        Activity::from_slice(written.as_bytes()).as_ref(),
        Ok(&activity),
        "{name}"
    );
    assert_eq!(
        Tree::of(&written, Shape::Activity),
        Tree::of(text, Shape::Activity),
        "{name}"
    );
}

#[test]
fn every_activity_of_the_corpus_survives() {
    let corpus = corpus();
    assert!(corpus.len() >= 44, "only {} activities", corpus.len());
    for (name, text) in corpus {
        assert_lossless(&name, &text);
    }
}

#[test]
fn every_type_of_the_protocol_is_in_the_corpus() {
    let kinds: BTreeSet<_> = corpus()
        .iter()
        .map(|(_, text)| Activity::from_json(text).unwrap().kind.as_str().to_owned())
        .collect();
    for kind in ActivityType::KNOWN {
        assert!(kinds.contains(kind.as_str()), "no {kind} in the corpus");
    }
}

#[test]
fn every_field_of_the_schema_is_in_the_corpus() {
    let texts: String = corpus().into_iter().map(|(_, text)| text).collect();
    for shape in Shape::OBJECTS {
        for (field, _) in shape.fields() {
            assert!(
                texts.contains(&format!("\"{field}\"")),
                "no {field} in the corpus"
            );
        }
    }
}

/// Every list of every object of the schema, by the table.
#[test]
fn a_null_in_a_list_is_skipped_and_stays_in_what_is_written() {
    let mut lists = 0;
    for shape in Shape::OBJECTS {
        for (field, kind) in shape.fields() {
            let Shape::List(item) = kind else { continue };
            lists += 1;
            let item = if **item == Shape::Text { "\"x\"" } else { "{}" };
            for list in [
                "[null]".to_owned(),
                format!("[null,{item},null,null,{item}]"),
                format!("[{item},null]"),
            ] {
                let object = format!("{{\"{field}\":{list}}}");
                let (text, found) = match shape {
                    Shape::Activity => {
                        let text = format!(r#"{{"type":"message",{}"#, &object[1..]);
                        (text, format!("\"{field}\":{list}"))
                    }
                    Shape::SuggestedActions => {
                        let text = format!(r#"{{"type":"message","suggestedActions":{object}}}"#);
                        (text, object)
                    }
                    other => panic!("a place for the lists of {other:?}"),
                };
                assert_lossless(field, &text);
                let written = Activity::from_json(&text).unwrap().to_json();
                assert!(written.contains(&found), "{written}");
            }
        }
    }
    assert_eq!(lists, 10);
    let text = r#"{"type":"conversationUpdate","membersAdded":[null,{"id":"a"},null],"entities":[null,{"type":"DTMF"}],
        "listenFor":[null,"yes"],"reactionsAdded":[null]}"#;
    let activity = Activity::from_json(text).unwrap();
    assert_eq!(activity.members_added().len(), 1);
    assert_eq!(activity.members_added()[0].id.as_deref(), Some("a"));
    assert_eq!(activity.entities().len(), 1);
    assert!(activity.reactions_added().is_empty());
    assert_eq!(activity.listen_for.unwrap(), ["yes"]);
}

/// Null for each field of each object is the same as its absence.
#[test]
fn a_null_field_is_an_absent_one() {
    for shape in Shape::OBJECTS {
        let nulls: Vec<_> = shape
            .fields()
            .iter()
            .filter(|(field, _)| *shape != Shape::Activity || *field != "type")
            .map(|(field, _)| format!("\"{field}\":null"))
            .collect();
        let object = format!("{{{}}}", nulls.join(","));
        let (with, without) = match shape {
            Shape::Activity => {
                let with = format!(r#"{{"type":"message",{}"#, &object[1..]);
                (with, r#"{"type":"message"}"#.to_owned())
            }
            shape => {
                let (field, list) = Shape::Activity
                    .fields()
                    .iter()
                    .find_map(|(field, kind)| match kind {
                        kind if kind == shape => Some((*field, false)),
                        Shape::List(item) if *item == shape => Some((*field, true)),
                        _ => None,
                    })
                    .unwrap_or(("suggestedActions", true));
                let around = |object: &str| match (field, list) {
                    ("suggestedActions", true) => format!(
                        r#"{{"type":"message","suggestedActions":{{"actions":[{object}]}}}}"#
                    ),
                    (field, true) => format!(r#"{{"type":"message","{field}":[{object}]}}"#),
                    (field, false) => format!(r#"{{"type":"message","{field}":{object}}}"#),
                };
                (around(&object), around("{}"))
            }
        };
        assert_eq!(Activity::from_json(&with).unwrap().to_json(), without);
    }
}

#[test]
fn unknown_words_and_fields_are_not_what_they_resemble() {
    assert_eq!(
        of_corpus("unknown-type-by-case").kind,
        ActivityType::Other("Message".into())
    );
    assert_eq!(of_corpus("unknown-type").kind, "vnd.contoso/teleport");
    assert_eq!(
        of_corpus("message-string-channel-data")
            .channel_data
            .unwrap()
            .as_str(),
        r#""{\"notUnpacked\": true}""#
    );
    let nulls = of_corpus("message-nulls");
    assert_eq!(
        (&nulls.id, &nulls.value, &nulls.entities),
        (&None, &None, &None)
    );
    assert!(
        nulls
            .extra
            .get("extension")
            .is_some_and(onhook::activity::Json::is_null)
    );
    let empty = of_corpus("message-empty-strings");
    assert_eq!(
        (empty.id.as_deref(), empty.from_id(), empty.recipient_id()),
        (Some(""), Some(""), None)
    );
}

#[test]
fn keys_of_the_telephone_are_recognised() {
    for (name, key) in [
        ("message-dtmf-digit", Some('1')),
        ("message-dtmf-pound", Some('#')),
        ("message-spoken", None),
    ] {
        assert_eq!(of_corpus(name).dtmf(), key, "{name}");
    }
}

#[test]
fn values_have_types() {
    let voice: VoiceMessage = value_of("message-voice");
    assert_eq!(
        of_corpus("message-voice").value_type.as_deref(),
        Some(VoiceMessage::VALUE_TYPE)
    );
    assert_eq!(
        voice.duration_ms.as_ref().and_then(Number::as_i64),
        Some(2500)
    );
    assert_eq!(
        voice.transcription.as_deref(),
        Some("Your booking is confirmed.")
    );

    let start: MediaStart = value_of("event-media-start");
    assert_eq!(
        of_corpus("event-media-start").value_type.as_deref(),
        Some(MediaStart::VALUE_TYPE)
    );
    assert_eq!(start.media_type.as_deref(), Some("audio"));
    let chunk: MediaChunk = value_of("event-media-chunk");
    assert_eq!(
        of_corpus("event-media-chunk").value_type.as_deref(),
        Some(MediaChunk::VALUE_TYPE)
    );
    assert_eq!(chunk.content_type, "audio/webm");
    assert_eq!(
        of_corpus("event-media-end").value_type.as_deref(),
        Some(MediaEnd::VALUE_TYPE)
    );
    let stream: StreamInfo = of_corpus("event-media-end").stream_info().unwrap();
    assert_eq!(
        (stream.stream_id.as_str(), stream.stream_type),
        ("abc123", Some(StreamType::Final))
    );
    assert_eq!(
        stream.stream_sequence.as_ref().and_then(Number::as_i64),
        Some(3)
    );

    let seen: Context = of_corpus("typing-context").entities()[0].parse().unwrap();
    assert_eq!(
        seen.screen_context
            .and_then(|screen| screen.images)
            .map(|images| images.len()),
        Some(1)
    );

    assert_eq!(
        value_of::<SessionInit>("command-session-init").session_id,
        "sess_123"
    );
    assert_eq!(
        value_of::<SessionUpdate>("command-session-update").state,
        Some(SessionState::Speaking)
    );
    assert_eq!(
        value_of::<SessionUpdate>("command-session-barge-in").origin,
        Some(SignalOrigin::User)
    );
    assert_eq!(
        value_of::<SessionEnd>("command-session-end").reason,
        Some(SessionEndReason::Completed)
    );
    assert_eq!(
        value_of::<SessionResult>("command-result-session-init").state,
        Some(SessionState::Listening)
    );

    assert_eq!(
        value_of::<HandoffInitiate>("event-handoff-initiate").target_phone_number,
        "+14255550199"
    );
    assert_eq!(
        value_of::<HandoffStatus>("event-handoff-status").state,
        Some(HandoffState::Failed)
    );
    let response: InvokeResponseValue = value_of("invoke-response");
    assert_eq!(response.status.as_ref().and_then(Number::as_i64), Some(200));
    assert_eq!(
        serde_json::from_str::<ResourceResponse>(r#"{"id":"r-1"}"#).unwrap(),
        ResourceResponse::new("r-1")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_activities_survive(text in Shape::Activity.text()) {
        assert_lossless(&text, &text);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Activity::from_slice(&bytes);
    }

    #[test]
    fn a_damaged_activity_never_panics(
        which in any::<prop::sample::Index>(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        end in any::<prop::sample::Index>(),
    ) {
        let corpus = corpus();
        let mut bytes = which.get(&corpus).1.clone().into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = Activity::from_slice(&bytes);
        let _ = Activity::from_slice(&bytes[..end.index(bytes.len())]);
    }
}
