//! Words of others in records.

use std::borrow::Cow;

/// What a record shows of an id or a name at most, in characters: whoever sends one shall not fill the log with it.
const LONGEST: usize = 256;

/// The text as it may stand in a record: in one line, and not longer than a line. Control characters and the line
/// breaks of Unicode are escaped, so that nobody writes lines of their own into a log.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && !text.chars().any(breaks) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for (at, character) in text.chars().enumerate() {
        if at == LONGEST {
            shown.push('…');
            break;
        }
        if breaks(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, line and paragraph separator, and what turns the direction of the rest of the line.
fn breaks(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_stays_in_its_line() {
        for (text, expected) in [
            ("call-7", "call-7"),
            ("ü;:@", "ü;:@"),
            (
                "a\r\n2026-01-01 ERROR forged",
                "a\\r\\n2026-01-01 ERROR forged",
            ),
            ("\u{1b}[31m", "\\u{1b}[31m"),
            ("a\u{2028}b\u{202e}c", "a\\u{2028}b\\u{202e}c"),
        ] {
            assert_eq!(printable(text), expected);
        }
        assert_eq!(printable(&"ä".repeat(300)).chars().count(), LONGEST + 1);
        assert_eq!(
            printable(&"ä".repeat(LONGEST)).chars().count(),
            LONGEST,
            "{LONGEST} are shown whole"
        );
    }
}
