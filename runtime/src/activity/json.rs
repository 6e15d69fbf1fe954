//! A JSON value whose text is kept.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{part::part, surrogate};

/// A JSON value as its text, to the byte.
///
/// Values whose shape the schema leaves open (`value`, `channelData`, unknown fields) are kept this way: numbers keep
/// their digits, nothing is parsed that nobody reads, and forwarding copies bytes. Two values are equal when their
/// texts are.
///
/// ```
/// use onhook::activity::Json;
///
/// let value: Json = r#"{"recordingId": "r-1", "seconds": 1.0e2}"#.parse()?;
/// assert_eq!(value.as_str(), r#"{"recordingId": "r-1", "seconds": 1.0e2}"#);
///
/// let text = Json::string("billing");
/// assert_eq!(text.parse::<String>()?, "billing");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Json(Box<RawValue>);

impl Json {
    /// The JSON text of `value`; an error when it has none, as a map with keys that are not strings.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(value).map(Self)
    }

    /// A JSON string that means `text`.
    #[must_use]
    pub fn string(text: &str) -> Self {
        // A string always has a JSON text.
        Self::of(text).unwrap_or_default()
    }

    /// The JSON `null`.
    #[must_use]
    pub fn null() -> Self {
        Self(RawValue::NULL.to_owned())
    }

    pub(crate) fn raw(raw: &RawValue) -> Self {
        Self(raw.to_owned())
    }

    /// Reads the value as a `T`; the error says what was expected, and where in this text.
    ///
    /// Half of a character (`\ud83d` without its partner, as a text has that was cut within an emoji) is read as U+FFFD.
    /// If there is one where `T` has a string, then what `T` keeps raw has U+FFFD in place of them too. A `T` that
    /// borrows is read from [`as_str`](Self::as_str) with `serde_json`, which refuses such a string.
    ///
    /// ```
    /// use onhook::activity::Json;
    ///
    /// let cut: Json = r#""pay \ud83d""#.parse()?;
    /// assert_eq!(cut.parse::<String>()?, "pay \u{FFFD}");
    /// assert_eq!(cut.as_str(), r#""pay \ud83d""#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        surrogate::read(self.as_str())
    }

    /// The JSON text, without white space around it.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        self.as_str() == "null"
    }

    /// Whether this is an object.
    pub fn is_object(&self) -> bool {
        self.as_str().starts_with('{')
    }
}

impl Default for Json {
    fn default() -> Self {
        Self::null()
    }
}

impl FromStr for Json {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text).map(Self)
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Json {}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self)
    }
}

part!(Json);

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_kept_and_the_white_space_around_it_is_not() {
        let json: Json = " { \"a\" : 1.0e2 }\n".parse().unwrap();
        assert_eq!(json.as_str(), "{ \"a\" : 1.0e2 }");
        assert_eq!(serde_json::to_string(&json).unwrap(), "{ \"a\" : 1.0e2 }");
        assert!(json.is_object());
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in ["", "NaN", "{", "1 2", "'a'", "[1,]"] {
            assert!(text.parse::<Json>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_string_is_escaped() {
        let json = Json::string("a\"b\n\u{1f4de}");
        assert_eq!(json.as_str(), "\"a\\\"b\\n\u{1f4de}\"");
        assert_eq!(json.parse::<String>().unwrap(), "a\"b\n\u{1f4de}");
    }

    #[test]
    fn null_is_the_default() {
        assert!(Json::default().is_null());
        assert!(!Json::string("null").is_null());
    }

    #[test]
    fn deep_nesting_is_kept_and_refused_only_when_read() {
        let text = "[".repeat(100_000) + &"]".repeat(100_000);
        let json: Json = text.parse().unwrap();
        assert!(json.parse::<serde_json::Value>().is_err());
    }
}
