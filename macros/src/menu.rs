//! What `#[derive(Choice)]` stands on: an enum whose variants a caller can tell apart.

use onhook_text::utterance::{spoken_key, words};
use onhook_text::vocabulary;
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Fields, Generics, Item, Lit, Variant};

use crate::arguments::{self, Argument, Value};
use crate::crate_path::CratePath;
use crate::diagnostics::{Mistake, Mistakes};
use crate::name::string;
use crate::suggestion;
use crate::syntax::unraw;
use crate::vocabulary::{CHOICE_OPTIONS, CRATE, DIGITS, OTHER};

/// A menu.
pub(crate) struct Menu {
    pub(crate) ident: Ident,
    pub(crate) options: Vec<MenuOption>,
    pub(crate) other: Option<Ident>,
    pub(crate) onhook: CratePath,
}

/// A variant that is chosen by its key or its words.
pub(crate) struct MenuOption {
    pub(crate) ident: Ident,
    pub(crate) key: Option<char>,
    pub(crate) say: String,
    /// As utterances are taken apart: words with one space between them.
    pub(crate) words: Vec<String>,
}

/// What `#[choice(..)]` on a variant says.
#[derive(Default)]
struct Options {
    key: Option<(char, Value)>,
    say: Option<(String, Value)>,
    or: Vec<(String, Value)>,
    other: Option<Span>,
    seen: Vec<String>,
}

impl Menu {
    /// Reads `item`. After a mistake what is right of it remains. `None` if it is no enum.
    pub(crate) fn read(item: &Item, mistakes: &mut Mistakes) -> Option<Menu> {
        let mut not_an_enum = |keyword: &dyn Fn() -> TokenStream, what: &str| {
            let text = format!("a menu must be an enum, found `{what}`");
            mistakes.push(
                Mistake::at(&keyword(), text)
                    .note("each variant is a thing that a caller may choose"),
            );
        };
        let item = match item {
            Item::Enum(item) => item,
            Item::Struct(item) => {
                not_an_enum(&|| item.struct_token.to_token_stream(), "struct");
                return None;
            }
            Item::Union(item) => {
                not_an_enum(&|| item.union_token.to_token_stream(), "union");
                return None;
            }
            other => {
                not_an_enum(&|| other.to_token_stream(), "another item");
                return None;
            }
        };
        let name = unraw(&item.ident);
        let mut menu = Menu {
            ident: item.ident.clone(),
            options: Vec::new(),
            other: None,
            onhook: crate_path(&item.attrs, mistakes),
        };
        let variants = &item.variants;
        generics(&item.generics, &name, mistakes);
        if variants.is_empty() {
            mistakes.push(
                Mistake::at(&item.ident, format!("menu `{name}` has no variants"))
                    .help("write a variant for each thing that a caller may choose"),
            );
        }
        let mut taken = Taken::default();
        let before = mistakes.count();
        for variant in variants {
            menu.add(variant, &name, &mut taken, mistakes);
        }
        if let (true, Some(other), true) = (
            menu.options.is_empty(),
            &menu.other,
            mistakes.count() == before,
        ) {
            mistakes.push(
                Mistake::at(
                    other,
                    format!("menu `{name}` has nothing to choose but `{other}`"),
                )
                .help("ask for a `Free` to take every text"),
            );
        }
        taken.check_spoken_keys(mistakes);
        Some(menu)
    }

    fn add(&mut self, variant: &Variant, menu: &str, taken: &mut Taken, mistakes: &mut Mistakes) {
        let options = Options::read(&variant.attrs, mistakes);
        let name = unraw(&variant.ident);
        if let Some(span) = options.other {
            self.add_other(variant, &options, span, menu, mistakes);
            return;
        }
        if !matches!(variant.fields, Fields::Unit) {
            let mistake = Mistake::at(
                &variant.fields,
                format!("variant `{name}` of menu `{menu}` must not have fields"),
            );
            mistakes.push(if is_string(&variant.fields) {
                mistake.help("mark it `#[choice(other)]` if it takes what no other variant does")
            } else {
                mistake.note("a caller chooses it, and says no more")
            });
            return;
        }
        let key = options.key.map(|(key, value)| {
            taken.key(key, &value, &name, mistakes);
            key
        });
        let mut phrases = Vec::new();
        let given = options.say.iter().chain(&options.or);
        for (text, value) in given {
            let phrase = words(text).join(" ");
            if phrase.is_empty() {
                mistakes.push(Mistake::at(value, format!("there is no word in `{text}`")));
            } else if phrases.contains(&phrase) {
                mistakes.push(Mistake::at(value, format!("`{text}` given twice")));
            } else if taken.word(&phrase, text, &value.to_token_stream(), &name, mistakes) {
                phrases.push(phrase);
            }
        }
        let say = if let Some((say, _)) = options.say {
            say
        } else {
            let say = in_words(&name);
            let phrase = words(&say).join(" ");
            let place = variant.ident.to_token_stream();
            if !phrases.contains(&phrase) && taken.word(&phrase, &say, &place, &name, mistakes) {
                phrases.push(phrase);
            }
            say
        };
        self.options.push(MenuOption {
            ident: variant.ident.clone(),
            key,
            say,
            words: phrases,
        });
    }

    fn add_other(
        &mut self,
        variant: &Variant,
        options: &Options,
        span: Span,
        menu: &str,
        mistakes: &mut Mistakes,
    ) {
        let name = unraw(&variant.ident);
        if let Some(option) = options.seen.iter().find(|option| *option != OTHER) {
            mistakes.push(
                Mistake::at_span(
                    span,
                    format!("`other` and `{option}` exclude each other on variant `{name}`"),
                )
                .note("`other` takes what no key and no word of the menu stands for"),
            );
        }
        if !is_string(&variant.fields) {
            let place = match &variant.fields {
                Fields::Unit => variant.ident.to_token_stream(),
                fields => fields.to_token_stream(),
            };
            mistakes.push(
                Mistake::at(
                    &place,
                    format!(
                        "variant `{name}` of menu `{menu}` is `other` and must hold one `String`"
                    ),
                )
                .help(format!(
                    "write `{name}(String)`: it holds what the caller said"
                )),
            );
            return;
        }
        match &self.other {
            Some(first) => mistakes.push(Mistake::at_span(
                span,
                format!("menu `{menu}` has two `other`: `{first}` takes everything already"),
            )),
            None => self.other = Some(variant.ident.clone()),
        }
    }
}

fn generics(generics: &Generics, menu: &str, mistakes: &mut Mistakes) {
    if !generics.params.is_empty() {
        mistakes.push(
            Mistake::at(generics, format!("menu `{menu}` must not be generic"))
                .note("a caller chooses a variant, and cannot choose a type"),
        );
    }
}

/// Whether these are the fields `(String)`.
fn is_string(fields: &Fields) -> bool {
    let Fields::Unnamed(fields) = fields else {
        return false;
    };
    let mut types = fields.unnamed.iter().map(|field| &field.ty);
    let first = types.next();
    types.next().is_none()
        && matches!(first, Some(syn::Type::Path(ty))
            if ty.path.segments.last().is_some_and(|last| last.ident == "String"))
}

/// `PayBill` as it is said: "pay bill".
fn in_words(variant: &str) -> String {
    let mut text = String::with_capacity(variant.len() + 4);
    let mut after_lower = false;
    for c in variant.chars() {
        if c == '_' {
            text.push(' ');
            continue;
        }
        if c.is_uppercase() && after_lower {
            text.push(' ');
        }
        text.extend(c.to_lowercase());
        after_lower = c.is_lowercase() || c.is_numeric();
    }
    text
}

/// The runtime's place, by `#[choice(crate = ..)]` on the enum.
fn crate_path(attributes: &[Attribute], mistakes: &mut Mistakes) -> CratePath {
    let mut path = CratePath::default();
    for Argument { option, value } in arguments_of(attributes, mistakes) {
        match option {
            Some((option, _)) if option == CRATE => path = CratePath::new(&value, mistakes),
            Some((option, span)) if CHOICE_OPTIONS.contains(&&*option) => mistakes.push(
                Mistake::at_span(span, format!("`{option}` belongs to a variant of the menu")),
            ),
            Some((option, span)) => mistakes.push(unknown(&option, span, &[CRATE])),
            None => mistakes.push(Mistake::at(
                &value,
                format!("expected `crate = ..`, found {}", value.description()),
            )),
        }
    }
    path
}

fn arguments_of(attributes: &[Attribute], mistakes: &mut Mistakes) -> Vec<Argument> {
    let bare = |meta: &syn::Meta| {
        Mistake::at(meta, "expected `#[choice(..)]`")
            .help("write `#[choice(key = '1', say = \"..\")]`, or leave it out")
    };
    arguments::of_attributes(attributes, "choice", bare, mistakes).arguments
}

fn unknown(option: &str, span: Span, known: &[&'static str]) -> Mistake {
    let mistake = Mistake::at_span(span, format!("unknown option `{option}` of `#[choice]`"));
    match suggestion::nearest(option, known.iter().copied()) {
        Some(guess) => mistake.did_you_mean(Some(guess)),
        None if known.len() > 1 => mistake
            .help("`#[choice]` accepts `key = '1'`, `say = \"..\"`, `or = [\"..\"]`, `other`"),
        None => mistake.help("`#[choice]` on a menu accepts `crate = ..`"),
    }
}

impl Options {
    fn read(attributes: &[Attribute], mistakes: &mut Mistakes) -> Options {
        let mut options = Options::default();
        for argument in arguments_of(attributes, mistakes) {
            options.set(argument, mistakes);
        }
        options
    }

    fn set(&mut self, Argument { option, value }: Argument, mistakes: &mut Mistakes) {
        let (option, span) = match (option, &value) {
            (Some(option), _) => option,
            (None, Value::Path(path)) if path.get_ident().is_some() => {
                let Some(word) = path.get_ident() else { return };
                if word != OTHER {
                    let bare = word.to_string();
                    mistakes.push(match &*bare {
                        "key" | "say" | "or" => {
                            Mistake::at(word, format!("expected a value: `{bare} = ..`"))
                        }
                        _ => unknown(&bare, word.span(), CHOICE_OPTIONS),
                    });
                    return;
                }
                (OTHER.to_owned(), word.span())
            }
            (None, _) => {
                mistakes.push(
                    Mistake::at(
                        &value,
                        format!(
                            "expected an option of `#[choice]`, found {}",
                            value.description()
                        ),
                    )
                    .help(match value {
                        Value::Literal(Lit::Char(_)) => "write `key = '1'`",
                        Value::List(..) => "write `or = [\"..\"]`",
                        _ => "write `say = \"..\"`",
                    }),
                );
                return;
            }
        };
        if !CHOICE_OPTIONS.contains(&&*option) {
            mistakes.push(if option == CRATE {
                Mistake::at_span(span, "`crate` belongs to the menu, not to a variant")
                    .help("write `#[choice(crate = ..)]` on the enum")
            } else {
                unknown(&option, span, CHOICE_OPTIONS)
            });
            return;
        }
        if self.seen.contains(&option) {
            mistakes.push(Mistake::at_span(span, format!("`{option}` given twice")));
            return;
        }
        match &*option {
            "key" => self.key = key(&value, mistakes).map(|key| (key, value)),
            "say" => self.say = string("spoken form", &value, mistakes).map(|say| (say, value)),
            "or" => self.or = alternatives(value, mistakes),
            _ if matches!(value, Value::Path(_)) => self.other = Some(span),
            _ => mistakes.push(
                Mistake::at(&value, "`other` takes no value").help("write `#[choice(other)]`"),
            ),
        }
        self.seen.push(option);
    }
}

fn key(value: &Value, mistakes: &mut Mistakes) -> Option<char> {
    let (found, mistake) = if let Value::Literal(Lit::Char(literal)) = value {
        let key = literal.value();
        if DIGITS.contains(key) {
            return Some(key);
        }
        let mistake = Mistake::at(value, format!("`{key}` is not a key of a telephone"));
        (key.to_ascii_uppercase().to_string(), mistake)
    } else {
        let found = match value {
            Value::Literal(Lit::Str(literal)) => literal.value(),
            Value::Literal(Lit::Int(number)) => number.base10_digits().to_owned(),
            _ => String::new(),
        };
        let text = format!(
            "expected a key such as `'1'`, found {}",
            value.description()
        );
        (found, Mistake::at(value, text))
    };
    let mut keys = found.chars();
    mistakes.push(match (keys.next(), keys.next()) {
        (Some(key), None) if DIGITS.contains(key) => mistake.help(format!("write `key = '{key}'`")),
        _ => mistake.note("the keys are `0` to `9`, `*`, `#` and `A` to `D`"),
    });
    None
}

fn alternatives(value: Value, mistakes: &mut Mistakes) -> Vec<(String, Value)> {
    let values = match value {
        Value::List(_, values) => values,
        // One word needs no brackets.
        value @ Value::Literal(Lit::Str(_)) => vec![value],
        value => {
            mistakes.push(
                Mistake::at(
                    &value,
                    format!("expected a list of strings, found {}", value.description()),
                )
                .help("write `or = [\"..\"]`"),
            );
            return Vec::new();
        }
    };
    let read = |value: Value| Some((string("spoken form", &value, mistakes)?, value));
    values.into_iter().filter_map(read).collect()
}

/// What stands for variants already.
#[derive(Default)]
struct Taken {
    /// A key, and the variant that it chooses.
    keys: Vec<(char, String)>,
    words: Vec<Word>,
}

/// A word, and the variant that it chooses.
struct Word {
    phrase: String,
    text: String,
    place: TokenStream,
    variant: String,
}

impl Taken {
    fn key(&mut self, key: char, value: &Value, variant: &str, mistakes: &mut Mistakes) {
        match self.keys.iter().find(|(taken, _)| *taken == key) {
            Some((_, first)) => mistakes.push(Mistake::at(
                value,
                format!("key `{key}` of variant `{variant}` chooses `{first}` already"),
            )),
            None => self.keys.push((key, variant.to_owned())),
        }
    }

    /// Whether the word is the variant's from now on.
    fn word(
        &mut self,
        phrase: &str,
        text: &str,
        place: &TokenStream,
        variant: &str,
        mistakes: &mut Mistakes,
    ) -> bool {
        if let Some(first) = self.words.iter().find(|word| word.phrase == phrase) {
            let mistake = Mistake::at(
                place,
                format!(
                    "`{text}` of variant `{variant}` chooses `{}` already",
                    first.variant
                ),
            );
            mistakes.push(if first.text == text {
                mistake
            } else {
                mistake.note(format!(
                    "case, punctuation and accents make no difference: `{}` is the same",
                    first.text
                ))
            });
            return false;
        }
        self.words.push(Word {
            phrase: phrase.to_owned(),
            text: text.to_owned(),
            place: place.clone(),
            variant: variant.to_owned(),
        });
        true
    }

    /// Keys may be spoken, in each language.
    fn check_spoken_keys(&self, mistakes: &mut Mistakes) {
        for word in &self.words {
            let words = words(&word.phrase);
            let spoken = vocabulary::ALL
                .iter()
                .filter_map(|vocabulary| spoken_key(&words, vocabulary))
                .find_map(|key| self.keys.iter().find(|(taken, _)| *taken == key));
            if let Some((key, other)) = spoken.filter(|(_, other)| *other != word.variant) {
                let (text, variant) = (&word.text, &word.variant);
                mistakes.push(
                    Mistake::at(
                        &word.place,
                        format!("`{text}` of variant `{variant}` is how key `{key}` of `{other}` is spoken"),
                    )
                    .note("callers may speak the keys of a menu"),
                );
            }
        }
    }
}
