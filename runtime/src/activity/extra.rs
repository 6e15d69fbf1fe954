//! The fields of an object that the schema does not know.

use std::fmt;

use serde::{
    de::{Deserialize, Deserializer, MapAccess, Visitor},
    ser::{Serialize, SerializeMap, Serializer},
};

use super::{Json, null::Null, object::Key, part::part};

/// Named JSON values in the order in which they came, duplicates included.
///
/// Receivers must accept unknown fields at any depth (A2005); this is where they stay, so that an activity can be
/// forwarded or stored without loss. Empty, it does not allocate.
///
/// It also remembers where nulls stood in the lists of its object, which are read without them.
#[derive(Clone, Debug, Default)]
pub struct Extra(Vec<Kept>);

/// What is kept beside the fields of the schema. Both in one list, so that an object without either is no larger.
#[derive(Clone, Debug, PartialEq)]
enum Kept {
    Field(String, Json),
    /// A null in a list of the schema.
    Null(Null),
}

impl Kept {
    fn is_named(&self, name: &str) -> bool {
        matches!(self, Self::Field(own, _) if own == name)
    }
}

impl Extra {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
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
        match self.0.iter_mut().find(|kept| kept.is_named(&name)) {
            Some(kept) => *kept = Kept::Field(name, value),
            None => self.push(name, value),
        }
    }

    /// Takes every value named `name` out and returns the first.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let mut first = None;
        while let Some(at) = self.0.iter().position(|kept| kept.is_named(name)) {
            if let Kept::Field(_, value) = self.0.remove(at) {
                first.get_or_insert(value);
            }
        }
        first
    }

    /// The fields in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().filter_map(|kept| match kept {
            Kept::Field(name, value) => Some((name.as_str(), value)),
            Kept::Null(_) => None,
        })
    }

    /// How many fields there are, duplicates counted.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    pub(super) fn push(&mut self, name: String, value: Json) {
        self.0.push(Kept::Field(name, value));
    }

    #[cold]
    pub(super) fn push_null(&mut self, null: Null) {
        self.0.push(Kept::Null(null));
    }

    /// The nulls in the lists, by list, in the order of their positions.
    pub(super) fn nulls(&self) -> impl Iterator<Item = Null> + Clone {
        self.0.iter().filter_map(|kept| match kept {
            Kept::Null(null) => Some(*null),
            Kept::Field(..) => None,
        })
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

/// In which order the lists with nulls came does not matter.
impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |extra: &Self| {
            let mut nulls: Vec<_> = extra.nulls().collect();
            nulls.sort_unstable();
            nulls
        };
        self.iter().eq(other.iter()) && sorted(self) == sorted(other)
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
