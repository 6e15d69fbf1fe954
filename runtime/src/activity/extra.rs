//! The fields of an object that the schema does not know.

use std::fmt;

use serde::{
    de::{Deserialize, Deserializer, MapAccess, Visitor},
    ser::{Serialize, SerializeMap, Serializer},
};

use super::{Json, null::Nulls, object::Key, part::part};

/// Named JSON values in the order in which they came, duplicates included.
///
/// Receivers must accept unknown fields at any depth (A2005); this is where they stay, so that an activity can be
/// forwarded or stored without loss. Empty, it does not allocate.
///
/// It also remembers where nulls stood in the lists of its object, which are read without them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extra {
    fields: Vec<(String, Json)>,
    pub(super) nulls: Nulls,
}

impl Extra {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            fields: Vec::new(),
            nulls: Nulls::NONE,
        }
    }

    /// The first value named `name` (ordinal comparison).
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// Puts `value` under `name` in place of what stood there, or at the end.
    pub fn set(&mut self, name: impl Into<String>, value: Json) {
        let name = name.into();
        match self.fields.iter_mut().find(|(key, _)| *key == name) {
            Some((_, old)) => *old = value,
            None => self.fields.push((name, value)),
        }
    }

    /// Takes every value named `name` out and returns the first.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let mut first = None;
        while let Some(at) = self.fields.iter().position(|(key, _)| key == name) {
            let (_, value) = self.fields.remove(at);
            first.get_or_insert(value);
        }
        first
    }

    /// The fields in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// How many fields there are, duplicates counted.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(super) fn push(&mut self, name: String, value: Json) {
        self.fields.push((name, value));
    }

    /// Writes the fields whose names are not among `taken`, so that no name is written twice (A2001).
    pub(super) fn write<M: SerializeMap>(
        &self,
        map: &mut M,
        taken: &[&str],
    ) -> Result<(), M::Error> {
        self.iter()
            .filter(|(name, _)| !taken.contains(name))
            .try_for_each(|(name, value)| map.serialize_entry(name, value))
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Extra;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Extra, A::Error> {
                let mut extra = Extra::new();
                while let Some(Key(name)) = map.next_key()? {
                    extra.push(name.into_owned(), map.next_value()?);
                }
                Ok(extra)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

part!(Extra);

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.write(&mut map, &[])?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_duplicates_and_number_text_survive() {
        let text = r#"{"b":1.0e2,"a":null,"b":12345678901234567890}"#;
        let extra: Extra = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&extra).unwrap(), text);
        assert_eq!(extra.get("b").map(Json::as_str), Some("1.0e2"));
        assert!(extra.get("a").is_some_and(Json::is_null));
        assert_eq!(extra.get("B"), None);
    }

    #[test]
    fn set_replaces_and_remove_takes_all() {
        let mut extra: Extra = serde_json::from_str(r#"{"x":1,"y":2,"x":3}"#).unwrap();
        extra.set("y", Json::string("two"));
        extra.set("z", Json::null());
        assert_eq!(extra.remove("x").as_ref().map(Json::as_str), Some("1"));
        assert_eq!(
            serde_json::to_string(&extra).unwrap(),
            r#"{"y":"two","z":null}"#
        );
        assert_eq!(extra.len(), 2);
    }
}
