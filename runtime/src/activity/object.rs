//! The macro that writes one object of the schema: the struct, one visitor, one serialiser.
//!
//! ```text
//! object! {
//!     /// Who …
//!     pub struct Thing as "a thing" {
//!         requires { kind: Kind = "type" }           // optional: must be there; gives `Thing::new(kind)`
//!         name: String = "name",                     // becomes `pub name: Option<String>`
//!     }
//! }
//! ```
//! Written by hand and not with `#[serde(flatten)]`, which buffers every value, loses the text of numbers and cannot
//! hold raw JSON. Unknown fields go to `extra` in their order, duplicates of them too; a known field that stands
//! twice is an error (A2001). Null is the same as absent for every field that need not be there, and in a list it is
//! skipped, and written again at its place.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// The name of a field, borrowed from the document where it has no escapes.
pub(super) struct Key<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Name)
    }
}

macro_rules! object {
    (
        $(#[$meta:meta])*
        pub struct $name:ident as $what:literal {
            requires { $( $(#[$rmeta:meta])* $rfield:ident: $rtype:ty = $rwire:literal ),+ $(,)? }
            $($optional:tt)*
        }
    ) => {
        object! { @type $(#[$meta])* $name $what { $( $(#[$rmeta])* $rfield: $rtype = $rwire, )+ } { $($optional)* } }

        impl $name {
            /// One with what it needs, and nothing else.
            #[must_use]
            pub fn new($($rfield: impl Into<$rtype>),+) -> Self {
                Self::with_required($($rfield.into()),+)
            }
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident as $what:literal { $($optional:tt)* }
    ) => {
        object! { @type $(#[$meta])* $name $what {} { $($optional)* } }

        impl Default for $name {
            fn default() -> Self {
                Self::with_required()
            }
        }
    };
    (
        @type $(#[$meta:meta])* $name:ident $what:literal
        { $( $(#[$rmeta:meta])* $rfield:ident: $rtype:ty = $rwire:literal, )* }
        { $( $(#[$fmeta:meta])* $field:ident: $type:ty = $wire:literal ),* $(,)? }
    ) => {
        $(#[$meta])*
        #[non_exhaustive]
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $( $(#[$rmeta])* pub $rfield: $rtype, )*
            $( $(#[$fmeta])* pub $field: Option<$type>, )*
            /// The fields that the schema does not know, in the order in which they came (A2005). A name that the
            /// schema knows is not written from here.
            pub extra: $crate::activity::Extra,
        }

        impl $name {
            const FIELDS: &[&str] = &[$($rwire,)* $($wire,)*];

            fn with_required($($rfield: $rtype),*) -> Self {
                Self { $($rfield,)* $($field: None,)* extra: $crate::activity::Extra::new() }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields;

                impl<'de> serde::de::Visitor<'de> for Fields {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($what)
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        $( let mut $rfield: Option<$rtype> = None; )*
                        // The outer option says whether the field has been seen, the inner whether it was null.
                        $( let mut $field: Option<Option<$type>> = None; )*
                        let mut extra = $crate::activity::Extra::new();
                        while let Some($crate::activity::object::Key(key)) = map.next_key()? {
                            match &*key {
                                $( $rwire => {
                                    if $rfield.is_some() {
                                        return Err($crate::activity::path::duplicate($rwire));
                                    }
                                    $rfield = Some($crate::activity::part::present(&mut map, $rwire)?);
                                } )*
                                $( $wire => {
                                    if $field.is_some() {
                                        return Err($crate::activity::path::duplicate($wire));
                                    }
                                    $field = Some($crate::activity::part::nullable(&mut map, $wire, &mut extra)?);
                                } )*
                                _ => extra.push(key.into_owned(), map.next_value()?),
                            }
                        }
                        Ok($name {
                            $( $rfield: $rfield.ok_or_else(|| $crate::activity::path::missing($rwire))?, )*
                            $( $field: $field.flatten(), )*
                            extra,
                        })
                    }
                }

                deserializer.deserialize_map(Fields)
            }
        }

        $crate::activity::part::part!($name);

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;

                let mut map = serializer.serialize_map(None)?;
                $( map.serialize_entry($rwire, &self.$rfield)?; )*
                $( if let Some(value) = &self.$field {
                    $crate::activity::part::Part::write_field(value, &mut map, $wire, &self.extra)?;
                } )*
                self.extra.write(&mut map, Self::FIELDS)?;
                map.end()
            }
        }
    };
}
pub(super) use object;

#[cfg(test)]
#[allow(dead_code, unreachable_pub)] // the macro writes for users of the crate, whom a type in a test has not
mod tests {
    object! {
        /// A thing.
        pub struct Thing as "a thing" {
            requires {
                /// Needed.
                kind: String = "type",
            }
            /// Not needed.
            name: String = "name",
            /// Things in it.
            parts: Vec<Thing> = "parts",
        }
    }

    #[test]
    fn known_fields_have_types_and_unknown_ones_stay() {
        for (text, written) in [
            (r#"{"type":"t"}"#, r#"{"type":"t"}"#),
            (r#"{"name":"n","type":"t"}"#, r#"{"type":"t","name":"n"}"#),
            (
                r#"{"type":"t","name":null,"parts":null}"#,
                r#"{"type":"t"}"#,
            ),
            (
                r#"{"b":1,"a":null,"type":"t","b":2}"#,
                r#"{"type":"t","b":1,"a":null,"b":2}"#,
            ),
            (
                r#"{"type":"t","parts":[{"type":"u","x":[]}]}"#,
                r#"{"type":"t","parts":[{"type":"u","x":[]}]}"#,
            ),
            (
                r#"{"parts":[null,{"type":"u","parts":[ null ]},null],"type":"t"}"#,
                r#"{"type":"t","parts":[null,{"type":"u","parts":[null]},null]}"#,
            ),
            (r#"{"\u0074ype":"t","\"":0}"#, r#"{"type":"t","\"":0}"#),
        ] {
            let thing: Thing = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&thing).unwrap(), written);
        }
    }

    #[test]
    fn a_mistake_names_its_field() {
        for (text, message) in [
            ("{}", "`type`: missing field at line 1 column 2"),
            (
                "[]",
                "invalid type: sequence, expected a thing at line 1 column 0",
            ),
            (
                r#"{"type":"t","type":"t"}"#,
                "`type`: duplicate field at line 1 column 18",
            ),
            (
                r#"{"type":"t","name":null,"name":"n"}"#,
                "`name`: duplicate field at line 1 column 30",
            ),
            (
                r#"{"type":"t","parts":[{"type":"u"},{}]}"#,
                "`parts[1].type`: missing field at line 1 column 36",
            ),
            (
                r#"{"type":"t","parts":[null,null,{}]}"#,
                "`parts[2].type`: missing field at line 1 column 33",
            ),
        ] {
            assert_eq!(
                serde_json::from_str::<Thing>(text).unwrap_err().to_string(),
                message
            );
        }
    }
}
