//! Texts that are no activities: each mistake has its path, its reason and its place.

use onhook::activity::{Activity, ExpectedReplies};

use crate::assert_lossless;

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
        (r"{'type':'message'}", ""),
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
        (r#"{"type":"message","text":"\ud80"}"#, "text"),
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
            r#"{"type":"message","text":"\ud83d","id":5}"#,
            "id: invalid type: integer `5`, expected a string at line 1 column 40",
        ),
        (
            r#"{"type":"message","membersAdded":[{"name":"\ud83d"},null,{"id":5}]}"#,
            "membersAdded[2].id: invalid type: integer `5`, expected a string at line 1 column 64",
        ),
        (
            r#"{"type":"message","membersAdded":[null,5]}"#,
            "membersAdded[1]: invalid type: integer `5`, expected a channel account at line 1 column 40",
        ),
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
