//! What channels send that the protocol does not say.

use serde_json::{Value, json};

use crate::channel::{SERVICE, call, endpoint, message, post, request};
use crate::desk::Desk;

#[tokio::test]
async fn sloppy_activities_are_taken() {
    for more in [
        json!({"from": null}),
        json!({"recipient": null}),
        json!({"from": null, "recipient": null, "id": null, "channelId": null}),
        json!({"from": {}, "recipient": {}}),
        json!({"from": {"id": null, "name": null}}),
        json!({"id": ""}),
        json!({"channelId": ""}),
        json!({"timestamp": "yesterday"}),
        json!({"timestamp": "2026-02-30T25:61:61Z"}),
        json!({"timestamp": "2026-01-01T00:00:00.1234567890123Z"}),
        json!({"timestamp": null, "localTimestamp": "", "localTimezone": null}),
        json!({"timestamp": ""}),
        json!({"entities": null, "attachments": null, "membersAdded": null}),
        json!({"entities": [], "attachments": [], "membersAdded": []}),
        json!({"entities": [{}]}),
        json!({"entities": [{"type": null}, {"kind": "x"}]}),
        json!({"entities": [{"type": "DTMF"}, {"type": ""}]}),
        json!({"locale": "", "textFormat": "odd", "inputHint": "odd", "importance": "odd"}),
        json!({"deliveryMode": null}),
        json!({"deliveryMode": "odd"}),
        json!({"deliveryMode": "notification"}),
        json!({"channelData": "text", "value": 5, "unknown": {"deep": [1, null]}}),
        json!({"speak": null, "summary": null, "suggestedActions": null}),
        json!({"attachments": [{}]}),
    ] {
        let (endpoint, channel) = endpoint(Desk::new());
        let answer = post(&endpoint, &message("hello", more.clone())).await;
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 200, "{more}: {said}");
        assert_eq!(channel.texts(), ["Echo: hello"], "{more}");
    }
}

#[tokio::test]
async fn a_message_without_text_is_a_message() {
    let (endpoint, channel) = endpoint(Desk::new());
    let nothing = json!({"type": "message", "conversation": {"id": "c"}});
    assert_eq!(post(&endpoint, &nothing).await.status, 200);
    let null = message("", json!({"text": null}));
    assert_eq!(post(&endpoint, &null).await.status, 200);
    assert!(channel.sent().is_empty());
}

#[tokio::test]
async fn texts_come_in_any_dress() {
    let plain = message("hello", Value::Null).to_string();
    let spread = format!("\r\n\t {}", plain.replace(',', " ,\r\n\t"));
    for (text, header) in [
        (format!("\u{feff}{plain}"), "application/json"),
        (spread, "application/json ; charset=\"UTF-8\""),
        (format!("{plain}\n\n"), "application/JSON;charset=utf8"),
        (
            plain.replace("hello", "h\\u0065llo"),
            "application/json; odata=verbose",
        ),
    ] {
        let (endpoint, channel) = endpoint(Desk::new());
        let mut request = request(text.clone());
        let headers = request.headers_mut();
        headers.insert("content-type", header.parse().unwrap());
        let answer = call(&endpoint, request).await;
        assert_eq!(answer.status, 200, "{text}");
        assert_eq!(channel.texts(), ["Echo: hello"], "{text}");
    }
}

#[tokio::test]
async fn replies_go_to_where_the_activity_came_from_without_null_fields() {
    let (endpoint, channel) = endpoint(Desk::new());
    let nulls = json!({
        "id": "in-1", "replyToId": null, "locale": null, "speak": null, "entities": null,
        "conversation": {"id": "call 1/2", "isGroup": null, "name": null},
        "from": {"id": "caller", "name": null}, "channelData": null,
    });
    let answer = post(&endpoint, &message("hello", nulls)).await;
    assert_eq!(answer.status, 200);
    let sent = channel.sent();
    let [reply] = &sent[..] else {
        panic!("one reply: {sent:?}");
    };
    assert_eq!(
        reply.line,
        "POST /v3/conversations/call%201%2F2/activities/in-1"
    );
    for (field, value) in [
        ("/type", "message"),
        ("/text", "Echo: hello"),
        ("/replyToId", "in-1"),
        ("/from/id", "bot"),
        ("/recipient/id", "caller"),
        ("/conversation/id", "call 1/2"),
        ("/channelId", "telephony"),
        ("/serviceUrl", SERVICE),
    ] {
        let found = reply.body.pointer(field).and_then(Value::as_str);
        assert_eq!(found, Some(value), "{field}");
    }
    assert_eq!(null(&reply.body), None, "{}", reply.body);
}

/// Where there is a null.
pub(crate) fn null(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Array(values) => values.iter().find_map(null),
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, value)| null(value).map(|below| format!("{name}.{below}"))),
        _ => None,
    }
}
