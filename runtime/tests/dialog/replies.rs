//! What does not come from the caller: results of commands, events, transfers, the end.

use std::sync::Mutex;

use onhook::prelude::*;
use onhook::testing::TestDialog;
use onhook::{CommandError, ResultError};
use serde::{Deserialize, Serialize};

use crate::{secs, words};

#[derive(Command, Serialize, Deserialize)]
#[command(name = "application/vnd.contoso.open-ticket", result = Ticket)]
struct OpenTicket {
    subject: String,
}

#[derive(Serialize, Deserialize)]
struct Ticket {
    number: u32,
}

#[on_members_added]
async fn ticket(call: &mut Dialog<'_>) -> Result<()> {
    let subject = call.ask(words("What is it about?")).await?;
    match call.command(OpenTicket { subject }).await {
        Ok(ticket) => call.say(format!("Ticket {}.", ticket.number)).await?,
        Err(ResultError::Failed(error)) => call.say(error.message).await?,
        Err(other) => call.say(other.to_string()).await?,
    }
    call.ask(words("Anything else?")).await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_result_comes_to_the_dialog() {
    let call = TestDialog::begin(handlers![ticket]).await;
    call.answers::<OpenTicket>(Ok(Ticket { number: 7 }));
    call.says("my bill").await;
    call.says("no").await;
    assert_eq!(
        call.heard(),
        ["What is it about?", "Ticket 7.", "Anything else?"]
    );

    let call = TestDialog::begin(handlers![ticket]).await;
    call.answers::<OpenTicket>(Err(CommandError::new("Closed", "We are closed.")));
    call.says("my bill").await;
    call.says("no").await;
    assert_eq!(call.heard()[1], "We are closed.");
}

#[tokio::test(start_paused = true)]
async fn a_result_comes_to_another_process_or_not_at_all() {
    let mut call = TestDialog::begin(handlers![ticket]).await;
    call.says("my bill").await;
    let sent = call.outbox().sent();
    let command = sent.last().unwrap();
    let id = command.value.as_ref().unwrap().as_str();
    let id = id.split('"').nth(3).unwrap();
    call.restarts_the_bot();
    let mut result = Activity::command_result("application/vnd.contoso.open-ticket");
    result.value = format!("{{\"commandId\":\"{id}\",\"data\":{{\"number\":9}}}}")
        .parse()
        .ok();
    call.sends(result).await.unwrap();
    assert_eq!(call.heard()[1], "Ticket 9.");

    let mut call = TestDialog::begin(handlers![ticket]).await;
    call.says("my bill").await;
    call.restarts_the_bot();
    // It is not known whether the command was sent: it goes out again, under the same id.
    call.waits(secs(45)).await;
    let sent = call.outbox().sent();
    let commands: Vec<_> = sent
        .iter()
        .filter(|sent| sent.kind == onhook::ActivityType::Command)
        .collect();
    assert_eq!(commands.len(), 2);
    assert_eq!(commands[0].value, commands[1].value);
    assert_eq!(call.heard()[1], "no result came within 30000 ms");
}

#[on_members_added]
async fn transfer(call: &mut Dialog<'_>) -> Result<()> {
    assert!(call.transfer_to("not a number").await.is_err());
    let status = call.transfer_to("+14255550100").await?;
    call.say(format!("{:?}", status.state)).await
}

#[tokio::test(start_paused = true)]
async fn a_transfer_has_an_outcome() {
    let call = TestDialog::begin(handlers![transfer]).await;
    let mut status = Activity::event("handoff.status");
    status.value = "{\"state\":\"failed\"}".parse().ok();
    call.sends(status).await.unwrap();
    assert_eq!(call.heard(), ["Some(Failed)"]);
}

#[derive(Default)]
struct Cleaning(Mutex<Vec<&'static str>>);

#[bot]
impl Cleaning {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        match call.ask(words("Name?")).await {
            Err(Unanswered::HungUp) => {
                self.note("hung up");
                call.say("nobody hears this").await?;
                call.run("undo", async |_| {
                    self.note("undone");
                    Ok::<_, std::io::Error>(())
                })
                .await?;
                // Whatever it waits for fails at once.
                call.ask(words("Name?")).await?;
                Ok(())
            }
            other => call.say(format!("{other:?}")).await,
        }
    }

    #[on_end_of_conversation]
    async fn ended(&self) -> Result<()> {
        self.note("ended");
        Ok(())
    }
}

impl Cleaning {
    fn note(&self, what: &'static str) {
        let mut notes = self.0.lock().unwrap();
        if notes.last() != Some(&what) {
            notes.push(what);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hang_up_is_noticed_and_the_record_goes() {
    let bot = std::sync::Arc::new(Cleaning::default());
    let call = TestDialog::begin(std::sync::Arc::clone(&bot)).await;
    call.hangs_up().await;
    assert_eq!(bot.0.lock().unwrap().last(), Some(&"ended"));
    assert!(bot.0.lock().unwrap().contains(&"undone"));
    assert_eq!(call.heard(), ["Name?"]);
    assert_eq!(call.record().await, None);
}

struct Slow(Mutex<Vec<String>>);

#[bot]
impl Slow {
    #[on_members_added]
    async fn charge(&self, call: &mut Dialog<'_>) -> Result<()> {
        let done = call
            .run("charge", async |_| {
                tokio::time::sleep(secs(10)).await;
                Ok::<_, std::io::Error>("charged".to_owned())
            })
            .await?;
        let next = call.ask(words("Anything else?")).await;
        self.0.lock().unwrap().push(format!("{done} {next:?}"));
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_comes_to_its_end_when_the_caller_hangs_up() {
    let bot = std::sync::Arc::new(Slow(Mutex::default()));
    let call = TestDialog::new(std::sync::Arc::clone(&bot));
    tokio::join!(call.joins(), async {
        tokio::time::sleep(secs(3)).await;
        call.hangs_up().await;
    });
    assert_eq!(*bot.0.lock().unwrap(), ["charged Err(HungUp)"]);
    assert!(call.heard().is_empty());
    assert_eq!(call.record().await, None);
}
