//! How the value of one field is read: null means absent, in a list too, and a mistake in a list names its position.

use std::{fmt, marker::PhantomData};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap};

use super::{Extra, null::Listed, path};

/// A type that may stand as the value of a field.
///
/// It differs from `Deserialize` in `Vec`, whose errors name the index here, and which has no nulls.
pub(super) trait Part: Sized + Serialize {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// Reads the value of `field`; the places of the nulls in a list go to `extra`.
    #[inline]
    fn read_field<'de, D: Deserializer<'de>>(
        deserializer: D,
        _field: &'static str,
        _extra: &mut Extra,
    ) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }

    /// Writes the value of `field`, a list with its nulls.
    #[inline]
    fn write_field<M: SerializeMap>(
        &self,
        map: &mut M,
        field: &'static str,
        _extra: &Extra,
    ) -> Result<(), M::Error> {
        map.serialize_entry(field, self)
    }
}

macro_rules! part {
    ($($type:ty),*) => {$(
        impl $crate::activity::part::Part for $type {
            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                serde::Deserialize::deserialize(deserializer)
            }
        }
    )*};
}
pub(super) use part;

part!(String, bool);

impl<T: Part> Part for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read_field(deserializer, "", &mut Extra::new())
    }

    fn read_field<'de, D: Deserializer<'de>>(
        deserializer: D,
        field: &'static str,
        extra: &mut Extra,
    ) -> Result<Self, D::Error> {
        struct Items<'a, T> {
            field: &'static str,
            extra: &'a mut Extra,
            item: PhantomData<T>,
        }

        impl<'de, T: Part> Visitor<'de> for Items<'_, T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                for position in 0.. {
                    match seq.next_element::<Nullable<T>>() {
                        Ok(Some(Nullable(Some(item)))) => items.push(item),
                        Ok(Some(Nullable(None))) => self.extra.push_null((self.field, position)),
                        Ok(None) => break,
                        Err(error) => return Err(path::at_index(position, &error)),
                    }
                }
                Ok(items)
            }
        }

        deserializer.deserialize_seq(Items {
            field,
            extra,
            item: PhantomData,
        })
    }

    fn write_field<M: SerializeMap>(
        &self,
        map: &mut M,
        field: &'static str,
        extra: &Extra,
    ) -> Result<(), M::Error> {
        let items = self;
        map.serialize_entry(
            field,
            &Listed {
                field,
                items,
                extra,
            },
        )
    }
}

/// A value that must be there.
struct Present<T>(T);

impl<'de, T: Part> Deserialize<'de> for Present<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

/// A value, or null for none.
struct Nullable<T>(Option<T>);

impl<'de, T: Part> Deserialize<'de> for Nullable<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let field = Field {
            name: "",
            extra: &mut Extra::default(),
            value: PhantomData,
        };
        field.deserialize(deserializer).map(Self)
    }
}

/// Reads the value of a field, or null for none.
struct Field<'a, T> {
    name: &'static str,
    extra: &'a mut Extra,
    value: PhantomData<T>,
}

impl<'de, T: Part> DeserializeSeed<'de> for Field<'_, T> {
    type Value = Option<T>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Part> Visitor<'de> for Field<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::read_field(deserializer, self.name, self.extra).map(Some)
    }
}

/// Reads the value of the required field `name`.
#[inline]
pub(super) fn present<'de, T: Part, A: MapAccess<'de>>(
    map: &mut A,
    name: &str,
) -> Result<T, A::Error> {
    match map.next_value::<Present<T>>() {
        Ok(Present(value)) => Ok(value),
        Err(error) => Err(path::at_field(name, &error)),
    }
}

/// Reads the value of the optional field `name`.
#[inline]
pub(super) fn nullable<'de, T: Part, A: MapAccess<'de>>(
    map: &mut A,
    name: &'static str,
    extra: &mut Extra,
) -> Result<Option<T>, A::Error> {
    let field = Field {
        name,
        extra,
        value: PhantomData,
    };
    map.next_value_seed(field)
        .map_err(|error| path::at_field(name, &error))
}
