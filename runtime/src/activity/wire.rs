//! Between activities and bytes.

use super::{Activity, ActivityError};

/// JSON in and out.
impl Activity {
    /// Reads one activity, and nothing but white space after it.
    ///
    /// Unknown fields, types and values are kept; a field of the wrong JSON type, a known field that stands twice
    /// (A2001) and an absent type (A2010) are errors.
    ///
    /// ```
    /// use onhook::activity::Activity;
    ///
    /// let activity = Activity::from_json(r#"{"type": "message", "text": "1", "entities": [{"type": "DTMF"}]}"#)?;
    /// assert_eq!(activity.dtmf(), Some('1'));
    /// # Ok::<(), onhook::activity::ActivityError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, ActivityError> {
        Ok(serde_json::from_str(text)?)
    }

    /// Reads one activity from UTF-8; the same as [`from_json`](Self::from_json).
    pub fn from_slice(bytes: &[u8]) -> Result<Self, ActivityError> {
        // Checking the whole once is faster than string by string.
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::from_json(text),
            Err(error) => Err(ActivityError::not_utf8(bytes, error.valid_up_to())),
        }
    }

    /// The activity as JSON: the fields of the schema in its order, absent ones left out, then the unknown ones.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Names are strings and values are strings or JSON already: there is nothing to fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_in_the_order_of_the_schema_and_unknown_ones_last() {
        let activity = Activity::from_json(
            r#"{"zeta":1,"text":"hi","alpha":[ 1.0e2 ],"from":{"x":null,"id":"u"},"type":"message","id":null}"#,
        )
        .unwrap();
        assert_eq!(
            activity.to_json(),
            r#"{"type":"message","from":{"id":"u","x":null},"text":"hi","zeta":1,"alpha":[ 1.0e2 ]}"#
        );
    }

    #[test]
    fn a_known_name_among_the_unknown_is_not_written_twice() {
        let mut activity = Activity::message("hi");
        activity
            .extra
            .set("text", super::super::Json::string("twice"));
        assert_eq!(activity.to_json(), r#"{"type":"message","text":"hi"}"#);
    }

    #[test]
    fn bytes_that_are_no_text_have_a_position() {
        let error = Activity::from_slice(b"{\n \"type\": \"\xff\"}").unwrap_err();
        assert_eq!(
            (error.line(), error.column(), error.reason()),
            (2, 11, "invalid utf-8")
        );
    }

    #[test]
    fn an_activity_is_read_from_a_value_too() {
        let value = serde_json::json!({"type": "event", "name": "x", "value": {"error": null}});
        let activity: Activity = serde_json::from_value(value).unwrap();
        assert_eq!(
            activity.to_json(),
            r#"{"type":"event","value":{"error":null},"name":"x"}"#
        );
    }
}
