//! Hook attributes among the attributes of a function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{Attribute, MacroDelimiter, Meta, MetaList, Token};

use crate::diagnostics::{Mistake, Mistakes};
use crate::suggestion;
use crate::vocabulary::Hook;

/// The argument that turns a hook attribute into the identity: its handler is bound already.
///
/// The attributes stay where they are, so that their imports are used and an editor can follow them.
pub(crate) const BOUND: &str = "__bound";

/// A hook attribute on a function.
#[derive(Clone)]
pub(crate) struct Binding {
    pub(crate) hook: Hook,
    /// What stands in its parentheses.
    pub(crate) arguments: TokenStream,
    /// The attribute, to point at.
    pub(crate) tokens: TokenStream,
    /// The `cfg` predicates under which it is there: `#[cfg_attr(P, on_message)]`.
    pub(crate) conditions: Vec<TokenStream>,
}

/// Takes the hooks out of `attributes`: each attribute stays, marked as bound. An attribute that is a
/// misspelt hook is reported and removed, or rustc would report it again.
pub(crate) fn take(attributes: &mut Vec<Attribute>, mistakes: &mut Mistakes) -> Vec<Binding> {
    let mut bindings = Vec::new();
    attributes.retain_mut(|attribute| {
        if attribute.path().is_ident("cfg_attr") {
            take_conditional(attribute, &mut bindings);
            return true;
        }
        if let Some(binding) = bind(&mut attribute.meta, &[], mistakes) {
            bindings.push(binding);
            return true;
        }
        match misspelt(attribute) {
            Some(mistake) => {
                mistakes.push(mistake);
                false
            }
            None => true,
        }
    });
    bindings
}

/// `#[cfg_attr(P, on_message(text = "x"), other)]` → `#[cfg_attr(P, on_message(__bound), other)]`.
fn take_conditional(attribute: &mut Attribute, bindings: &mut Vec<Binding>) {
    let Ok(metas) = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
    else {
        return;
    };
    let mut metas: Vec<Meta> = metas.into_iter().collect();
    let Some((predicate, attached)) = metas.split_first_mut() else {
        return;
    };
    let conditions = [predicate.to_token_stream()];
    let before = bindings.len();
    // A mistake in the arguments is reported where they are read.
    let mut ignored = Mistakes::default();
    bindings.extend(
        attached
            .iter_mut()
            .filter_map(|meta| bind(meta, &conditions, &mut ignored)),
    );
    if bindings.len() > before
        && let Meta::List(list) = &mut attribute.meta
    {
        list.tokens = quote!(#(#metas),*);
    }
}

/// Marks `meta` if it is a hook.
fn bind(meta: &mut Meta, conditions: &[TokenStream], mistakes: &mut Mistakes) -> Option<Binding> {
    let hook = Hook::named(&meta.path().segments.last()?.ident.to_string())?;
    let tokens = meta.to_token_stream();
    let arguments = match &*meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) if list.tokens.to_string() == BOUND => return None,
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            let value = pair.value.to_token_stream();
            mistakes.push(
                Mistake::at(
                    &tokens,
                    format!("unexpected `=` after `{}`", hook.attribute()),
                )
                .help(format!(
                    "write `#[{}({})]`",
                    hook.attribute(),
                    crate::printing::print(&value)
                )),
            );
            TokenStream::new()
        }
    };
    let bound = Ident::new(BOUND, Span::call_site());
    *meta = Meta::List(MetaList {
        path: meta.path().clone(),
        delimiter: MacroDelimiter::Paren(Paren::default()),
        tokens: bound.into_token_stream(),
    });
    Some(Binding {
        hook,
        arguments,
        tokens,
        conditions: conditions.to_vec(),
    })
}

/// The mistake, if `attribute` is most likely meant to be a hook.
fn misspelt(attribute: &Attribute) -> Option<Mistake> {
    let word = attribute.path().get_ident()?.to_string();
    // `#[event]` may be someone else's; what starts with `on`, or is one of our foreign words, is not.
    let ours = word.starts_with("on") || word.starts_with("On") || word.contains('_');
    let guess = suggestion::hook(&word).filter(|_| ours)?;
    Some(Mistake::at(attribute.path(), format!("unknown hook `{word}`")).did_you_mean(Some(guess)))
}

/// The `cfg` predicates under which an item with these attributes is compiled.
pub(crate) fn conditions(attributes: &[Attribute]) -> Vec<TokenStream> {
    attributes
        .iter()
        .filter_map(|attribute| condition(&attribute.meta))
        .collect()
}

/// `#[cfg(P)]` → `P`; `#[cfg_attr(P, cfg(Q))]` → `any(not(P), Q)`.
fn condition(meta: &Meta) -> Option<TokenStream> {
    let Meta::List(list) = meta else { return None };
    if list.path.is_ident("cfg") {
        return Some(list.tokens.clone());
    }
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let metas = list
        .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        .ok()?;
    let mut metas = metas.into_iter();
    let predicate = metas.next()?;
    let attached: Vec<TokenStream> = metas.filter_map(|meta| condition(&meta)).collect();
    (!attached.is_empty()).then(|| quote!(any(not(#predicate), all(#(#attached),*))))
}
