//! Who joined and left, and who reacted how.

use super::available;
use crate::activity::{ChannelAccount, MessageReaction};
use crate::rejection::Rejection;

macro_rules! members {
    ($(#[$doc:meta])* $name:ident, $field:ident, $path:literal, $hook:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name<'t> {
            members: &'t [ChannelAccount],
            bot: Option<&'t str>,
        }

        available!($name<'t>, in $hook on_conversation_update on_activity before_turn after_turn on_error, |turn| {
            let activity = turn.activity();
            match activity.$field() {
                [] => Err(Rejection::absent($path)),
                members => Ok($name { members, bot: activity.recipient_id() }),
            }
        });

        impl<'t> $name<'t> {
            /// Everyone in the list but the bot.
            pub fn others(self) -> impl Iterator<Item = &'t ChannelAccount> + Clone {
                self.members.iter().filter(move |member| member.id.as_deref() != self.bot)
            }

            /// Everyone in the list, the bot included.
            pub fn all(self) -> &'t [ChannelAccount] {
                self.members
            }
        }
    };
}

members! {
    /// Who joined the conversation; a call has both the caller and the bot in it.
    MembersAdded, members_added, "membersAdded", on_members_added
}

members! {
    /// Who left the conversation.
    MembersRemoved, members_removed, "membersRemoved", on_members_removed
}

macro_rules! reactions {
    ($(#[$doc:meta])* $name:ident, $field:ident, $path:literal, $hook:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name<'t>(pub &'t [MessageReaction]);

        available!($name<'t>, in $hook on_activity before_turn after_turn on_error, |turn| {
            match turn.activity().$field() {
                [] => Err(Rejection::absent($path)),
                reactions => Ok($name(reactions)),
            }
        });
    };
}

reactions! {
    /// The reactions that were added to a message.
    ReactionsAdded, reactions_added, "reactionsAdded", on_reactions_added
}

reactions! {
    /// The reactions that were taken back.
    ReactionsRemoved, reactions_removed, "reactionsRemoved", on_reactions_removed
}
