//! `#[derive(State)]`: values of a conversation or a user.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::Lit;

use crate::arguments::{self, Argument, Attributes, Value};
use crate::command::Type;
use crate::crate_path::CratePath;
use crate::diagnostics::{Mistake, Mistakes};
use crate::glue::{first_span, located};
use crate::name::string;
use crate::suggestion;
use crate::vocabulary::{CRATE, STATE_OPTIONS, STATE_SCOPES};

/// What `#[state(..)]` says.
#[derive(Default)]
struct Options {
    name: Option<TokenStream>,
    version: Option<TokenStream>,
    from: Option<TokenStream>,
    scope: Option<&'static str>,
    onhook: CratePath,
}

/// How an attribute is written, for whoever has not.
const WRITE: &str = "write `#[state(name = \"cart\")]`";

/// Implements `StateValue`.
///
/// ```text
/// #[derive(State)] #[state(name = "cart", version = 2, from = CartV1)] struct Cart { .. }
/// ────────────────────────────────────────────────────────────────────────────────────────
/// impl StateValue for Cart {
///     const NAME: &'static str = "cart";
///     const VERSION: u32 = 2;
///     fn older(version: u32, value: &Json) -> Option<Self> {
///         <CartV1 as StateValue>::read(version, value).map(From::from)
///     }
/// }
/// const _: () = is_older::<CartV1, Cart>();
/// ```
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let item: Type = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => {
            mistakes.push(Mistake::syntax(&error));
            return mistakes.to_token_stream();
        }
    };
    if item.keyword.to_string() == "union" {
        mistakes.push(Mistake::at(
            &item.keyword,
            "a state must be a struct or an enum, found `union`",
        ));
        return mistakes.to_token_stream();
    }
    let options = Options::read(&item, &mut mistakes);
    let onhook = &options.onhook;
    // After a mistake the type is still a state, so that its uses are no further errors.
    let name = options.name.unwrap_or_else(|| quote!(""));
    let version = options
        .version
        .map(|version| quote!(const VERSION: ::core::primitive::u32 = #version;));
    let scope = (options.scope == Some("user"))
        .then(|| quote!(const SCOPE: #onhook::state::Scope = #onhook::state::Scope::User;));
    let ident = &item.ident;
    let older = options.from.as_ref().map(|from| {
        let place = located(first_span(from));
        quote_spanned! {place=>
            fn older(
                version: ::core::primitive::u32,
                value: &#onhook::Json,
            ) -> ::core::option::Option<Self> {
                <#from as #onhook::state::StateValue>::read(version, value)
                    .map(<Self as ::core::convert::From<#from>>::from)
            }
        }
    });
    let claim = options
        .from
        .filter(|_| item.generics.params.is_empty())
        .map(|from| {
            let place = located(first_span(&from));
            quote_spanned!(place=> const _: () = #onhook::state::is_older::<#from, #ident>();)
        });
    let (generics, arguments, clause) = item.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #onhook::state::StateValue for #ident #arguments #clause {
            const NAME: &'static ::core::primitive::str = #name;
            #version
            #scope
            #older
        }
        #claim
        #mistakes
    }
}

impl Options {
    fn read(item: &Type, mistakes: &mut Mistakes) -> Options {
        let mut options = Options::default();
        let ident = &item.ident;
        let bare =
            |meta: &syn::Meta| Mistake::at(meta, "expected `#[state(name = \"..\")]`").help(WRITE);
        let Attributes {
            found,
            bare,
            arguments,
        } = arguments::of_attributes(&item.attributes, "state", bare, mistakes);
        if bare {
            options.name = Some(quote!(""));
        }
        for argument in arguments {
            options.set(argument, mistakes);
        }
        if options.name.is_none() {
            let text = if found {
                format!("state `{ident}` has no name")
            } else {
                format!("state `{ident}` has no `#[state(name = \"..\")]`")
            };
            mistakes.push(Mistake::at(ident, text).help(WRITE));
        }
        options
    }

    fn set(&mut self, Argument { option, value }: Argument, mistakes: &mut Mistakes) {
        let Some((option, span)) = option else {
            mistakes.push(Mistake::at(
                &value,
                format!("expected `name = \"..\"`, found {}", value.description()),
            ));
            return;
        };
        let twice = match &*option {
            "name" => {
                let name = string("name of a state", &value, mistakes);
                let name = name.map_or_else(|| quote!(""), |_| value.to_token_stream());
                self.name.replace(name).is_some()
            }
            "version" => self.version.replace(version(&value, mistakes)).is_some(),
            "from" => match older_type(&value, mistakes) {
                Some(older) => self.from.replace(older).is_some(),
                None => false,
            },
            "scope" => match scope(&value, mistakes) {
                Some(scope) => self.scope.replace(scope).is_some(),
                None => false,
            },
            CRATE => {
                self.onhook = CratePath::new(&value, mistakes);
                false
            }
            _ => {
                let mistake =
                    Mistake::at_span(span, format!("unknown option `{option}` of `#[state]`"));
                let guess = suggestion::nearest(&option, STATE_OPTIONS.iter().copied());
                mistakes.push(match guess {
                    Some(_) => mistake.did_you_mean(guess),
                    None => mistake.help(
                        "`#[state]` accepts `name = \"..\"`, `version = ..`, `from = ..`, `scope = \"..\"`, `crate = ..`",
                    ),
                });
                false
            }
        };
        if twice {
            mistakes.push(Mistake::at_span(span, format!("`{option}` given twice")));
        }
    }
}

fn version(value: &Value, mistakes: &mut Mistakes) -> TokenStream {
    if let Value::Literal(Lit::Int(number)) = value
        && number.base10_parse::<u32>().is_ok_and(|number| number > 0)
    {
        return value.to_token_stream();
    }
    mistakes.push(
        Mistake::at(
            value,
            format!("expected a number from 1, found {}", value.description()),
        )
        .help("write `version = 2`, and count up when the type changes"),
    );
    quote!(1)
}

fn older_type(value: &Value, mistakes: &mut Mistakes) -> Option<TokenStream> {
    let tokens = value.to_token_stream();
    if syn::parse2::<syn::Type>(tokens.clone()).is_ok() && !matches!(value, Value::Literal(_)) {
        return Some(tokens);
    }
    mistakes.push(
        Mistake::at(
            value,
            format!("expected a type, found {}", value.description()),
        )
        .help("name the type of the older version: `from = CartV1`"),
    );
    None
}

fn scope(value: &Value, mistakes: &mut Mistakes) -> Option<&'static str> {
    let written = string("scope of a state", value, mistakes)?;
    let known = STATE_SCOPES.iter().copied().find(|scope| *scope == written);
    if known.is_none() {
        let mistake = Mistake::at(
            value,
            format!("expected `\"conversation\"` or `\"user\"`, found `\"{written}\"`"),
        );
        mistakes.push(
            mistake.did_you_mean(suggestion::nearest(&written, STATE_SCOPES.iter().copied())),
        );
    }
    known
}
