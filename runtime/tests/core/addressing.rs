//! Where what is sent goes: back to where the turn's activity came from.

use onhook::prelude::*;
use onhook::testing::TestTurn;
use onhook::{ChannelAccount, ConversationAccount};

use crate::stub::activity;

/// A turn on an activity with every address.
fn turn() -> TestTurn {
    TestTurn::new(activity(
        r#"{"type":"message","id":"in-1","channelId":"telephony","serviceUrl":"https://channel.test","locale":"de-DE",
            "conversation":{"id":"call-1"},"from":{"id":"+1425"},"recipient":{"id":"bot"},"deliveryMode":"expectReplies"}"#,
    ))
}

async fn sent(turn: &TestTurn, activity: Activity) -> Activity {
    turn.send(activity).await.unwrap();
    turn.sent().pop().unwrap()
}

#[tokio::test]
async fn a_reply_is_addressed_to_the_sender_in_the_same_conversation() {
    let mut elsewhere = Activity::message("hi");
    elsewhere.channel_id = Some("other".into());
    elsewhere.service_url = Some("https://other.test".into());
    elsewhere.conversation = Some(ConversationAccount::new("other"));
    elsewhere.from = Some(ChannelAccount::new("someone"));
    let reply = sent(&turn(), elsewhere).await;
    assert_eq!(reply.channel_id.as_deref(), Some("telephony"));
    assert_eq!(reply.service_url.as_deref(), Some("https://channel.test"));
    assert_eq!(reply.conversation_id(), Some("call-1"));
    assert_eq!(
        (reply.from_id(), reply.recipient_id()),
        (Some("bot"), Some("+1425"))
    );
    assert_eq!(reply.reply_to_id.as_deref(), Some("in-1"));
    assert_eq!(reply.delivery_mode, None);
}

#[tokio::test]
async fn a_recipient_and_a_locale_of_its_own_stay() {
    let turn = turn();
    let mut own = Activity::message("hi");
    own.recipient = Some(ChannelAccount::new("supervisor"));
    own.locale = Some("fr-FR".into());
    let reply = sent(&turn, own).await;
    assert_eq!(reply.recipient_id(), Some("supervisor"));
    assert_eq!(reply.locale.as_deref(), Some("fr-FR"));
    let plain = sent(&turn, Activity::message("hi")).await;
    assert_eq!(plain.locale.as_deref(), Some("de-DE"));
}

#[tokio::test]
async fn the_channel_gives_the_id() {
    let mut named = Activity::message("hi");
    named.id = Some("mine".into());
    assert_eq!(sent(&turn(), named).await.id, None);
}

#[tokio::test]
async fn an_activity_without_an_id_cannot_be_replied_to() {
    let reply = sent(&TestTurn::message("hi"), Activity::message("hi")).await;
    assert_eq!(reply.reply_to_id, None);
}
