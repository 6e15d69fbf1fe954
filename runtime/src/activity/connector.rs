//! The objects of a connector's REST API that are no activities.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{Activity, ChannelAccount, Json, Number, object::object};

object! {
    /// What an attachment is, and in which views it can be read.
    pub struct AttachmentInfo as "an attachment's description" {
        /// The file name.
        name: String = "name",
        /// The media type.
        content_type: String = "type",
        /// The views.
        views: Vec<AttachmentView> = "views",
    }
}

object! {
    /// One view of an attachment, such as `original` or `thumbnail`.
    pub struct AttachmentView as "a view of an attachment" {
        /// Names the view.
        view_id: String = "viewId",
        /// Its length in bytes.
        size: Number = "size",
    }
}

object! {
    /// A file to keep with a conversation.
    pub struct AttachmentData as "an attachment's data" {
        /// The media type.
        content_type: String = "type",
        /// The file name.
        name: String = "name",
        /// The file in base64.
        original_base64: String = "originalBase64",
        /// A small picture of it in base64.
        thumbnail_base64: String = "thumbnailBase64",
    }
}

impl AttachmentData {
    /// A file of these bytes.
    #[must_use]
    pub fn new(content_type: impl Into<String>, name: impl Into<String>, original: &[u8]) -> Self {
        Self {
            content_type: Some(content_type.into()),
            name: Some(name.into()),
            original_base64: Some(BASE64_STANDARD.encode(original)),
            ..Self::default()
        }
    }

    /// The same file with a small picture of it.
    #[must_use]
    pub fn thumbnail(mut self, picture: &[u8]) -> Self {
        self.thumbnail_base64 = Some(BASE64_STANDARD.encode(picture));
        self
    }
}

object! {
    /// A page of the conversations that a bot is in.
    pub struct ConversationsResult as "a page of conversations" {
        /// What the next page is asked for with; absent on the last.
        continuation_token: String = "continuationToken",
        /// The conversations.
        conversations: Vec<ConversationMembers> = "conversations",
    }
}

object! {
    /// A conversation and who takes part.
    pub struct ConversationMembers as "a conversation's members" {
        /// The conversation's id.
        id: String = "id",
        /// Who takes part.
        members: Vec<ChannelAccount> = "members",
    }
}

object! {
    /// A conversation to begin.
    pub struct ConversationParameters as "a conversation's parameters" {
        /// Whether more than two take part.
        is_group: bool = "isGroup",
        /// The bot.
        bot: ChannelAccount = "bot",
        /// Whom to speak to: on the telephony channel, whom to call.
        members: Vec<ChannelAccount> = "members",
        /// The topic.
        topic_name: String = "topicName",
        /// The tenant of the conversation.
        tenant_id: String = "tenantId",
        /// The first activity of the conversation.
        activity: Activity = "activity",
        /// The channel's own data.
        channel_data: Json = "channelData",
    }
}

impl ConversationParameters {
    /// A conversation of `bot` with `member`.
    #[must_use]
    pub fn between(bot: ChannelAccount, member: ChannelAccount) -> Self {
        Self {
            bot: Some(bot),
            members: Some(vec![member]),
            ..Self::default()
        }
    }
}

object! {
    /// A conversation that was begun.
    pub struct ConversationResourceResponse as "a conversation's resource response" {
        /// The id of the first activity, if one was sent.
        activity_id: String = "activityId",
        /// Where the conversation's channel takes requests.
        service_url: String = "serviceUrl",
        /// The conversation's id.
        id: String = "id",
    }
}

object! {
    /// A page of a conversation's members.
    pub struct PagedMembers as "a page of members" {
        /// What the next page is asked for with; absent on the last.
        continuation_token: String = "continuationToken",
        /// Who takes part.
        members: Vec<ChannelAccount> = "members",
    }
}

object! {
    /// Activities of the past, to be kept with a conversation.
    pub struct Transcript as "a transcript" {
        /// The activities, in their order.
        activities: Vec<Activity> = "activities",
    }
}

impl Transcript {
    /// A transcript of these activities.
    #[must_use]
    pub fn new(activities: impl IntoIterator<Item = Activity>) -> Self {
        Self {
            activities: Some(activities.into_iter().collect()),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_have_the_wire_s_names() {
        let data = AttachmentData::new("text/plain", "a.txt", b"hi?>").thumbnail(&[0xff]);
        let mut conversation = ConversationParameters::between(
            ChannelAccount::new("bot"),
            ChannelAccount::new("+14255550100"),
        );
        conversation.is_group = Some(false);
        conversation.topic_name = Some("t".into());
        conversation.tenant_id = Some("u".into());
        for (written, expected) in [
            (
                serde_json::to_string(&data),
                r#"{"type":"text/plain","name":"a.txt","originalBase64":"aGk/Pg==","thumbnailBase64":"/w=="}"#,
            ),
            (
                serde_json::to_string(&conversation),
                r#"{"isGroup":false,"bot":{"id":"bot"},"members":[{"id":"+14255550100"}],"topicName":"t","tenantId":"u"}"#,
            ),
            (
                serde_json::to_string(&Transcript::new([Activity::typing()])),
                r#"{"activities":[{"type":"typing"}]}"#,
            ),
        ] {
            assert_eq!(written.unwrap(), expected);
        }
    }

    #[test]
    fn answers_are_read_and_written_without_loss() {
        fn round<T: serde::de::DeserializeOwned + serde::Serialize>(text: &str) {
            let value: T = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), text);
        }
        round::<AttachmentInfo>(
            r#"{"name":"a","type":"image/png","views":[{"viewId":"original","size":1.0e2,"x":1}]}"#,
        );
        round::<ConversationsResult>(
            r#"{"continuationToken":"c","conversations":[{"id":"v","members":[{"id":"u"}]}]}"#,
        );
        round::<ConversationResourceResponse>(
            r#"{"activityId":"a","serviceUrl":"https://s","id":"v","extra":null}"#,
        );
        round::<PagedMembers>(r#"{"continuationToken":"c","members":[{"id":"u"}]}"#);
    }
}
