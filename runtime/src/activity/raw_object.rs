//! The members of a JSON object as pieces of its text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::surrogate;

/// The members of an object in their order, names and values as they came.
pub(crate) struct RawObject<'de>(Vec<(&'de RawValue, &'de RawValue)>);

impl<'de> RawObject<'de> {
    /// Names and values.
    pub(super) fn into_members(self) -> impl Iterator<Item = (&'de RawValue, &'de RawValue)> {
        self.0.into_iter()
    }

    /// The first value that is not null of those named `name`, in whatever letter case: services on .NET write
    /// `CommandId` where the protocol says `commandId`, and the serialisers of both sides read either.
    pub(crate) fn get_ignoring_case(&self, name: &str) -> Option<&'de RawValue> {
        self.0
            .iter()
            .filter(|(_, value)| value.get() != "null")
            .find(|(own, _)| text(own).eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }
}

/// The text of a name.
fn text(name: &RawValue) -> Cow<'_, str> {
    let quoted = name.get();
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => Cow::Borrowed(inner),
        _ => Cow::Owned(surrogate::read(quoted).unwrap_or_default()),
    }
}

impl<'de> Deserialize<'de> for RawObject<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = RawObject<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(RawObject(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_in_every_spelling_of_its_name() {
        for text in [
            r#"{"commandId":"c"}"#,
            r#"{"CommandId":"c"}"#,
            r#"{"x":"\ud83d","\ud83d":1,"COMMANDID":"c"}"#,
            r#"{"\u0063ommandId":"c"}"#,
            r#"{"commandId":null,"CommandId":"c"}"#,
            r#"{"CommandId":"c","commandId":"d"}"#,
        ] {
            let object: RawObject<'_> = serde_json::from_str(text).unwrap();
            let found = object.get_ignoring_case("commandId").map(RawValue::get);
            assert_eq!(found, Some(r#""c""#), "{text}");
        }
        for text in ["{}", r#"{"commandId":null}"#, r#"{"command_id":"c"}"#] {
            let object: RawObject<'_> = serde_json::from_str(text).unwrap();
            assert!(object.get_ignoring_case("commandId").is_none(), "{text}");
        }
        assert!(serde_json::from_str::<RawObject<'_>>("[]").is_err());
    }
}
