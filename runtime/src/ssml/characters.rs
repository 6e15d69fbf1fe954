//! Which characters a document may hold, and how they are written.

/// Whether XML 1.0 allows the character (production 2, `Char`).
pub(super) const fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// The text without the characters that no XML document can hold, not even by their number.
pub(super) fn allowed(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|&character| is_allowed(character))
}

/// Appends text to a document, in content as in an attribute; what is not allowed is dropped.
///
/// White space other than the space goes by its number, since readers turn it into something else: a carriage
/// return into a line feed, and all of it in an attribute into spaces.
pub(super) fn push_escaped(document: &mut String, text: &str) {
    if text.bytes().all(is_plain) {
        document.push_str(text);
        return;
    }
    for character in allowed(text) {
        match character {
            '&' => document.push_str("&amp;"),
            '<' => document.push_str("&lt;"),
            '>' => document.push_str("&gt;"),
            '"' => document.push_str("&quot;"),
            '\'' => document.push_str("&apos;"),
            '\t' => document.push_str("&#9;"),
            '\n' => document.push_str("&#10;"),
            '\r' => document.push_str("&#13;"),
            other => document.push(other),
        }
    }
}

/// Whether the byte is a printable character of ASCII that is written as it is.
pub(super) const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_characters_of_xml_are_written() {
        let mut document = String::new();
        push_escaped(
            &mut document,
            "a\0\u{1}\u{1F}\u{FFFE}\u{FFFF}b\u{7F}\u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{10FFFF}",
        );
        assert_eq!(
            document,
            "ab\u{7F}\u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{10FFFF}"
        );
        document.clear();
        push_escaped(&mut document, "<&>\"' \t\r\n");
        assert_eq!(document, "&lt;&amp;&gt;&quot;&apos; &#9;&#13;&#10;");
    }
}
