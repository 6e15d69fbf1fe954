//! A handle outlives the request: what is sent with it goes to the channel when the response is complete.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use onhook::http::Endpoint;
use onhook::prelude::*;
use onhook::{ConversationHandle, SendError};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::channel::{Channel, SERVICE, endpoint, message, post};

/// Reminds the caller 30 seconds after "hold on".
#[derive(Clone)]
struct Patient {
    handles: Arc<Mutex<Vec<ConversationHandle>>>,
    /// What became of each reminder.
    reminded: Arc<Mutex<Vec<Result<()>>>>,
    done: Arc<Semaphore>,
    endpoint: Arc<OnceLock<Endpoint<Patient>>>,
}

#[bot]
impl Patient {
    #[on_message(text = "hold on")]
    async fn hold(&self, turn: &Turn) -> Result<()> {
        let conversation = turn.conversation();
        self.handles.lock().unwrap().push(conversation.clone());
        let (reminded, done) = (Arc::clone(&self.reminded), Arc::clone(&self.done));
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(30)).await;
            let said = conversation.say("Are you still there?").await;
            reminded.lock().unwrap().push(said);
            done.add_permits(1);
        });
        turn.say("Take your time.").await
    }

    #[on_message(text = "twice")]
    async fn twice(&self, turn: &Turn) -> Result<()> {
        let conversation = turn.conversation();
        conversation.say("with the handle").await?;
        turn.say("with the turn").await?;
        let beside = tokio::spawn(async move { conversation.say("in a task").await });
        beside.await?
    }

    #[on_message(text = "continue")]
    async fn go_on(&self, turn: &Turn) -> Result<()> {
        let reference = turn.activity().conversation_reference();
        let endpoint = self.endpoint.get().unwrap();
        let proactive = endpoint.continue_conversation(reference).await?;
        proactive.say("from within").await
    }

    #[on_message(text = "sleep")]
    async fn sleep(&self, turn: &Turn) -> Result<()> {
        self.handles.lock().unwrap().push(turn.conversation());
        tokio::time::sleep(Duration::from_secs(90)).await;
        turn.say("good morning").await
    }
}

impl Patient {
    fn first_handle(&self) -> ConversationHandle {
        self.handles.lock().unwrap()[0].clone()
    }

    async fn outcome(&self) -> Result<()> {
        self.done.acquire().await.unwrap().forget();
        self.reminded.lock().unwrap().remove(0)
    }
}

fn patient() -> (Patient, Endpoint<Patient>, Arc<Channel>) {
    let bot = Patient {
        handles: Arc::default(),
        reminded: Arc::default(),
        done: Arc::new(Semaphore::new(0)),
        endpoint: Arc::default(),
    };
    let (endpoint, channel) = endpoint(bot.clone());
    let _ = bot.endpoint.set(endpoint.clone());
    (bot, endpoint, channel)
}

fn by(mode: &str, text: &str) -> Value {
    message(text, json!({"id": "1", "deliveryMode": mode}))
}

#[tokio::test(start_paused = true)]
async fn a_reminder_is_posted_however_the_turn_was_answered() {
    for (mode, in_response) in [("normal", false), ("expectReplies", true), ("stream", true)] {
        let (bot, endpoint, channel) = patient();
        let answer = post(&endpoint, &by(mode, "hold on")).await;
        assert_eq!(answer.status, 200, "{mode}");
        let body = String::from_utf8_lossy(&answer.body);
        assert_eq!(
            body.contains("Take your time."),
            in_response,
            "{mode}: {body}"
        );
        // Nothing of the turn is left, and a stream has been ended.
        endpoint.idle().await;
        assert_eq!(endpoint.host().conversations(), 0, "{mode}");
        bot.outcome().await.unwrap();
        let sent = channel.sent();
        let reminder = sent.last().unwrap();
        assert_eq!(reminder.body["text"], "Are you still there?", "{mode}");
        assert_eq!(reminder.body["serviceUrl"], SERVICE, "{mode}");
        assert_eq!(reminder.body["replyToId"], "1", "{mode}");
        assert_eq!(reminder.line, "POST /v3/conversations/call-1/activities/1");
        assert_eq!(sent.len(), if in_response { 1 } else { 2 }, "{mode}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_service_url_there_is_nowhere_to_remind() {
    let (bot, endpoint, channel) = patient();
    let mut asks = by("expectReplies", "hold on");
    asks["serviceUrl"] = Value::Null;
    assert_eq!(post(&endpoint, &asks).await.status, 200);
    let error = bot.outcome().await.unwrap_err();
    assert!(matches!(
        error.downcast_ref(),
        Some(SendError::NoServiceUrl)
    ));
    assert!(channel.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn whoever_has_hung_up_is_not_reminded() {
    let (bot, endpoint, channel) = patient();
    post(&endpoint, &message("hold on", Value::Null)).await;
    post(
        &endpoint,
        &message("", json!({"type": "endOfConversation"})),
    )
    .await;
    let error = bot.outcome().await.unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(SendError::Ended)));
    assert_eq!(channel.texts(), ["Take your time."]);
}

#[tokio::test(start_paused = true)]
async fn within_its_turn_it_is_the_turn_that_speaks() {
    let said = ["with the handle", "with the turn", "in a task"];
    let (_, endpoint, channel) = patient();
    post(&endpoint, &message("twice", Value::Null)).await;
    assert_eq!(channel.texts(), said);
    let (_, endpoint, channel) = patient();
    let answer = post(&endpoint, &by("expectReplies", "twice")).await;
    let replies = answer.json();
    let replies: Vec<_> = replies["activities"].as_array().unwrap().iter().collect();
    assert_eq!(
        replies
            .iter()
            .map(|reply| &reply["text"])
            .collect::<Vec<_>>(),
        said
    );
    assert!(channel.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_continue_its_own_conversation() {
    let (_, endpoint, channel) = patient();
    let answer = post(&endpoint, &message("continue", Value::Null)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(channel.texts(), ["from within"]);
}

/// The caller of a turn that takes too long asks again. What the turn says is for that answer, what the handle says
/// later is not.
#[tokio::test(start_paused = true)]
async fn what_comes_after_the_answer_is_posted() {
    let (bot, endpoint, channel) = patient();
    let answer = post(&endpoint, &by("expectReplies", "sleep")).await;
    assert_eq!(answer.status, 504);
    endpoint.idle().await;
    bot.first_handle().say("and hello").await.unwrap();
    assert_eq!(channel.texts(), ["and hello"]);
    let answer = post(&endpoint, &by("expectReplies", "sleep")).await;
    let replies = &answer.json()["activities"];
    assert_eq!(replies[0]["text"], "good morning");
    assert_eq!(replies.as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_closes_the_connection_keeps_nothing_back() {
    for mode in ["expectReplies", "stream"] {
        let (bot, endpoint, channel) = patient();
        let asking = tokio::spawn({
            let endpoint = endpoint.clone();
            async move { post(&endpoint, &by(mode, "sleep")).await.status }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        asking.abort();
        endpoint.idle().await;
        bot.first_handle().say("and hello").await.unwrap();
        assert_eq!(channel.texts(), ["and hello"], "{mode}");
    }
}
