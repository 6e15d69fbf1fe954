//! The attribute macros of onhook. Use them through that crate, where each of
//! them is documented with examples.
//!
//! What happens, in the order in which tokens meet it: `arguments` and `syntax` (with `bodies`) read an
//! attribute and the item under it; `binding` finds the hooks; `narrowing`, `name` and `check`
//! validate; `handler` is the model, which
//! cannot be wrong; `glue`, `dispatch`, `bot`, `function`, `list` and `command` generate. `vocabulary`
//! holds every word of the language, `diagnostics` every mistake.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;

mod diagnostics;
mod suggestion;
mod vocabulary;

mod arguments;
mod bodies;
mod crate_path;
mod printing;
mod syntax;

mod binding;
mod check;
mod duplicates;
mod handler;
mod key;
mod name;
mod narrowing;

mod bot;
mod command;
mod dispatch;
mod function;
mod glue;
mod list;
mod parts;

#[cfg(test)]
mod snapshots;

use vocabulary::Hook;

/// Binds the handlers of an `impl` block and implements `Bot` for its type.
#[proc_macro_attribute]
pub fn bot(arguments: TokenStream, item: TokenStream) -> TokenStream {
    guarded(item, |item| bot::expand(arguments.into(), item))
}

/// Makes a bot of free functions: `handlers![echo, recording::paused]`.
#[proc_macro]
pub fn handlers(list: TokenStream) -> TokenStream {
    guarded(TokenStream::new(), |_| list::expand(list.into()))
}

/// Implements `Command`: `#[command(name = "application/vnd.contoso.open-ticket", result = Ticket)]`.
#[proc_macro_derive(Command, attributes(command))]
pub fn derive_command(item: TokenStream) -> TokenStream {
    guarded(TokenStream::new(), |_| command::expand(item.into()))
}

macro_rules! hooks {
    ($($(#[$doc:meta])* $attribute:ident = $hook:ident;)*) => {$(
        $(#[$doc])*
        #[proc_macro_attribute]
        pub fn $attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
            guarded(item, |item| function::expand(Hook::$hook, arguments.into(), item))
        }
    )*};
}

hooks! {
    /// Binds a handler to messages: all, or those with a `text = ".."`.
    on_message = Message;
    /// Binds a handler to the keys of a telephone: all, or `'1', '2'`.
    on_dtmf = Dtmf;
    /// Binds a handler to changed messages.
    on_message_update = MessageUpdate;
    /// Binds a handler to deleted messages.
    on_message_delete = MessageDelete;
    /// Binds a handler to those who join, the bot alone excepted.
    on_members_added = MembersAdded;
    /// Binds a handler to those who leave, the bot alone excepted.
    on_members_removed = MembersRemoved;
    /// Binds a handler to other changes of a conversation.
    on_conversation_update = ConversationUpdate;
    /// Binds a handler to reactions given.
    on_reactions_added = ReactionsAdded;
    /// Binds a handler to reactions taken back.
    on_reactions_removed = ReactionsRemoved;
    /// Binds a handler to events: all, or one `".."`.
    on_event = Event;
    /// Binds a handler to the event that says what became of a transfer.
    on_handoff_status = HandoffStatus;
    /// Binds a handler to invokes: all, or one `".."`.
    on_invoke = Invoke;
    /// Binds a handler to commands: all, or one by its name or type.
    on_command = Command;
    /// Binds a handler to results of commands: all, or one by its name or type.
    on_command_result = CommandResult;
    /// Binds a handler to the bot's installation.
    on_installation_add = InstallationAdd;
    /// Binds a handler to the bot's removal.
    on_installation_remove = InstallationRemove;
    /// Binds a handler to the end of a conversation.
    on_end_of_conversation = EndOfConversation;
    /// Binds a handler to typing.
    on_typing = Typing;
    /// Binds a handler to activities that no other handler takes.
    on_activity = Activity;
    /// Runs a handler before each dispatch.
    before_turn = BeforeTurn;
    /// Runs a handler after each dispatch.
    after_turn = AfterTurn;
    /// Runs a handler when something in the turn failed.
    on_error = Error;
}

/// Runs a generator. A panic in it is our fault: it becomes an error that says so, beside the item, and
/// not "custom attribute panicked" over a program full of holes.
fn guarded(item: TokenStream, generate: impl FnOnce(TokenStream2) -> TokenStream2) -> TokenStream {
    let copy = item.clone();
    let generate = std::panic::AssertUnwindSafe(|| TokenStream::from(generate(item.into())));
    std::panic::catch_unwind(generate).unwrap_or_else(|_| {
        let mistake = diagnostics::Mistake::at_span(
            proc_macro2::Span::call_site(),
            "onhook failed to expand this: please report it with the code that it stands on",
        );
        let mut tokens = copy;
        tokens.extend(TokenStream::from(quote::quote!(#mistake)));
        tokens
    })
}
