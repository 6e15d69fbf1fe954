//! What can be wrong with a document.

/// Why a document cannot be spoken, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ssml is not valid at byte {offset}: {problem}")]
#[non_exhaustive]
pub struct SsmlError {
    /// What is wrong.
    pub problem: Problem,
    /// The place, in bytes from the beginning of the document.
    pub offset: usize,
}

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The document is too long: say it in several messages.
    #[error("the document has {found} bytes, and at most {limit} are allowed")]
    TooLong {
        /// Its bytes.
        found: usize,
        /// The bytes it may have.
        limit: usize,
    },
    /// Elements stand too deep in each other.
    #[error("elements are nested deeper than {limit}")]
    TooDeep {
        /// The depth allowed.
        limit: usize,
    },
    /// An element has too many attributes.
    #[error("an element has more than {limit} attributes")]
    TooManyAttributes {
        /// How many are allowed.
        limit: usize,
    },
    /// The document is empty, or begins with something else.
    #[error("expected <speak>")]
    NotSpeak,
    /// Something stands behind the end of the document.
    #[error("expected nothing after </speak>")]
    AfterTheEnd,
    /// The document ends within an element.
    #[error("expected </{name}> before the end of the document")]
    Unclosed {
        /// The element that is open.
        name: Box<str>,
    },
    /// An end tag closes something else than what is open.
    #[error("expected </{expected}>, found </{found}>")]
    WrongEnd {
        /// The element that is open.
        expected: Box<str>,
        /// The element that was to be closed.
        found: Box<str>,
    },
    /// The text is not markup where markup has to be; a `<` to be spoken is written `&lt;`.
    #[error("expected {expected}")]
    Malformed {
        /// What should stand here.
        expected: &'static str,
    },
    /// An attribute stands twice in an element.
    #[error("the attribute {name} stands twice")]
    DuplicateAttribute {
        /// Its name.
        name: Box<str>,
    },
    /// A document type declaration, which could define entities; none is accepted.
    #[error("a document type declaration is not allowed")]
    DocumentType,
    /// A reference other than `&amp; &lt; &gt; &quot; &apos;` and numbers of characters; an `&` to be spoken is
    /// written `&amp;`.
    #[error("unknown reference: an & to be spoken is written &amp;")]
    UnknownReference,
    /// A character that XML 1.0 does not allow, as it is or by its number.
    #[error("the character U+{code:04X} is not allowed")]
    Character {
        /// Its code point.
        code: u32,
    },
    /// A `<break>` with a time or strength that is none.
    #[error("expected a break with a time such as 500ms or 1.5s, or a strength such as medium")]
    Break,
    /// A `<silence>`, of Azure or SAPI 5, whose length is none.
    #[error("expected a silence with a value such as 500ms, or with msec")]
    Silence,
}
