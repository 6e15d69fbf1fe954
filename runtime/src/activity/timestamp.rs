//! A point in time as the sender wrote it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::part::part;

/// An ISO 8601 date and time, kept as its text.
///
/// Services send seven fractional digits, local offsets, .NET's `9999-12-31T23:59:59.9999999Z`, and now and then no
/// offset at all. The text stays as it came; [`to_offset_date_time`](Self::to_offset_date_time) reads it on demand.
///
/// ```
/// use onhook::activity::Timestamp;
///
/// let stamp = Timestamp::from("2026-11-22T10:48:14.1321393+01:00");
/// assert_eq!(stamp.to_offset_date_time().map(|time| time.offset().whole_hours()), Some(1));
/// assert_eq!(Timestamp::from("2026-11-22T10:48:14").to_offset_date_time(), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Timestamp(Box<str>);

impl Timestamp {
    /// The point in time to the nanosecond; `None` when the text is no RFC 3339 date and time with an offset.
    pub fn to_offset_date_time(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::parse(&self.0, &Rfc3339).ok()
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<OffsetDateTime> for Timestamp {
    /// RFC 3339 with the fraction digits that are needed. A time outside its reach (years before 0, offsets with
    /// seconds) is written the way `time` displays it.
    fn from(time: OffsetDateTime) -> Self {
        Self(
            time.format(&Rfc3339)
                .unwrap_or_else(|_| time.to_string())
                .into_boxed_str(),
        )
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text.into_boxed_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::deserialize(deserializer).map(Self)
    }
}

part!(Timestamp);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shapes_that_services_send_come_back_as_they_were() {
        for text in [
            "2026-11-22T09:48:14.1321393Z",
            "2026-11-22T10:48:14.1321393+01:00",
            "9999-12-31T23:59:59.9999999Z",
            "0001-01-01T00:00:00Z",
            "2026-11-22T09:48:14Z",
        ] {
            let time = Timestamp::from(text).to_offset_date_time();
            assert_eq!(
                time.map(Timestamp::from),
                Some(Timestamp::from(text)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_text_that_is_no_point_in_time_is_kept() {
        for text in [
            "",
            "2026-11-22T09:48:14",
            "22/11/2026",
            "2026-02-30T00:00:00Z",
        ] {
            let stamp: Timestamp = serde_json::from_str(&format!("{text:?}")).unwrap();
            assert_eq!(stamp.to_offset_date_time(), None, "{text}");
            assert_eq!(serde_json::to_string(&stamp).unwrap(), format!("{text:?}"));
        }
    }
}
