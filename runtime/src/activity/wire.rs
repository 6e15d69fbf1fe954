//! Between activities and bytes.

use super::{Activity, ActivityError, lenient, surrogate};

/// JSON in and out.
impl Activity {
    /// Reads one activity, and nothing but white space after it.
    ///
    /// Unknown fields, types and values are kept; a field of the wrong JSON type, a known field that stands twice
    /// (A2001) and an absent type (A2010) are errors. A byte order mark is passed over (RFC 8259, 8.1). Half of a
    /// character (`\ud83d` without its partner) is read as U+FFFD in a string of the schema, and kept in what the
    /// schema leaves open.
    ///
    /// ```
    /// use onhook::activity::Activity;
    ///
    /// let activity = Activity::from_json(r#"{"type": "message", "text": "1", "entities": [{"type": "DTMF"}]}"#)?;
    /// assert_eq!(activity.dtmf(), Some('1'));
    /// # Ok::<(), onhook::activity::ActivityError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, ActivityError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let read = serde_json::from_str(text).or_else(|error| {
            if surrogate::is_in(text) {
                lenient::read(text)
            } else {
                Err(error)
            }
        });
        Ok(read?)
    }

    /// Reads one activity from UTF-8; the same as [`from_json`](Self::from_json). Bytes that are not UTF-8 are an
    /// error: what is not text (RFC 8259, 8.1) cannot be kept for those to whom the activity is forwarded.
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
    fn half_a_character_is_replaced_in_strings_and_kept_in_what_is_raw() {
        for (text, written) in [
            (
                r#"{"type":"message","text":"cut \ud83d"}"#,
                "{\"type\":\"message\",\"text\":\"cut \u{FFFD}\"}",
            ),
            (
                r#"{"type":"\ude00","id":"\ud83d\ud83d\ude00","inputHint":"\udfff\ud800","locale":"\\ud83d"}"#,
                "{\"type\":\"\u{FFFD}\",\"id\":\"\u{FFFD}\u{1F600}\",\"locale\":\"\\\\ud83d\",\
                 \"inputHint\":\"\u{FFFD}\u{FFFD}\"}",
            ),
            (
                r#" { "from" : {"name":"\ud83d", "role":null} , "entities":[{"type":"\ud83d","x":"\ud83d"}],
                    "type":"message","timestamp":"\ud83d","listenFor":["\ud83d"] } "#,
                "{\"type\":\"message\",\"timestamp\":\"\u{FFFD}\",\"from\":{\"name\":\"\u{FFFD}\"},\
                 \"entities\":[{\"type\":\"\u{FFFD}\",\"x\":\"\\ud83d\"}],\"listenFor\":[\"\u{FFFD}\"]}",
            ),
            (
                r#"{"type":"message","value":{"\ud83d":[ "\ud83d" ]},"channelData":"\ud83d","\udead":[1.0e2,"\ud83d"],
                    "semanticAction":{"entities":{"\ud83d":"\ud83d"}},"textHighlights":[{"text":"\ud83d","occurrence":1.0}]}"#,
                "{\"type\":\"message\",\"channelData\":\"\\ud83d\",\"value\":{\"\\ud83d\":[ \"\\ud83d\" ]},\
                 \"textHighlights\":[{\"text\":\"\u{FFFD}\",\"occurrence\":1.0}],\
                 \"semanticAction\":{\"entities\":{\"\u{FFFD}\":\"\\ud83d\"}},\"\u{FFFD}\":[1.0e2,\"\\ud83d\"]}",
            ),
        ] {
            let activity =
                Activity::from_json(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(activity.to_json(), written);
            assert_eq!(Activity::from_json(written), Ok(activity), "{written}");
        }
    }

    #[test]
    fn a_mistake_beside_half_a_character_keeps_its_path_and_place() {
        for text in [
            r#"{"type":"message","text":"~","from":{"id":5}}"#,
            "{\"type\":\"~\",\n \"membersAdded\":[{\"name\":\"~\"},{\"name\":true}]}",
            r#"{"text":"~"}"#,
            r#"{"type":"message","text":"~","te\u0078t":"b"}"#,
            r#"{"type":"message","text":"~","from":[]}"#,
            r#"{"type":"message","text":"~","textHighlights":[{"occurrence":"1"}]}"#,
            r#"{"type":"message","text":"~","conversation":{"isGroup":1}}"#,
            r#"{"type":"message","text":"~","membersAdded":{}}"#,
        ] {
            // Of the same length, so that all places are the same.
            let whole = Activity::from_json(&text.replace('~', "\\u0041")).unwrap_err();
            let half = Activity::from_json(&text.replace('~', "\\ud83d")).unwrap_err();
            assert_eq!(
                (half.path(), half.line()),
                (whole.path(), whole.line()),
                "{text}: {half}"
            );
            assert_eq!(half.reason(), whole.reason(), "{text}");
            assert!(
                half.column().abs_diff(whole.column()) <= 25,
                "{half}, not {whole}"
            );
        }
        let error = Activity::from_json(r#"{"type":"\ud83d","value":NaN}"#).unwrap_err();
        assert_eq!((error.line(), error.column()), (1, 26));
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        let activity = Activity::from_slice(b"\xef\xbb\xbf{\"type\":\"typing\"}").unwrap();
        assert_eq!(activity, Activity::typing());
        assert!(Activity::from_json("\u{FEFF}\u{FEFF}{\"type\":\"typing\"}").is_err());
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
