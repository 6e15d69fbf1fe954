//! What a handler takes: the validated form of a hook's arguments.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned as _;

use crate::crate_path::CratePath;
use crate::glue::located;
use crate::printing::print;
use crate::vocabulary::{Hook, KnownCommand};

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

impl Key {
    /// The key by which duplicates are found, one for each thing it matches, with its name in messages.
    /// A path has one too, but what it stands for is only known to the compiler.
    pub(crate) fn identities(&self, hook: Hook) -> Vec<(String, String)> {
        let named = |name: &str| (format!("{} {name}", hook.kind()), format!("`{name}`"));
        match self {
            Key::Any => vec![(hook.kind().to_owned(), format!("`#[{}]`", hook.attribute()))],
            Key::Texts(texts) => texts
                .iter()
                .map(|text| {
                    let form = onhook_text::normal_form(text);
                    (format!("{} {form}", hook.kind()), format!("`{text}`"))
                })
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
                // Not to be taken for a literal of the same letters.
                let path = print(&quote!(#path));
                vec![(format!("{} path {path}", hook.kind()), format!("`{path}`"))]
            }
        }
    }

    /// Whether it takes all of its kind.
    pub(crate) fn is_any(&self) -> bool {
        matches!(self, Key::Any)
    }

    /// Whether the names behind the key are known to the compiler only.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Key::Type(path) | Key::Constant(path) => Some(path),
            _ => None,
        }
    }

    /// The wire names (digits, normal forms of texts) that the key matches, if they are known here.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Key::Any | Key::Type(_) | Key::Constant(_) => Vec::new(),
            Key::Texts(texts) => texts
                .iter()
                .map(|text| onhook_text::normal_form(text))
                .collect(),
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
            Key::Constant(path) => {
                // A binding of its own, so that rustc says what is expected, and not of which argument.
                let place = located(path.span());
                let name = Ident::new("name", place);
                let text = quote_spanned!(place=> &'static ::core::primitive::str);
                quote!({ let #name: #text = #path; #onhook::__private::Key::named(#kind, #name, &[]) })
            }
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
            Key::Texts(texts) => texts.join(" | "),
            _ => self.names().join(" | "),
        }
    }
}

/// `<OpenTicket as ::onhook::Command>`, with the error of a type that is none under the type.
fn command_trait(path: &Path, onhook: &CratePath) -> TokenStream {
    quote_spanned!(located(path.span())=> <#path as #onhook::Command>)
}
