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
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::channel::{message, post};

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
        turn.start_recording(RecordingStart::new()).await?.detach();
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
