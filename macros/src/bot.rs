//! `#[bot]` on an `impl` block.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use crate::binding::{self, Binding};
use crate::crate_path::CratePath;
use crate::diagnostics::{Mistake, Mistakes};
use crate::dispatch::{Dispatch, Found, glue_name, key_name};
use crate::duplicates;
use crate::glue::{self, located};
use crate::handler::Handler;
use crate::parts::{self, Options, Role};
use crate::syntax::{ImplBlock, Item};
use crate::vocabulary::Hook;

/// Binds the handlers of an `impl` block and implements `Bot` for its type.
///
/// ```text
/// #[bot] impl Contoso { #[on_typing] async fn wait(&self, turn: &Turn) -> Result<()> { BODY } }
/// ─────────────────────────────────────────────────────────────────────────────────────────────
/// impl Contoso { #[on_typing(__bound)] async fn wait(&self, turn: &Turn) -> Result<()> { BODY } }
/// impl Contoso { fn __onhook_wait(&self, turn: &Turn) -> impl Future<..> + Send { async move { .. } } }
/// impl Bot for Contoso {
///     const HOOKS: HookTable = ..;
///     fn rank(&self, turn: &Turn) -> Rank { match .. }
///     async fn dispatch(&self, turn: &Turn) { match .. }
/// }
/// ```
///
/// The user's block comes first: editors take the first occurrence of a span for the real one. What is
/// wrong is reported beside what is right, which stays bound.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let Options { onhook, role } = Options::read(arguments, &mut mistakes);
    let mut block = match ImplBlock::read(item.clone()) {
        Ok(block) => block,
        Err(error) => return refuse(item, &error, mistakes),
    };
    let handlers = bind(&mut block, &role, &mut mistakes);
    if let Some(of_trait) = &block.of_trait {
        mistakes.push(
            Mistake::at(of_trait, "`#[bot]` cannot be used on a trait impl").help(format!(
                "move the handlers to `impl {} {{ .. }}`",
                crate::printing::print(&block.self_type.to_token_stream())
            )),
        );
        return quote!(#block #mistakes);
    }
    duplicates::check(&handlers, &mut mistakes);
    let glue = glue_block(&block, &handlers, &onhook);
    let bot = bot_impl(&block, &handlers, &role, &onhook);
    let claims = claims(&block, &handlers, &onhook);
    let parts = parts::expand(&block, &handlers, &role, &onhook);
    quote!(#block #glue #bot #claims #parts #mistakes)
}

/// The item is no `impl` block, or one that cannot be read.
fn refuse(mut item: TokenStream, error: &syn::Error, mut mistakes: Mistakes) -> TokenStream {
    mistakes.push(match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Function(function)) => not_an_impl(&function.signature.fn_token, "`fn`"),
        Ok(Item::Other(other)) if other.description != "an `impl` block" => {
            not_an_impl(&other.head, &other.description)
        }
        _ => Mistake::syntax(error),
    });
    mistakes.to_tokens(&mut item);
    item
}

fn not_an_impl(at: &impl ToTokens, found: &str) -> Mistake {
    Mistake::at(
        at,
        format!("`#[bot]` expects an inherent `impl` block, found {found}"),
    )
}

/// Takes the hooks out of the block and checks the functions under them.
fn bind(block: &mut ImplBlock, role: &Role, mistakes: &mut Mistakes) -> Vec<Handler> {
    let before = mistakes.count();
    let (mut handlers, mut bound, mut macros) = (Vec::new(), false, Vec::new());
    for member in &mut block.members {
        match member {
            Item::Function(function) => {
                let bindings = binding::take(&mut function.attributes, mistakes);
                bound |= !bindings.is_empty();
                for (index, binding) in bindings.iter().enumerate() {
                    duplicates::check_bindings(
                        &bindings[..index],
                        binding,
                        &function.name(),
                        mistakes,
                    );
                    let read = Handler::read(binding, function, mistakes);
                    if let Some((_, span)) = read.crate_path {
                        mistakes.push(
                            Mistake::at_span(span, "`crate` belongs on `#[bot]`")
                                .help("write `#[bot(crate = ..)]`"),
                        );
                    }
                    handlers.extend(
                        read.handler
                            .filter(|_| index == 0 || !binding.conditions.is_empty()),
                    );
                }
                function.is_handler = !bindings.is_empty();
            }
            Item::Other(other) => {
                for Binding { hook, .. } in binding::take(&mut other.attributes, mistakes) {
                    let (kind, name) = other.named();
                    mistakes.push(
                        Mistake::at(&other.head, format!("{kind} `{name}` cannot be a handler"))
                            .help(format!("`#[{}]` marks an `async fn`", hook.attribute())),
                    );
                }
                macros.extend(other.macro_name());
            }
        }
    }
    let may_be_empty = matches!(role, Role::Joins(_));
    if !bound && !may_be_empty && mistakes.count() == before && block.of_trait.is_none() {
        let mistake = Mistake::at(&block.self_type, "no handlers in this `#[bot]` impl")
            .help("mark its methods, for example with `#[on_message]`");
        mistakes.push(match macros.first() {
            Some(name) => mistake.note(format!(
                "hooks inside macro invocations such as `{name}!` are not visible to `#[bot]`"
            )),
            None => mistake,
        });
    }
    handlers
}

/// The methods that run one handler each.
///
/// One per handler, and not all in the `match`: one coroutine with a hundred calls in it takes longer to
/// check than a hundred small ones.
fn glue_block(block: &ImplBlock, handlers: &[Handler], onhook: &CratePath) -> TokenStream {
    let turn = Ident::new("turn", Span::mixed_site());
    let methods = handlers.iter().map(|handler| {
        let (cfg, glue, ident) = (handler.cfg(), glue_name(handler), &handler.ident);
        let key = handler.key.path().map(|_| {
            let (name, key) = (
                key_name(handler),
                handler.key.constant(handler.hook, onhook),
            );
            quote!(#cfg const #name: #onhook::__private::Key = #key;)
        });
        let callee = if handler.takes_self {
            quote!(self.#ident)
        } else {
            quote!(Self::#ident)
        };
        let future = glue::future(handler, onhook, &turn, &callee);
        let future_type = glue::future_type(handler.ident.span(), onhook);
        quote! {
            #key
            #cfg
            fn #glue(&self, #turn: &#onhook::Turn) -> #future_type {
                #future
            }
        }
    });
    let (generics, _, clause) = block.generics.split_for_impl();
    let (cfg, self_type) = (block_cfg(block), &block.self_type);
    quote! {
        #cfg
        #[doc(hidden)]
        #[allow(deprecated, non_snake_case, non_upper_case_globals, unused_qualifications)]
        impl #generics #self_type #clause {
            #(#methods)*
        }
    }
}

fn bot_impl(
    block: &ImplBlock,
    handlers: &[Handler],
    role: &Role,
    onhook: &CratePath,
) -> TokenStream {
    let turn = Ident::new("turn", Span::mixed_site());
    let dispatch = Dispatch {
        handlers,
        onhook,
        turn: &turn,
        found: Found::Called,
    };
    let ranking = Dispatch {
        found: Found::Ranked,
        ..dispatch
    };
    let rows = handlers.iter().map(|handler| {
        let (cfg, key) = (handler.cfg(), key_name(handler));
        let row = handler.row(onhook, &quote!(Self::#key));
        quote!(#cfg #row)
    });
    let (body, rank) = (dispatch.body(), ranking.body());
    let result = quote!(#onhook::Result<#onhook::Outcome>);
    let around = [
        (Hook::BeforeTurn, "before_turn"),
        (Hook::AfterTurn, "after_turn"),
        (Hook::Error, "on_error"),
    ]
    .into_iter()
    .filter_map(|(hook, name)| {
        let (body, name) = (dispatch.around(hook)?, Ident::new(name, Span::call_site()));
        Some(quote! {
            async fn #name(&self, #turn: &#onhook::Turn) -> #result {
                #body
            }
        })
    });
    let (generics, _, clause) = block.generics.split_for_impl();
    let (cfg, self_type) = (block_cfg(block), &block.self_type);
    let of_trait = role.of_trait(onhook);
    let keys = role.rows(handlers, onhook);
    quote! {
        #cfg
        #[automatically_derived]
        #[allow(
            deprecated, unreachable_code, unreachable_patterns, unused_assignments, unused_mut, unused_qualifications,
            unused_variables
        )]
        impl #generics #of_trait for #self_type #clause {
            const HOOKS: #onhook::HookTable = #onhook::HookTable::of(const { &[#(#rows),*] });
            #keys

            fn rank(&self, #turn: &#onhook::Turn) -> #onhook::Rank {
                #rank
            }

            async fn dispatch(&self, #turn: &#onhook::Turn) -> #result {
                #body
            }

            #(#around)*
        }
    }
}

/// A constant assertion for each key that stands behind a path: only the compiler knows what it is.
///
/// A constant outside of the block cannot name the block's type parameters: in a generic one there is no
/// assertion, and literal names come first.
fn claims(block: &ImplBlock, handlers: &[Handler], onhook: &CratePath) -> TokenStream {
    if !block.generics.params.is_empty() {
        return TokenStream::new();
    }
    let self_type = &block.self_type;
    let key = |handler: &Handler| match handler.key.path() {
        Some(_) => {
            let name = key_name(handler);
            quote!(<#self_type>::#name)
        }
        None => handler.key.constant(handler.hook, onhook),
    };
    let claims = handlers.iter().enumerate().filter_map(|(index, handler)| {
        let last = handler.key.path()?.segments.last()?.ident.span();
        // Two paths are compared once: by the second of them.
        let others = handlers.iter().enumerate().filter(|(other_index, other)| {
            *other_index != index
                && other.hook.kind() == handler.hook.kind()
                && !matches!(other.key, crate::key::Key::Any)
                && (other.key.path().is_none() || *other_index < index)
                && !duplicates::same(other, handler)
        });
        let taken: Vec<TokenStream> = others
            .map(|(_, other)| {
                let (cfg, key, name) = (other.cfg(), key(other), other.name());
                quote!(#cfg (#key, #name))
            })
            .collect();
        if taken.is_empty() {
            return None;
        }
        let (cfg, key, onhook) = (handler.cfg(), key(handler), onhook.at(last));
        Some(quote_spanned! {located(last)=>
            #cfg
            const _: () = #onhook::__private::Key::claim(&[#(#taken),*], #key);
        })
    });
    let cfg = block_cfg(block);
    let claims: Vec<TokenStream> = claims.collect();
    quote!(#(#cfg #claims)*)
}

/// `#[cfg(..)]` of the whole block.
pub(crate) fn block_cfg(block: &ImplBlock) -> TokenStream {
    let conditions = binding::conditions(&block.attributes);
    quote!(#(#[cfg(#conditions)])*)
}
