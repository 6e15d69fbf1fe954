//! A hook attribute on a free function.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::FnArg;

use crate::binding::{self, BOUND, Binding};
use crate::crate_path::CratePath;
use crate::diagnostics::{Mistake, Mistakes};
use crate::duplicates;
use crate::glue::{self, located};
use crate::handler::Handler;
use crate::syntax::{Function, Item};
use crate::vocabulary::Hook;

/// Binds a free function: it stays what it is, and a type of the same name becomes its `Handler`.
///
/// ```text
/// #[on_message] async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { BODY }
/// ───────────────────────────────────────────────────────────────────────────────
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { BODY }
/// struct echo {}
/// impl Handler for echo { const KEY: Key = ..; const HOOK: Hook = ..; fn call(turn: &Turn) -> .. { .. } }
/// ```
///
/// A struct with braces lives among the types only, so the function keeps its name among the values, and
/// a path to one is a path to the other.
pub(crate) fn expand(hook: Hook, arguments: TokenStream, item: TokenStream) -> TokenStream {
    if arguments.to_string() == BOUND {
        return item;
    }
    let mut mistakes = Mistakes::default();
    let mut function = match syn::parse2(item.clone()) {
        Ok(Item::Function(function)) => function,
        Ok(Item::Other(other)) => {
            let text = if other.description == "an `impl` block" {
                Mistake::at(
                    &other.head,
                    format!(
                        "`#[{}]` marks one handler, found an `impl` block",
                        hook.attribute()
                    ),
                )
                .help(format!(
                    "put `#[bot]` on the `impl` and `#[{}]` on its methods",
                    hook.attribute()
                ))
            } else {
                Mistake::at(
                    &other.head,
                    format!("expected an `async fn`, found {}", other.description),
                )
                .help(format!(
                    "`#[{}]` marks a handler function or method",
                    hook.attribute()
                ))
            };
            mistakes.push(text);
            return quote!(#item #mistakes);
        }
        Err(error) => {
            mistakes.push(Mistake::syntax(&error));
            return quote!(#item #mistakes);
        }
    };
    let binding = Binding {
        hook,
        tokens: Ident::new(hook.attribute(), Span::call_site()).into_token_stream(),
        arguments,
        conditions: Vec::new(),
    };
    let others = binding::take(&mut function.attributes, &mut mistakes);
    for other in &others {
        duplicates::check_bindings(
            std::slice::from_ref(&binding),
            other,
            &function.name(),
            &mut mistakes,
        );
    }
    let is_method = outside_of_bot(&function, &mut mistakes);
    let read = Handler::read(&binding, &function, &mut mistakes);
    let onhook = read.crate_path.map(|(path, _)| path).unwrap_or_default();
    if is_method || function.body.is_none() {
        // Types cannot stand among methods.
        return quote!(#function #mistakes);
    }
    let handler = handler_type(&function, hook, read.handler.as_ref(), &onhook);
    function.is_handler = true;
    quote!(#function #handler #mistakes)
}

/// Reports a method: only `#[bot]` on its block can bind it. Whether it is one.
fn outside_of_bot(function: &Function, mistakes: &mut Mistakes) -> bool {
    let name = function.name();
    let signature = &function.signature;
    let help = "add `#[bot]` to the `impl` block";
    let note = "`#[bot]` finds hooks by their own names: not one imported under another name, nor one that a macro writes";
    if function.body.is_none() {
        // A trait's method: that it has no body says it all.
        return false;
    }
    if let Some(FnArg::Receiver(receiver)) = signature.inputs.first() {
        let text =
            format!("handler `{name}` takes `self`, but its `impl` block is not marked `#[bot]`");
        mistakes.push(Mistake::at(receiver, text).help(help).note(note));
        return true;
    }
    if let Some(token) = find_self(&signature.to_token_stream()) {
        let text = format!("`Self` in handler `{name}` outside a `#[bot]` impl");
        mistakes.push(Mistake::at(&token, text).help(help).note(note));
        return true;
    }
    false
}

fn find_self(tokens: &TokenStream) -> Option<TokenTree> {
    tokens.clone().into_iter().find_map(|token| match &token {
        TokenTree::Ident(word) if word == "Self" => Some(token),
        TokenTree::Group(group) => find_self(&group.stream()),
        _ => None,
    })
}

/// The type that carries the handler's key and call. A handler with a mistake gets one that matches
/// nothing, so that the mistake is the only error.
fn handler_type(
    function: &Function,
    hook: Hook,
    handler: Option<&Handler>,
    onhook: &CratePath,
) -> TokenStream {
    let ident = &function.signature.ident;
    let visibility = &function.visibility;
    let conditions = binding::conditions(&function.attributes);
    let cfg = quote!(#(#[cfg(#conditions)])*);
    let place = located(ident.span());
    let turn = Ident::new("turn", Span::mixed_site());
    let (key, row, future, future_type) = if let Some(handler) = handler {
        (
            handler.constant(onhook),
            handler.row(onhook, &quote!(<Self as #onhook::Handler>::KEY)),
            glue::future(handler, onhook, &turn, &ident.to_token_stream()),
            glue::future_type(handler.ident.span(), onhook),
        )
    } else {
        let (attribute, name) = (hook.attribute(), function.name());
        (
            quote!(#onhook::__private::Key::NOTHING),
            quote!(#onhook::Hook::new(#attribute, "", #name, "")),
            quote!(async move { ::core::result::Result::Ok(#onhook::Outcome::Unhandled) }),
            glue::future_type(ident.span(), onhook),
        )
    };
    let body = quote! {
        const KEY: #onhook::__private::Key = #key;
        const HOOK: #onhook::Hook = #row;

        fn call(#turn: &#onhook::Turn) -> #future_type {
            #future
        }
    };
    // Everything of the type is under the function's name, where rustc points when it is private.
    quote_spanned! {place=>
        #cfg
        #[doc(hidden)]
        #[allow(missing_docs, non_camel_case_types, unreachable_pub)]
        #visibility struct #ident {}

        #cfg
        #[automatically_derived]
        #[allow(deprecated, unused_qualifications, unused_variables)]
        impl #onhook::Handler for #ident { #body }
    }
}
