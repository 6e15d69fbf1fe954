//! A number whose text is kept.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{Json, part::part};

/// A JSON number as its text, so that `1.0e2` and `12345678901234567890` come out as they went in.
#[derive(Clone, PartialEq, Eq)]
pub struct Number(Json);

impl Number {
    /// The number as a whole one, if it is one within the range of `i64`; `2.0` and `1.0e2` are whole.
    #[allow(clippy::cast_possible_truncation)] // in range and without a fraction, or not converted
    pub fn as_i64(&self) -> Option<i64> {
        // 2^53: beyond it a double no longer tells neighbours apart.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        self.as_str().parse().ok().or_else(|| {
            let value = self.as_f64();
            (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
        })
    }

    /// The nearest double.
    pub fn as_f64(&self) -> f64 {
        // The text is a JSON number, and every JSON number is a Rust float literal.
        self.as_str().parse().unwrap_or(f64::NAN)
    }

    /// The digits as they came.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

macro_rules! from_integer {
    ($($type:ty),*) => {$(
        impl From<$type> for Number {
            fn from(value: $type) -> Self {
                // An integer always has a JSON text.
                Self(Json::of(&value).unwrap_or_default())
            }
        }
    )*};
}
from_integer!(i32, i64, u32, u64);

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let found = match json.as_str().as_bytes().first() {
            Some(b'-' | b'0'..=b'9') => return Ok(Self(json)),
            Some(b'"') => "string",
            Some(b'{') => "map",
            Some(b'[') => "sequence",
            Some(b'n') => "null",
            _ => "boolean",
        };
        Err(D::Error::custom(format_args!(
            "invalid type: {found}, expected a number"
        )))
    }
}

part!(Number);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_in_every_spelling() {
        for (text, whole) in [
            ("0", Some(0)),
            ("-7", Some(-7)),
            ("2.0", Some(2)),
            ("1.0e2", Some(100)),
            ("9223372036854775807", Some(i64::MAX)),
            ("12345678901234567890", None),
            ("1.5", None),
            ("1e400", None),
        ] {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(number.as_i64(), whole, "{text}");
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in ["\"1\"", "null", "true", "[1]", "{}"] {
            let error = serde_json::from_str::<Number>(text).unwrap_err();
            assert!(error.to_string().contains("expected a number"), "{error}");
        }
    }
}
