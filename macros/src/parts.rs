//! A bot in several `impl` blocks: `#[bot(part = billing)]`, and the block that joins them.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

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
    /// A part whose options are mistaken: it is bound, and nothing is asked of it.
    Mistaken,
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
                        let text = "a block of `#[bot]` is one part, or it joins parts";
                        mistakes.push(Mistake::at_span(span, text));
                        options.role = Role::Mistaken;
                    } else if option == PART {
                        options.role = name(&value, mistakes).map_or(Role::Mistaken, Role::Part);
                    } else {
                        options.role = Role::Joins(names(&value, mistakes));
                    }
                }
                Some((option, span)) => mistakes.push(unknown(&option, span)),
                None => {
                    mistakes.push(no_option(&value));
                    if matches!(&value, Value::Path(path) if path.is_ident(PART)) {
                        options.role = Role::Mistaken;
                    }
                }
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
    /// The trait that the block implements.
    pub(crate) fn of_trait(&self, onhook: &CratePath) -> TokenStream {
        match self {
            Role::Whole => quote!(#onhook::Bot),
            Role::Part(name) => part(name, onhook),
            Role::Joins(names) => {
                let digest = digest_of_all(names);
                quote!(#onhook::__private::Part<#digest>)
            }
            Role::Mistaken => quote!(#onhook::__private::Part<1>),
        }
    }

    /// The table of keys that a part has for the check for duplicates.
    pub(crate) fn rows(&self, handlers: &[Handler], onhook: &CratePath) -> Option<TokenStream> {
        let name = match self {
            Role::Whole => return None,
            Role::Part(name) => unraw(name),
            Role::Joins(_) | Role::Mistaken => String::new(),
        };
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
            const NAME: &'static ::core::primitive::str = #name;
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

fn digest(name: &Ident) -> Literal {
    digest_of(&unraw(name))
}

/// The digest of the block that joins these parts. It is no fixed number, so that a second such block of a type is one
/// mistake, and not one for each trait.
fn digest_of_all(names: &[Ident]) -> Literal {
    let names: Vec<String> = names.iter().map(unraw).collect();
    digest_of(&format!("[{}]", names.join(", ")))
}

/// FNV-1a.
fn digest_of(name: &str) -> Literal {
    let digest = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
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
        Role::Whole | Role::Mistaken => TokenStream::new(),
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
        const __ONHOOK_BLOCKS: #moved::__private::Blocks = <#of_type as #moved::__private::Joins>::BLOCKS;
        const _: () = #moved::__private::Blocks::joined(&__ONHOOK_BLOCKS, #part);
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
            const _: () = #onhook::__private::Blocks::claim(&__ONHOOK_BLOCKS, #part, #index);
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
/// impl Part<0x..> for Contoso { .. }                        // the block itself, as any part
/// impl Whole<0x..> for Contoso {
///     fn joined(&self) -> impl Bot {
///         Joined(PartOf::<_, 0x..>(self), Joined(PartOf::<_, 0x..>(self), PartOf::<_, 0x..>(self)))
///     }
/// }
/// impl Bot for Contoso {
///     const HOOKS: HookTable = hooks_of(<Self as Whole<0x..>>::joined);
///     async fn dispatch(&self, turn: &Turn) -> Result<Outcome> { self.joined().dispatch(turn).await }
///     ..
/// }
/// ```
///
/// The parts are named in `joined` alone: one that is missing is one mistake.
fn joined(block: &ImplBlock, names: &[Ident], onhook: &CratePath) -> TokenStream {
    let (cfg, self_type) = (block_cfg(block), &block.self_type);
    let (generics, _, clause) = block.generics.split_for_impl();
    let (this, turn) = (quote!(self), Ident::new("turn", Span::mixed_site()));
    let (private, digest) = (quote!(#onhook::__private), digest_of_all(names));
    let part = |place: Span, digest: &Literal| {
        let onhook = onhook.at(place);
        quote_spanned!(place=> #onhook::__private::PartOf::<Self, #digest>(#this))
    };
    let own = part(Span::mixed_site(), &digest);
    let others = names
        .iter()
        .map(|name| part(located(name.span()), &self::digest(name)));
    let bots = others
        .rev()
        .reduce(|later, one| quote!(#private::Joined(#one, #later)))
        .map_or(
            own.clone(),
            |others| quote!(#private::Joined(#own, #others)),
        );
    let joined = quote!(<Self as #private::Whole<#digest>>::joined);
    let result = quote!(#onhook::Result<#onhook::Outcome>);
    let methods = ["dispatch", "before_turn", "after_turn", "on_error"].map(|method| {
        let method = Ident::new(method, Span::mixed_site());
        quote! {
            async fn #method(&self, #turn: &#onhook::Turn) -> #result {
                #onhook::Bot::#method(&#joined(self), #turn).await
            }
        }
    });
    quote! {
        #cfg
        #[automatically_derived]
        impl #generics #private::Whole<#digest> for #self_type #clause {
            fn joined(&self) -> impl #onhook::Bot {
                #bots
            }
        }

        #cfg
        #[automatically_derived]
        impl #generics #onhook::Bot for #self_type #clause {
            const HOOKS: #onhook::HookTable = #private::hooks_of(#joined);
            const BLOCKS: #private::Blocks = #private::blocks_of(#joined);

            fn rank(&self, #turn: &#onhook::Turn) -> #onhook::Rank {
                #onhook::Bot::rank(&#joined(self), #turn)
            }

            #(#methods)*
        }
    }
}
