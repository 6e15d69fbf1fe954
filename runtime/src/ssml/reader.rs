//! A pull reader of well-formed XML, as much of it as SSML needs.
//!
//! It defines no entities and follows no references, and its memory is bounded by the limits below, so that
//! no document from outside can make it work for long.

use super::content::{Kind, characters};
use super::markup::{Problem, SsmlError};

const LONGEST_DOCUMENT: usize = 64 * 1_024;
const DEEPEST: usize = 32;
const MOST_ATTRIBUTES: usize = 32;

/// A piece of a document. An element without content is an `Open` and a `Close`.
#[derive(Debug, PartialEq)]
pub(super) enum Event<'a> {
    Open {
        name: &'a str,
        attributes: Vec<(&'a str, String)>,
    },
    Close {
        name: &'a str,
    },
    Text(String),
}

pub(super) struct Reader<'a> {
    length: usize,
    rest: &'a str,
    /// Names with their prefixes, as they have to be closed.
    open: Vec<&'a str>,
    root_was_seen: bool,
    close_at_once: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(document: &'a str) -> Result<Self, SsmlError> {
        let length = document.len();
        if length > LONGEST_DOCUMENT {
            let problem = Problem::TooLong {
                found: length,
                limit: LONGEST_DOCUMENT,
            };
            return Err(SsmlError {
                problem,
                offset: LONGEST_DOCUMENT,
            });
        }
        let rest = document.strip_prefix('\u{FEFF}').unwrap_or(document);
        Ok(Self {
            length,
            rest,
            open: Vec::new(),
            root_was_seen: false,
            close_at_once: false,
        })
    }

    /// How many bytes were read.
    pub(super) fn offset(&self) -> usize {
        self.length - self.rest.len()
    }

    /// The next piece; none at the end of a document that is complete.
    pub(super) fn next(&mut self) -> Result<Option<Event<'a>>, SsmlError> {
        if std::mem::take(&mut self.close_at_once) {
            return Ok(self
                .open
                .pop()
                .map(|name| Event::Close { name: local(name) }));
        }
        loop {
            if self.rest.is_empty() {
                return self.finish();
            }
            if self.skip("<!--") {
                self.until("-->", "--> at the end of the comment")?;
            } else if self.skip("<?") {
                self.until("?>", "?> at the end of the processing instruction")?;
            } else if self.rest.starts_with("<![CDATA[") {
                self.inside()?;
                self.skip("<![CDATA[");
                let offset = self.offset();
                let text = self.until("]]>", "]]> at the end of the section")?;
                return characters(text, offset, Kind::Section).map(|text| Some(Event::Text(text)));
            } else if self.rest.starts_with("<!") {
                return Err(self.error(Problem::DocumentType));
            } else if self.skip("</") {
                return self.end_tag().map(Some);
            } else if self.rest.starts_with('<') {
                return self.start_tag().map(Some);
            } else if let Some(text) = self.text()? {
                return Ok(Some(Event::Text(text)));
            }
        }
    }

    fn finish(&self) -> Result<Option<Event<'a>>, SsmlError> {
        match self.open.last() {
            Some(&name) => Err(self.error(Problem::Unclosed { name: name.into() })),
            None if self.root_was_seen => Ok(None),
            None => Err(self.error(Problem::NotSpeak)),
        }
    }

    /// Text between two tags; none when it is the white space around the document.
    fn text(&mut self) -> Result<Option<String>, SsmlError> {
        let end = self.rest.find('<').unwrap_or(self.rest.len());
        let offset = self.offset();
        let (text, rest) = self.rest.split_at(end);
        if self.open.is_empty() {
            let blanks = text.len() - text.trim_start_matches(is_blank).len();
            self.rest = self.rest.split_at(blanks).1;
            if blanks < text.len() {
                self.inside()?;
            }
            return Ok(None);
        }
        self.rest = rest;
        if let Some(place) = text.find("]]>") {
            let problem = Problem::Malformed {
                expected: "]]&gt; for ]]>",
            };
            return Err(SsmlError {
                problem,
                offset: offset + place,
            });
        }
        characters(text, offset, Kind::Content).map(Some)
    }

    fn start_tag(&mut self) -> Result<Event<'a>, SsmlError> {
        if self.open.is_empty() && self.root_was_seen {
            self.inside()?;
        }
        let start = self.offset();
        self.skip("<");
        let name = self.name("the name of an element, or &lt; for <")?;
        if !self.root_was_seen && local(name) != "speak" {
            return Err(SsmlError {
                problem: Problem::NotSpeak,
                offset: start,
            });
        }
        if self.open.len() >= DEEPEST {
            return Err(SsmlError {
                problem: Problem::TooDeep { limit: DEEPEST },
                offset: start,
            });
        }
        let mut attributes = Vec::new();
        loop {
            let spaced = self.skip_blanks();
            if self.skip("/>") {
                self.close_at_once = true;
                break;
            }
            if self.skip(">") {
                break;
            }
            if !spaced {
                return Err(self.error(Problem::Malformed {
                    expected: "white space, > or />",
                }));
            }
            let offset = self.offset();
            let (attribute, value) = self.attribute()?;
            if attributes.iter().any(|&(known, _)| known == attribute) {
                let problem = Problem::DuplicateAttribute {
                    name: attribute.into(),
                };
                return Err(SsmlError { problem, offset });
            }
            if attributes.len() >= MOST_ATTRIBUTES {
                let problem = Problem::TooManyAttributes {
                    limit: MOST_ATTRIBUTES,
                };
                return Err(SsmlError { problem, offset });
            }
            attributes.push((attribute, value));
        }
        self.root_was_seen = true;
        self.open.push(name);
        Ok(Event::Open {
            name: local(name),
            attributes,
        })
    }

    fn attribute(&mut self) -> Result<(&'a str, String), SsmlError> {
        let name = self.name("the name of an attribute, > or />")?;
        self.skip_blanks();
        if !self.skip("=") {
            return Err(self.error(Problem::Malformed {
                expected: "= and a value",
            }));
        }
        self.skip_blanks();
        let quote = if self.skip("\"") {
            "\""
        } else if self.skip("'") {
            "'"
        } else {
            return Err(self.error(Problem::Malformed {
                expected: "a value in quotes",
            }));
        };
        let offset = self.offset();
        let value = self.until(quote, "the quote at the end of the value")?;
        if let Some(place) = value.find('<') {
            let problem = Problem::Malformed {
                expected: "&lt; for < in a value",
            };
            return Err(SsmlError {
                problem,
                offset: offset + place,
            });
        }
        Ok((name, characters(value, offset, Kind::Value)?))
    }

    fn end_tag(&mut self) -> Result<Event<'a>, SsmlError> {
        let offset = self.offset();
        let found = self.name("the name of an element")?;
        self.skip_blanks();
        if !self.skip(">") {
            return Err(self.error(Problem::Malformed { expected: ">" }));
        }
        match self.open.pop() {
            Some(expected) if expected == found => Ok(Event::Close { name: local(found) }),
            Some(expected) => {
                let problem = Problem::WrongEnd {
                    expected: expected.into(),
                    found: found.into(),
                };
                Err(SsmlError { problem, offset })
            }
            None if self.root_was_seen => Err(SsmlError {
                problem: Problem::AfterTheEnd,
                offset,
            }),
            None => Err(SsmlError {
                problem: Problem::NotSpeak,
                offset,
            }),
        }
    }

    /// Fails outside of the root element.
    fn inside(&self) -> Result<(), SsmlError> {
        match (self.open.is_empty(), self.root_was_seen) {
            (false, _) => Ok(()),
            (true, false) => Err(self.error(Problem::NotSpeak)),
            (true, true) => Err(self.error(Problem::AfterTheEnd)),
        }
    }

    fn name(&mut self, expected: &'static str) -> Result<&'a str, SsmlError> {
        let first = |first: char| first.is_ascii_alphabetic() || first == '_' || !first.is_ascii();
        let other = |other: char| {
            first(other) || other.is_ascii_digit() || matches!(other, '-' | '.' | ':')
        };
        let (name, rest) = self.rest.split_at(
            self.rest
                .find(|character| !other(character))
                .unwrap_or(self.rest.len()),
        );
        if !name.starts_with(first) {
            return Err(self.error(Problem::Malformed { expected }));
        }
        self.rest = rest;
        Ok(name)
    }

    /// What stands before `end`, which is read as well.
    fn until(&mut self, end: &str, expected: &'static str) -> Result<&'a str, SsmlError> {
        let split = self.rest.split_once(end);
        let (inner, rest) = split.ok_or_else(|| self.error(Problem::Malformed { expected }))?;
        self.rest = rest;
        Ok(inner)
    }

    fn skip(&mut self, prefix: &str) -> bool {
        let after = self.rest.strip_prefix(prefix);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn skip_blanks(&mut self) -> bool {
        let rest = self.rest.trim_start_matches(is_blank);
        let skipped = rest.len() < self.rest.len();
        self.rest = rest;
        skipped
    }

    fn error(&self, problem: Problem) -> SsmlError {
        SsmlError {
            problem,
            offset: self.offset(),
        }
    }
}

/// The name without its prefix: `mstts:silence` is a silence.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}
