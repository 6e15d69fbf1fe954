//! The activity schema against a corpus of activities, generated ones, and texts that are none.

use std::{collections::BTreeSet, fs, path::Path};

use onhook::activity::{
    Activity, ActivityType, Context, ExpectedReplies, HandoffInitiate, HandoffState, HandoffStatus,
    InvokeResponseValue, MediaChunk, MediaEnd, MediaStart, Number, ResourceResponse, SessionEnd,
    SessionEndReason, SessionInit, SessionResult, SessionState, SessionUpdate, SignalOrigin,
    StreamInfo, StreamType, VoiceMessage,
};
use proptest::prelude::*;

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

#[test]
fn a_mistake_has_a_path() {
    for (text, path) in [
        ("", ""),
        ("null", ""),
        ("[]", ""),
        ("5", ""),
        ("\"message\"", ""),
        ("{", ""),
        (r#"{"type":"message"} x"#, ""),
        (r#"{"type":"message"}{"type":"message"}"#, ""),
        (r#"{"type":"message",}"#, ""),
        (r#"{'type':'message'}"#, ""),
        ("{}", "type"),
        (r#"{"text":"hi"}"#, "type"),
        (r#"{"Type":"message"}"#, "type"),
        (r#"{"type":null}"#, "type"),
        (r#"{"type":5}"#, "type"),
        (r#"{"type":["message"]}"#, "type"),
        (r#"{"type":"message","type":"event"}"#, "type"),
        (r#"{"type":"message","text":"a","text":"b"}"#, "text"),
        (r#"{"type":"message","text":null,"text":"b"}"#, "text"),
        (r#"{"type":"message","text":"a","te\u0078t":"b"}"#, "text"),
        (r#"{"type":"message","text":5}"#, "text"),
        (r#"{"type":"message","text":{}}"#, "text"),
        (r#"{"type":"message","text":NaN}"#, "text"),
        (r#"{"type":"message","text":"\ud800"}"#, "text"),
        (r#"{"type":"message","text":"unfinished"#, "text"),
        (r#"{"type":"message","value":NaN}"#, "value"),
        (r#"{"type":"message","value":[1,]}"#, "value"),
        (r#"{"type":"message","value":01}"#, "value"),
        (r#"{"type":"message","x":01}"#, ""),
        (r#"{"type":"message","timestamp":1700000000}"#, "timestamp"),
        (r#"{"type":"message","inputHint":true}"#, "inputHint"),
        (r#"{"type":"message","from":"me"}"#, "from"),
        (r#"{"type":"message","from":[]}"#, "from"),
        (r#"{"type":"message","from":{"id":5}}"#, "from.id"),
        (
            r#"{"type":"message","from":{"id":"a","id":"a"}}"#,
            "from.id",
        ),
        (r#"{"type":"message","from":{"role":{}}}"#, "from.role"),
        (
            r#"{"type":"message","conversation":{"isGroup":"yes"}}"#,
            "conversation.isGroup",
        ),
        (r#"{"type":"message","membersAdded":{}}"#, "membersAdded"),
        (
            r#"{"type":"message","membersAdded":[null]}"#,
            "membersAdded[0]",
        ),
        (
            r#"{"type":"message","membersAdded":[{},{"name":5}]}"#,
            "membersAdded[1].name",
        ),
        (
            r#"{"type":"message","entities":[{"type":"DTMF"},{"type":1}]}"#,
            "entities[1].type",
        ),
        (
            r#"{"type":"message","attachments":[{},{},{"contentUrl":1}]}"#,
            "attachments[2].contentUrl",
        ),
        (r#"{"type":"message","listenFor":["a",1]}"#, "listenFor[1]"),
        (
            r#"{"type":"message","suggestedActions":{"to":["a",{}]}}"#,
            "suggestedActions.to[1]",
        ),
        (
            r#"{"type":"message","suggestedActions":{"actions":[{"title":0}]}}"#,
            "suggestedActions.actions[0].title",
        ),
        (
            r#"{"type":"message","textHighlights":[{"occurrence":"1"}]}"#,
            "textHighlights[0].occurrence",
        ),
        (
            r#"{"type":"message","semanticAction":{"entities":[]}}"#,
            "semanticAction.entities",
        ),
        (
            r#"{"type":"message","relatesTo":{"conversation":{"tenantId":1}}}"#,
            "relatesTo.conversation.tenantId",
        ),
        (
            r#"{"type":"message","reactionsRemoved":[{"type":true}]}"#,
            "reactionsRemoved[0].type",
        ),
    ] {
        let error = Activity::from_json(text).expect_err(text);
        assert_eq!(error.path(), path, "{text}: {error}");
        assert!(
            !error.reason().is_empty() && error.line() == 1,
            "{text}: {error}"
        );
        assert_eq!(
            error.to_string().matches(" at line ").count(),
            1,
            "{text}: {error}"
        );
    }
}

#[test]
fn a_mistake_says_what_was_found_where() {
    for (text, message) in [
        (
            "{\n  \"type\": \"message\",\n  \"from\": {\"id\": 5}\n}",
            "from.id: invalid type: integer `5`, expected a string at line 3 column 18",
        ),
        (
            "{\"type\":\"a\",\n\"type\":\"b\"}",
            "type: duplicate field at line 2 column 6",
        ),
        ("{\n}", "type: missing field at line 2 column 1"),
        (
            "[]",
            "invalid type: sequence, expected an activity at line 1 column 0",
        ),
        (
            "{\"type\":\"message\",\"text\":[\"a at line 9 column 9\"]}",
            "text: invalid type: sequence, expected a string at line 1 column 25",
        ),
    ] {
        assert_eq!(Activity::from_json(text).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_path_leads_into_expected_replies() {
    let text = r#"{"activities":[{"type":"message"},{"text":"hi"}],"body":{"a":1.0}}"#;
    let error = serde_json::from_str::<ExpectedReplies>(text).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("`activities[1].type`: missing field"),
        "{error}"
    );

    let text = r#"{"activities":[{"type":"message"}],"body":{"a":1.0},"x":[]}"#;
    let replies: ExpectedReplies = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&replies).unwrap(), text);
}

#[test]
fn deep_nesting_is_no_danger() {
    const DEPTH: usize = 100_000;
    let (open, close) = ("[".repeat(DEPTH), "]".repeat(DEPTH));
    let objects = "{\"a\":".repeat(DEPTH);
    assert_lossless(
        "value",
        &format!(r#"{{"type":"message","value":{open}{close},"x":{open}{close}}}"#),
    );
    for text in [
        open.clone(),
        objects.clone(),
        format!(r#"{{"type":"message","value":{open}"#),
        format!(r#"{{"type":"message","x":{objects}"#),
        format!(r#"{{"type":"message","membersAdded":{open}{close}}}"#),
        format!(r#"{{"type":"message","text":{open}{close}}}"#),
    ] {
        assert!(Activity::from_json(&text).is_err());
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
