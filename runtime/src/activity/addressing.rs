//! From what came in to where the answer goes.

use super::{Activity, ActivityType, ChannelAccount, ConversationAccount, ConversationReference};

/// Answering, and speaking first later on.
impl Activity {
    /// Where this activity can be answered; `self` is what the bot received.
    ///
    /// A conversation update on `directline` and `webchat` has an id that cannot be replied to, so the reference
    /// has none.
    #[must_use]
    pub fn conversation_reference(&self) -> ConversationReference {
        let addresses = Addresses::of(self);
        ConversationReference {
            activity_id: addresses.activity_id.cloned(),
            user: addresses.user.cloned(),
            bot: addresses.bot.cloned(),
            conversation: addresses.conversation.cloned(),
            channel_id: addresses.channel_id.cloned(),
            service_url: addresses.service_url.cloned(),
            locale: addresses.locale.cloned(),
            delivery_mode: self.delivery_mode.clone(),
            ..ConversationReference::default()
        }
    }

    /// The event with which the bot itself goes on with the conversation that `reference` names: as if it came from
    /// there, so that what is sent upon it goes there. Its `relatesTo` is the reference.
    #[must_use]
    pub fn continuation(reference: ConversationReference) -> Self {
        Self {
            id: reference.activity_id.clone(),
            from: reference.user.clone(),
            recipient: reference.bot.clone(),
            conversation: reference.conversation.clone(),
            channel_id: reference.channel_id.clone(),
            service_url: reference.service_url.clone(),
            locale: reference.locale.clone(),
            relates_to: Some(reference),
            ..Self::event("ContinueConversation")
        }
    }

    /// Addresses this activity, which the bot is about to send, to `reference`.
    ///
    /// Channel, service URL, conversation and sender are taken from the reference. A recipient that is set stays (an
    /// activity for one member), and so does the activity's own locale. `reply_to_id` is the reference's activity, if
    /// it has one. The delivery mode is cleared: it says how the *incoming* activity is answered (A3116).
    pub fn apply_reference(&mut self, reference: &ConversationReference) {
        self.apply(&Addresses {
            activity_id: reference.activity_id.as_ref(),
            user: reference.user.as_ref(),
            bot: reference.bot.as_ref(),
            conversation: reference.conversation.as_ref(),
            channel_id: reference.channel_id.as_ref(),
            service_url: reference.service_url.as_ref(),
            locale: reference.locale.as_ref(),
        });
    }

    /// Applies the reference of `received`, without the detour over one.
    pub(crate) fn address_as_answer_to(&mut self, received: &Activity) {
        self.apply(&Addresses::of(received));
    }

    fn apply(&mut self, addresses: &Addresses<'_>) {
        self.channel_id = addresses.channel_id.cloned();
        self.service_url = addresses.service_url.cloned();
        self.conversation = addresses.conversation.cloned();
        self.from = addresses.bot.cloned();
        if self.recipient.is_none() {
            self.recipient = addresses.user.cloned();
        }
        if self.locale.is_none() {
            self.locale = addresses.locale.cloned();
        }
        if addresses.activity_id.is_some() {
            self.reply_to_id = addresses.activity_id.cloned();
        }
        self.delivery_mode = None;
    }
}

/// What a reference says, where it stands.
struct Addresses<'a> {
    activity_id: Option<&'a String>,
    user: Option<&'a ChannelAccount>,
    bot: Option<&'a ChannelAccount>,
    conversation: Option<&'a ConversationAccount>,
    channel_id: Option<&'a String>,
    service_url: Option<&'a String>,
    locale: Option<&'a String>,
}

impl<'a> Addresses<'a> {
    /// Those of an activity that the bot received.
    fn of(received: &'a Activity) -> Addresses<'a> {
        let unanswerable = received.kind == ActivityType::ConversationUpdate
            && matches!(
                received.channel_id.as_deref(),
                Some("directline" | "webchat")
            );
        Addresses {
            activity_id: received.id.as_ref().filter(|_| !unanswerable),
            user: received.from.as_ref(),
            bot: received.recipient.as_ref(),
            conversation: received.conversation.as_ref(),
            channel_id: received.channel_id.as_ref(),
            service_url: received.service_url.as_ref(),
            locale: received.locale.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(activity: &str, reference: &str) -> String {
        let mut activity = Activity::from_json(activity).unwrap();
        activity.apply_reference(&serde_json::from_str(reference).unwrap());
        activity.to_json()
    }

    #[test]
    fn each_field_is_addressed_by_its_rule() {
        for (rule, activity, reference, expected) in [
            (
                "channel, service and conversation are overwritten",
                r#"{"type":"message","serviceUrl":"https://old","channelId":"old","conversation":{"id":"old"}}"#,
                r#"{"channelId":"telephony","serviceUrl":"https://new","conversation":{"id":"call"}}"#,
                r#"{"type":"message","serviceUrl":"https://new","channelId":"telephony","conversation":{"id":"call"}}"#,
            ),
            (
                "overwritten even by nothing",
                r#"{"type":"message","serviceUrl":"https://old","channelId":"old","conversation":{"id":"old"}}"#,
                "{}",
                r#"{"type":"message"}"#,
            ),
            (
                "the bot speaks, to the user",
                r#"{"type":"message","from":{"id":"someone"}}"#,
                r#"{"user":{"id":"caller"},"bot":{"id":"bot"}}"#,
                r#"{"type":"message","from":{"id":"bot"},"recipient":{"id":"caller"}}"#,
            ),
            (
                "a recipient that is set stays",
                r#"{"type":"message","recipient":{"id":"agent"}}"#,
                r#"{"user":{"id":"caller"},"bot":{"id":"bot"}}"#,
                r#"{"type":"message","from":{"id":"bot"},"recipient":{"id":"agent"}}"#,
            ),
            (
                "it replies to the reference's activity",
                r#"{"type":"message","replyToId":"old"}"#,
                r#"{"activityId":"new"}"#,
                r#"{"type":"message","replyToId":"new"}"#,
            ),
            (
                "without one, what it replies to stays",
                r#"{"type":"message","replyToId":"old"}"#,
                "{}",
                r#"{"type":"message","replyToId":"old"}"#,
            ),
            (
                "its own locale wins",
                r#"{"type":"message","locale":"de-DE"}"#,
                r#"{"locale":"en-US"}"#,
                r#"{"type":"message","locale":"de-DE"}"#,
            ),
            (
                "without one, the reference's",
                r#"{"type":"message"}"#,
                r#"{"locale":"en-US"}"#,
                r#"{"type":"message","locale":"en-US"}"#,
            ),
            (
                "the delivery mode is cleared",
                r#"{"type":"message","deliveryMode":"expectReplies"}"#,
                r#"{"deliveryMode":"expectReplies"}"#,
                r#"{"type":"message"}"#,
            ),
            (
                "nothing else is touched",
                r#"{"type":"message","id":"a","text":"hi","value":{"error":null},"x":1.0e2}"#,
                "{}",
                r#"{"type":"message","id":"a","text":"hi","value":{"error":null},"x":1.0e2}"#,
            ),
        ] {
            assert_eq!(applied(activity, reference), expected, "{rule}");
        }
    }

    #[test]
    fn a_reference_has_the_activity_s_addresses() {
        let activity = Activity::from_json(
            r#"{"type":"message","id":"a","serviceUrl":"s","channelId":"c","from":{"id":"u"},"conversation":{"id":"v"},
                "recipient":{"id":"b"},"locale":"l","deliveryMode":"stream"}"#,
        )
        .unwrap();
        assert_eq!(
            serde_json::to_string(&activity.conversation_reference()).unwrap(),
            r#"{"activityId":"a","user":{"id":"u"},"bot":{"id":"b"},"conversation":{"id":"v"},"channelId":"c","serviceUrl":"s","locale":"l","deliveryMode":"stream"}"#
        );
    }

    #[test]
    fn what_is_sent_upon_a_continuation_goes_to_its_reference() {
        let text = r#"{"activityId":"a","user":{"id":"u"},"bot":{"id":"b"},"conversation":{"id":"v"},"channelId":"c","serviceUrl":"s","locale":"l"}"#;
        let continuation = Activity::continuation(serde_json::from_str(text).unwrap());
        assert_eq!(
            serde_json::to_string(&continuation.conversation_reference()).unwrap(),
            text
        );
        assert_eq!(
            continuation.to_json(),
            r#"{"type":"event","id":"a","serviceUrl":"s","channelId":"c","from":{"id":"u"},"conversation":{"id":"v"},"recipient":{"id":"b"},"locale":"l","name":"ContinueConversation","relatesTo":"#.to_owned()
                + text
                + "}"
        );
    }

    #[test]
    fn a_conversation_update_on_direct_line_cannot_be_replied_to() {
        for (kind, channel, id) in [
            ("conversationUpdate", "directline", None),
            ("conversationUpdate", "webchat", None),
            ("conversationUpdate", "telephony", Some("a")),
            ("message", "directline", Some("a")),
            ("message", "webchat", Some("a")),
        ] {
            let activity = Activity {
                id: Some("a".into()),
                channel_id: Some(channel.into()),
                ..Activity::new(kind)
            };
            assert_eq!(
                activity.conversation_reference().activity_id.as_deref(),
                id,
                "{kind} on {channel}"
            );
        }
    }
}
