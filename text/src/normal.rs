//! The normal form of a text, and the comparison with it.

use crate::decomposition::decompose;
use crate::edge::{is_blank, is_edge, is_ignorable, typewriter};
use crate::folding::fold;
use crate::order::Ordered;

/// A text without what may stand around it. One of punctuation alone keeps it: `?` is a text.
#[inline]
fn trimmed(text: &str) -> &str {
    let inner = text.trim_matches(is_edge);
    if inner.is_empty() {
        text.trim_matches(is_blank)
    } else {
        inner
    }
}

/// The characters of the normal form of what was trimmed.
fn normal(trimmed: &str) -> impl Iterator<Item = char> {
    let mut in_space = false;
    let spaced = trimmed
        .chars()
        .filter(|&c| !is_ignorable(c))
        .filter_map(move |c| {
            let space = c.is_whitespace();
            let repeated = space && in_space;
            in_space = space;
            (!repeated).then_some(if space { ' ' } else { typewriter(c) })
        });
    Ordered::new(spaced.flat_map(decompose)).flat_map(fold)
}

/// The normal form of `text`: two texts are the same to a bot if their normal forms are equal.
///
/// It is empty if there is nothing in the text but white space and what cannot be seen.
///
/// ```
/// assert_eq!(onhook_text::normal_form("¿Qué  TAL?"), "que\u{301} tal");
/// ```
pub fn normal_form(text: &str) -> String {
    normal(trimmed(text)).collect()
}

/// A text that was said, to be compared with normal forms. Comparing does not allocate.
///
/// ```
/// use onhook_text::{Said, normal_form};
///
/// let said = Said::new("Yes.");
/// assert!(said.is("yes"));
/// assert!(!said.is("no"));
/// assert!(Said::new("Straße").is(&normal_form("STRASSE")));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Said<'t> {
    trimmed: &'t str,
    is_ascii: bool,
}

impl<'t> Said<'t> {
    /// The text.
    #[inline]
    pub fn new(text: &'t str) -> Said<'t> {
        let trimmed = trimmed(text);
        Said {
            trimmed,
            is_ascii: trimmed.is_ascii(),
        }
    }

    /// Whether the text's normal form is this one, which is not empty.
    #[inline]
    pub fn is(&self, normal_form: &str) -> bool {
        if self.is_ascii {
            is_ascii_form(self.trimmed.as_bytes(), normal_form.as_bytes())
        } else {
            normal(self.trimmed).eq(normal_form.chars())
        }
    }
}

/// The same for ASCII, where normal is: small letters, and one space for all white space between words.
#[inline]
fn is_ascii_form(said: &[u8], normal_form: &[u8]) -> bool {
    let mut said = said.iter();
    for wanted in normal_form {
        let Some(byte) = said.next() else {
            return false;
        };
        if byte.to_ascii_lowercase() == *wanted {
            if *wanted == b' ' {
                skip_space(&mut said);
            }
        } else if *wanted == b' ' && is_space(*byte) {
            skip_space(&mut said);
        } else {
            return false;
        }
    }
    said.as_slice().is_empty()
}

fn skip_space(said: &mut std::slice::Iter<'_, u8>) {
    while said.as_slice().first().is_some_and(|byte| is_space(*byte)) {
        said.next();
    }
}

/// White space as `char::is_whitespace` has it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}
