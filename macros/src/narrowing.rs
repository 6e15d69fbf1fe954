//! The arguments of a hook attribute: read, checked, and turned into a key.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Lit;

use crate::arguments::{self, Argument, Value};
use crate::crate_path::CratePath;
use crate::diagnostics::{Mistake, Mistakes};
use crate::key::Key;
use crate::name::{self, string};
use crate::suggestion;
use crate::vocabulary::{CRATE, DIGITS, HANDOFF_STATUS, Hook, Narrowing, TEXT, TEXTS_MATCH};

/// The arguments of a hook attribute, understood.
pub(crate) struct Narrowed {
    /// `None`: a mistake, which is reported.
    pub(crate) key: Option<Key>,
    /// `crate = ..`, which only free functions need.
    pub(crate) crate_path: Option<(CratePath, Span)>,
}

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
                    let mistake = Mistake::at_span(span, "`text` given twice");
                    mistakes.push(mistake.help("write `text = [\"yes\", \"yeah\"]`"));
                }
                texts
                    .get_or_insert_default()
                    .extend(read_texts(&value, mistakes));
            }
            Some((option, span)) => mistakes.push(unknown_option(hook, &option, span)),
        }
    }
    let key = match hook.narrowing() {
        Narrowing::Nothing => Some(nothing(hook, &positional, mistakes)),
        Narrowing::Texts => Some(message(texts, &positional, mistakes)),
        Narrowing::Digits => Some(digits(&positional, mistakes)),
        Narrowing::Command | Narrowing::Name => match one(hook, &positional, mistakes) {
            Some(value) => name::read(hook, value, mistakes),
            None => Some(Key::Any),
        },
    };
    Narrowed {
        key: key.filter(|_| mistakes.count() == before),
        crate_path,
    }
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

fn nothing(hook: Hook, positional: &[Value], mistakes: &mut Mistakes) -> Key {
    if !positional.is_empty() {
        mistakes.push(Mistake::at(
            &quote!(#(#positional)*),
            format!("`#[{}]` takes no arguments", hook.attribute()),
        ));
    }
    if hook == Hook::HandoffStatus {
        Key::Name(HANDOFF_STATUS.to_owned())
    } else {
        Key::Any
    }
}

fn message(texts: Option<Vec<String>>, positional: &[Value], mistakes: &mut Mistakes) -> Key {
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
    texts.map_or(Key::Any, Key::Texts)
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
        let form = onhook_text::normal_form(&text);
        if form.is_empty() {
            let nothing = format!(
                "nothing of the text `{}` can be seen",
                text.escape_default()
            );
            mistakes.push(Mistake::at(value, nothing));
            continue;
        }
        let same = texts
            .iter()
            .find(|earlier| onhook_text::normal_form(earlier) == form);
        if let Some(earlier) = same {
            let mistake = Mistake::at(value, format!("text `{text}` given twice"));
            mistakes.push(if *earlier == text {
                mistake
            } else {
                mistake.note(format!("it is the same as `{earlier}`: {TEXTS_MATCH}"))
            });
        }
        texts.push(text);
    }
    texts
}

fn digits(positional: &[Value], mistakes: &mut Mistakes) -> Key {
    let mut digits = Vec::new();
    for value in positional {
        match digit(value) {
            Ok(digit) if digits.contains(&digit) => {
                mistakes.push(Mistake::at(value, format!("digit `{digit}` given twice")));
            }
            Ok(digit) => digits.push(digit),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if digits.is_empty() {
        Key::Any
    } else {
        Key::Digits(digits)
    }
}

fn digit(value: &Value) -> Result<char, Mistake> {
    if let Value::Literal(Lit::Char(literal)) = value {
        let digit = literal.value();
        if DIGITS.contains(digit) {
            return Ok(digit);
        }
        let upper = digit.to_ascii_uppercase();
        let mistake = Mistake::at(value, format!("`{digit}` is not a key of a telephone"));
        let guess = DIGITS.contains(upper).then(|| format!("'{upper}'"));
        return Err(mistake
            .did_you_mean(guess)
            .note("the keys are `0` to `9`, `*`, `#` and `A` to `D`"));
    }
    let found = value.description();
    let mistake = Mistake::at(
        value,
        format!("expected a digit such as `'1'`, found {found}"),
    );
    let written = match value {
        Value::Literal(Lit::Str(text)) => text.value(),
        Value::Literal(Lit::Int(number)) => number.base10_digits().to_owned(),
        _ => String::new(),
    };
    let digits: Vec<String> = written.chars().map(|digit| format!("'{digit}'")).collect();
    if digits.is_empty() || !written.chars().all(|digit| DIGITS.contains(digit)) {
        return Err(mistake);
    }
    Err(mistake.help(format!("write `#[on_dtmf({})]`", digits.join(", "))))
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
