//! Types and expressions as people write them: `CommandResult<RecordingStart>`, `turn: &'a Turn`.
//!
//! A token stream has lost its white space, and `to_string` puts it where nobody would.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// `tokens` on one line.
pub(crate) fn print(tokens: &TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text
}

fn write(tokens: &TokenStream, text: &mut String) {
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(word) => push_word(text, &word.to_string()),
            TokenTree::Literal(literal) => push_word(text, &literal.to_string()),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(&group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                mark @ (',' | ';') => text.extend([mark, ' ']),
                ':' if text.ends_with("::") => text.push(':'),
                ':' if punct.spacing() == proc_macro2::Spacing::Alone && !text.ends_with(':') => {
                    text.push_str(": ");
                }
                mark @ ('=' | '+' | '|') => text.extend([' ', mark, ' ']),
                '>' if text.ends_with("- ") || text.ends_with(" -") => text.push_str("> "),
                '-' if punct.spacing() == proc_macro2::Spacing::Joint => text.push_str(" -"),
                '\'' => {
                    if text.ends_with(char::is_alphanumeric) {
                        text.push(' ');
                    }
                    text.push('\'');
                }
                mark => text.push(mark),
            },
        }
    }
    text.truncate(text.trim_end().len());
}

/// A word needs a space after a word, and after a lifetime: `&'a Turn`.
fn push_word(text: &mut String, word: &str) {
    if text.ends_with(|last: char| last.is_alphanumeric() || last == '_') {
        text.push(' ');
    }
    text.push_str(word);
}

#[cfg(test)]
mod tests {
    use super::print;

    #[test]
    fn reads_as_written() {
        for source in [
            "joined: MembersAdded<'_>",
            "turn: &'a Turn",
            "mut text: Text<'_>",
            "result: Result<CommandResult<RecordingStart>, Rejection>",
            "State(x): State<(u8, [u8; 4])>",
            "f: fn(u8) -> u8",
            "crate::names::HELLO",
            "::onhook::Turn",
        ] {
            assert_eq!(print(&source.parse().unwrap()), source);
        }
    }
}
