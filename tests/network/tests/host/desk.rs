//! The bot of these tests.

use std::sync::Arc;

use onhook::activity::Json;
use onhook::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

/// A command of its own, whose result it waits for.
#[derive(Debug, Serialize, Deserialize, Command)]
#[command(name = "application/vnd.contoso.open-ticket", result = Ticket)]
pub(crate) struct OpenTicket {
    pub(crate) subject: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ticket {
    pub(crate) number: u32,
}

/// Does as the caller says.
#[derive(Clone)]
pub(crate) struct Desk {
    /// Lets a turn that waits go on.
    pub(crate) gate: Arc<Semaphore>,
    /// One for each turn that has come to the gate.
    pub(crate) waiting: Arc<Semaphore>,
}

impl Desk {
    pub(crate) fn new() -> Desk {
        Desk {
            gate: Arc::new(Semaphore::new(0)),
            waiting: Arc::new(Semaphore::new(0)),
        }
    }

    /// Waits for the next turn that comes to the gate.
    pub(crate) async fn comes(&self) {
        self.waiting.acquire().await.unwrap().forget();
    }

    async fn at_gate(&self) {
        self.waiting.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
    }
}

#[bot]
impl Desk {
    #[on_message]
    async fn echo(&self, turn: &Turn, text: Option<Text<'_>>) -> Result<()> {
        match text {
            Some(text) => turn.say(format!("Echo: {text}")).await,
            None => Ok(()),
        }
    }

    #[on_message(text = "quiet")]
    async fn quiet(&self) {}

    #[on_message(text = "fail")]
    async fn fail(&self) -> Result<()> {
        Err(onhook::Error::msg("told to fail"))
    }

    #[on_message(text = "panic")]
    async fn panic(&self) {
        panic!("told to panic");
    }

    #[on_message(text = "wait")]
    async fn wait(&self) {
        self.at_gate().await;
    }

    #[on_message(text = "two")]
    async fn two(&self, turn: &Turn) -> Result<()> {
        turn.say("one").await?;
        turn.say("two").await
    }

    #[on_message(text = "half")]
    async fn half(&self, turn: &Turn) -> Result<()> {
        turn.say("one").await?;
        Err(onhook::Error::msg("told to fail"))
    }

    #[on_message(text = "update")]
    async fn update(&self, turn: &Turn) -> Result<()> {
        let mut activity = onhook::Activity::message("changed");
        activity.id = Some("sent-1".to_owned());
        turn.update(activity).await.map(drop)
    }

    #[on_message(text = "ticket")]
    async fn ticket(&self, turn: &Turn) -> Result<()> {
        let subject = "no dial tone".to_owned();
        let mut receipt = turn.command(OpenTicket { subject }).await?;
        let ticket = receipt.result().await?;
        turn.say(format!("ticket {}", ticket.number)).await
    }

    #[on_typing]
    async fn sign(&self, turn: &Turn) -> Result<()> {
        let mut trace = onhook::Activity::new(onhook::ActivityType::Trace);
        trace.name = Some("seen".to_owned());
        turn.send(trace).await.map(drop)
    }

    #[on_invoke("teapot")]
    async fn teapot(&self) -> Result<InvokeResponse> {
        Ok(InvokeResponse::status(418).with_body(&["short", "stout"])?)
    }

    #[on_invoke("status")]
    async fn status(&self, status: Value<u16>) -> Result<InvokeResponse> {
        Ok(InvokeResponse::status(*status).with_body(&"body")?)
    }

    #[on_invoke("done")]
    async fn done(&self) {}

    #[on_invoke("sent")]
    async fn sent(&self, turn: &Turn) -> Result<()> {
        let mut answer = onhook::Activity::new(onhook::ActivityType::InvokeResponse);
        answer.value = Some(Json::of(
            &serde_json::json!({"status": 201, "body": {"made": 1}}),
        )?);
        turn.send(answer).await.map(drop)
    }

    #[on_invoke("wait")]
    async fn invoke_wait(&self) {
        self.at_gate().await;
    }

    #[on_invoke("fail")]
    async fn invoke_fail(&self) -> Result<()> {
        Err(onhook::Error::msg("told to fail"))
    }

    #[on_end_of_conversation]
    async fn end(&self) {}
}

/// Says sorry for every failure.
pub(crate) struct Sorry;

#[bot]
impl Sorry {
    #[on_error]
    async fn sorry(&self, turn: &Turn) -> Result<()> {
        turn.say("Sorry.").await
    }
}
