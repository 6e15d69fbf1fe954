//! What a hook is narrowed to: the validated form of its arguments.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Lit, Path};

use crate::arguments::{self, Argument, Value};
use crate::crate_path::CratePath;
use crate::diagnostics::{Mistake, Mistakes};
use crate::suggestion;
use crate::vocabulary::{
    COMMANDS, CRATE, DIGITS, HANDOFF_STATUS, Hook, KnownCommand, Narrowing, TEXT,
};

/// The activities of a hook's kind that a handler takes.
#[derive(Clone)]
pub(crate) enum Key {
    /// All that no other handler of the kind takes.
    Any,
    /// Messages with one of these texts.
    Texts(Vec<String>),
    /// DTMF messages with one of these digits.
    Digits(Vec<char>),
    /// A name that the language knows.
    Known(&'static KnownCommand),
    /// A wire name.
    Name(String),
    /// A command by its type.
    Type(Path),
    /// A wire name by a constant.
    Constant(Path),
}

/// The arguments of a hook attribute, understood.
pub(crate) struct Narrowed {
    /// `None`: a mistake, which is reported.
    pub(crate) key: Option<Key>,
    /// `crate = ..`, which only free functions need.
    pub(crate) crate_path: Option<(CratePath, Span)>,
}

impl Key {
    /// Reads the arguments of `hook`'s attribute.
    pub(crate) fn parse(hook: Hook, tokens: TokenStream, mistakes: &mut Mistakes) -> Narrowed {
        let before = mistakes.count();
        let mut crate_path = None;
        let mut texts: Option<Vec<String>> = None;
        let mut positional = Vec::new();
        for Argument { option, value } in arguments::parse(tokens, mistakes) {
            match option {
                None => positional.push(value),
                Some((option, span)) if option == CRATE => {
                    crate_path = Some((CratePath::new(&value, mistakes), span));
                }
                Some((option, span)) if option == TEXT && hook.narrowing() == Narrowing::Texts => {
                    if texts.is_some() {
                        mistakes.push(
                            Mistake::at_span(span, "`text` given twice")
                                .help("write `text = [\"yes\", \"yeah\"]`"),
                        );
                    }
                    texts
                        .get_or_insert_default()
                        .extend(read_texts(&value, mistakes));
                }
                Some((option, span)) => mistakes.push(unknown_option(hook, &option, span)),
            }
        }
        let key = match hook.narrowing() {
            Narrowing::Nothing => nothing(hook, &positional, mistakes),
            Narrowing::Texts => message(texts, &positional, mistakes),
            Narrowing::Digits => digits(&positional, mistakes),
            Narrowing::Command | Narrowing::Name => one(hook, &positional, mistakes)
                .map(|value| name(hook, value, mistakes))
                .unwrap_or(Some(Key::Any)),
        };
        Narrowed {
            key: key.filter(|_| mistakes.count() == before),
            crate_path,
        }
    }

    /// The key by which duplicates are found, one for each thing it matches, with its name in messages.
    /// A path has one too, but what it stands for is only known to the compiler.
    pub(crate) fn identities(&self, hook: Hook) -> Vec<(String, String)> {
        let named = |name: &str| (format!("{} {name}", hook.kind()), format!("`{name}`"));
        match self {
            Key::Any => vec![(hook.kind().to_owned(), format!("`#[{}]`", hook.attribute()))],
            Key::Texts(texts) => texts
                .iter()
                .map(|text| named(&text.to_lowercase()))
                .collect(),
            Key::Digits(digits) => digits
                .iter()
                .map(|digit| named(&digit.to_string()))
                .collect(),
            Key::Known(known) => vec![(
                format!("{} {}", hook.kind(), known.wire),
                format!("`{}`", known.name),
            )],
            Key::Name(name) => vec![named(name)],
            Key::Type(path) | Key::Constant(path) => {
                vec![named(&crate::printing::print(&quote!(#path)))]
            }
        }
    }

    /// Whether the names behind the key are known to the compiler only.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Key::Type(path) | Key::Constant(path) => Some(path),
            _ => None,
        }
    }

    /// The wire names (texts, digits) that the key matches, if they are known here.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Key::Any | Key::Type(_) | Key::Constant(_) => Vec::new(),
            Key::Texts(texts) => texts.clone(),
            Key::Digits(digits) => digits.iter().map(char::to_string).collect(),
            Key::Known(known) => std::iter::once(known.wire)
                .chain(known.aliases.iter().copied())
                .map(str::to_owned)
                .collect(),
            Key::Name(name) => vec![name.clone()],
        }
    }

    /// The `onhook::__private::Key` of a handler.
    pub(crate) fn constant(&self, hook: Hook, onhook: &CratePath) -> TokenStream {
        let kind = format_ident!("{}", hook.kind());
        let kind = quote!(#onhook::__private::KeyKind::#kind);
        match self {
            Key::Type(path) => {
                let command = command_trait(path, onhook);
                quote!(#onhook::__private::Key::named(#kind, #command::NAME, #command::ALIASES))
            }
            Key::Constant(path) => quote!(#onhook::__private::Key::named(#kind, #path, &[])),
            _ => {
                let names = self.names();
                let (first, aliases) = names
                    .split_first()
                    .map_or(("", &[][..]), |(first, rest)| (first, rest));
                quote!(#onhook::__private::Key::new(#kind, #first, &[#(#aliases),*]))
            }
        }
    }

    /// What the table of hooks shows.
    pub(crate) fn label(&self) -> String {
        match self {
            Key::Known(known) => known.wire.to_owned(),
            _ => self.names().join(" | "),
        }
    }
}

/// `<OpenTicket as ::onhook::Command>`, with the error of a type that is none under the type.
fn command_trait(path: &Path, onhook: &CratePath) -> TokenStream {
    quote_spanned!(path.span()=> <#path as #onhook::Command>)
}

fn unknown_option(hook: Hook, option: &str, span: Span) -> Mistake {
    let mistake = Mistake::at_span(
        span,
        format!("unknown option `{option}` of `#[{}]`", hook.attribute()),
    );
    match hook.narrowing() {
        Narrowing::Texts => match suggestion::nearest(option, [TEXT, CRATE]) {
            Some(guess) => mistake.did_you_mean(Some(guess)),
            None => mistake.help("`#[on_message]` accepts `text = \"..\"`"),
        },
        Narrowing::Command | Narrowing::Name => {
            mistake.help(format!("write `#[{}(\"..\")]`", hook.attribute()))
        }
        Narrowing::Digits => mistake.help("write `#[on_dtmf('1')]`"),
        Narrowing::Nothing => mistake,
    }
}

fn nothing(hook: Hook, positional: &[Value], mistakes: &mut Mistakes) -> Option<Key> {
    if !positional.is_empty() {
        mistakes.push(Mistake::at(
            &quote!(#(#positional)*),
            format!("`#[{}]` takes no arguments", hook.attribute()),
        ));
    }
    Some(if hook == Hook::HandoffStatus {
        Key::Name(HANDOFF_STATUS.to_owned())
    } else {
        Key::Any
    })
}

fn message(
    texts: Option<Vec<String>>,
    positional: &[Value],
    mistakes: &mut Mistakes,
) -> Option<Key> {
    for value in positional {
        let mistake = Mistake::at(
            value,
            format!("expected `text = \"..\"`, found {}", value.description()),
        );
        mistakes.push(match value {
            Value::Path(path) if path.is_ident(TEXT) => {
                Mistake::at(value, "expected `text = \"..\"`")
            }
            Value::Literal(Lit::Str(text)) => {
                mistake.help(format!("write `text = {}`", quote!(#text)))
            }
            _ => mistake,
        });
    }
    Some(texts.map_or(Key::Any, Key::Texts))
}

fn read_texts(value: &Value, mistakes: &mut Mistakes) -> Vec<String> {
    let values = match value {
        Value::List(_, values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    if values.is_empty() {
        mistakes.push(Mistake::at(value, "the list of texts is empty"));
    }
    let mut texts: Vec<String> = Vec::new();
    for value in values {
        let Some(text) = string("text", value, mistakes) else {
            continue;
        };
        if texts
            .iter()
            .any(|earlier| earlier.to_lowercase() == text.to_lowercase())
        {
            mistakes.push(
                Mistake::at(value, format!("text `{text}` given twice"))
                    .note("texts match without regard to case"),
            );
        }
        texts.push(text);
    }
    texts
}

fn digits(positional: &[Value], mistakes: &mut Mistakes) -> Option<Key> {
    let mut digits = Vec::new();
    for value in positional {
        match value {
            Value::Literal(Lit::Char(literal)) => {
                let digit = literal.value();
                if digits.contains(&digit) {
                    mistakes.push(Mistake::at(value, format!("digit `{digit}` given twice")));
                } else if DIGITS.contains(digit) {
                    digits.push(digit);
                } else {
                    let upper = digit.to_ascii_uppercase();
                    mistakes.push(
                        Mistake::at(value, format!("`{digit}` is not a key of a telephone"))
                            .did_you_mean(DIGITS.contains(upper).then(|| format!("'{upper}'")))
                            .note("the keys are `0` to `9`, `*`, `#` and `A` to `D`"),
                    );
                }
            }
            _ => {
                let mistake = Mistake::at(
                    value,
                    format!(
                        "expected a digit such as `'1'`, found {}",
                        value.description()
                    ),
                );
                let written = quote!(#value).to_string();
                let digits: Vec<String> = written
                    .trim_matches('"')
                    .chars()
                    .filter(|c| DIGITS.contains(*c))
                    .map(|c| format!("'{c}'"))
                    .collect();
                mistakes.push(match value {
                    Value::Literal(Lit::Str(_) | Lit::Int(_)) if !digits.is_empty() => {
                        mistake.help(format!("write `#[on_dtmf({})]`", digits.join(", ")))
                    }
                    _ => mistake,
                });
            }
        }
    }
    Some(if digits.is_empty() {
        Key::Any
    } else {
        Key::Digits(digits)
    })
}

/// The first positional argument; a second one is a mistake.
fn one<'a>(hook: Hook, positional: &'a [Value], mistakes: &mut Mistakes) -> Option<&'a Value> {
    if let [_, second, ..] = positional {
        mistakes.push(
            Mistake::at(
                second,
                format!(
                    "`#[{}]` takes one name, found a second one",
                    hook.attribute()
                ),
            )
            .help("give it a handler of its own"),
        );
    }
    positional.first()
}

fn name(hook: Hook, value: &Value, mistakes: &mut Mistakes) -> Option<Key> {
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
    mistakes.push(match suggestion::command(&name) {
        Some(guess) => mistake
            .did_you_mean(Some(guess))
            .note("full names contain a `/` and are taken as they are"),
        None => {
            let mut names: Vec<String> = COMMANDS
                .iter()
                .map(|known| format!("`{}`", known.name))
                .collect();
            names.sort();
            mistake
                .note(format!("known commands are {}", names.join(", ")))
                .note("other names contain a `/`, such as `application/vnd.contoso.open-ticket`")
        }
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
