//! The objects of the unsigned form in draft-ietf-vcon-vcon-core-03, each with its parameters (sections 4.1 to 4.5).
//!
//! The draft's JSON schema leaves out what may not stand together; that is [`Content`] here.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What a parameter may be.
pub(crate) enum Kind {
    Text,
    /// One of a closed set.
    Word(&'static [&'static str]),
    /// Of version 8.
    Uuid,
    Date,
    Https,
    Hash,
    /// An index into a list of the vCon.
    Index(&'static str),
    /// Who is in a channel: nobody, or an index into the parties.
    Channel,
    Seconds,
    Any,
    Object(&'static Object),
    /// Of these; a list where there may be one or many.
    List(&'static Kind),
}

/// A parameter: its name, and whether it must be there.
pub(crate) type Parameter = (&'static str, bool, Kind);

/// An object of the draft.
pub(crate) struct Object {
    pub(crate) section: &'static str,
    pub(crate) parameters: &'static [Parameter],
    /// Whether it has a file, inline or elsewhere (sections 2.3 and 2.4).
    pub(crate) content: Content,
}

/// Where the file of an object is.
pub(crate) enum Content {
    None,
    /// `body` and `encoding`, or `url` and `content_hash`.
    File,
    /// As its type says: a recording has a file, a set of them has none (section 4.3.1).
    ByType,
}

const MUST: bool = true;
const MAY: bool = false;

pub(crate) static VCON: Object = Object {
    section: "4.1",
    parameters: &[
        ("vcon", MAY, Kind::Word(&["0.4.0"])),
        ("uuid", MUST, Kind::Uuid),
        ("extensions", MAY, Kind::List(&Kind::Text)),
        ("critical", MAY, Kind::List(&Kind::Text)),
        ("created_at", MUST, Kind::Date),
        ("updated_at", MAY, Kind::Date),
        ("subject", MAY, Kind::Text),
        ("parties", MAY, Kind::List(&Kind::Object(&PARTY))),
        ("dialog", MAY, Kind::List(&Kind::Object(&DIALOG))),
        ("analysis", MAY, Kind::List(&Kind::Object(&ANALYSIS))),
        ("attachments", MAY, Kind::List(&Kind::Object(&ATTACHMENT))),
    ],
    content: Content::None,
};

static PARTY: Object = Object {
    section: "4.2",
    parameters: &[
        ("tel", MAY, Kind::Text),
        ("sip", MAY, Kind::Text),
        ("stir", MAY, Kind::Text),
        ("mailto", MAY, Kind::Text),
        ("name", MAY, Kind::Text),
        ("did", MAY, Kind::Text),
        ("validation", MAY, Kind::Text),
        ("uuid", MAY, Kind::Text),
        ("type", MAY, Kind::Word(&["person", "bot", "organization"])),
        ("org", MAY, Kind::Text),
        ("dept", MAY, Kind::Text),
    ],
    content: Content::None,
};

static DIALOG: Object = Object {
    section: "4.3",
    parameters: &[
        ("type", MUST, Kind::Word(&["recording", "recording-set"])),
        ("start", MUST, Kind::Date),
        ("duration", MAY, Kind::Seconds),
        ("parties", MAY, Kind::List(&Kind::Channel)),
        ("originator", MAY, Kind::Index("parties")),
        ("recordings", MAY, Kind::List(&Kind::Index("dialog"))),
        ("recording_set", MAY, Kind::Index("dialog")),
        ("mediatype", MAY, Kind::Text),
        ("filename", MAY, Kind::Text),
        ("url", MAY, Kind::Https),
        ("content_hash", MAY, Kind::Hash),
        ("party_history", MAY, Kind::List(&Kind::Object(&HISTORY))),
        ("application", MAY, Kind::Text),
    ],
    content: Content::ByType,
};

static HISTORY: Object = Object {
    section: "4.3.13.1",
    parameters: &[
        ("party", MUST, Kind::Index("parties")),
        ("time", MUST, Kind::Date),
        ("event", MUST, Kind::Word(EVENTS)),
        ("button", MAY, Kind::Text),
    ],
    content: Content::None,
};

const EVENTS: &[&str] = &[
    "join", "drop", "hold", "unhold", "mute", "unmute", "keydown", "keyup",
];

static ATTACHMENT: Object = Object {
    section: "4.4",
    parameters: &[
        ("purpose", MAY, Kind::Text),
        ("start", MUST, Kind::Date),
        ("party", MUST, Kind::Index("parties")),
        ("dialog", MUST, Kind::Index("dialog")),
        ("mediatype", MAY, Kind::Text),
        ("filename", MAY, Kind::Text),
        ("body", MAY, Kind::Any),
        ("encoding", MAY, Kind::Word(&["base64url", "json", "none"])),
        ("url", MAY, Kind::Https),
        ("content_hash", MAY, Kind::Hash),
    ],
    content: Content::File,
};

static ANALYSIS: Object = Object {
    section: "4.5",
    parameters: &[
        ("type", MUST, Kind::Word(ANALYSES)),
        ("dialog", MAY, Kind::List(&Kind::Index("dialog"))),
        ("attachment", MAY, Kind::List(&Kind::Index("attachments"))),
        ("mediatype", MAY, Kind::Text),
        ("filename", MAY, Kind::Text),
        ("vendor", MUST, Kind::Text),
        ("product", MAY, Kind::Text),
        ("schema", MAY, Kind::Text),
        ("body", MAY, Kind::Any),
        ("encoding", MAY, Kind::Word(&["base64url", "json", "none"])),
        ("url", MAY, Kind::Https),
        ("content_hash", MAY, Kind::Hash),
    ],
    content: Content::File,
};

const ANALYSES: &[&str] = &[
    "report",
    "sentiment",
    "summary",
    "transcript",
    "translation",
    "tts",
];

/// What of a vCon is not as the draft has it, each with its place.
pub(crate) fn mistakes(vcon: &Value) -> Vec<String> {
    let mut check = Check {
        vcon,
        mistakes: Vec::new(),
    };
    check.object("", vcon, &VCON);
    check.mistakes
}

struct Check<'v> {
    vcon: &'v Value,
    mistakes: Vec<String>,
}

impl Check<'_> {
    fn mistake(&mut self, place: &str, what: &str) {
        self.mistakes.push(format!("{place}: {what}"));
    }

    fn object(&mut self, place: &str, value: &Value, object: &Object) {
        let Some(fields) = value.as_object() else {
            return self.mistake(place, "is no object");
        };
        for (name, must, kind) in object.parameters {
            match fields.get(*name) {
                Some(value) => self.value(&format!("{place}/{name}"), value, kind),
                None if *must => self.mistake(&format!("{place}/{name}"), "is missing"),
                None => {}
            }
        }
        for name in fields.keys() {
            let known = object.parameters.iter().any(|(known, ..)| known == name);
            if !known {
                let what = format!("is no parameter of section {}", object.section);
                self.mistake(&format!("{place}/{name}"), &what);
            }
        }
        let wrong = match object.content {
            Content::None => None,
            Content::File => file(fields),
            Content::ByType => dialog(fields),
        };
        if let Some(wrong) = wrong.or_else(|| button(fields)) {
            self.mistake(place, wrong);
        }
    }

    fn value(&mut self, place: &str, value: &Value, kind: &Kind) {
        let text = value.as_str();
        let is = match kind {
            Kind::Any => true,
            Kind::Text => text.is_some(),
            Kind::Word(words) => text.is_some_and(|text| words.contains(&text)),
            Kind::Uuid => text.is_some_and(is_uuid),
            Kind::Date => text.is_some_and(|text| OffsetDateTime::parse(text, &Rfc3339).is_ok()),
            Kind::Https => text.is_some_and(|text| text.starts_with("https://")),
            Kind::Hash => text.is_some_and(is_hash),
            Kind::Seconds => value.as_f64().is_some_and(|seconds| seconds >= 0.0),
            Kind::Index(list) => {
                let list = self.vcon[list].as_array().map_or(0, Vec::len) as u64;
                value.as_u64().is_some_and(|index| index < list)
            }
            Kind::Channel if value.is_null() => true,
            Kind::Channel => return self.value(place, value, &Kind::Index("parties")),
            Kind::Object(object) => return self.object(place, value, object),
            Kind::List(kind) => match (value.as_array(), kind) {
                (Some(values), _) => {
                    for (number, value) in values.iter().enumerate() {
                        self.value(&format!("{place}/{number}"), value, kind);
                    }
                    return;
                }
                // One dialog stands for a list of it.
                (None, Kind::Index(_)) => return self.value(place, value, kind),
                (None, _) => false,
            },
        };
        if !is {
            self.mistake(place, &format!("may not be {value}"));
        }
    }
}

/// Sections 2.3 and 2.4: what is inline has an encoding and a media type, what is elsewhere has a hash.
fn file(fields: &Map<String, Value>) -> Option<&'static str> {
    let has = |name: &str| fields.contains_key(name);
    match (has("body"), has("url")) {
        (true, true) | (false, false) => Some("has a body or an url, and not both"),
        (true, _) if !has("encoding") || !has("mediatype") => {
            Some("has a body without an encoding and a media type")
        }
        (_, true) if !has("content_hash") => Some("has an url without a hash"),
        (true, _) if fields["encoding"] != "json" && !fields["body"].is_string() => {
            Some("has a body that is no text")
        }
        _ => None,
    }
}

/// Sections 4.3.1, 4.3.6 and 4.3.7.
fn dialog(fields: &Map<String, Value>) -> Option<&'static str> {
    let has = |name: &str| fields.contains_key(name);
    if fields.get("type").is_some_and(|kind| kind == "recording") {
        let wrong = has("recordings").then_some("is a recording and has recordings");
        return wrong.or_else(|| file(fields));
    }
    let content = ["body", "encoding", "url", "content_hash", "mediatype"];
    if content.iter().any(|name| has(name)) || has("recording_set") {
        return Some("is a set and has what recordings have");
    }
    (!has("recordings")).then_some("is a set of nothing")
}

/// Section 4.3.13.1: keys have a button, and nothing else has.
fn button(fields: &Map<String, Value>) -> Option<&'static str> {
    let event = fields.get("event")?.as_str().unwrap_or_default();
    let is_key = matches!(event, "keydown" | "keyup");
    (is_key != fields.contains_key("button")).then_some("has no business with a button")
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12]
        && text.as_bytes()[14] == b'8'
        && b"89ab".contains(&text.as_bytes()[19])
}

/// Section 2.2: the algorithm, and the hash in base64url.
fn is_hash(text: &str) -> bool {
    let is_digit = |digit: u8| digit.is_ascii_alphanumeric() || digit == b'-' || digit == b'_';
    text.strip_prefix("sha512-")
        .is_some_and(|digits| digits.len() == 86 && digits.bytes().all(is_digit))
}
