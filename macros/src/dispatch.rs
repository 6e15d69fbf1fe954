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

/// Generates the body of `Bot::dispatch`, of `Bot::rank`, and of the functions around a dispatch.
pub(crate) struct Dispatch<'a> {
    pub(crate) handlers: &'a [Handler],
    pub(crate) onhook: &'a CratePath,
    pub(crate) turn: &'a Ident,
    /// The method that walks along several keys.
    pub(crate) walk: &'a Ident,
    pub(crate) found: Found,
}

/// What is done with the handler that takes an activity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// It is called.
    Called,
    /// It is told how narrowly it is bound.
    Ranked,
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

/// The variant of `onhook::Rank` of a handler.
fn rank(handler: &Handler) -> &'static str {
    match (handler.hook, &handler.key) {
        (Hook::Dtmf, Key::Any) => "AnyKey",
        (Hook::Dtmf, _) => "Key",
        (Hook::Activity, _) => "Anything",
        (
            Hook::MembersAdded
            | Hook::MembersRemoved
            | Hook::ReactionsAdded
            | Hook::ReactionsRemoved
            | Hook::InstallationAdd
            | Hook::InstallationRemove,
            _,
        ) => "Exact",
        (_, Key::Any) => "Kind",
        _ => "Exact",
    }
}

impl Dispatch<'_> {
    /// A rank is returned where a handler is called otherwise.
    ///
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
            ("Event", {
                let (keys, rest) = (self.keys(), self.named(Hook::Event));
                quote!(#keys #rest)
            }),
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
        let by_key = (self.found == Found::Ranked).then(|| self.by_key("key"));
        let rest = self.last(Hook::Activity);
        quote!(#by_key #by_kind #rest)
    }

    /// The body of the method that walks along several keys: `None` if no handler takes one of them.
    ///
    /// ```text
    /// let (mut keys, mut taken) = (Keys::of(turn), None);
    /// while let Some(digit) = keys.next() {
    ///     let next = match digit { '1' | '2' => self.__onhook_menu(turn).await?, _ => continue };
    ///     taken = Some(Outcome::and(taken.unwrap_or_default(), next));
    /// }
    /// Ok(taken)
    /// ```
    pub(crate) fn walk(&self) -> Option<TokenStream> {
        self.of(Hook::Dtmf).next()?;
        let (onhook, turn) = (self.onhook, self.turn);
        let always = |handler: &Handler| handler.key.is_any() && handler.conditions.is_empty();
        let others = (!self.of(Hook::Dtmf).any(always)).then(|| quote!(_ => continue,));
        let arm = |handler: &Handler| {
            let (cfg, call) = (handler.cfg(), self.call(handler));
            match &handler.key {
                Key::Digits(digits) => quote!(#cfg #(#digits)|* => #call?,),
                _ => quote!(#cfg _ => #call?,),
            }
        };
        let narrowed = |handler: &&Handler| matches!(handler.key, Key::Digits(_));
        let arms = self.of(Hook::Dtmf).filter(narrowed).map(arm);
        let any = self
            .of(Hook::Dtmf)
            .filter(|handler| !narrowed(handler))
            .map(arm);
        Some(quote! {
            let mut taken = ::core::option::Option::None;
            let ::core::option::Option::Some(mut keys) = #onhook::__private::Keys::of(#turn) else {
                return ::core::result::Result::Ok(taken);
            };
            while let ::core::option::Option::Some(digit) = keys.next() {
                let next = match digit { #(#arms)* #(#any)* #others };
                let earlier: #onhook::Outcome = taken.unwrap_or_default();
                taken = ::core::option::Option::Some(earlier.and(next));
            }
            ::core::result::Result::Ok(taken)
        })
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

    /// `self.__onhook_greet(turn).await`, or the handler's rank.
    fn call(&self, handler: &Handler) -> TokenStream {
        match self.found {
            Found::Called => {
                let (glue, turn) = (glue_name(handler), self.turn);
                quote!(self.#glue(#turn).await)
            }
            Found::Ranked => {
                let onhook = self.onhook;
                let rank = format_ident!("{}", rank(handler), span = Span::mixed_site());
                quote!(#onhook::Rank::#rank)
            }
        }
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
        let nobody = match self.found {
            Found::Called => quote!(::core::result::Result::Ok(#onhook::Outcome::Unhandled)),
            Found::Ranked => quote!(#onhook::Rank::Nothing),
        };
        always.map_or_else(|| quote!(#all #nobody), |handler| self.call(handler))
    }

    /// Returns from the handlers of the key that `function` finds.
    fn by_key(&self, function: &str) -> TokenStream {
        let (onhook, turn) = (self.onhook, self.turn);
        let function = Ident::new(function, Span::mixed_site());
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
        match &by_digit {
            Some(by_digit) => quote! {
                if let ::core::option::Option::Some(digit) = #onhook::__private::#function(#turn) { #by_digit #any_digit }
            },
            None if any_digit.is_empty() => TokenStream::new(),
            None => quote!(if #onhook::__private::#function(#turn).is_some() { #any_digit }),
        }
    }

    /// Returns from the walk along several keys, if a handler takes one of them.
    fn keys(&self) -> TokenStream {
        if self.found == Found::Ranked || self.of(Hook::Dtmf).next().is_none() {
            return TokenStream::new();
        }
        let (onhook, turn) = (self.onhook, self.turn);
        let walk = self.walk;
        quote! {
            if #onhook::__private::carries_keys(#turn) {
                if let ::core::option::Option::Some(outcome) = self.#walk(#turn).await? {
                    return ::core::result::Result::Ok(outcome);
                }
            }
        }
    }

    /// A DTMF message is asked for its digit first, and is a message like any other otherwise.
    fn message(&self) -> TokenStream {
        let (onhook, turn) = (self.onhook, self.turn);
        let dtmf = match self.found {
            Found::Called => self.by_key("dtmf"),
            Found::Ranked => TokenStream::new(),
        };
        let keys = self.keys();
        let dtmf = if keys.is_empty() {
            dtmf
        } else {
            quote!(#keys else #dtmf)
        };
        let said = Ident::new("said", Span::mixed_site());
        let texts: Vec<TokenStream> = self
            .of(Hook::Message)
            .filter_map(|handler| {
                let Key::Texts(texts) = &handler.key else {
                    return None;
                };
                let (cfg, call) = (handler.cfg(), self.call(handler));
                let texts = texts.iter().map(|text| onhook_text::normal_form(text));
                Some(quote!(#cfg if #(#said.is(#texts))||* { return #call; }))
            })
            .collect();
        let said =
            (!texts.is_empty()).then(|| quote!(let #said = #onhook::__private::said(#turn);));
        let any = self.all(Hook::Message);
        quote!(#dtmf #said #(#texts)* #any)
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
        if found.len() == 1 || self.found == Found::Ranked {
            let returns = found.iter().map(|(handler, condition)| {
                let (cfg, call) = (handler.cfg(), self.call(handler));
                quote!(#cfg if #onhook::__private::#condition(#turn) { return #call; })
            });
            return quote!(#(#returns)*);
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
