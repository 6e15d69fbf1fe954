//! By what a command is recognised when it comes twice.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::host::LONGEST_ID;

/// What identifies a command: its command id, or the id of its activity when it has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CommandId {
    /// `value.commandId` (A10100).
    Command(Box<str>),
    /// The activity's `id`: clients send pause and resume without any value.
    Activity(Box<str>),
}

impl CommandId {
    /// The id of a command; none when it has neither id, and so can never be recognised. An empty id is no id.
    ///
    /// An id of more than 1,024 bytes is remembered by its beginning, its length and a digest.
    pub fn of(command_id: Option<&str>, activity_id: Option<&str>) -> Option<Self> {
        let present = |id: &&str| !id.trim().is_empty();
        let command = command_id
            .filter(present)
            .map(|id| Self::Command(bounded(id)));
        command.or_else(|| {
            activity_id
                .filter(present)
                .map(|id| Self::Activity(bounded(id)))
        })
    }
}

/// The id, or what stands for one that is too long to be kept for ten minutes.
fn bounded(id: &str) -> Box<str> {
    if id.len() <= LONGEST_ID {
        return id.into();
    }
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let beginning: String = id.chars().take(64).collect();
    format!("{beginning}…{}:{:016x}", id.len(), hasher.finish()).into()
}

/// A digest of a command's data, to tell a repeated command from another one under the same id.
///
/// The order of fields and white space are of no account; missing data, `null` and `{}` are the same. It holds
/// within one process only and is not to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of the data of a command.
    pub fn of(data: Option<&Value>) -> Self {
        let mut hasher = DefaultHasher::new();
        match data {
            None | Some(Value::Null) => digest(&Value::Object(serde_json::Map::new()), &mut hasher),
            Some(data) => digest(data, &mut hasher),
        }
        Self(hasher.finish())
    }
}

/// Every value starts with its own tag and every list with its length, so that `[[1],2]` is not `[[1,2]]`.
fn digest(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Null => 0_u8.hash(hasher),
        Value::Bool(truth) => (1_u8, truth).hash(hasher),
        Value::Number(number) => (2_u8, number.to_string()).hash(hasher),
        Value::String(text) => (3_u8, text).hash(hasher),
        Value::Array(items) => {
            (4_u8, items.len()).hash(hasher);
            for item in items {
                digest(item, hasher);
            }
        }
        Value::Object(fields) => {
            (5_u8, fields.len()).hash(hasher);
            // The map keeps the order of the text when another crate asks serde_json for it.
            for (name, field) in fields.iter().collect::<BTreeMap<_, _>>() {
                name.hash(hasher);
                digest(field, hasher);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_id_goes_before_the_activity_id() {
        let id = |command, activity| CommandId::of(command, activity);
        assert_eq!(
            id(Some("c"), Some("a")),
            Some(CommandId::Command("c".into()))
        );
        assert_eq!(id(None, Some("a")), Some(CommandId::Activity("a".into())));
        assert_eq!(
            id(Some(" "), Some("a")),
            Some(CommandId::Activity("a".into()))
        );
        assert_eq!(id(None, None), None);
        assert_ne!(id(Some("x"), None), id(None, Some("x")));
    }

    #[test]
    fn a_long_id_is_recognised_and_not_kept() {
        let long = "x".repeat(200_000);
        let id = CommandId::of(Some(&long), None).unwrap();
        assert_eq!(CommandId::of(Some(&long), None), Some(id.clone()));
        let other = [&long, "y"].concat();
        assert_ne!(CommandId::of(Some(&other), None), Some(id.clone()));
        let (CommandId::Command(kept) | CommandId::Activity(kept)) = id;
        assert!(kept.len() < 200, "{kept}");
    }

    #[test]
    fn a_fingerprint_is_of_the_meaning() {
        let of = |json: &str| {
            Fingerprint::of(Some(&serde_json::from_str(json).expect("json of the test")))
        };
        assert_eq!(
            of(r#"{"a":1,"b":{"c":2,"d":3}}"#),
            of(r#"{ "b": {"d":3,"c":2}, "a":1 }"#)
        );
        assert_eq!(of("null"), Fingerprint::of(None));
        assert_eq!(of("{}"), Fingerprint::of(None));
        for (left, right) in [
            ("[[1],2]", "[[1,2]]"),
            (r#"["ab","c"]"#, r#"["a","bc"]"#),
            (r#"{"a":1}"#, r#"{"a":"1"}"#),
            (r#"{"a":null}"#, "{}"),
            ("false", "0"),
        ] {
            assert_ne!(of(left), of(right), "{left} {right}");
        }
    }
}
