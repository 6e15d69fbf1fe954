//! Long ids do not fill the memory. It counts the bytes of the process, and so is alone in its own.

use onhook::prelude::*;
use onhook::testing::Outbox;
use onhook::{ChannelAccount, ConversationAccount, Host};

const CONVERSATIONS: usize = 600;

/// Sends a command whose result never comes: its conversation stays in memory for ten minutes.
struct Asking;

#[bot]
impl Asking {
    #[on_message]
    async fn ask(&self, turn: &Turn) -> Result<()> {
        turn.pause_recording().await.map(drop)
    }
}

fn message(number: usize, length: usize) -> Activity {
    let id = |of: &str| format!("{of}-{number}-{}", "x".repeat(length));
    let mut message = Activity::message("pay");
    message.id = Some(id("activity"));
    message.channel_id = Some(id("channel"));
    message.from = Some(ChannelAccount::new(id("caller")));
    message.recipient = Some(ChannelAccount::new(id("bot")));
    message.conversation = Some(ConversationAccount::new(id("call")));
    message
}

/// The conversations that are in memory after 600 with ids of this length, and the bytes for them.
async fn kept(length: usize) -> (usize, usize) {
    let host = Host::new(Asking);
    let before = onhook_allocations::live();
    for number in 0..CONVERSATIONS {
        // What was sent goes with its outbox.
        if let Ok(delivery) = host.accept(message(number, length), Outbox::new()) {
            delivery.await.unwrap();
        }
    }
    let bytes = onhook_allocations::live() - before;
    (host.conversations(), bytes)
}

#[tokio::test]
async fn a_conversation_costs_a_few_kilobytes_whatever_its_ids_are() {
    let (conversations, short) = kept(10).await;
    assert_eq!(conversations, CONVERSATIONS);
    assert!(short < CONVERSATIONS * 3_000, "{short} bytes");
    let (conversations, longest) = kept(1_000).await;
    assert_eq!(conversations, CONVERSATIONS);
    // Channel and conversation are the key.
    assert!(longest < short + CONVERSATIONS * 2_200, "{longest} bytes");
    let (conversations, refused) = kept(200_000).await;
    assert_eq!(conversations, 0);
    assert!(refused < 10_000, "{refused} bytes");
}
