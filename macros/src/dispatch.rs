//! From an activity to its handler: a `match` on the activity's type, then on its name.
//!
//! Order is by specificity and never by source order: a digit, then any digit, then a text, then any
//! message; an exact name, then any name; and `#[on_activity]` for what nothing else took.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::crate_path::CratePath;
use crate::handler::Handler;
use crate::key::Key;
use crate::vocabulary::Hook;

/// Generates the body of `Bot::dispatch` and of the functions around it.
pub(crate) struct Dispatch<'a> {
    pub(crate) handlers: &'a [Handler],
    pub(crate) onhook: &'a CratePath,
    pub(crate) turn: &'a Ident,
}

/// The name of the glue function of a handler.
pub(crate) fn glue_name(handler: &Handler) -> Ident {
    format_ident!("__onhook_{}", handler.name(), span = handler.ident.span())
}

/// The name of the constant with the key of a handler whose names only the compiler knows.
pub(crate) fn key_name(handler: &Handler) -> Ident {
    format_ident!(
        "__ONHOOK_KEY_{}",
        handler.name(),
        span = handler.ident.span()
    )
}

impl Dispatch<'_> {
    /// ```text
    /// match turn.kind() {
    ///     ActivityType::ConversationUpdate => {
    ///         if has_members_added(turn) { return self.__onhook_greet(turn).await; }
    ///     }
    ///     ActivityType::CommandResult => {
    ///         match turn.name() {
    ///             "channel/…recording.start" | "recording_start_command" => return self.__onhook_started(turn).await,
    ///             _ => {}
    ///         }
    ///     }
    ///     _ => {}
    /// }
    /// Ok(Outcome::Unhandled)
    /// ```
    pub(crate) fn body(&self) -> TokenStream {
        let (onhook, turn) = (self.onhook, self.turn);
        let arms: Vec<TokenStream> = [
            ("Message", self.message()),
            ("MessageUpdate", self.all(Hook::MessageUpdate)),
            ("MessageDelete", self.all(Hook::MessageDelete)),
            (
                "MessageReaction",
                self.pair([
                    (Hook::ReactionsAdded, "has_reactions_added"),
                    (Hook::ReactionsRemoved, "has_reactions_removed"),
                ]),
            ),
            ("ConversationUpdate", {
                let pair = self.pair([
                    (Hook::MembersAdded, "has_members_added"),
                    (Hook::MembersRemoved, "has_members_removed"),
                ]);
                let rest = self.all(Hook::ConversationUpdate);
                quote!(#pair #rest)
            }),
            ("Event", self.named(Hook::Event)),
            ("Invoke", self.named(Hook::Invoke)),
            ("Command", self.named(Hook::Command)),
            ("CommandResult", self.named(Hook::CommandResult)),
            (
                "InstallationUpdate",
                self.pair([
                    (Hook::InstallationAdd, "installation_added"),
                    (Hook::InstallationRemove, "installation_removed"),
                ]),
            ),
            ("EndOfConversation", self.all(Hook::EndOfConversation)),
            ("Typing", self.all(Hook::Typing)),
        ]
        .into_iter()
        .filter(|(_, body)| !body.is_empty())
        .map(|(kind, body)| {
            let kind = format_ident!("{kind}", span = Span::mixed_site());
            quote!(#onhook::ActivityType::#kind => { #body })
        })
        .collect();
        let by_kind = (!arms.is_empty()).then(|| {
            quote! {
                match #onhook::Turn::kind(#turn) {
                    #(#arms)*
                    _ => {}
                }
            }
        });
        let rest = self.last(Hook::Activity);
        quote!(#by_kind #rest)
    }

    /// The body of `before_turn`, `after_turn` or `on_error`: its one handler, if there is one.
    pub(crate) fn around(&self, hook: Hook) -> Option<TokenStream> {
        self.of(hook).next()?;
        Some(self.last(hook))
    }

    fn of(&self, hook: Hook) -> impl Iterator<Item = &Handler> {
        self.handlers
            .iter()
            .filter(move |handler| handler.hook == hook)
    }

    /// `self.__onhook_greet(turn).await`
    fn call(&self, handler: &Handler) -> TokenStream {
        let (glue, turn) = (glue_name(handler), self.turn);
        quote!(self.#glue(#turn).await)
    }

    /// Returns from the handlers of everything of a kind.
    fn all(&self, hook: Hook) -> TokenStream {
        let returns = self
            .of(hook)
            .filter(|handler| matches!(handler.key, Key::Any))
            .map(|handler| {
                let (cfg, call) = (handler.cfg(), self.call(handler));
                quote!(#cfg return #call;)
            });
        quote!(#(#returns)*)
    }

    /// The same at the end of a function.
    fn last(&self, hook: Hook) -> TokenStream {
        let onhook = self.onhook;
        let all = self.all(hook);
        let always = self.of(hook).find(|handler| handler.conditions.is_empty());
        always.map_or_else(
            || quote!(#all ::core::result::Result::Ok(#onhook::Outcome::Unhandled)),
            |handler| self.call(handler),
        )
    }

    /// A DTMF message is asked for its digit first, and is a message like any other otherwise.
    fn message(&self) -> TokenStream {
        let (onhook, turn) = (self.onhook, self.turn);
        let arms: Vec<TokenStream> = self
            .of(Hook::Dtmf)
            .filter_map(|handler| {
                let Key::Digits(digits) = &handler.key else {
                    return None;
                };
                let (cfg, call) = (handler.cfg(), self.call(handler));
                Some(quote!(#cfg #(#digits)|* => return #call,))
            })
            .collect();
        let by_digit = (!arms.is_empty()).then(|| quote!(match digit { #(#arms)* _ => {} }));
        let any_digit = self.all(Hook::Dtmf);
        let dtmf = match &by_digit {
            Some(by_digit) => quote! {
                if let ::core::option::Option::Some(digit) = #onhook::__private::dtmf(#turn) { #by_digit #any_digit }
            },
            None if any_digit.is_empty() => TokenStream::new(),
            None => quote!(if #onhook::__private::dtmf(#turn).is_some() { #any_digit }),
        };
        let texts = self.of(Hook::Message).filter_map(|handler| {
            let Key::Texts(texts) = &handler.key else {
                return None;
            };
            let (cfg, call) = (handler.cfg(), self.call(handler));
            Some(quote!(#cfg if #(#onhook::__private::text_is(#turn, #texts))||* { return #call; }))
        });
        let any = self.all(Hook::Message);
        quote!(#dtmf #(#texts)* #any)
    }

    /// The hooks that look at a name: exact names first.
    fn named(&self, hook: Hook) -> TokenStream {
        let (onhook, turn) = (self.onhook, self.turn);
        let of_kind = || {
            self.handlers
                .iter()
                .filter(|handler| handler.hook.kind() == hook.kind())
        };
        let literal = of_kind().filter_map(|handler| {
            let names = handler.key.names();
            let (cfg, call) = (handler.cfg(), self.call(handler));
            (!names.is_empty()).then(|| quote!(#cfg #(#names)|* => return #call,))
        });
        // A path as a pattern would bind a new name where it does not resolve to a constant.
        let constant = of_kind()
            .filter(|handler| handler.key.path().is_some())
            .map(|handler| {
                let (cfg, call, key) = (handler.cfg(), self.call(handler), key_name(handler));
                quote!(#cfg name if Self::#key.is_named(name) => return #call,)
            });
        let arms: Vec<TokenStream> = literal.chain(constant).collect();
        let by_name = (!arms.is_empty())
            .then(|| quote!(match #onhook::Turn::name(#turn) { #(#arms)* _ => {} }));
        let any = self.all(hook);
        quote!(#by_name #any)
    }

    /// Two hooks that one activity can call for: both run, in this order.
    ///
    /// ```text
    /// let (mut taken, mut outcome) = (false, Outcome::Unhandled);
    /// if has_members_added(turn) { taken = true; outcome = outcome.and(self.__onhook_a(turn).await?); }
    /// if has_members_removed(turn) { taken = true; outcome = outcome.and(self.__onhook_b(turn).await?); }
    /// if taken { return Ok(outcome); }
    /// ```
    fn pair(&self, hooks: [(Hook, &str); 2]) -> TokenStream {
        let (onhook, turn) = (self.onhook, self.turn);
        let found: Vec<(&Handler, Ident)> = hooks
            .iter()
            .flat_map(|(hook, condition)| {
                self.of(*hook).map(move |handler| {
                    (
                        handler,
                        format_ident!("{condition}", span = Span::mixed_site()),
                    )
                })
            })
            .collect();
        if let [(handler, condition)] = &*found {
            let (cfg, call) = (handler.cfg(), self.call(handler));
            return quote!(#cfg if #onhook::__private::#condition(#turn) { return #call; });
        }
        if found.is_empty() {
            return TokenStream::new();
        }
        let (taken, outcome) = (
            Ident::new("taken", Span::mixed_site()),
            Ident::new("outcome", Span::mixed_site()),
        );
        let steps = found.iter().map(|(handler, condition)| {
            let (cfg, call) = (handler.cfg(), self.call(handler));
            quote! {
                #cfg if #onhook::__private::#condition(#turn) {
                    #taken = true;
                    #outcome = #outcome.and(#call?);
                }
            }
        });
        quote! {
            let (mut #taken, mut #outcome) = (false, #onhook::Outcome::Unhandled);
            #(#steps)*
            if #taken { return ::core::result::Result::Ok(#outcome); }
        }
    }
}
