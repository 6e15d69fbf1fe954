//! Reads an object of the schema from a JSON text that has halves of characters in it (see [`surrogate`]).
//!
//! Each value is handed on as its piece of the text: a string is read with U+FFFD for each half, and what the schema
//! keeps raw gets the bytes as they came. It costs a pass for each level of the schema, which has few, and it is
//! used only for a text that has been refused.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::Error;
use serde_json::value::RawValue;

use super::raw_object::RawObject;
use super::surrogate;

/// Reads the text as a `T`, of the schema.
pub(super) fn read<'de, T: Deserialize<'de>>(document: &'de str) -> Result<T, Error> {
    let text = serde_json::from_str::<&RawValue>(document)?.get();
    T::deserialize(Lenient { text, document })
}

/// One value of a document.
#[derive(Clone, Copy)]
struct Lenient<'de> {
    text: &'de str,
    document: &'de str,
}

impl<'de> Lenient<'de> {
    fn piece(self, raw: &'de RawValue) -> Self {
        Self {
            text: raw.get(),
            ..self
        }
    }

    fn starts_with(self, first: char) -> bool {
        self.text.starts_with(first)
    }

    /// Moves the place of a mistake from this piece to the document.
    #[cold]
    fn in_document(self, error: &Error) -> Error {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let place = format!(" at line {line} column {column}");
        self.at_the_end(text.strip_suffix(&place).unwrap_or(&text))
    }

    /// Gives a mistake that has no place yet the end of this piece, which is where `serde_json` would have noticed it.
    #[cold]
    fn at_the_end(self, reason: &str) -> Error {
        // Both point into the same text: the difference is how much stands before this piece.
        let start = (self.text.as_ptr() as usize).saturating_sub(self.document.as_ptr() as usize);
        let end = start.saturating_add(self.text.len());
        let before = self.document.get(..end).unwrap_or(self.document);
        let line = 1 + before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        Error::custom(format_args!("{reason} at line {line} column {column}"))
    }
}

impl<'de> Deserializer<'de> for Lenient<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let read = if self.starts_with('{') {
            let object: RawObject<'de> = serde_json::from_str(self.text)?;
            let members = object
                .into_members()
                .map(|(name, value)| (self.piece(name), self.piece(value)));
            visitor.visit_map(MapDeserializer::new(members))
        } else if self.starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(self.text)?;
            let items = items.into_iter().map(|item| self.piece(item));
            visitor.visit_seq(SeqDeserializer::new(items))
        } else if self.starts_with('"') {
            let text: String = surrogate::read(self.text)?;
            visitor.visit_string(text)
        } else {
            serde_json::Deserializer::from_str(self.text)
                .deserialize_any(visitor)
                .map_err(|error| self.in_document(&error))
        };
        read.map_err(|error| match error.line() {
            0 => self.at_the_end(&error.to_string()),
            _ => error,
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.text == "null" {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    /// The schema has no new type of its own that is read as one: this is a raw value.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        serde_json::Deserializer::from_str(self.text).deserialize_newtype_struct(name, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Lenient<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
