//! The JSON path of a mistake, carried inside the text of an error.
//!
//! `serde` errors have no room for a path. Following it while reading would cost every good activity something, so
//! it is put together only when an error travels outwards: each object and each list prepends its own step. A path
//! stands in backticks at the start of the text (`` `membersAdded[1].name`: … ``); no message of `serde_json` begins
//! with one. `serde_json::Error::custom` reads a trailing "at line L column C" back into the error, so the position
//! survives the wrapping.

use serde::de::Error;

/// Prepends the field `name` to the path of `error`.
#[cold]
pub(super) fn at_field<E: Error>(name: &str, error: &E) -> E {
    let text = error.to_string();
    match text.strip_prefix('`') {
        Some(rest) if rest.starts_with('[') => E::custom(format_args!("`{name}{rest}")),
        Some(rest) => E::custom(format_args!("`{name}.{rest}")),
        None => E::custom(format_args!("`{name}`: {text}")),
    }
}

/// Prepends the position `index` of a list to the path of `error`.
#[cold]
pub(super) fn at_index<E: Error>(index: usize, error: &E) -> E {
    let text = error.to_string();
    match text.strip_prefix('`') {
        Some(rest) if rest.starts_with('[') => E::custom(format_args!("`[{index}]{rest}")),
        Some(rest) => E::custom(format_args!("`[{index}].{rest}")),
        None => E::custom(format_args!("`[{index}]`: {text}")),
    }
}

/// A known field stands twice in one object (A2001).
#[cold]
pub(super) fn duplicate<E: Error>(name: &str) -> E {
    E::custom(format_args!("`{name}`: duplicate field"))
}

/// A field without which the object means nothing is absent.
#[cold]
pub(super) fn missing<E: Error>(name: &str) -> E {
    E::custom(format_args!("`{name}`: missing field"))
}

/// The path and the rest of a text made here; an empty path is the whole document.
pub(super) fn split(text: &str) -> (&str, &str) {
    text.strip_prefix('`')
        .and_then(|rest| rest.split_once("`: "))
        .unwrap_or(("", text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::value::Error as TextError;

    #[test]
    fn steps_are_prepended_from_the_inside_out() {
        let leaf = TextError::custom("invalid type: integer `5`, expected a string");
        let path = at_field(
            "activities",
            &at_index(
                3,
                &at_field("membersAdded", &at_index(1, &at_field("name", &leaf))),
            ),
        );
        assert_eq!(
            split(&path.to_string()),
            (
                "activities[3].membersAdded[1].name",
                "invalid type: integer `5`, expected a string"
            )
        );
    }

    #[test]
    fn a_list_in_a_list_has_two_indices() {
        let path = at_index(0, &at_index(2, &TextError::custom("eof")));
        assert_eq!(split(&path.to_string()), ("[0][2]", "eof"));
    }

    #[test]
    fn a_text_without_a_path_is_about_the_whole_document() {
        assert_eq!(split("expected value"), ("", "expected value"));
    }
}
