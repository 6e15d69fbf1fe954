//! Who takes part, and where.

use super::{object::object, open_enum::open_enum};

open_enum! {
    /// What an account stands for in a conversation.
    pub enum Role {
        /// A person.
        User = "user",
        /// A bot, in the words of protocol 3.4.
        Agent = "agent",
        /// A bot, in the words that Azure services still use.
        Bot = "bot",
        /// A bot called by another bot.
        Skill = "skill",
        /// A user of a connector.
        ConnectorUser = "connectoruser",
        /// One instance of an agentic application, in the words of the type definitions.
        AgenticAppInstance = "agenticAppInstance",
        /// One instance of an agentic application, in the words of the specification's prose.
        AgenticInstance = "agenticInstance",
        /// An agent with a user's identity.
        AgenticUser = "agenticUser",
    }
}

object! {
    /// A participant: a caller, a bot.
    ///
    /// On the telephony channel `id` and `name` of the caller hold the caller's number.
    pub struct ChannelAccount as "a channel account" {
        /// Unique within the channel.
        id: String = "id",
        /// The name to show.
        name: String = "name",
        /// The object id in Microsoft Entra ID.
        aad_object_id: String = "aadObjectId",
        /// What the account stands for.
        role: Role = "role",
        /// The user id of an agentic identity.
        agentic_user_id: String = "agenticUserId",
        /// The application id of an agentic identity.
        agentic_app_id: String = "agenticAppId",
        /// The tenant of the account.
        tenant_id: String = "tenantId",
    }
}

object! {
    /// A conversation: on the telephony channel, one call.
    pub struct ConversationAccount as "a conversation account" {
        /// Unique within the channel.
        id: String = "id",
        /// The name to show.
        name: String = "name",
        /// Whether more than two take part.
        is_group: bool = "isGroup",
        /// The kind of conversation, in the channel's words.
        conversation_type: String = "conversationType",
        /// The tenant of the conversation.
        tenant_id: String = "tenantId",
        /// The object id in Microsoft Entra ID.
        aad_object_id: String = "aadObjectId",
        /// What the account stands for.
        role: Role = "role",
    }
}

impl ChannelAccount {
    /// An account with an id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }
}

impl ConversationAccount {
    /// A conversation with an id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }
}
