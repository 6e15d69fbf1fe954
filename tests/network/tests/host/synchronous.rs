//! A channel that sends its next activity before it answers the bot's request, as in-process emulators do.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use onhook::BoxFuture;
use onhook::http::connector::{ConnectorClient, ServiceUrls};
use onhook::http::{Endpoint, Transport, TransportError};
use onhook::prelude::*;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::channel::{Answer, endpoint, endpoint_with, message, post};
use crate::desk::Desk;

/// When the channel sends what follows from a request of the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    /// Before it answers the request.
    Within,
    /// After.
    After,
}

/// A channel that carries out commands, and echoes messages that ask for it.
struct Telephone {
    follows: Follows,
    bot: OnceLock<Endpoint<Clerk>>,
    texts: Mutex<Vec<String>>,
    /// What the bot answered to what the channel sent of its own.
    statuses: Arc<Mutex<Vec<u16>>>,
    after: Mutex<Vec<JoinHandle<()>>>,
}

impl Telephone {
    fn connected(follows: Follows) -> (Endpoint<Clerk>, Arc<Telephone>) {
        let telephone = Arc::new(Telephone {
            follows,
            bot: OnceLock::new(),
            texts: Mutex::default(),
            statuses: Arc::default(),
            after: Mutex::default(),
        });
        let client = ConnectorClient::builder()
            .service_urls(ServiceUrls::any())
            .transport(telephone.clone())
            .build();
        let endpoint = Endpoint::builder(Clerk).connector(client).build();
        telephone.bot.set(endpoint.clone()).unwrap();
        (endpoint, telephone)
    }

    /// What the channel sends because of what the bot sent.
    fn next(sent: &Value) -> Option<Value> {
        if sent["type"] == "command" {
            return Some(message(
                "",
                json!({
                    "type": "commandResult",
                    "name": sent["name"],
                    "value": {"commandId": sent["value"]["commandId"], "data": {"recordingId": "r-1"}},
                }),
            ));
        }
        let asked = sent["text"].as_str()?.strip_prefix("ask for ")?;
        Some(message(asked, Value::Null))
    }
}

impl Transport for Telephone {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let sent: Value = serde_json::from_slice(request.body()).unwrap();
            if let Some(text) = sent["text"].as_str() {
                self.texts.lock().unwrap().push(text.to_owned());
            }
            if let Some(next) = Telephone::next(&sent) {
                let (bot, statuses) = (self.bot.get().unwrap().clone(), self.statuses.clone());
                let sends = async move {
                    let status = post(&bot, &next).await.status;
                    statuses.lock().unwrap().push(status);
                };
                match self.follows {
                    Follows::Within => sends.await,
                    Follows::After => self.after.lock().unwrap().push(tokio::spawn(sends)),
                }
            }
            Ok(Response::new(r#"{"id": "sent"}"#.into()))
        })
    }
}

/// Records a call, by hooks and by waiting.
struct Clerk;

#[bot]
impl Clerk {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        turn.start_recording(RecordingStart::new()).await?;
        turn.say("Welcome.").await
    }

    #[on_command_result("recording_start")]
    async fn started(&self, turn: &Turn, result: CommandResult<RecordingStart>) -> Result<()> {
        result
            .outcome()
            .map_err(|error| onhook::Error::msg(error.to_string()))?;
        turn.say("You are recorded.").await
    }

    #[on_message(text = "pay")]
    async fn pay(&self, turn: &Turn) -> Result<()> {
        turn.pause_recording().await?.result().await?;
        turn.say("Your card number, please.").await
    }

    #[on_message(text = "4929")]
    async fn paid(&self, turn: &Turn) -> Result<()> {
        turn.resume_recording().await?.result().await?;
        turn.say("Thank you.").await
    }

    #[on_message]
    async fn echo(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(text).await
    }
}

async fn recorded_call(follows: Follows) -> (Duration, Vec<String>, Vec<u16>) {
    let (bot, telephone) = Telephone::connected(follows);
    let began = Instant::now();
    for activity in [
        json!({"type": "conversationUpdate", "membersAdded": [{"id": "caller"}]}),
        json!({"text": "pay"}),
        json!({"text": "4929"}),
        json!({"type": "endOfConversation"}),
    ] {
        assert_eq!(post(&bot, &message("", activity)).await.status, 200);
        let after = std::mem::take(&mut *telephone.after.lock().unwrap());
        for sent in after {
            sent.await.unwrap();
        }
        bot.idle().await;
    }
    let took = began.elapsed();
    let texts = telephone.texts.lock().unwrap().clone();
    let statuses = telephone.statuses.lock().unwrap().clone();
    (took, texts, statuses)
}

#[tokio::test(start_paused = true)]
async fn a_recorded_call_takes_no_longer() {
    let (other, texts, _) = recorded_call(Follows::After).await;
    let (took, same, statuses) = recorded_call(Follows::Within).await;
    assert_eq!((took, other), (Duration::ZERO, Duration::ZERO));
    assert_eq!(texts, same);
    assert_eq!(
        texts,
        [
            "Welcome.",
            "You are recorded.",
            "Your card number, please.",
            "Thank you."
        ]
    );
    // Each found the turn under way that had sent the command.
    assert_eq!(statuses, [202, 202, 202]);
}

#[tokio::test(start_paused = true)]
async fn messages_within_messages_run_in_their_order() {
    let (bot, telephone) = Telephone::connected(Follows::Within);
    let began = Instant::now();
    let nested = message("ask for ask for ask for nothing", Value::Null);
    assert_eq!(post(&bot, &nested).await.status, 200);
    bot.idle().await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(
        *telephone.texts.lock().unwrap(),
        [
            "ask for ask for ask for nothing",
            "ask for ask for nothing",
            "ask for nothing",
            "nothing",
        ]
    );
    assert_eq!(*telephone.statuses.lock().unwrap(), [202; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_turn_of_the_bots_own_keeps_no_caller_waiting() {
    let (bot, telephone) = Telephone::connected(Follows::Within);
    let hello = message("hello", Value::Null).to_string();
    let reference = onhook::Activity::from_json(&hello)
        .unwrap()
        .conversation_reference();
    let turn = bot.continue_conversation(reference).await.unwrap();
    turn.say("ask for help").await.unwrap();
    assert_eq!(*telephone.texts.lock().unwrap(), ["ask for help"]);
    drop(turn);
    bot.idle().await;
    assert_eq!(*telephone.texts.lock().unwrap(), ["ask for help", "help"]);
}

/// Something that keeps the turns of the conversation waiting until it is let go.
#[derive(Clone, Copy, Debug)]
enum Busy {
    /// A handler that computes.
    Handler,
    /// A handler that waits for the result of its command.
    Result,
    /// A turn that the bot has begun.
    Proactive,
}

/// Every kind of activity, and whether the sender needs more than to know that it was accepted.
fn kinds() -> Vec<(Value, bool)> {
    let command = json!({"type": "command", "name": "application/x", "value": {"commandId": "c"}});
    let result =
        json!({"type": "commandResult", "name": "application/x", "value": {"commandId": "c"}});
    vec![
        (json!({"type": "message", "text": "quiet"}), false),
        (json!({"type": "event", "name": "x"}), false),
        (json!({"type": "conversationUpdate"}), false),
        (json!({"type": "typing"}), false),
        (json!({"type": "messageUpdate"}), false),
        (json!({"type": "somethingNew"}), false),
        (command, false),
        // The protocol says to ignore it.
        (json!({"type": "command", "name": ""}), false),
        (result, false),
        (json!({"type": "endOfConversation"}), false),
        (
            json!({"text": "quiet", "deliveryMode": "notification"}),
            false,
        ),
        (
            json!({"text": "quiet", "deliveryMode": "expectReplies"}),
            true,
        ),
        (json!({"text": "quiet", "deliveryMode": "stream"}), true),
        (json!({"type": "invoke", "name": "done"}), true),
        (
            json!({"type": "invoke", "name": "done", "deliveryMode": "expectReplies"}),
            true,
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn who_needs_no_answer_does_not_wait_for_another_turn() {
    for busy in [Busy::Handler, Busy::Result, Busy::Proactive] {
        for (activity, needs_answer) in kinds() {
            let desk = Desk::new();
            let (bot, channel) = endpoint(desk.clone());
            let hello = message("wait", Value::Null);
            let mut proactive = None;
            match busy {
                Busy::Handler => {
                    sending(&bot, hello);
                    desk.comes().await;
                }
                Busy::Result => {
                    sending(&bot, message("ticket", Value::Null));
                    channel.next().await;
                }
                Busy::Proactive => {
                    let hello = onhook::Activity::from_json(&hello.to_string()).unwrap();
                    let reference = hello.conversation_reference();
                    proactive = Some(bot.continue_conversation(reference).await.unwrap());
                }
            }
            let said = format!("{busy:?}, {activity}");
            let began = Instant::now();
            let asked = sending(&bot, message("", activity.clone()));
            if needs_answer {
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
                assert!(!asked.is_finished(), "{said}");
            } else {
                assert_eq!(asked.await.unwrap().status, 202, "{said}");
                assert_eq!(began.elapsed(), Duration::ZERO, "{said}");
                continue;
            }
            desk.gate.add_permits(1);
            drop(proactive);
            if matches!(busy, Busy::Result) {
                // Its end ends the waiting.
                let end = message("", json!({"type": "endOfConversation"}));
                assert_eq!(post(&bot, &end).await.status, 202, "{said}");
            }
            assert_eq!(asked.await.unwrap().status, 200, "{said}");
            assert_eq!(began.elapsed(), Duration::ZERO, "{said}");
            bot.idle().await;
        }
    }
}

fn sending(bot: &Endpoint<Desk>, activity: Value) -> JoinHandle<Answer> {
    let bot = bot.clone();
    tokio::spawn(async move { post(&bot, &activity).await })
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_turn_under_way_is_told_how_its_own_ended() {
    for (activity, _) in kinds() {
        let (bot, _) = endpoint(Desk::new());
        let answer = post(&bot, &message("", activity.clone())).await;
        assert_eq!(answer.status, 200, "{activity}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_counts_among_the_turns() {
    let desk = Desk::new();
    let host = onhook::Host::builder(desk.clone()).queue_limit(1).build();
    let (bot, _) = endpoint_with(desk.clone(), |builder| builder.host(host).turn_limit(3));
    let first = sending(&bot, message("wait", Value::Null));
    desk.comes().await;
    let quiet = message("quiet", Value::Null);
    assert_eq!(post(&bot, &quiet).await.status, 202);
    assert_eq!(post(&bot, &quiet).await.status, 429, "the mailbox is full");
    let elsewhere = |name: &str| message("wait", json!({"conversation": {"id": name}}));
    let third = sending(&bot, elsewhere("call-2"));
    desk.comes().await;
    assert_eq!(post(&bot, &elsewhere("call-3")).await.status, 503);
    let idle = tokio::spawn({
        let bot = bot.clone();
        async move { bot.idle().await }
    });
    tokio::task::yield_now().await;
    assert!(!idle.is_finished());
    desk.gate.add_permits(2);
    idle.await.unwrap();
    assert_eq!(
        (first.await.unwrap().status, third.await.unwrap().status),
        (200, 200)
    );
    assert_eq!(bot.host().conversations(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_fails_after_it_was_accepted_tells_the_bot() {
    struct Told(Arc<Semaphore>);
    #[bot]
    impl Told {
        #[on_error]
        async fn told(&self) {
            self.0.add_permits(1);
        }
    }
    let (desk, told) = (Desk::new(), Arc::new(Semaphore::new(0)));
    let (bot, _) = endpoint(desk.clone().or(Told(Arc::clone(&told))));
    let first = tokio::spawn({
        let bot = bot.clone();
        async move { post(&bot, &message("wait", Value::Null)).await.status }
    });
    desk.comes().await;
    assert_eq!(post(&bot, &message("fail", Value::Null)).await.status, 202);
    assert_eq!(told.available_permits(), 0);
    desk.gate.add_permits(1);
    assert_eq!(first.await.unwrap(), 200);
    bot.idle().await;
    assert_eq!(told.available_permits(), 1);
}
