//! What the characters between and within tags mean.

use super::characters::is_allowed;
use super::markup::{Problem, SsmlError};

/// `&#x10FFFF;`, and some leading zeros.
const LONGEST_REFERENCE: usize = 16;

/// Where characters stand.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Between tags.
    Content,
    /// An attribute's: white space is spaces (XML 3.3.3).
    Value,
    /// A CDATA section: an & is an &.
    Section,
}

/// Characters as they are meant: references resolved, lines ended by a line feed (XML 2.11).
pub(super) fn characters(text: &str, offset: usize, kind: Kind) -> Result<String, SsmlError> {
    let mut meant = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let fail = |problem| SsmlError {
            problem,
            offset: offset + (text.len() - rest.len()),
        };
        if character == '&' && kind != Kind::Section {
            let (character, after) = reference(rest).map_err(fail)?;
            meant.push(character);
            rest = after;
            continue;
        }
        if !is_allowed(character) {
            return Err(fail(Problem::Character {
                code: character.into(),
            }));
        }
        let before_line_feed = character == '\r' && rest.starts_with("\r\n");
        rest = rest.split_at(character.len_utf8()).1;
        match character {
            '\r' if before_line_feed => {}
            '\t' | '\n' | '\r' if kind == Kind::Value => meant.push(' '),
            '\r' => meant.push('\n'),
            other => meant.push(other),
        }
    }
    Ok(meant)
}

/// The character that the reference at the beginning of the text stands for, and what comes after it.
fn reference(text: &str) -> Result<(char, &str), Problem> {
    let (name, after) = text.split_once(';').ok_or(Problem::UnknownReference)?;
    let name = name
        .strip_prefix('&')
        .filter(|name| name.len() <= LONGEST_REFERENCE);
    let character = match name.ok_or(Problem::UnknownReference)? {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        number => {
            let number = number.strip_prefix('#').ok_or(Problem::UnknownReference)?;
            let (digits, radix) = number
                .strip_prefix('x')
                .map_or((number, 10), |digits| (digits, 16));
            // The standard library reads a sign as well.
            let signed = digits.starts_with(['+', '-']);
            let code = u32::from_str_radix(digits, radix).ok().filter(|_| !signed);
            let code = code.ok_or(Problem::UnknownReference)?;
            char::from_u32(code)
                .filter(|&character| is_allowed(character))
                .ok_or(Problem::Character { code })?
        }
    };
    Ok((character, after))
}
