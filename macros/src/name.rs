//! Names: of commands, events and invokes, as literals or as paths.

use proc_macro2::Ident;
use quote::quote;
use syn::Lit;

use crate::arguments::Value;
use crate::diagnostics::{Mistake, Mistakes};
use crate::key::Key;
use crate::suggestion;
use crate::vocabulary::{COMMANDS, Hook, KnownCommand, Narrowing};

/// Reads the name that narrows `hook`.
pub(crate) fn read(hook: Hook, value: &Value, mistakes: &mut Mistakes) -> Option<Key> {
    let command = hook.narrowing() == Narrowing::Command;
    match value {
        Value::Literal(Lit::Str(_)) if command => command_name(value, mistakes),
        Value::Literal(Lit::Str(_)) => string(
            &format!("{} name", hook.attribute().trim_start_matches("on_")),
            value,
            mistakes,
        )
        .map(Key::Name),
        // A lower-case word is neither a type nor a constant: the quotes are missing.
        Value::Path(path) if path.get_ident().is_none_or(|word| !starts_lower(word)) => {
            Some(if command {
                Key::Type(path.clone())
            } else {
                Key::Constant(path.clone())
            })
        }
        Value::Path(path) => {
            let word = quote!(#path).to_string();
            let meant = if command {
                suggestion::command(&word).unwrap_or(&word)
            } else {
                &word
            };
            let help = format!("write `\"{meant}\"`");
            mistakes.push(
                Mistake::at(
                    value,
                    format!("expected a string literal, found {}", value.description()),
                )
                .help(help),
            );
            None
        }
        Value::Literal(_) | Value::List(..) => {
            mistakes.push(Mistake::at(
                value,
                format!("expected a string literal, found {}", value.description()),
            ));
            None
        }
        Value::Other(_) => {
            let path = if command { "command type" } else { "`const`" };
            mistakes.push(Mistake::at(
                value,
                format!(
                    "the name must be a literal or a path to a {path}, found {}",
                    value.description()
                ),
            ));
            None
        }
    }
}

fn starts_lower(word: &Ident) -> bool {
    word.to_string().starts_with(char::is_lowercase)
}

/// A command's name: a known one, or a MIME type.
fn command_name(value: &Value, mistakes: &mut Mistakes) -> Option<Key> {
    let name = string("command name", value, mistakes)?;
    if let Some(known) = KnownCommand::named(&name) {
        return Some(Key::Known(known));
    }
    if name.contains('/') {
        return match media_type_fault(&name) {
            None => Some(Key::Name(name)),
            Some(fault) => {
                mistakes.push(Mistake::at(
                    value,
                    format!("command name `{name}` is not a MIME type: {fault}"),
                ));
                None
            }
        };
    }
    let mistake = Mistake::at(value, format!("unknown command `{name}`"));
    let guess = suggestion::command(&name);
    mistakes.push(if guess.is_some() {
        mistake
            .did_you_mean(guess)
            .note("full names contain a `/` and are taken as they are")
    } else {
        let mut names: Vec<String> = COMMANDS
            .iter()
            .map(|known| format!("`{}`", known.name))
            .collect();
        names.sort();
        mistake
            .note(format!("known commands are {}", names.join(", ")))
            .note("other names contain a `/`, such as `application/vnd.contoso.open-ticket`")
    });
    None
}

/// What keeps `name` from being a MIME type without parameters (RFC 6838, 4.2), as A6311 demands.
pub(crate) fn media_type_fault(name: &str) -> Option<&'static str> {
    let Some((kind, subtype)) = name.split_once('/') else {
        return Some("there is no `/` in it");
    };
    if kind.is_empty() {
        return Some("there is nothing before the `/`");
    }
    if subtype.is_empty() {
        return Some("there is nothing after the `/`");
    }
    if subtype.contains('/') {
        return Some("there is a second `/` in it");
    }
    let of_name = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c);
    (!kind.chars().chain(subtype.chars()).all(of_name))
        .then_some("only letters, digits and `!#$&-^_.+` may stand around the `/`")
}

/// A string literal that is neither empty nor surrounded by white space.
pub(crate) fn string(what: &str, value: &Value, mistakes: &mut Mistakes) -> Option<String> {
    let Value::Literal(Lit::Str(literal)) = value else {
        mistakes.push(Mistake::at(
            value,
            format!("expected a string literal, found {}", value.description()),
        ));
        return None;
    };
    let text = literal.value();
    let trimmed = text.trim();
    let fault = if trimmed.is_empty() {
        mistakes.push(Mistake::at(value, format!("the {what} is empty")));
        return None;
    } else if text.starts_with(char::is_whitespace) {
        "has leading white space"
    } else if text.ends_with(char::is_whitespace) {
        "has trailing white space"
    } else if text.contains(char::is_control) {
        "contains a control character"
    } else {
        return Some(text);
    };
    let clean: String = trimmed.chars().filter(|c| !c.is_control()).collect();
    mistakes.push(
        Mistake::at(value, format!("the {what} {fault}")).help(format!("write `\"{clean}\"`")),
    );
    None
}
