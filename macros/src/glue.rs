//! The future that runs one handler: extract every argument, call, turn what comes back into an outcome.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote_spanned};

use crate::crate_path::CratePath;
use crate::handler::Handler;

/// A span whose locals are the macro's own, and whose errors show under `place`.
pub(crate) fn located(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// The span of the first token.
pub(crate) fn first_span(tokens: &TokenStream) -> Span {
    tokens
        .clone()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |token| token.span())
}

/// The future of a call of `handler` through `callee` (`self.greet`, `echo`).
///
/// ```text
/// async fn greet(&self, turn: &Turn, joined: MembersAdded<'_>) -> Result<()>
/// ─────────────────────────────────────────────────────────────────────────
/// entered(turn, 2166136261u32);
/// async move {
///     let argument0 = taken(<&Turn as FromTurn<'_, on_members_added>>::from_turn(turn), ..)?;
///     let argument1 = ..;
///     <Result<()> as IntoOutcome<on_members_added>>::into_outcome(self.greet(argument0, argument1).await)
/// }
/// ```
///
/// A dialog's call comes from the turn's session, which drives the rest:
///
/// ```text
/// async move {
///     let dialog = DialogTurn::open(turn, "greet", 2u32)?;
///     let mut call = dialog.call();
///     dialog.drive(async { .. self.greet(&mut call, argument1).await .. }).await
/// }
/// ```
///
/// Obligations are spelt with the user's own type tokens: rustc underlines these in full when one does
/// not hold. Arguments are extracted one by one, not as a tuple, so there is no limit to their number.
pub(crate) fn future(
    handler: &Handler,
    onhook: &CratePath,
    turn: &Ident,
    callee: &TokenStream,
) -> TokenStream {
    let tag = handler.tag(onhook);
    let (hook, name) = (handler.hook.attribute(), handler.name());
    let place = located(handler.ident.span());
    let (dialog, call) = (
        Ident::new("dialog", Span::mixed_site()),
        Ident::new("call", Span::mixed_site()),
    );
    let locals: Vec<TokenStream> = handler
        .arguments
        .iter()
        .enumerate()
        .map(|(index, argument)| {
            if argument.is_call {
                return quote_spanned!(located(first_span(&argument.ty))=> &mut #call);
            }
            let local = format_ident!("argument{index}", span = Span::mixed_site());
            local.into_token_stream()
        })
        .collect();
    let extractions = handler
        .arguments
        .iter()
        .zip(&locals)
        .filter(|(argument, _)| !argument.is_call)
        .map(|(argument, local)| {
            let (ty, label) = (&argument.ty, &argument.label);
            quote_spanned! {located(first_span(ty))=>
                let #local = #onhook::__private::taken(
                <#ty as #onhook::FromTurn<'_, #tag>>::from_turn(#turn), #hook, #name, #label,
            )?;
            }
        });
    let outcome = match &handler.output {
        Some(output) if !names_impl(output) => {
            quote_spanned!(located(first_span(output))=> <#output as #onhook::IntoOutcome<#tag>>::into_outcome)
        }
        _ => quote_spanned!(place=> #onhook::IntoOutcome::<#tag>::into_outcome),
    };
    let entered = handler.hook.takes_activity().then(|| {
        let mark = Literal::u32_suffixed(mark(hook, &name));
        quote_spanned!(place=> #onhook::__private::entered(#turn, #mark);)
    });
    if handler.is_dialog() {
        let version = Literal::u32_suffixed(handler.version);
        let hangs_up = handler
            .hangs_up
            .then(|| quote_spanned!(place=> .hanging_up_on_change()));
        return quote_spanned! {place=>
            #entered
            async move {
                let #dialog = #onhook::__private::DialogTurn::open(#turn, #name, #version)? #hangs_up;
                let mut #call = #dialog.call();
                #dialog.drive(async {
                    #(#extractions)*
                    #outcome(#callee(#(#locals),*).await)
                }).await
            }
        };
    }
    quote_spanned! {place=>
        #entered
        async move {
            #(#extractions)*
            #outcome(#callee(#(#locals),*).await)
        }
    }
}

/// What stands for a handler in a turn: FNV-1a of the attribute, a NUL and the name, as the runtime computes it of
/// the handler's row in the table of hooks.
fn mark(attribute: &str, handler: &str) -> u32 {
    let bytes = attribute.bytes().chain([0]).chain(handler.bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// What `future` is, as a return type. The bound stands here, at the handler, so that this is where
/// rustc reports a future that is not `Send`; and only here, because callers see the bound.
pub(crate) fn future_type(handler: Span, onhook: &CratePath) -> TokenStream {
    quote_spanned! {located(handler)=>
        impl ::core::future::Future<Output = #onhook::Result<#onhook::Outcome>>
            + ::core::marker::Send
    }
}

/// `impl Trait` cannot be written where the type of an expression is meant.
fn names_impl(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "impl",
        TokenTree::Group(group) => names_impl(&group.stream()),
        _ => false,
    })
}
