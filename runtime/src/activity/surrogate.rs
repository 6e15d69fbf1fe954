//! Escapes of half a character: a surrogate without its partner, such as `\ud83d` at the end of a text that was cut.
//!
//! JavaScript and .NET write such texts and read them; `serde_json` refuses them in a string. Here they are read as
//! U+FFFD, the replacement character. Nothing looks for them until a text has been refused, so that they cost nothing
//! where there are none.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

/// What an escape of half a character is read as. It has the length of what it replaces, so that the place of a later
/// mistake does not move.
const REPLACEMENT: &str = "\\ufffd";

/// The length of `\uXXXX`.
const ESCAPE: usize = REPLACEMENT.len();

/// Reads JSON as a `T`, with U+FFFD for each half of a character.
///
/// If the text has one where `T` has a string, then the raw parts of `T` have U+FFFD in their place too.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| match replaced(text) {
        Cow::Borrowed(_) => Err(error),
        Cow::Owned(replaced) => serde_json::from_str(&replaced),
    })
}

/// Reads JSON in UTF-8 as a `T`, in the same way.
#[cfg(feature = "http")]
pub(crate) fn read_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text),
        // It says where the text ends.
        Err(_) => serde_json::from_slice(bytes),
    }
}

/// The JSON text with U+FFFD for each half of a character; borrowed if there is none.
pub(super) fn replaced(text: &str) -> Cow<'_, str> {
    let mut replaced = String::new();
    let (mut rest, mut kept) = (text, 0);
    // A backslash stands only inside of a string, and always begins an escape.
    while let Some(at) = rest.find('\\') {
        let escape = rest.get(at..).unwrap_or_default();
        let length = match unit(escape) {
            Some(0xD800..=0xDBFF) if is_low(escape.get(ESCAPE..)) => 2 * ESCAPE,
            Some(0xD800..=0xDFFF) => {
                let place = text.len() - escape.len();
                replaced.push_str(text.get(kept..place).unwrap_or_default());
                replaced.push_str(REPLACEMENT);
                kept = place + ESCAPE;
                ESCAPE
            }
            Some(_) => ESCAPE,
            // `\` and one character more.
            None => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
        };
        rest = escape.get(length..).unwrap_or_default();
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    replaced.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(replaced)
}

/// Whether the JSON text has half of a character.
pub(super) fn is_in(text: &str) -> bool {
    matches!(replaced(text), Cow::Owned(_))
}

/// The code unit of the `\uXXXX` at the beginning of the text.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| hex)
}

fn is_low(escape: Option<&str>) -> bool {
    matches!(escape.and_then(unit), Some(0xDC00..=0xDFFF))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_replaced_and_whole_characters_are_not() {
        for (text, expected) in [
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\uDE00""#, r#""\ufffd""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\uD83D\uDE00""#, r#""\uD83D\uDE00""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83d\ude00\ude00""#, r#""\ud83d\ude00\ufffd""#),
            (r#""\ud83dx\ude00""#, r#""\ufffdx\ufffd""#),
            (r#""\ud83d\n""#, r#""\ufffd\n""#),
            (r#""\ud83d\u0041""#, r#""\ufffd\u0041""#),
            (r#""\ud83d\\ude00""#, r#""\ufffd\\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\udbff\udfff""#, r#""\udbff\udfff""#),
            (r#""\ud7ff\ue000""#, r#""\ud7ff\ue000""#),
            (r#"{"\ud83d":["\udfff",1]}"#, r#"{"\ufffd":["\ufffd",1]}"#),
            // No JSON, and no panic.
            (r#""\ud83"#, r#""\ud83"#),
            (r#""\u+d83""#, r#""\u+d83""#),
            ("\"\\é\"", "\"\\é\""),
            ("\\", "\\"),
        ] {
            assert_eq!(replaced(text), expected, "{text}");
            assert_eq!(is_in(text), text != expected, "{text}");
        }
    }

    #[test]
    fn a_mistake_behind_a_half_keeps_its_place() {
        let error = read::<(String, bool)>("[\"\\ud83d\",\n 1]").unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid type: integer `1`, expected a boolean at line 2 column 2"
        );
        // What is no JSON is refused for what is wrong with it.
        let error = read::<String>(r#""\ud83d" x"#).unwrap_err();
        assert_eq!(error.to_string(), "trailing characters at line 1 column 10");
    }
}
