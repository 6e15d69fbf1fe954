//! What each element does to the text that is spoken.

/// What an element does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// It stands within a sentence: its text joins the text around it. So do elements that are not known.
    Inline,
    /// It ends a thought: its text is separated from the text around it.
    Block,
    /// Silence, by `time` or `strength`.
    Break,
    /// Silence, by `value` or `msec`.
    Silence,
    /// Its alias is spoken in place of its text.
    Substitute,
    /// How fast its text is spoken.
    Prosody,
    /// Its text is not spoken.
    Unspoken,
}

use Element::{Block, Break, Inline, Prosody, Silence, Substitute, Unspoken};

/// The elements of SSML 1.0 and 1.1, and of the dialects of Azure (`mstts:`), Google, Amazon (`amazon:`) and SAPI 5, by
/// their names without prefix.
const ELEMENTS: [(&str, Element); 34] = [
    ("speak", Block),
    // Another speaker begins with another sentence.
    ("voice", Block),
    ("p", Block),
    ("paragraph", Block),
    ("s", Block),
    ("sentence", Block),
    // What is in it is spoken if the sound cannot be played.
    ("audio", Block),
    // Azure: a style; Amazon: a way to speak, such as that of the news.
    ("express-as", Block),
    ("domain", Block),
    // Google: media in parallel and in sequence.
    ("par", Block),
    ("seq", Block),
    ("media", Block),
    ("break", Break),
    ("silence", Silence),
    ("sub", Substitute),
    ("prosody", Prosody),
    ("metadata", Unspoken),
    ("desc", Unspoken),
    ("lexicon", Unspoken),
    ("emphasis", Inline),
    ("emph", Inline),
    ("say-as", Inline),
    ("phoneme", Inline),
    ("pron", Inline),
    ("spell", Inline),
    ("w", Inline),
    ("token", Inline),
    ("lang", Inline),
    ("lookup", Inline),
    ("mark", Inline),
    ("bookmark", Inline),
    ("viseme", Inline),
    // Amazon: whispering, a breath; both within a sentence.
    ("effect", Inline),
    ("breath", Inline),
];

impl Element {
    /// The element of a name without prefix.
    pub(super) fn named(name: &str) -> Self {
        let found = ELEMENTS.iter().find(|(known, _)| *known == name);
        found.map_or(Inline, |(_, element)| *element)
    }
}

#[cfg(test)]
mod tests {
    use super::super::speech::{Segment, read};
    use super::*;

    /// Each element between two letters, by its row.
    #[test]
    fn every_element_separates_or_does_not() {
        for (name, element) in ELEMENTS {
            let document = format!("<speak>a<{name}>b</{name}>c</speak>");
            let said = match read(&document) {
                Ok(segments) => segments
                    .iter()
                    .map(|segment| match segment {
                        Segment::Text(text) => text.as_str(),
                        Segment::Break(_) => "|",
                        Segment::Rate(_) => "%",
                    })
                    .collect::<String>(),
                Err(error) => error.to_string(),
            };
            let expected = match element {
                Inline | Prosody | Substitute => "abc",
                Block => "a b c",
                Break => "a|bc",
                Silence => {
                    "ssml is not valid at byte 8: expected a silence with a value such as 500ms, or with msec"
                }
                Unspoken => "ac",
            };
            assert_eq!(said, expected, "{document}");
            let twice = ELEMENTS.iter().filter(|(known, _)| *known == name).count();
            assert_eq!(twice, 1, "{name}");
        }
        assert_eq!(Element::named("vnd-new"), Inline);
    }
}
