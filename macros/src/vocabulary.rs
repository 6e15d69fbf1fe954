//! The words of the language: hooks, options, command names, and what people write instead.
//!
//! One table per vocabulary, read by the parser, the suggestions and the tests, so that they cannot drift.

/// What may stand in the parentheses of a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Narrowing {
    /// `#[on_typing]`
    Nothing,
    /// `#[on_message(text = "yes")]`
    Texts,
    /// `#[on_dtmf('1')]`
    Digits,
    /// `#[on_command("recording_start")]`, `#[on_command(OpenTicket)]`
    Command,
    /// `#[on_event("tokens/response")]`, `#[on_event(NAME)]`
    Name,
}

macro_rules! hooks {
    ($($(#[$doc:meta])* $hook:ident = $attribute:literal $narrowing:ident $kind:ident;)*) => {
        /// A hook: the attribute that binds a handler.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Hook { $($hook),* }

        impl Hook {
            /// Every hook, in the order of the documentation.
            pub(crate) const ALL: &'static [Hook] = &[$(Hook::$hook),*];

            /// The attribute's name, which is also the name of the tag in `onhook::hook`.
            pub(crate) const fn attribute(self) -> &'static str {
                match self { $(Hook::$hook => $attribute),* }
            }

            /// What the hook can be narrowed to.
            pub(crate) const fn narrowing(self) -> Narrowing {
                match self { $(Hook::$hook => Narrowing::$narrowing),* }
            }

            /// The variant of `onhook::__private::KeyKind` under which its keys must be unique.
            pub(crate) const fn kind(self) -> &'static str {
                match self { $(Hook::$hook => stringify!($kind)),* }
            }
        }
    };
}

hooks! {
    Message = "on_message" Texts Message;
    Dtmf = "on_dtmf" Digits Dtmf;
    MessageUpdate = "on_message_update" Nothing MessageUpdate;
    MessageDelete = "on_message_delete" Nothing MessageDelete;
    MembersAdded = "on_members_added" Nothing MembersAdded;
    MembersRemoved = "on_members_removed" Nothing MembersRemoved;
    ConversationUpdate = "on_conversation_update" Nothing ConversationUpdate;
    ReactionsAdded = "on_reactions_added" Nothing ReactionsAdded;
    ReactionsRemoved = "on_reactions_removed" Nothing ReactionsRemoved;
    Event = "on_event" Name Event;
    HandoffStatus = "on_handoff_status" Nothing Event;
    Invoke = "on_invoke" Name Invoke;
    Command = "on_command" Command Command;
    CommandResult = "on_command_result" Command CommandResult;
    InstallationAdd = "on_installation_add" Nothing InstallationAdd;
    InstallationRemove = "on_installation_remove" Nothing InstallationRemove;
    EndOfConversation = "on_end_of_conversation" Nothing EndOfConversation;
    Typing = "on_typing" Nothing Typing;
    Activity = "on_activity" Nothing Activity;
    BeforeTurn = "before_turn" Nothing BeforeTurn;
    AfterTurn = "after_turn" Nothing AfterTurn;
    Error = "on_error" Nothing Error;
}

impl Hook {
    /// Whether its handlers take the activity, and do not run after those that do.
    pub(crate) const fn takes_activity(self) -> bool {
        !matches!(self, Hook::AfterTurn | Hook::Error)
    }

    /// The hook whose attribute has exactly this name.
    pub(crate) fn named(attribute: &str) -> Option<Hook> {
        Hook::ALL
            .iter()
            .copied()
            .find(|hook| hook.attribute() == attribute)
    }
}

/// The event that `#[on_handoff_status]` stands for.
pub(crate) const HANDOFF_STATUS: &str = "handoff.status";

/// What stands for a hook in other SDKs and in the protocol, and is not only a slip of the pen.
pub(crate) const FOREIGN_HOOKS: &[(&str, &str)] = &[
    ("members_added", "on_members_added"),
    ("members_removed", "on_members_removed"),
    ("reactions_added", "on_reactions_added"),
    ("reactions_removed", "on_reactions_removed"),
    ("conversation_update", "on_conversation_update"),
    ("command_result", "on_command_result"),
    ("end_of_conversation", "on_end_of_conversation"),
    ("on_recording_start_result", "on_command_result"),
    ("on_recording_pause_result", "on_command_result"),
    ("on_recording_resume_result", "on_command_result"),
    ("on_before_turn", "before_turn"),
    ("on_after_turn", "after_turn"),
    ("on_turn_begin", "before_turn"),
    ("on_turn_end", "after_turn"),
    ("on_turn_error", "on_error"),
    ("on_handoff", "on_handoff_status"),
    ("on_hangup", "on_end_of_conversation"),
    ("on_digit", "on_dtmf"),
    ("on_tone", "on_dtmf"),
    ("on_text", "on_message"),
    ("on_reaction_added", "on_reactions_added"),
    ("on_reaction_removed", "on_reactions_removed"),
    ("on_installation_update_add", "on_installation_add"),
    ("on_installation_update_remove", "on_installation_remove"),
    ("on_unrecognized_activity_type", "on_activity"),
];

/// What makes no difference between texts, for notes.
pub(crate) const TEXTS_MATCH: &str =
    "texts match without regard to case, and to punctuation and white space around them";

/// The option of `#[on_message]`.
pub(crate) const TEXT: &str = "text";
/// The option that names the runtime crate.
pub(crate) const CRATE: &str = "crate";
/// The options of `#[bot]` that cut a bot into blocks.
pub(crate) const PART: &str = "part";
/// See [`PART`].
pub(crate) const PARTS: &str = "parts";
/// The options of `#[command]` on a derived command.
pub(crate) const COMMAND_OPTIONS: &[&str] = &["name", "result", CRATE];

/// The keys of a telephone.
pub(crate) const DIGITS: &str = "0123456789*#ABCD";

/// A command that has a name without `/` in our language.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KnownCommand {
    /// What one writes.
    pub(crate) name: &'static str,
    /// What goes over the wire.
    pub(crate) wire: &'static str,
    /// Other wire names of the same command: the preview's dialect.
    pub(crate) aliases: &'static [&'static str],
    /// The runtime's type of it, which fixes the type of the result.
    pub(crate) type_name: Option<&'static str>,
}

macro_rules! recording {
    ($verb:literal, $type_name:literal) => {
        KnownCommand {
            name: concat!("recording_", $verb),
            wire: concat!("channel/vnd.microsoft.telephony.recording.", $verb),
            aliases: &[concat!("recording_", $verb, "_command")],
            type_name: Some($type_name),
        }
    };
}

macro_rules! session {
    // Activity protocol 3.4, appendix VI: the only commands whose names are not MIME types.
    ($name:literal) => {
        KnownCommand {
            name: $name,
            wire: $name,
            aliases: &[],
            type_name: None,
        }
    };
}

/// Every known command.
pub(crate) const COMMANDS: &[KnownCommand] = &[
    recording!("start", "RecordingStart"),
    recording!("pause", "RecordingPause"),
    recording!("resume", "RecordingResume"),
    recording!("stop", "RecordingStop"),
    session!("session.init"),
    session!("session.update"),
    session!("session.end"),
];

impl KnownCommand {
    /// The command that has this name: short, on the wire, or in the preview's dialect.
    pub(crate) fn named(name: &str) -> Option<&'static KnownCommand> {
        COMMANDS
            .iter()
            .find(|known| known.name == name || known.wire == name || known.aliases.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_words_lead_to_hooks_and_are_none() {
        for (foreign, hook) in FOREIGN_HOOKS {
            assert!(Hook::named(hook).is_some(), "{hook}");
            assert!(Hook::named(foreign).is_none(), "{foreign}");
        }
    }

    #[test]
    fn every_name_of_a_recording_command_is_one_command() {
        for verb in ["start", "pause", "resume", "stop"] {
            let short = KnownCommand::named(&format!("recording_{verb}"));
            assert!(short.is_some(), "{verb}");
            assert_eq!(
                short,
                KnownCommand::named(&format!("channel/vnd.microsoft.telephony.recording.{verb}"))
            );
            assert_eq!(
                short,
                KnownCommand::named(&format!("recording_{verb}_command"))
            );
        }
    }

    #[test]
    fn hook_names_are_unique() {
        for hook in Hook::ALL {
            assert_eq!(Hook::named(hook.attribute()), Some(*hook));
        }
    }
}
