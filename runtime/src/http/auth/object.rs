//! JSON objects that are read strictly.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// More members than any token has: Entra's have about 30.
const MAX_MEMBERS: usize = 128;

/// The members of a JSON object, none of which is there twice.
///
/// Which of two members of the same name counts differs between parsers, so that a token with two would mean one thing
/// here and another elsewhere; RFC 7519 (4) lets a reader refuse them. Names are compared after unescaping.
pub(super) struct Object<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'t> Object<'t> {
    /// Reads `text`, which is one object and nothing else. `None` if it is not, or has a member twice.
    pub(super) fn read(text: &'t [u8]) -> Option<Object<'t>> {
        serde_json::from_slice(text).ok()
    }

    /// Whether there is a member `name`, even if it is null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The text `name`; `None` if there is no such member. Anything but a text is an error, null too.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<Cow<'t, str>>, Mistyped> {
        let Some(raw) = self.raw(name) else {
            return Ok(None);
        };
        match serde_json::from_str::<Text<'t>>(raw) {
            Ok(text) => Ok(Some(text.0)),
            Err(_) => Err(Mistyped(name)),
        }
    }

    /// The whole number `name`, written without fraction and exponent; `None` if there is no such member.
    pub(super) fn integer(&self, name: &'static str) -> Result<Option<i64>, Mistyped> {
        let Some(raw) = self.raw(name) else {
            return Ok(None);
        };
        raw.parse().map(Some).map_err(|_| Mistyped(name))
    }

    fn raw(&self, name: &str) -> Option<&'t str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.get())
    }
}

/// The member of this name is not of the type asked for.
pub(super) struct Mistyped(pub(super) &'static str);

#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'t>(#[serde(borrow)] Cow<'t, str>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(16);
                while let Some((Text(name), value)) = map.next_entry()? {
                    if members.len() == MAX_MEMBERS {
                        return Err(A::Error::custom("too many members"));
                    }
                    if members.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom("a member is there twice"));
                    }
                    members.push((name, value));
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_without_duplicates() {
        for (text, is_read) in [
            ("{}", true),
            (r#" {"a": 1, "A": 2} "#, true),
            (r#"{"a": {"b": 1, "b": 2}}"#, true),
            (r#"{"a": 1, "a": 1}"#, false),
            (r#"{"a": 1, "\u0061": 1}"#, false),
            (r#"{"a": 1} {}"#, false),
            (r#"{"a": 1,}"#, false),
            ("{'a': 1}", false),
            ("[]", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(Object::read(text.as_bytes()).is_some(), is_read, "{text}");
        }
        assert!(Object::read(b"{\"a\": \"\xff\"}").is_none());
    }

    #[test]
    fn members_are_bounded() {
        let object = |members: usize| {
            let members: Vec<_> = (0..members).map(|n| format!("\"{n}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(Object::read(object(MAX_MEMBERS).as_bytes()).is_some());
        assert!(Object::read(object(MAX_MEMBERS + 1).as_bytes()).is_none());
    }

    #[test]
    fn values_are_of_their_type() {
        for (value, text, integer) in [
            (r#""a\u0062""#, Some("ab"), None),
            (r#""12""#, Some("12"), None),
            ("12", None, Some(12)),
            ("-12", None, Some(-12)),
            ("12.0", None, None),
            ("12e0", None, None),
            ("9223372036854775808", None, None),
            ("null", None, None),
            ("true", None, None),
            ("[12]", None, None),
            (r#"["a"]"#, None, None),
        ] {
            let json = format!("{{\"v\":{value}}}");
            let object = Object::read(json.as_bytes()).unwrap();
            let read = object.text("v").ok().flatten();
            assert_eq!(read.as_deref(), text, "{value}");
            assert_eq!(object.integer("v").ok().flatten(), integer, "{value}");
            assert!(object.has("v") && !object.has("w"), "{value}");
            assert!(matches!(object.text("w"), Ok(None)), "{value}");
        }
    }
}
