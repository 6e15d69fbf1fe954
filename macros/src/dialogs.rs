//! What a bot has beside its dispatch if it has dialogs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::crate_path::CratePath;
use crate::dispatch::glue_name;
use crate::handler::Handler;
use crate::key::Key;
use crate::vocabulary::Hook;

/// The members of `Bot` for the dialogs among the handlers, and for those that interrupt one.
///
/// ```text
/// const DIALOGS: bool = true;
/// async fn resume(&self, turn: &Turn, dialog: &str) -> Result<Outcome> {
///     match dialog { "greet" => return self.__onhook_greet(turn).await, _ => {} }
///     Ok(Outcome::Unhandled)
/// }
/// async fn interrupt(&self, turn: &Turn) -> Result<Outcome> {
///     if let Some(digit) = dtmf(turn) { match digit { '0' => return .., _ => {} } }
///     if text_is(turn, "agent") { return .. }
///     Ok(Outcome::Unhandled)
/// }
/// ```
pub(crate) fn members(handlers: &[Handler], onhook: &CratePath, turn: &Ident) -> TokenStream {
    let dialogs = resume(handlers, onhook, turn);
    let interrupt = interrupt(handlers, onhook, turn);
    quote!(#dialogs #interrupt)
}

fn resume(handlers: &[Handler], onhook: &CratePath, turn: &Ident) -> TokenStream {
    let dialogs: Vec<&Handler> = handlers
        .iter()
        .filter(|handler| handler.is_dialog())
        .collect();
    if dialogs.is_empty() {
        return TokenStream::new();
    }
    let dialog = Ident::new("dialog", Span::mixed_site());
    let arms = dialogs.iter().map(|handler| {
        let (cfg, glue, name) = (handler.cfg(), glue_name(handler), handler.name());
        quote!(#cfg #name => return self.#glue(#turn).await,)
    });
    quote! {
        const DIALOGS: bool = true;

        async fn resume(
            &self,
            #turn: &#onhook::Turn,
            #dialog: &::core::primitive::str,
        ) -> #onhook::Result<#onhook::Outcome> {
            match #dialog { #(#arms)* _ => {} }
            ::core::result::Result::Ok(#onhook::Outcome::Unhandled)
        }
    }
}

fn interrupt(handlers: &[Handler], onhook: &CratePath, turn: &Ident) -> TokenStream {
    let of = |hook: Hook| {
        handlers
            .iter()
            .filter(move |handler| handler.interrupts && handler.hook == hook)
    };
    let digits: Vec<TokenStream> = of(Hook::Dtmf)
        .filter_map(|handler| {
            let Key::Digits(digits) = &handler.key else {
                return None;
            };
            let (cfg, glue) = (handler.cfg(), glue_name(handler));
            Some(quote!(#cfg #(#digits)|* => return self.#glue(#turn).await,))
        })
        .collect();
    let texts: Vec<TokenStream> = of(Hook::Message)
        .filter_map(|handler| {
            let Key::Texts(texts) = &handler.key else {
                return None;
            };
            let (cfg, glue) = (handler.cfg(), glue_name(handler));
            Some(quote! {
                #cfg if #(#onhook::__private::text_is(#turn, #texts))||* {
                    return self.#glue(#turn).await;
                }
            })
        })
        .collect();
    if digits.is_empty() && texts.is_empty() {
        return TokenStream::new();
    }
    let digits = (!digits.is_empty()).then(|| {
        quote! {
            if let ::core::option::Option::Some(digit) = #onhook::__private::dtmf(#turn) {
                match digit { #(#digits)* _ => {} }
            }
        }
    });
    quote! {
        async fn interrupt(&self, #turn: &#onhook::Turn) -> #onhook::Result<#onhook::Outcome> {
            #digits
            #(#texts)*
            ::core::result::Result::Ok(#onhook::Outcome::Unhandled)
        }
    }
}
