//! `handlers![a, m::b]`: a bot from free functions.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Path, Token};

use crate::arguments::Value;
use crate::binding;
use crate::crate_path::CratePath;
use crate::diagnostics::{Mistake, Mistakes};
use crate::glue::{self, located};
use crate::printing::print;
use crate::vocabulary::CRATE;

/// One handler of the list.
struct Entry {
    conditions: Vec<TokenStream>,
    path: Path,
}

/// Makes a bot of the handlers.
///
/// ```text
/// handlers![echo, recording::paused]
/// ──────────────────────────────────
/// {
///     struct Handlers;
///     impl Handlers {
///         async fn run(turn: &Turn, mut choice: Choice<'_>) -> Result<Outcome> {
///             choice.offer(__ONHOOK_KEYS);
///             let mut outcome = Outcome::Unhandled;
///             while let Some(index) = choice.next() {
///                 outcome = outcome.and(match index {
///                     0 => <echo as Handler>::call(turn).await?,
///                     _ => <recording::paused as Handler>::call(turn).await?,
///                 });
///             }
///             Ok(outcome)
///         }
///     }
///     impl Bot for Handlers { .. }
///     const __ONHOOK_KEYS: &[Row] =
///         &[(0, <echo as Handler>::KEY, "echo"), (1, <recording::paused as Handler>::KEY, "recording::paused")];
///     const _: () = Key::claim_at(__ONHOOK_KEYS, 1);
///     Handlers
/// }
/// ```
///
/// The list sees paths only; what they stand for, the compiler knows. The keys are constants in
/// one table, which a loop of the runtime reads: an offer of its own for each would be too much code to be
/// inlined. The calls stand in one place: each
/// of them grows the future.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let (onhook, entries) = parse(tokens, &mut mistakes);
    if entries.is_empty() && mistakes.count() == 0 {
        mistakes.push(
            Mistake::at_span(Span::call_site(), "expected at least one handler")
                .help("write `handlers![echo]`"),
        );
    }
    check_twice(&entries, &mut mistakes);
    let claims = claims(&entries, &onhook);
    let bot = bot(&entries, &onhook);
    quote!({ #bot #claims #mistakes __OnhookHandlers })
}

fn bot(entries: &[Entry], onhook: &CratePath) -> TokenStream {
    let turn = Ident::new("turn", Span::mixed_site());
    let cfgs: Vec<TokenStream> = entries.iter().map(Entry::cfg).collect();
    let [keys, rows, functions] = ["KEY", "HOOK", "call"].map(|name| {
        entries
            .iter()
            .map(|entry| entry.item(name, onhook))
            .collect::<Vec<_>>()
    });
    let calls = entries
        .iter()
        .zip(functions)
        .map(|(entry, function)| quote_spanned!(entry.last()=> #function(#turn).await));
    let indices: Vec<TokenTree> = (0..entries.len())
        .map(|index| TokenTree::Literal(proc_macro2::Literal::usize_unsuffixed(index)))
        .collect();
    let names: Vec<String> = entries.iter().map(Entry::name).collect();
    let result = quote!(#onhook::Result<#onhook::Outcome>);
    quote! {
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        struct __OnhookHandlers;

        const __ONHOOK_KEYS: &[#onhook::__private::Row] =
            &[#(#cfgs (#indices, #keys, #names)),*];

        #[allow(deprecated, unused_mut, unused_qualifications, unused_variables)]
        impl __OnhookHandlers {
            async fn run(#turn: &#onhook::Turn, mut choice: #onhook::__private::Choice<'_>) -> #result {
                choice.offer(__ONHOOK_KEYS);
                let mut outcome = #onhook::Outcome::Unhandled;
                while let ::core::option::Option::Some(index) = choice.take() {
                    let next = match index {
                        #(#cfgs #indices => #calls?,)*
                        _ => #onhook::Outcome::Unhandled,
                    };
                    outcome = outcome.and(next);
                }
                ::core::result::Result::Ok(outcome)
            }
        }

        #[automatically_derived]
        #[allow(deprecated, unused_qualifications)]
        impl #onhook::Bot for __OnhookHandlers {
            const HOOKS: #onhook::HookTable = #onhook::HookTable::of(const { &[#(#cfgs #rows),*] });

            async fn dispatch(&self, #turn: &#onhook::Turn) -> #result {
                Self::run(#turn, #onhook::__private::Choice::dispatch(#turn)).await
            }

            fn rank(&self, #turn: &#onhook::Turn) -> #onhook::Rank {
                #onhook::__private::Choice::rank(#turn, __ONHOOK_KEYS)
            }

            async fn before_turn(&self, #turn: &#onhook::Turn) -> #result {
                Self::run(#turn, #onhook::__private::Choice::before_turn(#turn)).await
            }

            async fn after_turn(&self, #turn: &#onhook::Turn) -> #result {
                Self::run(#turn, #onhook::__private::Choice::after_turn(#turn)).await
            }

            async fn on_error(&self, #turn: &#onhook::Turn) -> #result {
                Self::run(#turn, #onhook::__private::Choice::on_error(#turn)).await
            }
        }
    }
}

/// `const _: () = Key::claim_at(__ONHOOK_KEYS, 1)`: a panic here is a compile error under the path.
fn claims(entries: &[Entry], onhook: &CratePath) -> TokenStream {
    let claims = entries.iter().enumerate().skip(1).map(|(index, entry)| {
        let last = entry.last();
        let (cfg, onhook) = (entry.cfg(), onhook.at(last));
        quote_spanned! {located(last)=>
            #cfg
            const _: () = #onhook::__private::Key::claim_at(__ONHOOK_KEYS, #index);
        }
    });
    quote!(#(#claims)*)
}

fn check_twice(entries: &[Entry], mistakes: &mut Mistakes) {
    for (index, entry) in entries.iter().enumerate() {
        if let Some(earlier) = entries[..index]
            .iter()
            .find(|earlier| earlier.name() == entry.name())
        {
            let mistake = Mistake::at(&entry.path, format!("`{}` listed twice", entry.name()));
            mistakes.push(mistake.under(&earlier.conditions).under(&entry.conditions));
        }
    }
}

impl Entry {
    fn name(&self) -> String {
        print(&self.path.to_token_stream())
    }

    fn cfg(&self) -> TokenStream {
        let conditions = &self.conditions;
        quote!(#(#[cfg(#conditions)])*)
    }

    /// The last segment is the one that tells handlers apart; spans cannot be joined on stable.
    fn last(&self) -> Span {
        self.path
            .segments
            .last()
            .map_or_else(Span::call_site, |last| last.ident.span())
    }

    /// `<recording::paused as Handler>::KEY`, all of it under the path.
    fn item(&self, name: &str, onhook: &CratePath) -> TokenStream {
        let (first, last) = (glue::first_span(&self.path.to_token_stream()), self.last());
        let (path, onhook) = (&self.path, onhook.at(last));
        // The user's spans as they are: the same error from several of these expressions is shown once.
        let (name, open) = (Ident::new(name, last), quote_spanned!(first=> <));
        quote_spanned!(last=> #open #path as #onhook::Handler>::#name)
    }
}

fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> (CratePath, Vec<Entry>) {
    let mut onhook = CratePath::default();
    let mut entries = Vec::new();
    let pieces = Punctuated::<Piece, Token![,]>::parse_terminated.parse2(tokens);
    let pieces = match pieces {
        Ok(pieces) => pieces,
        Err(error) => {
            mistakes.push(Mistake::syntax(&error));
            return (onhook, entries);
        }
    };
    for Piece { attributes, tokens } in pieces {
        if let Some(other) = attributes
            .iter()
            .find(|attribute| !attribute.path().is_ident("cfg"))
        {
            mistakes.push(Mistake::at(other, "only `#[cfg(..)]` may stand here"));
        }
        let conditions = binding::conditions(&attributes);
        let option: Vec<TokenTree> = tokens.clone().into_iter().take(2).collect();
        match &*option {
            [TokenTree::Ident(word), TokenTree::Punct(equals)]
                if word == CRATE && equals.as_char() == '=' =>
            {
                let path: TokenStream = tokens.into_iter().skip(2).collect();
                let value = syn::parse2(path.clone()).map_or(Value::Other(path), Value::Path);
                onhook = CratePath::new(&value, mistakes);
            }
            _ => match syn::parse2::<Path>(tokens.clone()) {
                Ok(path) => entries.push(Entry { conditions, path }),
                Err(_) => mistakes.push(not_a_path(&tokens).under(&conditions)),
            },
        }
    }
    (onhook, entries)
}

fn not_a_path(tokens: &TokenStream) -> Mistake {
    let mut parts: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let call = matches!(parts.last(), Some(TokenTree::Group(group)) if group.delimiter() == proc_macro2::Delimiter::Parenthesis);
    let last = parts.pop();
    let path: TokenStream = parts.into_iter().collect();
    if call && syn::parse2::<Path>(path.clone()).is_ok() {
        return Mistake::at(tokens, "expected a path to a handler, found a call").help(format!(
            "write `{}` without `{}`",
            print(&path),
            last.map(|last| print(&last.into())).unwrap_or_default()
        ));
    }
    if matches!(&last, Some(TokenTree::Group(_))) && print(tokens).contains('|') {
        return Mistake::at(tokens, "expected a path to a handler, found a closure")
            .help("write an `async fn` with a hook above it");
    }
    Mistake::at(
        tokens,
        format!("expected a path to a handler, found `{}`", print(tokens)),
    )
}

/// What stands between two commas.
struct Piece {
    attributes: Vec<Attribute>,
    tokens: TokenStream,
}

impl syn::parse::Parse for Piece {
    fn parse(input: syn::parse::ParseStream) -> syn::Result<Piece> {
        let attributes = input.call(Attribute::parse_outer)?;
        let mut tokens = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            tokens.extend([input.parse::<TokenTree>()?]);
        }
        if tokens.is_empty() {
            return Err(input.error("expected a path to a handler"));
        }
        Ok(Piece { attributes, tokens })
    }
}
