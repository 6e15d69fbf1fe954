//! What a document says.

use std::time::Duration;

use super::LONGEST_BREAK;
use super::element::Element;
use super::markup::{Problem, SsmlError};
use super::reader::{Event, Reader};
use super::{pace, pause};

/// A piece of what a document says. Exhaustive, because whoever speaks a document has to speak all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A text to speak; two of them never follow each other.
    Text(String),
    /// The texts from here on are spoken at so many percent of the voice's own rate, 50 to 200. It is 100 at first.
    Rate(u16),
    /// Silence, at most [`LONGEST_BREAK`].
    Break(Duration),
}

/// Reads a document as the pieces to speak, in their order.
///
/// The text of every element is kept, whether the element is known or not. Of `<sub>` the alias is spoken;
/// `<metadata>`, `<desc>` and `<lexicon>` are not. Text of elements that end a thought (`<p>`, `<s>`, `<voice>`,
/// `<audio>`, `<mstts:express-as>`, `<amazon:domain>`, Google's `<media>`, …) is separated from the text around it by a
/// space at least; text of those within a sentence (`<emphasis>`, `<say-as>`, `<prosody>`, …) and of unknown ones is not.
///
/// A break is cut to [`LONGEST_BREAK`]; one of strength `none` is no segment. `<mstts:silence>` and the `<silence>` of
/// SAPI 5 are breaks where they stand, several if they are longer; the `type` of the former is not looked at. Of
/// `<prosody>` the rate is kept, if it is one.
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
            Event::Close { name } => match Element::named(name) {
                Element::Prosody => drop(speech.rates.pop()),
                Element::Block => speech.boundary = true,
                _ => {}
            },
            Event::Open { name, attributes } => {
                let attribute = |name| {
                    attributes
                        .iter()
                        .find(|(known, _)| *known == name)
                        .map(|(_, value)| value.as_str())
                };
                let fail = |problem| SsmlError { problem, offset };
                match Element::named(name) {
                    Element::Inline => {}
                    Element::Block => speech.boundary = true,
                    Element::Break => {
                        let pause = pause::duration(attribute("time"), attribute("strength"));
                        speech.rest(pause.ok_or_else(|| fail(Problem::Break))?);
                    }
                    Element::Silence => {
                        let pause = pause::silence(attribute("value"), attribute("msec"));
                        speech.rest(pause.ok_or_else(|| fail(Problem::Silence))?);
                    }
                    Element::Substitute => {
                        if let Some(alias) = attribute("alias") {
                            speech.say(alias);
                            silent = 1;
                        }
                    }
                    Element::Prosody => speech.pace(attribute("rate")),
                    Element::Unspoken => silent = 1,
                }
            }
        }
    }
}

/// Whether the text goes on with what was said before, however it is marked up: with white space, or with a sign that
/// stands at the end of a word.
fn goes_on(text: &str) -> bool {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if first.is_whitespace() => true,
        Some('.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '…') => {
            !characters.next().is_some_and(char::is_alphanumeric)
        }
        _ => false,
    }
}

#[derive(Default)]
struct Speech {
    segments: Vec<Segment>,
    /// An element that ends a thought began or ended since the last text.
    boundary: bool,
    /// The rate of each `<prosody>` that is open, from the outside in.
    rates: Vec<u16>,
    /// The rate of the last text; none before the first.
    spoken_at: Option<u16>,
}

impl Speech {
    fn say(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let boundary = std::mem::take(&mut self.boundary);
        let rate = self.rate();
        if rate != self.spoken_at.replace(rate).unwrap_or(pace::NORMAL) {
            self.segments.push(Segment::Rate(rate));
        }
        if let Some(Segment::Text(said)) = self.segments.last_mut() {
            if boundary && !goes_on(text) && !said.ends_with(char::is_whitespace) {
                said.push(' ');
            }
            said.push_str(text);
        } else {
            self.segments.push(Segment::Text(text.to_owned()));
        }
    }

    fn rate(&self) -> u16 {
        self.rates.last().copied().unwrap_or(pace::NORMAL)
    }

    /// A `<prosody>` opens; one without a rate, or with one that is none, leaves it as it is.
    fn pace(&mut self, rate: Option<&str>) {
        let outer = self.rate();
        let inner = rate.and_then(|rate| pace::percent(rate, outer));
        self.rates.push(inner.unwrap_or(outer));
    }

    fn rest(&mut self, mut pause: Duration) {
        while !pause.is_zero() {
            let part = pause.min(LONGEST_BREAK);
            self.segments.push(Segment::Break(part));
            pause = pause.saturating_sub(part);
        }
    }
}

#[cfg(test)]
mod tests {
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
                "<speak><voice name='a'>First.</voice><voice name='b'>Second.</voice></speak>",
                vec![text("First. Second.")],
            ),
            (
                "<speak><mstts:express-as style='sad'>No</mstts:express-as>! <s>a</s>, <s>b</s>.5<amazon:domain \
                 name='news'>c</amazon:domain><par><media><speak>d</speak></media><media>e</media></par></speak>",
                vec![text("No! a, b .5 c d e")],
            ),
            (
                "<speak>un<emphasis>be</emphasis>liev<amazon:effect name='whispered'>a</amazon:effect>ble</speak>",
                vec![text("unbelievable")],
            ),
            (
                "<speak>a<mstts:silence type='Sentenceboundary' value='200ms'/>b<silence msec='12000'/>c</speak>",
                vec![
                    text("a"),
                    rest(200),
                    text("b"),
                    rest(5_000),
                    rest(5_000),
                    rest(2_000),
                    text("c"),
                ],
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
    fn rates_hold_for_the_text_inside() {
        let at = |percent| Segment::Rate(percent);
        for (document, segments) in [
            (
                "<speak>a <prosody rate='fast'>b <break time='1s'/>c</prosody> d</speak>",
                vec![
                    text("a "),
                    at(155),
                    text("b "),
                    rest(1_000),
                    text("c"),
                    at(100),
                    text(" d"),
                ],
            ),
            (
                "<speak><prosody rate='-20%'>a<prosody rate='-25%'>b</prosody></prosody></speak>",
                vec![at(80), text("a"), at(60), text("b")],
            ),
            (
                "<speak><prosody rate='quick' pitch='high'>a<prosody>b</prosody></prosody></speak>",
                vec![text("ab")],
            ),
            (
                "<speak>a<prosody rate='slow'/>b<prosody rate='slow'> </prosody></speak>",
                vec![text("ab"), at(64), text(" ")],
            ),
            (
                "<speak><sub alias='c'><prosody rate='slow'>a</prosody></sub></speak>",
                vec![text("c")],
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
            ("<speak><silence/></speak>", 7, Problem::Silence),
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
}
