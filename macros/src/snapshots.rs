//! What the macros write, file by file: `expand/NAME.rs` becomes `expand/NAME.expanded.rs`.
//!
//! To accept a changed expansion, run the tests with `ONHOOK_BLESS=1` and read what has changed.

use std::path::{Path, PathBuf};
use std::{env, fs};

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::vocabulary::Hook;

#[test]
fn expansions_are_as_written() {
    let mut changed = Vec::new();
    for input in inputs() {
        let expanded = pretty(expand(&fs::read_to_string(&input).unwrap()));
        let output = input.with_extension("expanded.rs");
        if env::var_os("ONHOOK_BLESS").is_some() {
            fs::write(&output, &expanded).unwrap();
        } else if fs::read_to_string(&output).unwrap_or_default() != expanded {
            changed.push(format!("{}\n{expanded}", output.display()));
        }
    }
    assert!(
        changed.is_empty(),
        "changed expansions:\n{}",
        changed.join("\n")
    );
}

/// With `crate = ::topspin` nothing reaches for `onhook`.
#[test]
fn the_crate_has_one_name() {
    let mut seen = 0;
    for input in inputs()
        .into_iter()
        .filter(|path| name(path).starts_with("renamed_crate"))
    {
        let words = words(expand(&fs::read_to_string(&input).unwrap()));
        assert!(
            !words.iter().any(|word| word == "onhook"),
            "{}",
            input.display()
        );
        assert!(
            words.iter().any(|word| word == "topspin"),
            "{}",
            input.display()
        );
        seen += 1;
    }
    assert_eq!(seen, 3);
}

/// A second pass over what the first has bound changes nothing.
#[test]
fn a_bound_hook_is_the_identity() {
    let item = quote!(async fn echo(&self) { not even Rust });
    let bound = crate::function::expand(Hook::Message, quote!(__bound), item.clone());
    assert_eq!(bound.to_string(), item.to_string());
}

/// Half-written code stays in the editor's sight: an item comes back whatever is wrong with it.
#[test]
fn items_come_back() {
    for item in [
        "impl Echo { #[on_message] async fn echo(&self, turn: &Turn) { turn. } }",
        "impl Echo { #[on_message] async fn echo(&self, turn: ) {} }",
        "impl Echo { #[on_message] async fn }",
        "impl Shape for Echo { fn area(&self) {} }",
        "struct Echo;",
        "impl Echo {}",
    ] {
        let tokens: TokenStream = item.parse().unwrap();
        let expanded = words(crate::bot::expand(quote!(nonsense), tokens.clone()));
        for word in words(tokens) {
            assert!(expanded.contains(&word), "`{word}` of `{item}`");
        }
    }
    for item in [
        "async fn echo(turn: &Turn) { turn. }",
        "async fn echo(turn: ) {}",
        "async fn",
        "trait Echo {}",
        "fn echo();",
    ] {
        let tokens: TokenStream = item.parse().unwrap();
        let expanded = words(crate::function::expand(
            Hook::Command,
            quote!("nonsense"),
            tokens.clone(),
        ));
        for word in words(tokens) {
            assert!(expanded.contains(&word), "`{word}` of `{item}`");
        }
    }
}

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("expand");
    let mut inputs: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    inputs.retain(|path| !name(path).contains('.'));
    inputs.sort();
    assert!(!inputs.is_empty());
    inputs
}

/// `list` of `expand/list.rs`.
fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Expands the first macro of `source` as rustc would.
fn expand(source: &str) -> TokenStream {
    let tokens: TokenStream = source.parse().unwrap();
    if let Ok(list) = syn::parse2::<syn::Macro>(tokens.clone()) {
        let expanded = crate::list::expand(list.tokens);
        return quote!(fn list() -> impl Bot #expanded);
    }
    let mut hook = None;
    let mut attributes = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while matches!(tokens.peek(), Some(TokenTree::Punct(hash)) if hash.as_char() == '#') {
        let (hash, body) = (tokens.next(), tokens.next());
        let Some(TokenTree::Group(body)) = body else {
            unreachable!()
        };
        let meta: syn::Meta = syn::parse2(body.stream()).unwrap();
        let name = meta.path().get_ident().unwrap().to_string();
        let ours = name == "bot" || name == "derive" || Hook::named(&name).is_some();
        if ours && hook.is_none() {
            let arguments = meta
                .require_list()
                .map(|list| list.tokens.clone())
                .unwrap_or_default();
            hook = Some((name, arguments));
        } else {
            attributes.extend([hash.unwrap(), body.into()]);
        }
    }
    let item: TokenStream = attributes.into_iter().chain(tokens).collect();
    let (name, arguments) = hook.unwrap();
    match &*name {
        "bot" => crate::bot::expand(arguments, item),
        "derive" if arguments.to_string() == "Choice" => crate::choice::expand(item),
        "derive" => crate::command::expand(item),
        hook => crate::function::expand(Hook::named(hook).unwrap(), arguments, item),
    }
}

/// Bodies that are no Rust cannot be printed as Rust: they are left out.
fn pretty(tokens: TokenStream) -> String {
    let tokens = without_broken_bodies(tokens);
    let file: syn::File =
        syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{error}\n{tokens}"));
    prettyplease::unparse(&file)
}

fn without_broken_bodies(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) if group.stream().to_string() == "if 1" => {
                quote!({}).into_iter().next().unwrap()
            }
            TokenTree::Group(group) => {
                proc_macro2::Group::new(group.delimiter(), without_broken_bodies(group.stream()))
                    .into()
            }
            token => token,
        })
        .collect()
}

fn words(tokens: TokenStream) -> Vec<String> {
    let mut words = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => words.extend(self::words(group.stream())),
            TokenTree::Ident(word) => words.push(word.to_string()),
            _ => {}
        }
    }
    words
}
