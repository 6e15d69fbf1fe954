//! The model: a handler that is right. Only this goes on to the generators.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, FnArg, GenericParam, Ident, ReturnType};

use crate::binding::{self, Binding};
use crate::check;
use crate::crate_path::CratePath;
use crate::diagnostics::{Mistake, Mistakes};
use crate::glue::{first_span, located};
use crate::key::Key;
use crate::narrowing;
use crate::printing::print;
use crate::syntax::Function;
use crate::vocabulary::{Hook, KnownCommand};

/// A function that is bound to a hook, all of it checked.
pub(crate) struct Handler {
    pub(crate) hook: Hook,
    pub(crate) key: Key,
    pub(crate) ident: Ident,
    /// Whether it is a method: `self.greet(..)`, not `Self::greet(..)`.
    pub(crate) takes_self: bool,
    pub(crate) arguments: Vec<Argument>,
    /// The type after `->`.
    pub(crate) output: Option<TokenStream>,
    /// The first line of its documentation.
    pub(crate) doc: String,
    /// The `cfg` predicates under which it is compiled.
    pub(crate) conditions: Vec<TokenStream>,
    /// The hook's attribute, to point at.
    pub(crate) attribute: TokenStream,
    /// It takes what it is narrowed to from a dialog that waits.
    pub(crate) interrupts: bool,
    /// The version of the bot, which a dialog notes when it begins.
    pub(crate) version: u32,
    /// A call whose dialog was changed is ended, and not begun anew.
    pub(crate) hangs_up: bool,
}

/// An argument of a handler.
pub(crate) struct Argument {
    /// Its type, where the handler's own lifetimes are `'_`.
    pub(crate) ty: TokenStream,
    /// `joined: MembersAdded<'_>`
    pub(crate) label: String,
    /// `&mut Dialog<'_>`: the call, which no activity has.
    pub(crate) is_call: bool,
    /// It is no reference, and so perhaps something with a state in it.
    pub(crate) may_need_state: bool,
}

/// What became of a binding.
pub(crate) struct Read {
    /// `None`: a mistake, which is reported.
    pub(crate) handler: Option<Handler>,
    /// `crate = ..` in the hook's attribute.
    pub(crate) crate_path: Option<(CratePath, proc_macro2::Span)>,
}

impl Handler {
    /// Checks `function`, which `binding` binds. The attribute's arguments and the signature are checked
    /// independently of each other, so that all mistakes of a handler show at once.
    pub(crate) fn read(binding: &Binding, function: &Function, mistakes: &mut Mistakes) -> Read {
        let mut conditions = binding::conditions(&function.attributes);
        conditions.extend_from_slice(&binding.conditions);
        mistakes.under(&conditions.clone(), |mistakes| {
            let before = mistakes.count();
            let narrowed = narrowing::parse(binding.hook, binding.arguments.clone(), mistakes);
            check::check(&function.signature, binding.hook, mistakes);
            if function.body.is_none() {
                mistakes.push(
                    Mistake::at(
                        &function.signature.ident,
                        format!("handler `{}` has no body", function.name()),
                    )
                    .help("implement it in a `#[bot]` impl block"),
                );
            }
            let key = narrowed.key.filter(|_| mistakes.count() == before);
            Read {
                handler: key.map(|key| Handler {
                    interrupts: narrowed.interrupts,
                    ..Handler::new(binding, key, function, conditions)
                }),
                crate_path: narrowed.crate_path,
            }
        })
    }

    fn new(
        binding: &Binding,
        key: Key,
        function: &Function,
        conditions: Vec<TokenStream>,
    ) -> Handler {
        let signature = &function.signature;
        let lifetimes: Vec<String> = signature
            .generics
            .params
            .iter()
            .filter_map(|parameter| match parameter {
                GenericParam::Lifetime(lifetime) => Some(lifetime.lifetime.ident.to_string()),
                _ => None,
            })
            .collect();
        let arguments = signature
            .inputs
            .iter()
            .filter_map(|argument| match argument {
                FnArg::Receiver(_) => None,
                FnArg::Typed(argument) => {
                    let (pat, ty) = (&argument.pat, &argument.ty);
                    Some(Argument {
                        is_call: check::is_call(ty),
                        may_need_state: !matches!(**ty, syn::Type::Reference(_)),
                        ty: elide(ty.to_token_stream(), &lifetimes),
                        label: print(&quote!(#pat: #ty)),
                    })
                }
            });
        Handler {
            hook: binding.hook,
            key,
            ident: signature.ident.clone(),
            takes_self: signature.receiver().is_some(),
            arguments: arguments.collect(),
            output: match &signature.output {
                ReturnType::Default => None,
                ReturnType::Type(_, ty) => Some(elide(ty.to_token_stream(), &lifetimes)),
            },
            doc: first_doc_line(&function.attributes),
            conditions,
            attribute: binding.tokens.clone(),
            interrupts: false,
            version: 1,
            hangs_up: false,
        }
    }

    /// Whether it is a dialog: it takes the call, not the turn.
    pub(crate) fn is_dialog(&self) -> bool {
        self.arguments.iter().any(|argument| argument.is_call)
    }

    /// Its `onhook::__private::Key`.
    pub(crate) fn constant(&self, onhook: &CratePath) -> TokenStream {
        let key = self.key.constant(self.hook, onhook);
        let name = self.name();
        let dialog = self.is_dialog().then(|| quote!(.dialog(#name)));
        let interrupting = self.interrupts.then(|| quote!(.interrupting()));
        let state = self.state(onhook).map(|state| quote!(.with_state(#state)));
        quote!(#key #dialog #interrupting #state)
    }

    /// The state that its arguments need: `Scopes::all(&[<Text<'_> as FromTurn<'_, on_message>>::STATE])`. References
    /// to the turn, the activity and the call need none.
    pub(crate) fn state(&self, onhook: &CratePath) -> Option<TokenStream> {
        let tag = self.tag(onhook);
        let scopes: Vec<TokenStream> = self
            .arguments
            .iter()
            .filter(|argument| argument.may_need_state)
            .map(|argument| {
                let ty = &argument.ty;
                let place = located(first_span(ty));
                quote_spanned!(place=> <#ty as #onhook::FromTurn<'_, #tag>>::STATE)
            })
            .collect();
        (!scopes.is_empty()).then(|| quote!(#onhook::__private::Scopes::all(&[#(#scopes),*])))
    }

    /// The name as people say it.
    pub(crate) fn name(&self) -> String {
        crate::syntax::unraw(&self.ident)
    }

    /// `#[cfg(P)]`, for everything that is generated for the handler.
    pub(crate) fn cfg(&self) -> TokenStream {
        let conditions = &self.conditions;
        quote!(#(#[cfg(#conditions)])*)
    }

    /// The tag of its hook, which types its arguments and its result: `::onhook::hook::on_message`.
    pub(crate) fn tag(&self, onhook: &CratePath) -> TokenStream {
        let tag = format_ident!("{}", self.hook.attribute());
        if !matches!(self.hook, Hook::Command | Hook::CommandResult) {
            return quote!(#onhook::hook::#tag);
        }
        let command = match &self.key {
            Key::Type(path) => path.to_token_stream(),
            Key::Known(KnownCommand {
                type_name: Some(name),
                ..
            }) => {
                let name = format_ident!("{name}");
                quote!(#onhook::#name)
            }
            _ => quote!(#onhook::hook::any),
        };
        quote!(#onhook::hook::#tag<#command>)
    }

    /// Its row in the table of hooks; `key` is its `onhook::__private::Key` where that is needed.
    pub(crate) fn row(&self, onhook: &CratePath, key: &TokenStream) -> TokenStream {
        let (attribute, name, doc) = (self.hook.attribute(), self.name(), &self.doc);
        let label = match self.key.path() {
            Some(_) => quote!(#key.name()),
            None => self.key.label().to_token_stream(),
        };
        quote!(#onhook::Hook::new(#attribute, #label, #name, #doc))
    }
}

/// Names of the function's own lifetimes mean nothing outside of it: `'a` → `'_`.
fn elide(tokens: TokenStream, lifetimes: &[String]) -> TokenStream {
    if lifetimes.is_empty() {
        return tokens;
    }
    let mut after_quote = false;
    tokens
        .into_iter()
        .map(|token| {
            let was_after_quote = std::mem::replace(
                &mut after_quote,
                matches!(&token, TokenTree::Punct(p) if p.as_char() == '\''),
            );
            match token {
                TokenTree::Ident(name)
                    if was_after_quote && lifetimes.contains(&name.to_string()) =>
                {
                    TokenTree::Ident(Ident::new("_", name.span()))
                }
                TokenTree::Group(group) => {
                    let mut elided =
                        Group::new(group.delimiter(), elide(group.stream(), lifetimes));
                    elided.set_span(group.span());
                    TokenTree::Group(elided)
                }
                token => token,
            }
        })
        .collect()
}

fn first_doc_line(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| {
            let syn::Meta::NameValue(doc) = &attribute.meta else {
                return None;
            };
            let syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) = &doc.value
            else {
                return None;
            };
            Some(text.value())
        });
    lines
        .flat_map(|text| {
            text.lines()
                .map(|line| line.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}
