//! A bot in several `impl` blocks: `#[bot(part = billing)]`, and the block that joins them.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};

use crate::arguments::{self, Argument, Value};
use crate::bot::block_cfg;
use crate::crate_path::CratePath;
use crate::diagnostics::{Mistake, Mistakes};
use crate::dispatch::key_name;
use crate::glue::located;
use crate::handler::Handler;
use crate::suggestion;
use crate::syntax::{ImplBlock, unraw};
use crate::vocabulary::{CRATE, PART, PARTS};

/// The options of `#[bot]`.
pub(crate) struct Options {
    pub(crate) onhook: CratePath,
    pub(crate) role: Role,
}

/// What a block is to its bot.
pub(crate) enum Role {
    /// All of it.
    Whole,
    /// `#[bot(part = billing)]`
    Part(Ident),
    /// `#[bot(parts = [billing, menu])]`
    Joins(Vec<Ident>),
}

impl Options {
    /// Reads what stands in the parentheses of `#[bot]`.
    pub(crate) fn read(tokens: TokenStream, mistakes: &mut Mistakes) -> Options {
        let mut options = Options {
            onhook: CratePath::default(),
            role: Role::Whole,
        };
        for Argument { option, value } in arguments::parse(tokens, mistakes) {
            match option {
                Some((option, _)) if option == CRATE => {
                    options.onhook = CratePath::new(&value, mistakes);
                }
                Some((option, span)) if option == PART || option == PARTS => {
                    if !matches!(options.role, Role::Whole) {
                        let text = "a block of `#[bot]` is a part, or it joins parts";
                        mistakes.push(Mistake::at_span(span, text));
                    } else if option == PART {
                        options.role = name(&value, mistakes).map_or(Role::Whole, Role::Part);
                    } else {
                        options.role = Role::Joins(names(&value, mistakes));
                    }
                }
                Some((option, span)) => mistakes.push(unknown(&option, span)),
                None => mistakes.push(no_option(&value)),
            }
        }
        options
    }
}

/// What `#[bot]` accepts, for messages.
const ACCEPTED: &str = "`#[bot]` accepts `crate = ..`, `part = ..` and `parts = [..]`";

fn unknown(option: &str, span: Span) -> Mistake {
    let mistake = Mistake::at_span(span, format!("unknown option `{option}` of `#[bot]`"));
    match suggestion::nearest(option, [PART, PARTS, CRATE]) {
        Some(guess) => mistake.did_you_mean(Some(guess)),
        None => mistake.help(ACCEPTED),
    }
}

fn no_option(value: &Value) -> Mistake {
    let found = value.description();
    let mistake = match value {
        Value::Path(path) if path.is_ident(PART) => {
            return Mistake::at(value, "the part has no name").help("write `part = name`");
        }
        Value::Path(path) if path.is_ident(PARTS) => {
            return Mistake::at(value, "expected a list of parts").help("write `parts = [name]`");
        }
        Value::Path(_) => format!("unknown option {found} of `#[bot]`"),
        _ => format!("expected an option, found {found}"),
    };
    Mistake::at(value, mistake).help(ACCEPTED)
}

/// The name of a part.
fn name(value: &Value, mistakes: &mut Mistakes) -> Option<Ident> {
    if let Value::Path(path) = value
        && let Some(name) = path.get_ident()
    {
        return Some(name.clone());
    }
    let mistake = Mistake::at(
        value,
        format!("expected the name of a part, found {}", value.description()),
    );
    mistakes.push(match value {
        Value::Path(path) => match path.segments.last() {
            Some(last) => mistake.help(format!(
                "write `{}`: a part is found by its type",
                last.ident
            )),
            None => mistake,
        },
        Value::Literal(syn::Lit::Str(text)) if syn::parse_str::<Ident>(&text.value()).is_ok() => {
            mistake.help(format!("write `{}`", text.value()))
        }
        _ => mistake,
    });
    None
}

fn names(value: &Value, mistakes: &mut Mistakes) -> Vec<Ident> {
    let Value::List(_, values) = value else {
        let found = value.description();
        mistakes.push(
            Mistake::at(value, format!("expected a list of parts, found {found}"))
                .help("write `parts = [..]`"),
        );
        return Vec::new();
    };
    if values.is_empty() {
        mistakes.push(Mistake::at(value, "the list of parts is empty"));
    }
    let mut names: Vec<Ident> = Vec::new();
    for value in values {
        let Some(name) = name(value, mistakes) else {
            continue;
        };
        if names.contains(&name) {
            mistakes.push(Mistake::at(value, format!("part `{name}` joined twice")));
        } else {
            names.push(name);
        }
    }
    names
}

impl Role {
    /// The method of the block that walks along several keys. Methods of all blocks live in one type.
    pub(crate) fn walk(&self) -> Ident {
        match self {
            Role::Whole | Role::Joins(_) => Ident::new("__onhook_keys", Span::mixed_site()),
            Role::Part(name) => {
                format_ident!("__onhook_keys_{}", unraw(name), span = Span::mixed_site())
            }
        }
    }

    /// The trait that the block implements.
    pub(crate) fn of_trait(&self, onhook: &CratePath) -> TokenStream {
        match self {
            Role::Whole => quote!(#onhook::Bot),
            Role::Part(name) => part(name, onhook),
            Role::Joins(_) => quote!(#onhook::__private::Part<0>),
        }
    }

    /// The table of keys that a part has for the check for duplicates.
    pub(crate) fn rows(&self, handlers: &[Handler], onhook: &CratePath) -> Option<TokenStream> {
        if matches!(self, Role::Whole) {
            return None;
        }
        let rows = handlers.iter().zip(indices()).map(|(handler, index)| {
            let (cfg, name) = (handler.cfg(), handler.name());
            let key = match handler.key.path() {
                Some(_) => {
                    let key = key_name(handler);
                    quote!(Self::#key)
                }
                None => handler.key.constant(handler.hook, onhook),
            };
            quote!(#cfg (#index, #key, #name))
        });
        Some(quote! {
            const ROWS: &'static [#onhook::__private::Row] = const { &[#(#rows),*] };
        })
    }
}

fn indices() -> impl Iterator<Item = TokenTree> {
    (0..).map(|index| TokenTree::Literal(Literal::usize_unsuffixed(index)))
}

/// `::onhook::__private::Part<0x..>`: the name as a number, which the types of two modules can both name.
fn part(name: &Ident, onhook: &CratePath) -> TokenStream {
    let digest = digest(name);
    quote_spanned!(located(name.span())=> #onhook::__private::Part<#digest>)
}

/// FNV-1a of the name.
fn digest(name: &Ident) -> Literal {
    let digest = unraw(name)
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    Literal::u64_unsuffixed(digest)
}

/// What stands beside a block that is not the whole bot.
pub(crate) fn expand(
    block: &ImplBlock,
    handlers: &[Handler],
    role: &Role,
    onhook: &CratePath,
) -> TokenStream {
    match role {
        Role::Whole => TokenStream::new(),
        Role::Part(name) => claims(block, handlers, name, onhook),
        Role::Joins(names) => joined(block, names, onhook),
    }
}

/// Asserts that the part is joined, and that no block before it takes what it takes.
///
/// A constant outside of the block cannot name the block's type parameters: in a generic one there is no assertion.
fn claims(
    block: &ImplBlock,
    handlers: &[Handler],
    name: &Ident,
    onhook: &CratePath,
) -> TokenStream {
    if !block.generics.params.is_empty() {
        return TokenStream::new();
    }
    let (cfg, self_type, part) = (block_cfg(block), &block.self_type, unraw(name));
    let place = name.span();
    let moved = onhook.at(place);
    // The type as well: rustc underlines from the first token.
    let of_type: TokenStream = quote!(#self_type)
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(place));
            token
        })
        .collect();
    let blocks = quote_spanned! {located(place)=>
        const __ONHOOK_BLOCKS: &[#moved::__private::Block] = <#of_type as #moved::__private::Joins>::BLOCKS;
        const _: () = #moved::__private::Block::joined(__ONHOOK_BLOCKS, #part);
    };
    let claims = handlers.iter().zip(indices()).map(|(handler, index)| {
        let cfg = handler.cfg();
        let place = handler
            .attribute
            .clone()
            .into_iter()
            .next()
            .map_or_else(Span::call_site, |token| token.span());
        let onhook = onhook.at(place);
        quote_spanned! {located(place)=>
            #cfg
            const _: () = #onhook::__private::Block::claim(__ONHOOK_BLOCKS, #part, #index);
        }
    });
    quote! {
        #cfg
        const _: () = {
            #blocks
            #(#claims)*
        };
    }
}

/// The bot of a block and its parts.
///
/// ```text
/// #[bot(parts = [billing, menu])] impl Contoso { .. }
/// ───────────────────────────────────────────────────
/// impl Part<0> for Contoso { .. }                           // the block itself, as any part
/// impl Bot for Contoso {
///     const HOOKS: HookTable = ..;
///     async fn dispatch(&self, turn: &Turn) -> Result<Outcome> {
///         Joined(PartOf::<_, 0>(self), Joined(PartOf::<_, 0x..>(self), PartOf::<_, 0x..>(self))).dispatch(turn).await
///     }
///     ..
/// }
/// ```
fn joined(block: &ImplBlock, names: &[Ident], onhook: &CratePath) -> TokenStream {
    let (cfg, self_type) = (block_cfg(block), &block.self_type);
    let (generics, _, clause) = block.generics.split_for_impl();
    let turn = Ident::new("turn", Span::mixed_site());
    let private = quote!(#onhook::__private);
    let own = (
        quote!(0),
        quote!(#onhook::__private::Part<0>),
        String::new(),
    );
    let parts: Vec<(TokenStream, TokenStream, String)> = std::iter::once(own)
        .chain(names.iter().map(|name| {
            let digest = digest(name);
            (quote!(#digest), part(name, onhook), unraw(name))
        }))
        .collect();
    let blocks = parts
        .iter()
        .map(|(_, part, name)| quote!(#private::Block::new(#name, <Self as #part>::ROWS)));
    let mut bots = TokenStream::new();
    let mut hooks = TokenStream::new();
    for (digest, part, _) in parts.iter().rev() {
        let one = quote!(#private::PartOf::<Self, #digest>(self));
        let table = quote!(&<Self as #part>::HOOKS);
        if bots.is_empty() {
            (bots, hooks) = (one, table);
        } else {
            bots = quote!(#private::Joined(#one, #bots));
            hooks = quote!(const { &#onhook::HookTable::chain(#table, #hooks) });
        }
    }
    let result = quote!(#onhook::Result<#onhook::Outcome>);
    let methods = ["dispatch", "before_turn", "after_turn", "on_error"].map(|method| {
        let method = Ident::new(method, Span::mixed_site());
        quote! {
            async fn #method(&self, #turn: &#onhook::Turn) -> #result {
                #onhook::Bot::#method(&#bots, #turn).await
            }
        }
    });
    quote! {
        #cfg
        #[automatically_derived]
        impl #generics #onhook::Bot for #self_type #clause {
            const HOOKS: #onhook::HookTable = *#hooks;
            const BLOCKS: &'static [#private::Block] = const { &[#(#blocks),*] };

            fn rank(&self, #turn: &#onhook::Turn) -> #onhook::Rank {
                #onhook::Bot::rank(&#bots, #turn)
            }

            #(#methods)*
        }
    }
}
