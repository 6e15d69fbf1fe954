//! What a message of the bot's says.

use onhook::{Activity, ssml};

use crate::voice::Segment;

/// A message as it is spoken, and as it stands in the transcript.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    /// The `text`; of a message without, what is spoken, or why nothing is.
    pub(crate) line: String,
    pub(crate) segments: Vec<Segment>,
    /// The `speak` is SSML that cannot be read; the `text` is spoken in its place, if there is one.
    pub(crate) error: Option<ssml::SsmlError>,
}

impl Said {
    pub(crate) fn of(message: &Activity) -> Said {
        let text = message.text.as_deref().unwrap_or_default();
        let (segments, error) = match message.speak.as_deref() {
            Some(document) if document.trim_start().starts_with('<') => {
                match ssml::read(document) {
                    Ok(segments) => (segments.into_iter().map(segment).collect(), None),
                    Err(error) => (vec![Segment::Text(text.to_owned())], Some(error)),
                }
            }
            Some(speak) => (vec![Segment::Text(speak.to_owned())], None),
            None => (vec![Segment::Text(text.to_owned())], None),
        };
        let line = match &error {
            _ if !text.trim().is_empty() => text.to_owned(),
            Some(error) => format!("[cannot be read: {error}]"),
            None => words(&segments),
        };
        Said {
            line,
            segments,
            error,
        }
    }
}

/// The words of the pieces, with one space between any two.
fn words(segments: &[Segment]) -> String {
    let texts = segments.iter().filter_map(|segment| match segment {
        Segment::Text(text) => Some(text.as_str()),
        Segment::Pause(_) | Segment::Rate(_) => None,
    });
    let words: Vec<_> = texts.flat_map(str::split_whitespace).collect();
    words.join(" ")
}

fn segment(segment: ssml::Segment) -> Segment {
    match segment {
        ssml::Segment::Text(text) => Segment::Text(text),
        ssml::Segment::Break(duration) => Segment::Pause(duration),
        ssml::Segment::Rate(percent) => Segment::Rate(percent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_spoken_or_why_nothing_is() {
        let unread =
            "ssml is not valid at byte 12: unknown reference: an & to be spoken is written &amp;";
        for (text, speak, line, spoken) in [
            ("hi", None, "hi", "hi"),
            ("hi", Some("hello"), "hi", "hello"),
            ("hi", Some("<speak>hello</speak>"), "hi", "hello"),
            ("hi", Some("<speak>fish & chips</speak>"), "hi", "hi"),
            ("", Some("hello you"), "hello you", "hello you"),
            (
                "",
                Some("<speak><s>A</s><s>b.</s> <break/>\nC</speak>"),
                "A b. C",
                "A b. C",
            ),
            (
                " ",
                Some("<speak>fish & chips</speak>"),
                &*format!("[cannot be read: {unread}]"),
                "",
            ),
            ("", Some("<speak/>"), "", ""),
            ("", None, "", ""),
        ] {
            let mut message = Activity::message(text);
            message.speak = speak.map(str::to_owned);
            let said = Said::of(&message);
            assert_eq!(said.line, line, "{text:?} {speak:?}");
            assert_eq!(words(&said.segments), spoken, "{text:?} {speak:?}");
            let error = said.error.map(|error| error.to_string());
            let fails = speak.is_some_and(|speak| speak.contains('&'));
            assert_eq!(error.as_deref(), fails.then_some(unread));
        }
    }
}
