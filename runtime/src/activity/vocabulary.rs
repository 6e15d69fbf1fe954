//! The words of an activity's own fields.

use super::open_enum::open_enum;

open_enum! {
    /// What an activity is.
    pub enum ActivityType {
        /// Something said.
        Message = "message",
        /// A message was changed.
        MessageUpdate = "messageUpdate",
        /// A message was taken back.
        MessageDelete = "messageDelete",
        /// A reaction to a message was added or removed.
        MessageReaction = "messageReaction",
        /// Members came or went; on the telephony channel, a call begins.
        ConversationUpdate = "conversationUpdate",
        /// The bot was added to or removed from someone's contacts.
        ContactRelationUpdate = "contactRelationUpdate",
        /// The bot was installed or removed.
        InstallationUpdate = "installationUpdate",
        /// The conversation is over; on the telephony channel, the call.
        EndOfConversation = "endOfConversation",
        /// Something happened.
        Event = "event",
        /// A request that is answered in its response.
        Invoke = "invoke",
        /// The answer to an invoke, inside the SDKs.
        InvokeResponse = "invokeResponse",
        /// A request for an action, answered by command results.
        Command = "command",
        /// What became of a command.
        CommandResult = "commandResult",
        /// A message for one user about another message.
        Suggestion = "suggestion",
        /// A note for developers.
        Trace = "trace",
        /// Someone is about to say something.
        Typing = "typing",
        /// Control of the conversation changes hands.
        Handoff = "handoff",
        /// The user's data are to be deleted.
        DeleteUserData = "deleteUserData",
        /// A pause between two activities that are sent, of `value` milliseconds.
        Delay = "delay",
    }
}

open_enum! {
    /// How `text` is written. Unknown is treated as plain (A3012).
    pub enum TextFormat {
        /// Markdown.
        Markdown = "markdown",
        /// Plain text.
        Plain = "plain",
        /// XML.
        Xml = "xml",
    }
}

open_enum! {
    /// How several attachments are laid out.
    pub enum AttachmentLayout {
        /// One below the other.
        List = "list",
        /// Side by side.
        Carousel = "carousel",
    }
}

open_enum! {
    /// What the bot expects after a message, and on the telephony channel what may interrupt it. Unknown is treated
    /// as accepting (A3042).
    pub enum InputHint {
        /// Ready, but not waiting. Speech and keys interrupt.
        AcceptingInput = "acceptingInput",
        /// Not ready. Nothing interrupts.
        IgnoringInput = "ignoringInput",
        /// Waiting for an answer. Speech and keys interrupt.
        ExpectingInput = "expectingInput",
        /// Telephony: speech interrupts, keys do not.
        IgnoringNonSpeechInput = "ignoringNonSpeechInput",
        /// Telephony: keys interrupt, speech does not.
        IgnoringSpeechInput = "ignoringSpeechInput",
    }
}

open_enum! {
    /// How much a message matters.
    pub enum Importance {
        /// Little.
        Low = "low",
        /// As usual.
        Normal = "normal",
        /// Much.
        High = "high",
    }
}

open_enum! {
    /// How the activity is to be answered. Unknown is treated as normal (A3111).
    pub enum DeliveryMode {
        /// By requests of the bot's own.
        Normal = "normal",
        /// In the response, all activities together.
        ExpectReplies = "expectReplies",
        /// In the response, one activity after the other.
        Stream = "stream",
        /// Deprecated.
        Notification = "notification",
    }
}

open_enum! {
    /// Why a conversation ended. Three vocabularies are in use: the specification's, and those of the SDKs for
    /// "bots" and for "agents".
    pub enum EndOfConversationCode {
        /// Not known.
        Unknown = "unknown",
        /// It came to its end.
        CompletedSuccessfully = "completedSuccessfully",
        /// The user ended it.
        UserCancelled = "userCancelled",
        /// Someone took too long.
        TimedOut = "timedOut",
        /// The bot took too long ("agent").
        AgentTimedOut = "agentTimedOut",
        /// The bot took too long ("bot").
        BotTimedOut = "botTimedOut",
        /// The bot sent something invalid ("agent").
        AgentIssuedInvalidMessage = "agentIssuedInvalidMessage",
        /// The bot sent something invalid ("bot").
        BotIssuedInvalidMessage = "botIssuedInvalidMessage",
        /// The channel failed.
        ChannelFailed = "channelFailed",
        /// Something failed.
        Error = "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_word_reads_back_as_its_variant() {
        for kind in ActivityType::KNOWN {
            assert_eq!(&ActivityType::from(kind.as_str()), kind);
        }
        assert_eq!(ActivityType::KNOWN.len(), 19);
        assert_eq!(InputHint::KNOWN.len(), 5);
        assert_eq!(EndOfConversationCode::KNOWN.len(), 10);
    }

    #[test]
    fn comparison_is_ordinal_and_unknown_words_stay() {
        for word in ["Message", "MESSAGE", "message ", "", "vnd.contoso/x"] {
            let kind = ActivityType::from(word);
            assert_eq!(kind, ActivityType::Other(word.into()));
            assert_eq!(serde_json::to_value(&kind).unwrap(), word);
        }
    }
}
