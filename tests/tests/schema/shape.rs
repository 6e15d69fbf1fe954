//! The schema once more, as a table: to compare what went in with what came out, and to make up activities.

use std::fmt;

use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// What stands at a place of an activity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    Text,
    Flag,
    Number,
    /// Any JSON; its text is kept.
    Raw,
    /// An object whose fields are all open.
    Open,
    List(&'static Shape),
    Activity,
    Account,
    Conversation,
    Reference,
    Attachment,
    CardAction,
    SuggestedActions,
    Entity,
    Reaction,
    Highlight,
    SemanticAction,
}

impl Shape {
    pub(crate) const OBJECTS: &[Self] = &[
        Self::Activity,
        Self::Account,
        Self::Conversation,
        Self::Reference,
        Self::Attachment,
        Self::CardAction,
        Self::SuggestedActions,
        Self::Entity,
        Self::Reaction,
        Self::Highlight,
        Self::SemanticAction,
    ];

    /// The fields that the schema knows.
    pub(crate) fn fields(self) -> &'static [(&'static str, Self)] {
        use Shape::{
            Account, Attachment, CardAction, Conversation, Entity, Flag, Highlight, List, Number,
            Open, Raw, Reaction, Reference, SemanticAction, SuggestedActions, Text,
        };
        match self {
            Self::Activity => &[
                ("type", Text),
                ("id", Text),
                ("timestamp", Text),
                ("localTimestamp", Text),
                ("localTimezone", Text),
                ("callerId", Text),
                ("serviceUrl", Text),
                ("channelId", Text),
                ("from", Account),
                ("conversation", Conversation),
                ("recipient", Account),
                ("textFormat", Text),
                ("attachmentLayout", Text),
                ("membersAdded", List(&Account)),
                ("membersRemoved", List(&Account)),
                ("reactionsAdded", List(&Reaction)),
                ("reactionsRemoved", List(&Reaction)),
                ("topicName", Text),
                ("locale", Text),
                ("text", Text),
                ("speak", Text),
                ("inputHint", Text),
                ("summary", Text),
                ("suggestedActions", SuggestedActions),
                ("attachments", List(&Attachment)),
                ("entities", List(&Entity)),
                ("channelData", Raw),
                ("action", Text),
                ("replyToId", Text),
                ("label", Text),
                ("valueType", Text),
                ("value", Raw),
                ("name", Text),
                ("relatesTo", Reference),
                ("code", Text),
                ("expiration", Text),
                ("importance", Text),
                ("deliveryMode", Text),
                ("listenFor", List(&Text)),
                ("textHighlights", List(&Highlight)),
                ("semanticAction", SemanticAction),
            ],
            Account => &[
                ("id", Text),
                ("name", Text),
                ("aadObjectId", Text),
                ("role", Text),
                ("agenticUserId", Text),
                ("agenticAppId", Text),
                ("tenantId", Text),
            ],
            Conversation => &[
                ("id", Text),
                ("name", Text),
                ("isGroup", Flag),
                ("conversationType", Text),
                ("tenantId", Text),
                ("aadObjectId", Text),
                ("role", Text),
            ],
            Reference => &[
                ("activityId", Text),
                ("user", Account),
                ("bot", Account),
                ("conversation", Conversation),
                ("channelId", Text),
                ("serviceUrl", Text),
                ("locale", Text),
                ("deliveryMode", Text),
            ],
            Attachment => &[
                ("contentType", Text),
                ("contentUrl", Text),
                ("content", Raw),
                ("name", Text),
                ("thumbnailUrl", Text),
            ],
            CardAction => &[
                ("type", Text),
                ("title", Text),
                ("image", Text),
                ("imageAltText", Text),
                ("text", Text),
                ("displayText", Text),
                ("value", Raw),
                ("channelData", Raw),
            ],
            SuggestedActions => &[("to", List(&Text)), ("actions", List(&CardAction))],
            Entity | Reaction => &[("type", Text)],
            Highlight => &[("text", Text), ("occurrence", Number)],
            SemanticAction => &[("id", Text), ("state", Text), ("entities", Open)],
            Text | Flag | Number | Raw | Open | List(_) => &[],
        }
    }

    fn field(self, name: &str) -> Option<Self> {
        self.fields()
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, shape)| *shape)
    }

    /// JSON texts of this shape: fields present, null or absent, lists with nulls in them, unknown ones among them, in any order.
    pub(crate) fn text(self) -> BoxedStrategy<String> {
        match self {
            Self::Text => text(),
            Self::Flag => any::<bool>().prop_map(|flag| flag.to_string()).boxed(),
            Self::Number => number(),
            Self::Raw => raw(),
            Self::Open => members(Vec::new(), self),
            Self::List(item) => proptest::collection::vec(
                prop_oneof![1 => Just("null".to_owned()), 4 => item.text()],
                0..4,
            )
            .prop_map(|items| format!("[{}]", items.join(",")))
            .boxed(),
            object => {
                let known = object
                    .fields()
                    .iter()
                    .map(|(name, shape)| {
                        let (absent, null) = if *name == "type" && object == Self::Activity { (0, 0) } else { (12, 1) };
                        let value = shape.text().prop_map(Some);
                        let value = prop_oneof![absent => Just(None), null => Just(Some("null".to_owned())), 4 => value];
                        value.prop_map(move |value| value.map(|value| (format!("{name:?}"), value))).boxed()
                    })
                    .collect();
                members(known, object)
            }
        }
    }
}

/// An object of known members and a few unknown ones, shuffled.
fn members(
    known: Vec<BoxedStrategy<Option<(String, String)>>>,
    object: Shape,
) -> BoxedStrategy<String> {
    let name = prop_oneof![
        any::<String>(),
        Just("x-field".to_owned()),
        Just("Type".to_owned())
    ]
    .prop_filter("known", move |name| object.field(name).is_none())
    .prop_map(|name| serde_json::to_string(&name).unwrap());
    (known, proptest::collection::vec((name, raw()), 0..3))
        .prop_map(|(known, unknown)| {
            known
                .into_iter()
                .flatten()
                .chain(unknown)
                .collect::<Vec<_>>()
        })
        .prop_shuffle()
        .prop_map(|members| {
            let members: Vec<_> = members
                .into_iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            format!("{{{}}}", members.join(", "))
        })
        .boxed()
}

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just(r#""\u00e9\ud83d\udcde\/""#.to_owned()),
        Just(r#""half \ud83d""#.to_owned()),
        Just(r#""\ude00\ud83d\ud83d\ude00\\ud83d""#.to_owned()),
        Just(r#""message""#.to_owned()),
        Just(r#""ignoringSpeechInput""#.to_owned()),
    ]
    .boxed()
}

fn number() -> BoxedStrategy<String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (any::<u64>(), any::<u32>(), any::<i16>())
            .prop_map(|(whole, part, power)| format!("{whole}.{part}e{power}")),
        Just("1.0e2".to_owned()),
        Just("12345678901234567890123".to_owned()),
        Just("-0".to_owned()),
    ]
    .boxed()
}

fn raw() -> BoxedStrategy<String> {
    prop_oneof![
        text(),
        number(),
        Just("null".to_owned()),
        Just("true".to_owned())
    ]
    .prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3)
                .prop_map(|items| format!("[ {}]", items.join(" ,"))),
            proptest::collection::vec((text(), inner), 0..3).prop_map(|members| {
                let members: Vec<_> = members
                    .into_iter()
                    .map(|(name, value)| format!("{name}:{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
    .boxed()
}

/// The JSON string with U+FFFD for each half of a character that the generator writes.
fn whole(json: &str) -> String {
    const PAIR: &str = "\\ud83d\\ude00";
    let json = json.replace(PAIR, "\u{1F600}").replace("\\\\", "\0");
    let json = json.replace("\\ud83d\\udcde", "\u{1F4DE}");
    let json = json
        .replace("\\ud83d", "\u{FFFD}")
        .replace("\\ude00", "\u{FFFD}");
    json.replace('\0', "\\\\")
}

/// What a JSON text says under the schema: order of fields and spelling of strings do not matter, known fields that
/// are null are absent, nulls in lists stay, everything else keeps its text.
#[derive(Debug, PartialEq)]
pub(crate) enum Tree {
    Text(String),
    Raw(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    pub(crate) fn of(json: &str, shape: Shape) -> Self {
        match shape {
            Shape::Text => Self::Text(serde_json::from_str(&whole(json)).unwrap()),
            Shape::Flag | Shape::Number | Shape::Raw => Self::Raw(json.trim().to_owned()),
            Shape::List(item) => {
                let items: Vec<&RawValue> = serde_json::from_str(json).unwrap();
                Self::List(
                    items
                        .into_iter()
                        .map(|value| match value.get() {
                            "null" => Self::Raw("null".to_owned()),
                            text => Self::of(text, *item),
                        })
                        .collect(),
                )
            }
            object => {
                let Members(members) = serde_json::from_str(json).unwrap();
                let mut members: Vec<_> = members
                    .into_iter()
                    .filter_map(|(name, value)| match object.field(&name) {
                        Some(_) if value.get() == "null" => None,
                        Some(shape) => Some((name, Self::of(value.get(), shape))),
                        None => Some((name, Self::Raw(value.get().to_owned()))),
                    })
                    .collect();
                // Stable: duplicates of an unknown field stay in their order.
                members.sort_by(|(one, _), (other, _)| one.cmp(other));
                Self::Object(members)
            }
        }
    }
}

struct Members<'de>(Vec<(String, &'de RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}
