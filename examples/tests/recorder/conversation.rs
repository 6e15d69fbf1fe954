//! What the recorder does, call by call.

use serde_json::{Value, json};

use crate::channel::Channel;
use crate::process::{Recorder, command};

/// The recorder, and a call with it.
struct Call {
    recorder: Recorder,
    channel: Channel,
}

const RECORDING: &str = "channel/vnd.microsoft.telephony.recording.";
const APOLOGY: &str = "The bot encountered an error or bug.";

impl Call {
    fn new() -> Call {
        Call {
            recorder: Recorder::new(),
            channel: Channel::new(),
        }
    }

    /// Sends an activity that has these fields, and gives what the bot sent upon it.
    fn gets(&self, fields: Value) -> Vec<(String, String)> {
        let mut activity = json!({
            "channelId": "telephony",
            "serviceUrl": format!("http://{}/", self.channel.address),
            "conversation": {"id": "call-1"},
            "from": {"id": "caller"},
            "recipient": {"id": "bot"},
        });
        let Value::Object(fields) = fields else {
            panic!("an object");
        };
        activity.as_object_mut().unwrap().extend(fields);
        assert_eq!(self.recorder.post(&activity.to_string()), 200, "{activity}");
        self.channel.taken()
    }

    fn hears(&self, text: &str) -> Vec<(String, String)> {
        self.gets(json!({"type": "message", "text": text}))
    }
}

fn said(text: &str) -> Vec<(String, String)> {
    vec![("message".to_owned(), text.to_owned())]
}

fn commanded(action: &str) -> (String, String) {
    ("command".to_owned(), format!("{RECORDING}{action}"))
}

#[test]
fn whoever_joins_is_recorded_and_welcomed() {
    let call = Call::new();
    let welcome = [&[commanded("start")][..], &said("Hello and welcome.")].concat();
    for (members, expected) in [
        (json!([{"id": "caller"}]), &*welcome),
        (json!([{"id": "bot"}, {"id": "caller"}]), &welcome),
        (json!([{"id": "caller"}, {"id": "other"}]), &welcome),
        (json!([{"id": "bot"}]), &[]),
        (json!([]), &[]),
        (Value::Null, &[]),
    ] {
        let update = json!({"type": "conversationUpdate", "membersAdded": members});
        assert_eq!(call.gets(update), expected, "{members}");
    }
    let left = json!({"type": "conversationUpdate", "membersRemoved": [{"id": "caller"}]});
    assert_eq!(call.gets(left), []);
}

#[test]
fn words_are_commands_in_any_case_and_with_space_around() {
    let call = Call::new();
    for action in ["start", "pause", "resume", "stop"] {
        for text in [
            action.to_owned(),
            action.to_uppercase(),
            format!(" \t{action}\r\n"),
        ] {
            assert_eq!(call.hears(&text), [commanded(action)], "{text:?}");
        }
    }
    for text in ["bye", "BYE", " Bye "] {
        assert_eq!(
            call.hears(text),
            [("endOfConversation".to_owned(), String::new())],
            "{text:?}"
        );
    }
}

#[test]
fn a_crash_is_apologised_for_and_the_call_goes_on() {
    let call = Call::new();
    for text in ["crash", "CRASH", " crash "] {
        assert_eq!(call.hears(text), said(APOLOGY));
        assert_eq!(call.hears("hello"), said("Echo: hello"));
    }
}

#[test]
fn everything_else_is_echoed_unchanged() {
    let call = Call::new();
    for text in [
        "hello",
        "start the recording",
        "stop it",
        "  two  spaces  ",
        "line\nbreak\ttab",
        "<b>5 & 6</b> \"quoted\" 'single' &amp; ]]>",
        "Grüße, 世界 🎉",
        "\u{200b}",
        " ",
        "1",
        "{\"a\": [1]}",
    ] {
        assert_eq!(call.hears(text), said(&format!("Echo: {text}")), "{text:?}");
    }
    for nothing in [
        json!({"type": "message"}),
        json!({"type": "message", "text": null}),
        json!({"type": "typing"}),
        json!({"type": "event", "name": "start"}),
    ] {
        assert_eq!(call.gets(nothing.clone()), [], "{nothing}");
    }
}

#[test]
fn results_are_reported() {
    let call = Call::new();
    let name = format!("{RECORDING}start");
    for (name, value, words) in [
        (&*name, json!({"commandId": "1", "data": {}}), "ok"),
        ("recording_start_command", json!({}), "ok"),
        ("application/x", json!({"error": null}), "ok"),
        (
            &name,
            json!({"error": {"code": "C", "message": "Already recording"}}),
            "Already recording",
        ),
        (&name, json!({"error": {"code": "C"}}), "C"),
        (&name, json!({"error": {"code": "C", "message": null}}), "C"),
        (&name, json!({"error": {"code": "C", "message": ""}}), "C"),
        (&name, json!({"error": {"code": "C", "message": 5}}), "C"),
        (&name, json!({"error": {"message": "m", "code": 5}}), "m"),
        (
            &name,
            json!({"error": {"code": "", "message": ""}}),
            "error",
        ),
        (&name, json!({"error": {}}), "error"),
        (&name, json!({"error": "odd"}), "error"),
        (&name, json!({"error": []}), "error"),
    ] {
        let result = json!({"type": "commandResult", "name": name, "value": value});
        assert_eq!(
            call.gets(result),
            said(&format!("result {name} {words}")),
            "{value}"
        );
    }
}

#[test]
fn answers_can_be_asked_for_in_the_response() {
    let call = Call::new();
    let asks = json!({"type": "message", "text": "hello", "deliveryMode": "expectReplies"});
    assert_eq!(call.gets(asks), []);
}

#[cfg(unix)]
#[test]
fn it_ends_in_peace_when_it_is_told_to() {
    let Call { recorder, channel } = Call::new();
    drop(channel);
    assert_eq!(recorder.end(), Some(0));
}

#[test]
fn an_environment_that_cannot_be_used_is_an_error() {
    for (name, value) in [("PORT", "x"), ("PORT", "65536"), ("HOST", "no address")] {
        let status = command()
            .env("PORT", "0")
            .env(name, value)
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(1), "{name}={value}");
    }
}
