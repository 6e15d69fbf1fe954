//! Where a conversation can be picked up again.

use super::{ChannelAccount, ConversationAccount, DeliveryMode, object::object};

object! {
    /// A point in a conversation: enough to answer, or to speak first later on.
    pub struct ConversationReference as "a conversation reference" {
        /// The activity that is referred to.
        activity_id: String = "activityId",
        /// The person.
        user: ChannelAccount = "user",
        /// The bot.
        bot: ChannelAccount = "bot",
        /// The conversation.
        conversation: ConversationAccount = "conversation",
        /// The channel.
        channel_id: String = "channelId",
        /// Where the channel takes requests.
        service_url: String = "serviceUrl",
        /// The language of the conversation, a BCP 47 tag.
        locale: String = "locale",
        /// How the activity was to be answered.
        delivery_mode: DeliveryMode = "deliveryMode",
    }
}
