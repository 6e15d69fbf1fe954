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
        let by_key = self.by_key();
        let rest = self.last(Hook::Activity);
        quote!(#by_key #by_kind #rest)
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

    /// Returns from the handlers of a key, or of several; what carries keys that nobody takes goes on.
    ///
    /// ```text
    /// if let Some(mut digit) = first_key(turn) {
    ///     let (mut taken, mut handled) = (false, false);
    ///     loop {
    ///         let outcome = match digit {
    ///             '1' | '2' => self.__onhook_menu(turn).await,
    ///             _ => match next_key(turn) { Some(next) => { digit = next; continue; } None => break },
    ///         };
    ///         if !are_several(turn) { return outcome; }
    ///         taken = true;
    ///         handled |= is_taken(outcome)?;
    ///         match next_key(turn) { Some(next) => digit = next, None => break }
    ///     }
    ///     if taken { return Ok(if handled { Outcome::Handled } else { Outcome::Unhandled }); }
    /// }
    /// ```
    ///
    /// The calls stand here once, for one key and for several, and nothing is kept over a call that must be dropped or
    /// whose address is taken: otherwise the future of the whole dispatch lies in memory, and every other handler pays
    /// for that with some 50 instructions.
    fn by_key(&self) -> TokenStream {
        let (onhook, turn) = (self.onhook, self.turn);
        let is_any = |handler: &&Handler| handler.key.is_any();
        let arm = |handler: &Handler| {
            let (cfg, call) = (handler.cfg(), self.call(handler));
            let call = match self.found {
                Found::Called => call,
                Found::Ranked => quote!(return #call),
            };
            if let Key::Digits(digits) = &handler.key {
                quote!(#cfg #(#digits)|* => #call,)
            } else {
                quote!(#cfg _ => #call,)
            }
        };
        let narrow = self.of(Hook::Dtmf).filter(|handler| !is_any(handler));
        let arms: Vec<TokenStream> = narrow
            .chain(self.of(Hook::Dtmf).filter(is_any))
            .map(arm)
            .collect();
        if arms.is_empty() {
            return TokenStream::new();
        }
        let (some, none) = (
            quote!(::core::option::Option::Some),
            quote!(::core::option::Option::None),
        );
        let always = |handler: &Handler| handler.key.is_any() && handler.conditions.is_empty();
        let takes_all = self.of(Hook::Dtmf).any(always);
        let next = quote!(#onhook::__private::next_key(#turn));
        if self.found == Found::Ranked {
            let others = (!takes_all).then(|| quote!(_ => {}));
            return quote! {
                if let #some(digit) = #onhook::__private::key(#turn) {
                    match digit { #(#arms)* #others }
                }
            };
        }
        let others = (!takes_all).then(|| {
            quote!(_ => match #next { #some(next) => { digit = next; continue; } #none => break },)
        });
        quote! {
            if let #some(mut digit) = #onhook::__private::first_key(#turn) {
                let (mut taken, mut handled) = (false, false);
                loop {
                    let outcome = match digit { #(#arms)* #others };
                    if !#onhook::__private::are_several(#turn) {
                        return outcome;
                    }
                    taken = true;
                    handled |= #onhook::__private::is_taken(outcome)?;
                    match #next { #some(next) => digit = next, #none => break }
                }
                if taken {
                    return ::core::result::Result::Ok(if handled {
                        #onhook::Outcome::Handled
                    } else {
                        #onhook::Outcome::Unhandled
                    });
                }
            }
        }
    }

    /// A text, then any message.
    fn message(&self) -> TokenStream {
        let (onhook, turn) = (self.onhook, self.turn);
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
        quote!(#said #(#texts)* #any)
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
