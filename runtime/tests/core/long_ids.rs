//! Ids that nobody needs so long are refused before anything is kept of them.

use onhook::{Activity, ConversationAccount, ConversationReference, Host, Refused};

use crate::stub::{Call, StubBot, in_conversation, open_ticket};

const REFUSED: Refused = Refused::IdTooLong {
    path: "conversation.id",
    limit: 1024,
};

#[tokio::test]
async fn a_conversation_with_a_long_id_is_refused_and_not_in_memory() {
    let call = Call::new(StubBot::new());
    let hello = in_conversation(Activity::message("hello"), &"x".repeat(200_000));
    assert_eq!(call.accept(hello).unwrap_err(), REFUSED);
    assert_eq!(call.host.conversations(), 0);
    let longest = in_conversation(Activity::message("hello"), &"x".repeat(1024));
    call.run(longest).await.unwrap();
}

#[tokio::test]
async fn nor_is_it_continued() {
    let call = Call::on(Host::new(StubBot::new()));
    let mut reference = ConversationReference::default();
    reference.conversation = Some(ConversationAccount::new("x".repeat(1025)));
    let continued = call
        .host
        .continue_conversation(reference, call.outbox.clone());
    assert_eq!(continued.await.unwrap_err(), REFUSED);
    assert_eq!(call.host.conversations(), 0);
}

#[tokio::test]
async fn a_refusal_says_where_and_how_long_an_id_may_be() {
    assert_eq!(
        REFUSED.to_string(),
        "`conversation.id` is longer than 1024 bytes"
    );
}

/// A channel's answer is outside too: the id that it gives a command is kept with the command.
#[tokio::test]
async fn a_long_id_that_the_channel_gives_a_command_is_not_kept() {
    use onhook::{BoxFuture, Connector, ResourceResponse, SendError};

    struct Wordy;

    impl Connector for Wordy {
        fn send(&self, _: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
            Box::pin(async { Ok(ResourceResponse::new("x".repeat(200_000))) })
        }
    }

    let call = Call::new(StubBot::new());
    let mut reference = ConversationReference::default();
    reference.conversation = Some(ConversationAccount::new("call-1"));
    let turn = call
        .host
        .continue_conversation(reference, std::sync::Arc::new(Wordy))
        .await
        .unwrap();
    let receipt = turn.command(open_ticket()).await.unwrap();
    assert_eq!(receipt.activity_id(), None);
}
