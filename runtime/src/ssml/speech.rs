//! What a document says.

use std::time::Duration;

use super::markup::{Problem, SsmlError};
use super::pause;
use super::reader::{Event, Reader};

/// A piece of what a document says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Segment {
    /// A text to speak; two of them never follow each other.
    Text(String),
    /// Silence, at most [`LONGEST_BREAK`](super::LONGEST_BREAK).
    Break(Duration),
}

/// Reads a document as the pieces to speak, in their order.
///
/// The text of every element is kept, whether the element is known or not. Of `<sub>` the alias is spoken;
/// `<metadata>`, `<desc>` and `<lexicon>` are not. Paragraphs and sentences are separated by a space at least.
/// A break is cut to [`LONGEST_BREAK`](super::LONGEST_BREAK); one of strength `none` is no segment.
///
/// Fails for a document that is not well-formed XML, has another root than `<speak>`, declares a document type,
/// or is longer than 64 KiB or deeper than 32 elements.
pub fn read(document: &str) -> Result<Vec<Segment>, SsmlError> {
    let mut reader = Reader::new(document)?;
    let mut speech = Speech::default();
    // How many elements are open from one on that is not spoken.
    let mut silent = 0_usize;
    loop {
        let offset = reader.offset();
        let Some(event) = reader.next()? else {
            return Ok(speech.segments);
        };
        match event {
            Event::Open { .. } if silent > 0 => silent += 1,
            Event::Close { .. } if silent > 0 => silent -= 1,
            Event::Text(_) if silent > 0 => {}
            Event::Text(text) => speech.say(&text),
            Event::Close { name } => speech.boundary |= separates(name),
            Event::Open { name, attributes } => {
                let attribute = |name| {
                    attributes
                        .iter()
                        .find(|(known, _)| *known == name)
                        .map(|(_, value)| value.as_str())
                };
                match name {
                    "break" => {
                        let pause = pause::duration(attribute("time"), attribute("strength"));
                        speech.rest(pause.ok_or(SsmlError {
                            problem: Problem::Break,
                            offset,
                        })?);
                    }
                    "sub" => {
                        if let Some(alias) = attribute("alias") {
                            speech.say(alias);
                            silent = 1;
                        }
                    }
                    "metadata" | "desc" | "lexicon" => silent = 1,
                    name => speech.boundary |= separates(name),
                }
            }
        }
    }
}

fn separates(name: &str) -> bool {
    matches!(name, "p" | "s" | "paragraph" | "sentence")
}

#[derive(Default)]
struct Speech {
    segments: Vec<Segment>,
    /// A paragraph or sentence began or ended since the last text.
    boundary: bool,
}

impl Speech {
    fn say(&mut self, text: &str) {
        let Some(first) = text.chars().next() else {
            return;
        };
        let boundary = std::mem::take(&mut self.boundary);
        if let Some(Segment::Text(said)) = self.segments.last_mut() {
            if boundary && !first.is_whitespace() && !said.ends_with(char::is_whitespace) {
                said.push(' ');
            }
            said.push_str(text);
        } else {
            self.segments.push(Segment::Text(text.to_owned()));
        }
    }

    fn rest(&mut self, pause: Duration) {
        if !pause.is_zero() {
            self.segments.push(Segment::Break(pause));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::characters::allowed;
    use super::super::{Emphasis, InterpretAs, Rate, Ssml};
    use super::*;

    fn text(text: &str) -> Segment {
        Segment::Text(text.to_owned())
    }

    fn rest(ms: u64) -> Segment {
        Segment::Break(Duration::from_millis(ms))
    }

    #[test]
    fn documents_are_spoken() {
        for (document, segments) in [
            ("<speak/>", vec![]),
            (
                "\u{FEFF}<?xml version='1.0'?>\n<!-- a --><speak >x</speak>\n<!-- b --> ",
                vec![text("x")],
            ),
            (
                "<s:speak xmlns:s='u'>a<s:break/>b</s:speak>",
                vec![text("a"), rest(750), text("b")],
            ),
            (
                "<speak>a<break time='9s'/><break strength='weak'></break>b</speak>",
                vec![text("a"), rest(5_000), rest(500), text("b")],
            ),
            (
                "<speak>a<break strength='none'/>b</speak>",
                vec![text("ab")],
            ),
            (
                "<speak><voice name=\"v\"><new>a</new>-<b/>c</voice></speak>",
                vec![text("a-c")],
            ),
            (
                "<speak><p>a</p><p><s>b</s> <s>c</s></p>d</speak>",
                vec![text("a b c d")],
            ),
            (
                "<speak>the <sub alias='World Wide &quot;Web&quot;'>W<i>W</i>W</sub> is</speak>",
                vec![text("the World Wide \"Web\" is")],
            ),
            (
                "<speak><metadata><x>no</x></metadata>yes<audio src='a'><desc>no</desc>, too</audio></speak>",
                vec![text("yes, too")],
            ),
            (
                "<speak>&lt;&#65;&#x42;&amp;lt;&gt;<![CDATA[<&amp;]]></speak>",
                vec![text("<AB&lt;><&amp;")],
            ),
            (
                "<speak>a\r\nb\rc&#13;<!-- ] -->d</speak>",
                vec![text("a\nb\nc\rd")],
            ),
        ] {
            assert_eq!(read(document), Ok(segments), "{document}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let malformed = |expected| Problem::Malformed { expected };
        for (document, offset, problem) in [
            ("", 0, Problem::NotSpeak),
            ("hello", 0, Problem::NotSpeak),
            (" <p>a</p>", 1, Problem::NotSpeak),
            ("</speak>", 2, Problem::NotSpeak),
            (
                "<speak>",
                7,
                Problem::Unclosed {
                    name: "speak".into(),
                },
            ),
            ("<speak/> a", 9, Problem::AfterTheEnd),
            ("<speak/><speak/>", 8, Problem::AfterTheEnd),
            (
                "<speak><![CDATA[",
                16,
                malformed("]]> at the end of the section"),
            ),
            ("<speak/><![CDATA[a]]>", 8, Problem::AfterTheEnd),
            (
                "<speak><p>a</s></speak>",
                13,
                Problem::WrongEnd {
                    expected: "p".into(),
                    found: "s".into(),
                },
            ),
            (
                "<!DOCTYPE a [<!ENTITY b 'c'>]><speak>&b;</speak>",
                0,
                Problem::DocumentType,
            ),
            ("<speak>&b;</speak>", 7, Problem::UnknownReference),
            ("<speak>fish & chips</speak>", 12, Problem::UnknownReference),
            ("<speak>&#+65;</speak>", 7, Problem::UnknownReference),
            ("<speak>&#;</speak>", 7, Problem::UnknownReference),
            ("<speak>a&#0;</speak>", 8, Problem::Character { code: 0 }),
            (
                "<speak>&#xD800;</speak>",
                7,
                Problem::Character { code: 0xD800 },
            ),
            ("<speak>ü\u{1}</speak>", 9, Problem::Character { code: 1 }),
            (
                "<speak>5 < 6</speak>",
                10,
                malformed("the name of an element, or &lt; for <"),
            ),
            ("<speak>]]></speak>", 7, malformed("]]&gt; for ]]>")),
            (
                "<speak><a b=c/></speak>",
                12,
                malformed("a value in quotes"),
            ),
            ("<speak><a b/></speak>", 11, malformed("= and a value")),
            (
                "<speak><a b='1'c='2'/></speak>",
                15,
                malformed("white space, > or />"),
            ),
            (
                "<speak><a b='<'/></speak>",
                13,
                malformed("&lt; for < in a value"),
            ),
            (
                "<speak><a b='1' b='2'/></speak>",
                16,
                Problem::DuplicateAttribute { name: "b".into() },
            ),
            ("<speak>ab<break time='soon'/></speak>", 9, Problem::Break),
        ] {
            assert_eq!(
                read(document),
                Err(SsmlError { problem, offset }),
                "{document}"
            );
        }
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let of_depth = |depth: usize| {
            "<speak>".to_owned() + &"<a>".repeat(depth - 1) + &"</a>".repeat(depth - 1) + "</speak>"
        };
        assert_eq!(read(&of_depth(32)), Ok(vec![]));
        assert_eq!(
            read(&of_depth(33)).unwrap_err().problem,
            Problem::TooDeep { limit: 32 }
        );
        let of_bytes = |bytes: usize| format!("<speak>{}</speak>", "x".repeat(bytes - 15));
        assert!(read(&of_bytes(65_536)).is_ok());
        assert_eq!(
            read(&of_bytes(65_537)).unwrap_err().problem,
            Problem::TooLong {
                found: 65_537,
                limit: 65_536
            }
        );
        let of_attributes = |count| {
            let attributes: Vec<_> = (0..count).map(|number| format!("a{number}=''")).collect();
            format!("<speak {}/>", attributes.join(" "))
        };
        assert_eq!(read(&of_attributes(32)), Ok(vec![]));
        assert_eq!(
            read(&of_attributes(33)).unwrap_err().problem,
            Problem::TooManyAttributes { limit: 32 }
        );
    }

    fn any_text() -> impl Strategy<Value = String> {
        let character = prop_oneof![
            any::<char>(),
            prop::sample::select("<>&\"'];\r\n\t \0\u{FFFE}#xa".chars().collect::<Vec<_>>())
        ];
        prop::collection::vec(character, 0..20).prop_map(String::from_iter)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_built_is_what_is_read(
            pieces in prop::collection::vec((0_u8..5, any_text(), 0_u64..20_000), 0..12),
            voice in any_text(),
            locale in any_text(),
        ) {
            let mut speech = Ssml::new().voice(voice);
            let (mut said, mut silence) = (String::new(), 0);
            for (kind, text, ms) in pieces {
                let piece: String = allowed(&text).collect();
                speech = match kind {
                    0 => speech.text(&text),
                    1 => speech.say_as(InterpretAs::Other(text.clone().into()), &text),
                    2 => speech.emphasis(Emphasis::Moderate, &text),
                    3 => speech.rate(Rate::Change(-7), &text),
                    _ => { silence += ms; speech.pause(Duration::from_millis(ms)) }
                };
                if kind < 4 { said.push_str(&piece); }
            }
            let (mut heard, mut paused) = (String::new(), Duration::ZERO);
            for segment in read(&speech.to_document(&locale))? {
                match segment {
                    Segment::Text(text) => heard.push_str(&text),
                    Segment::Break(pause) => paused += pause,
                }
            }
            prop_assert_eq!(heard, said);
            prop_assert_eq!(paused, Duration::from_millis(silence));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn no_markup_makes_it_panic(pieces in prop::collection::vec(prop::sample::select(vec![
            "<speak>", "</speak>", "<break", " time='", "1.5s", "'", "/>", ">", "<", "</", "<p>", "</p>", "&", "&#x41;", ";", "<!--", "-->",
            "<![CDATA[", "]]>", "<?", "?>", "ü", "\r", "\n", " ", "=", "\"", "<sub alias='x'>", "</sub>", "\u{1}", "\u{FEFF}",
        ]), 0..40)) {
            let document = pieces.concat();
            if let Err(error) = read(&document) {
                prop_assert!(error.offset <= document.len() && document.is_char_boundary(error.offset));
            }
        }
    }
}
