//! The attribute macros.

pub use onhook_macros::{
    Command, after_turn, before_turn, bot, handlers, on_activity, on_command, on_command_result,
    on_conversation_update, on_dtmf, on_end_of_conversation, on_error, on_event, on_handoff_status,
    on_installation_add, on_installation_remove, on_invoke, on_members_added, on_members_removed,
    on_message, on_message_delete, on_message_update, on_reactions_added, on_reactions_removed,
    on_typing,
};
