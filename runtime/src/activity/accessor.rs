//! What is often asked of an activity, borrowed from it.

use super::{
    Activity, ActivityType, Attachment, ChannelAccount, Entity, MessageReaction, StreamInfo,
};

/// Reading without allocation: absent lists are empty, absent objects have no id.
impl Activity {
    /// Who came.
    #[inline]
    pub fn members_added(&self) -> &[ChannelAccount] {
        self.members_added.as_deref().unwrap_or_default()
    }

    /// Who went.
    #[inline]
    pub fn members_removed(&self) -> &[ChannelAccount] {
        self.members_removed.as_deref().unwrap_or_default()
    }

    /// Reactions that were added.
    #[inline]
    pub fn reactions_added(&self) -> &[MessageReaction] {
        self.reactions_added.as_deref().unwrap_or_default()
    }

    /// Reactions that were removed.
    #[inline]
    pub fn reactions_removed(&self) -> &[MessageReaction] {
        self.reactions_removed.as_deref().unwrap_or_default()
    }

    /// Files, cards and other content.
    pub fn attachments(&self) -> &[Attachment] {
        self.attachments.as_deref().unwrap_or_default()
    }

    /// Metadata.
    #[inline]
    pub fn entities(&self) -> &[Entity] {
        self.entities.as_deref().unwrap_or_default()
    }

    /// The id of the conversation.
    pub fn conversation_id(&self) -> Option<&str> {
        self.conversation.as_ref()?.id.as_deref()
    }

    /// The id of the sender.
    pub fn from_id(&self) -> Option<&str> {
        self.from.as_ref()?.id.as_deref()
    }

    /// The id of the recipient.
    #[inline]
    pub fn recipient_id(&self) -> Option<&str> {
        self.recipient.as_ref()?.id.as_deref()
    }

    /// The key of the telephone that this message stands for: one of `0`–`9`, `*`, `#`, `A`–`D`.
    ///
    /// The telephony channel sends each key as a message of its own, marked by an entity of type `DTMF`; a spoken
    /// "1" has no such entity and is no key.
    #[inline]
    pub fn dtmf(&self) -> Option<char> {
        if self.kind != ActivityType::Message
            || !self.entities().iter().any(|entity| entity.is(Entity::DTMF))
        {
            return None;
        }
        let text = self.text.as_deref()?;
        // A key is one byte, and as a rule comes without white space.
        let text = if text.len() > 1 { text.trim() } else { text };
        match text.as_bytes() {
            [key @ (b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D')] => Some(char::from(*key)),
            _ => None,
        }
    }

    /// Which piece of a stream this is. `None` when there is no such entity, when there are several, of which all
    /// are to be ignored (A9246), and when it cannot be understood (A9245).
    pub fn stream_info(&self) -> Option<StreamInfo> {
        let mut found = self
            .entities()
            .iter()
            .filter(|entity| entity.is(StreamInfo::TYPE));
        let one = found.next()?;
        if found.next().is_some() {
            None
        } else {
            one.parse().ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: ActivityType, entity: Option<&str>, text: Option<&str>) -> Option<char> {
        Activity {
            text: text.map(Into::into),
            entities: entity.map(|entity| vec![Entity::new("mention"), Entity::new(entity)]),
            ..Activity::new(kind)
        }
        .dtmf()
    }

    #[test]
    fn a_key_is_a_marked_message_with_one_sign() {
        use ActivityType::{Event, Message};
        for sign in "0123456789*#ABCD".chars() {
            assert_eq!(
                key(Message, Some("DTMF"), Some(&sign.to_string())),
                Some(sign)
            );
        }
        for (kind, entity, text, expected) in [
            (Message, Some("dtmf"), Some(" 1\n"), Some('1')),
            (Message, Some("Dtmf"), Some("#"), Some('#')),
            (Message, Some("DTMF"), Some("12"), None),
            (Message, Some("DTMF"), Some("E"), None),
            (Message, Some("DTMF"), Some("a"), None),
            (Message, Some("DTMF"), Some("\u{661}"), None),
            (Message, Some("DTMF"), Some(" "), None),
            (Message, Some("DTMF"), None, None),
            (Message, Some("DTMFX"), Some("1"), None),
            (Message, None, Some("1"), None),
            (Event, Some("DTMF"), Some("1"), None),
        ] {
            assert_eq!(
                key(kind.clone(), entity, text),
                expected,
                "{kind} {entity:?} {text:?}"
            );
        }
    }

    #[test]
    fn absent_is_empty() {
        let activity = Activity::typing();
        assert!(activity.members_added().is_empty() && activity.members_removed().is_empty());
        assert!(activity.reactions_added().is_empty() && activity.reactions_removed().is_empty());
        assert!(activity.attachments().is_empty() && activity.entities().is_empty());
        assert_eq!(
            (
                activity.conversation_id(),
                activity.from_id(),
                activity.recipient_id()
            ),
            (None, None, None)
        );
    }

    #[test]
    fn two_stream_entities_are_none() {
        let one = Entity::of("streamInfo", &StreamInfo::new("s-1")).unwrap();
        let mut activity = Activity {
            entities: Some(vec![one.clone()]),
            ..Activity::typing()
        };
        assert_eq!(
            activity.stream_info().map(|info| info.stream_id),
            Some("s-1".into())
        );
        activity.entities = Some(vec![one.clone(), one]);
        assert_eq!(activity.stream_info(), None);
        activity.entities = Some(vec![Entity::new("streaminfo")]);
        assert_eq!(activity.stream_info(), None);
    }
}
