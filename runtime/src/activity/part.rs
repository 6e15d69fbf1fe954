//! How the value of one field is read: null means absent, and a mistake in a list names its position.

use std::{fmt, marker::PhantomData};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::path;

/// A type that may stand as the value of a field.
///
/// It differs from `Deserialize` in `Vec`, whose errors name the index here.
pub(super) trait Part: Sized {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
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
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Part> Visitor<'de> for Items<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                loop {
                    match seq.next_element::<Present<T>>() {
                        Ok(Some(Present(item))) => items.push(item),
                        Ok(None) => return Ok(items),
                        Err(error) => return Err(path::at_index(items.len(), &error)),
                    }
                }
            }
        }

        deserializer.deserialize_seq(Items(PhantomData))
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
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Maybe<T>(PhantomData<T>);

        impl<'de, T: Part> Visitor<'de> for Maybe<T> {
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

            fn visit_some<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Self::Value, D::Error> {
                T::read(deserializer).map(Some)
            }
        }

        deserializer
            .deserialize_option(Maybe(PhantomData))
            .map(Self)
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
    name: &str,
) -> Result<Option<T>, A::Error> {
    match map.next_value::<Nullable<T>>() {
        Ok(Nullable(value)) => Ok(value),
        Err(error) => Err(path::at_field(name, &error)),
    }
}
