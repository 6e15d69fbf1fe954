//! The hooks that handlers are bound to: their tags in the type system and the table that lists them.
//!
//! Each tag is named as its attribute, because rustc prints it: *"`MembersAdded` is not available to
//! handlers of `on_message`"*.

use std::marker::PhantomData;

macro_rules! tags {
    ($($name:ident)*) => {$(
        #[doc = concat!("The tag of `#[", stringify!($name), "]`.")]
        #[allow(non_camel_case_types, reason = "named as the attribute, which rustc prints in its messages")]
        #[derive(Debug)]
        pub struct $name;
    )*};
}

tags! {
    on_message on_dtmf on_message_update on_message_delete
    on_members_added on_members_removed on_conversation_update
    on_reactions_added on_reactions_removed
    on_event on_handoff_status on_invoke
    on_installation_add on_installation_remove
    on_end_of_conversation on_typing on_activity
    before_turn after_turn on_error
    any
}

/// The tag of `#[on_command(…)]`; `C` is the command's type, [`any`] under a name that fixes none.
#[allow(
    non_camel_case_types,
    reason = "named as the attribute, which rustc prints in its messages"
)]
#[derive(Debug)]
pub struct on_command<C>(PhantomData<C>);

/// The tag of `#[on_command_result(…)]`; `C` is the command's type, [`any`] under a name that fixes none.
#[allow(
    non_camel_case_types,
    reason = "named as the attribute, which rustc prints in its messages"
)]
#[derive(Debug)]
pub struct on_command_result<C>(PhantomData<C>);

/// One row of a bot's table of handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hook {
    /// The attribute, such as `on_command_result`.
    pub attribute: &'static str,
    /// What it is narrowed to (a wire name, a text, a digit), or empty.
    pub key: &'static str,
    /// The handler's function name.
    pub handler: &'static str,
    /// The first line of the handler's documentation, or empty.
    pub doc: &'static str,
}

impl Hook {
    /// A row of the table.
    pub const fn new(
        attribute: &'static str,
        key: &'static str,
        handler: &'static str,
        doc: &'static str,
    ) -> Hook {
        Hook {
            attribute,
            key,
            handler,
            doc,
        }
    }

    /// What stands for the handler in a turn: FNV-1a of the attribute, a NUL and the handler's name. The macros write
    /// it into the handler's glue as a number, so that a turn keeps it with one store.
    #[cfg(feature = "http")]
    pub(crate) fn mark(&self) -> u32 {
        let bytes = self.attribute.bytes().chain([0]);
        bytes
            .chain(self.handler.bytes())
            .fold(0x811c_9dc5, |hash, byte| {
                (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
            })
    }
}

/// The handlers of a bot, in the order in which they stand in the source.
///
/// ```
/// use onhook::prelude::*;
///
/// #[on_message]
/// async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
///
/// fn table<B: Bot>(_: &B) -> Vec<&'static str> { B::HOOKS.iter().map(|hook| hook.handler).collect() }
/// assert_eq!(table(&handlers![echo]), ["echo"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HookTable(Rows);

#[derive(Clone, Copy, Debug)]
enum Rows {
    Of(&'static [Hook]),
    Chain(&'static HookTable, &'static HookTable),
}

impl HookTable {
    /// The table of one bot.
    pub const fn of(hooks: &'static [Hook]) -> HookTable {
        HookTable(Rows::Of(hooks))
    }

    /// The table of two chained bots: the first one's rows, then the second one's.
    pub const fn chain(first: &'static HookTable, second: &'static HookTable) -> HookTable {
        HookTable(Rows::Chain(first, second))
    }

    /// The rows.
    pub fn iter(&self) -> impl Iterator<Item = &'static Hook> + use<> {
        let mut tables = vec![*self];
        let mut rows: std::slice::Iter<'static, Hook> = [].iter();
        std::iter::from_fn(move || {
            loop {
                if let Some(row) = rows.next() {
                    return Some(row);
                }
                match tables.pop()?.0 {
                    Rows::Of(hooks) => rows = hooks.iter(),
                    Rows::Chain(first, second) => tables.extend([*second, *first]),
                }
            }
        })
    }
}
