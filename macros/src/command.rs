//! `#[derive(Command)]`: one's own commands as types.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Generics};

use crate::arguments::{self, Argument, Attributes, Value};
use crate::crate_path::CratePath;
use crate::diagnostics::{Mistake, Mistakes};
use crate::name::{media_type_fault, string};
use crate::suggestion;
use crate::vocabulary::{COMMAND_OPTIONS, CRATE};

/// The head of a struct or an enum; what is inside is serde's business.
pub(crate) struct Type {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) keyword: TokenTree,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
}

/// What `#[command(..)]` says.
#[derive(Default)]
struct Options {
    name: Option<TokenStream>,
    result: Option<TokenStream>,
    onhook: CratePath,
}

/// Implements `Command`.
///
/// ```text
/// #[derive(Command)] #[command(name = "application/vnd.contoso.open-ticket", result = Ticket)]
/// struct OpenTicket { .. }
/// ────────────────────────────────────────────────────────────────────────────────────────────
/// impl Command for OpenTicket {
///     const NAME: &'static str = "application/vnd.contoso.open-ticket";
///     type Result = Ticket;
/// }
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
            "a command must be a struct or an enum, found `union`",
        ));
        return mistakes.to_token_stream();
    }
    let Options {
        name,
        result,
        onhook,
    } = Options::read(&item, &mut mistakes);
    // After a mistake the type is still a command, so that its uses are no further errors.
    let name = name.unwrap_or_else(|| quote!(""));
    let result = result.unwrap_or_else(|| quote!(()));
    let (ident, (generics, arguments, clause)) = (&item.ident, item.generics.split_for_impl());
    quote! {
        #[automatically_derived]
        impl #generics #onhook::Command for #ident #arguments #clause {
            const NAME: &'static ::core::primitive::str = #name;
            type Result = #result;
        }
        #mistakes
    }
}

impl Options {
    fn read(item: &Type, mistakes: &mut Mistakes) -> Options {
        let mut options = Options::default();
        let ident = &item.ident;
        let bare = |meta: &syn::Meta| {
            Mistake::at(meta, "expected `#[command(name = \"..\")]`")
                .help("write `#[command(name = \"application/vnd.contoso.open-ticket\")]`")
        };
        let Attributes {
            found,
            bare,
            arguments,
        } = arguments::of_attributes(&item.attributes, "command", bare, mistakes);
        if bare {
            options.name = Some(quote!(""));
        }
        for argument in arguments {
            options.set(argument, mistakes);
        }
        if options.name.is_none() {
            let mistake = if found {
                Mistake::at(ident, format!("command `{ident}` has no name"))
            } else {
                Mistake::at(
                    ident,
                    format!("command `{ident}` has no `#[command(name = \"..\")]`"),
                )
            };
            mistakes.push(
                mistake.help("write `#[command(name = \"application/vnd.contoso.open-ticket\")]`"),
            );
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
            "name" => self.name.replace(command_name(&value, mistakes)).is_some(),
            "result" => self.result.replace(result_type(&value, mistakes)).is_some(),
            CRATE => {
                self.onhook = CratePath::new(&value, mistakes);
                false
            }
            _ => {
                let mistake =
                    Mistake::at_span(span, format!("unknown option `{option}` of `#[command]`"));
                let guess = suggestion::nearest(&option, COMMAND_OPTIONS.iter().copied());
                mistakes.push(match guess {
                    Some(_) => mistake.did_you_mean(guess),
                    None => mistake
                        .help("`#[command]` accepts `name = \"..\"`, `result = ..`, `crate = ..`"),
                });
                false
            }
        };
        if twice {
            mistakes.push(Mistake::at_span(span, format!("`{option}` given twice")));
        }
    }
}

/// A6301: `application/*` belongs to applications, everything else is reserved; `channel/*` to channels.
fn command_name(value: &Value, mistakes: &mut Mistakes) -> TokenStream {
    if let Some(name) = string("command name", value, mistakes) {
        let fault = if name.contains('/') {
            media_type_fault(&name)
        } else {
            Some("there is no `/` in it")
        };
        if let Some(fault) = fault {
            mistakes.push(
                Mistake::at(
                    value,
                    format!("command name `{name}` is not a MIME type: {fault}"),
                )
                .help("write a name such as `application/vnd.contoso.open-ticket`"),
            );
        } else if !name.starts_with("application/") && !name.starts_with("channel/") {
            mistakes.push(
                Mistake::at(value, format!("command name `{name}` is reserved"))
                    .help("begin it with `application/`, or with `channel/` if it is a channel's"),
            );
        }
        return value.to_token_stream();
    }
    quote!("")
}

fn result_type(value: &Value, mistakes: &mut Mistakes) -> TokenStream {
    let tokens = value.to_token_stream();
    if syn::parse2::<syn::Type>(tokens.clone()).is_err() {
        mistakes.push(Mistake::at(
            value,
            format!("expected a type, found {}", value.description()),
        ));
        return quote!(());
    }
    tokens
}

impl syn::parse::Parse for Type {
    fn parse(input: syn::parse::ParseStream) -> syn::Result<Type> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<syn::Visibility>()?;
        let keyword = input.parse()?;
        let ident = input.parse()?;
        let mut generics: Generics = input.parse()?;
        // A tuple struct has its fields first.
        if input.peek(syn::token::Paren) {
            input.parse::<TokenTree>()?;
        }
        generics.where_clause = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(Type {
            attributes,
            keyword,
            ident,
            generics,
        })
    }
}
