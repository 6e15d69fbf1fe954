//! The activity itself.

use super::{
    ActivityType, Attachment, AttachmentLayout, ChannelAccount, ConversationAccount,
    ConversationReference, DeliveryMode, EndOfConversationCode, Entity, Importance, InputHint,
    Json, MessageReaction, SemanticAction, SuggestedActions, TextFormat, TextHighlight, Timestamp,
    object::object,
};

object! {
    /// One thing that happens in a conversation: the unit of the Activity protocol, schema 3.4.
    ///
    /// Every field but the type may be absent, and null is the same as absent; a null in a list is skipped, and written
    /// again at its place. Which fields mean something depends on the type. What the schema does not know is kept in `extra`, here and in every object below.
    pub struct Activity as "an activity" {
        requires {
            /// What it is (`type` on the wire, A2010).
            kind: ActivityType = "type",
        }
        /// Given by whoever stored the activity first.
        id: String = "id",
        /// When it was sent, in UTC.
        timestamp: Timestamp = "timestamp",
        /// When it was sent, with the sender's offset.
        local_timestamp: Timestamp = "localTimestamp",
        /// The sender's time zone, an IANA name.
        local_timezone: String = "localTimezone",
        /// Who called, as an IRI; filled in after authentication and never believed from the wire (A2251, A2252).
        caller_id: String = "callerId",
        /// Where the channel takes requests.
        service_url: String = "serviceUrl",
        /// The channel, `telephony` for one.
        channel_id: String = "channelId",
        /// Who sent it.
        from: ChannelAccount = "from",
        /// Where it happens; on the telephony channel, the call.
        conversation: ConversationAccount = "conversation",
        /// Who it is for.
        recipient: ChannelAccount = "recipient",
        /// How `text` is written.
        text_format: TextFormat = "textFormat",
        /// How attachments are laid out.
        attachment_layout: AttachmentLayout = "attachmentLayout",
        /// Who came.
        members_added: Vec<ChannelAccount> = "membersAdded",
        /// Who went.
        members_removed: Vec<ChannelAccount> = "membersRemoved",
        /// Reactions that were added.
        reactions_added: Vec<MessageReaction> = "reactionsAdded",
        /// Reactions that were removed.
        reactions_removed: Vec<MessageReaction> = "reactionsRemoved",
        /// The conversation's new topic.
        topic_name: String = "topicName",
        /// The language, a BCP 47 tag.
        locale: String = "locale",
        /// What was said or typed, or the key that was pressed.
        text: String = "text",
        /// What is to be spoken: plain text or SSML.
        speak: String = "speak",
        /// What the bot expects next.
        input_hint: InputHint = "inputHint",
        /// The text to show where attachments cannot be.
        summary: String = "summary",
        /// Actions offered with the message.
        suggested_actions: SuggestedActions = "suggestedActions",
        /// Files, cards and other content.
        attachments: Vec<Attachment> = "attachments",
        /// Metadata.
        entities: Vec<Entity> = "entities",
        /// The channel's own data.
        channel_data: Json = "channelData",
        /// `add` or `remove`, in updates of contacts and installations.
        action: String = "action",
        /// The activity that this one answers.
        reply_to_id: String = "replyToId",
        /// Describes a trace.
        label: String = "label",
        /// Names the shape of `value`.
        value_type: String = "valueType",
        /// What an event, an invoke, a command or its result carries.
        value: Json = "value",
        /// Names an event, an invoke, a command or its result.
        name: String = "name",
        /// Another conversation that this is about.
        relates_to: ConversationReference = "relatesTo",
        /// Why the conversation ended.
        code: EndOfConversationCode = "code",
        /// When the message is no longer of use.
        expiration: Timestamp = "expiration",
        /// How much the message matters.
        importance: Importance = "importance",
        /// How the activity is to be answered.
        delivery_mode: DeliveryMode = "deliveryMode",
        /// Phrases, and sources of phrases in braces, that help to understand the answer (appendix IV).
        listen_for: Vec<String> = "listenFor",
        /// Pieces of another message that this suggestion is about.
        text_highlights: Vec<TextHighlight> = "textHighlights",
        /// The action that the message stands for.
        semantic_action: SemanticAction = "semanticAction",
    }
}

/// Activities of the types that bots and channels make.
impl Activity {
    /// Something said: `text`, shown and spoken unless `speak` is set.
    #[must_use]
    pub fn message(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::new(ActivityType::Message)
        }
    }

    /// An event named `name`.
    #[must_use]
    pub fn event(name: impl Into<String>) -> Self {
        Self::named(ActivityType::Event, name)
    }

    /// A command named `name`; it needs a `value` too (A6321).
    #[must_use]
    pub fn command(name: impl Into<String>) -> Self {
        Self::named(ActivityType::Command, name)
    }

    /// The result of the command named `name` (A6413); it needs a `value` too (A6421).
    #[must_use]
    pub fn command_result(name: impl Into<String>) -> Self {
        Self::named(ActivityType::CommandResult, name)
    }

    /// An invoke named `name`.
    #[must_use]
    pub fn invoke(name: impl Into<String>) -> Self {
        Self::named(ActivityType::Invoke, name)
    }

    /// A change of the conversation's members or topic.
    #[must_use]
    pub fn conversation_update() -> Self {
        Self::new(ActivityType::ConversationUpdate)
    }

    /// The end of the conversation: from a bot on the telephony channel, it hangs up.
    #[must_use]
    pub fn end_of_conversation() -> Self {
        Self::new(ActivityType::EndOfConversation)
    }

    /// Someone is about to say something.
    #[must_use]
    pub fn typing() -> Self {
        Self::new(ActivityType::Typing)
    }

    fn named(kind: ActivityType, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::new(kind)
        }
    }
}
