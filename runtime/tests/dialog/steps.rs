//! Steps, time and chance.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use onhook::dialog::{DialogError, StepError};
use onhook::prelude::*;
use onhook::question::Confirm;
use onhook::testing::TestDialog;

use crate::{secs, words};

#[derive(Default)]
struct Shop {
    orders: Mutex<Vec<String>>,
    mails: AtomicU32,
}

#[bot]
impl Shop {
    #[on_members_added]
    async fn order(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.say("One moment.").await?;
        let number: usize = call
            .run("order", async |key| {
                tokio::time::sleep(secs(2)).await;
                let mut orders = self.orders.lock().unwrap();
                orders.push(key.to_string());
                Ok::<_, std::io::Error>(orders.len())
            })
            .await?;
        for _ in 0..2 {
            if call.ask(Confirm::new("A mail?")).await? {
                call.run("mail", async |key| {
                    self.mails.fetch_add(1, Ordering::Relaxed);
                    self.orders.lock().unwrap().push(key.to_string());
                    Ok::<_, std::io::Error>(())
                })
                .await?;
            }
        }
        call.say(format!("Order {number}.")).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_runs_once_and_its_result_is_kept() {
    let mut call = TestDialog::begin(Shop::default()).await;
    assert_eq!(call.heard(), ["One moment.", "A mail?"]);
    call.restarts_the_bot();
    call.says("yes").await;
    call.restarts_the_bot();
    call.says("yes").await;
    assert_eq!(call.heard().last().unwrap(), "Order 1.");
}

#[tokio::test(start_paused = true)]
async fn every_step_has_a_key_of_its_own() {
    let shop = std::sync::Arc::new(Shop::default());
    let call = TestDialog::begin(std::sync::Arc::clone(&shop)).await;
    call.says("yes").await;
    call.says("yes").await;
    let mut keys = shop.orders.lock().unwrap().clone();
    assert_eq!((keys.len(), shop.mails.load(Ordering::Relaxed)), (3, 2));
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

#[on_members_added]
async fn fails(call: &mut Dialog<'_>) -> Result<()> {
    let failed: Result<u32, StepError> = call
        .run("load", async |_| Err(std::io::Error::other("no disk")))
        .await;
    call.say(failed.unwrap_err().to_string()).await?;
    let late = call
        .run("wait", async |_| {
            tokio::time::sleep(secs(10)).await;
            Ok::<_, std::io::Error>(1)
        })
        .within(secs(3))
        .await;
    let name = call.ask(words("Name?")).await?;
    call.say(format!("{} {name}", late.unwrap_err())).await
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_kept_like_a_result() {
    let call = TestDialog::begin(handlers![fails]).await;
    call.says("Kim").await;
    assert_eq!(
        call.heard(),
        [
            "the step `load` failed: no disk",
            "Name?",
            "the step `wait` failed: it did not come to its end within 3s Kim"
        ]
    );
}

#[on_members_added]
async fn time_and_chance(call: &mut Dialog<'_>) -> Result<()> {
    let (began, one, two) = (call.now().await, call.random().await, call.random().await);
    assert_ne!(one, two);
    call.ask(words("Go on?")).await?;
    let waited = call.now().await - began;
    call.say(format!("{} {one} {two}", waited.whole_seconds()))
        .await?;
    call.ask(words("Go on?")).await?;
    call.say(format!("{} {one} {two}", waited.whole_seconds()))
        .await
}

#[tokio::test(start_paused = true)]
async fn time_and_chance_are_the_same_in_every_replay() {
    let call = TestDialog::begin(handlers![time_and_chance]).await;
    call.waits(secs(4)).await;
    call.says("yes").await;
    call.waits(secs(4)).await;
    call.says("yes").await;
    let heard = call.heard();
    assert_eq!(heard[1], heard[3]);
    assert!(heard[1].starts_with("4 "), "{}", heard[1]);
}

/// The process ends while the step runs.
struct Crashing(AtomicU32);

#[bot]
impl Crashing {
    #[on_members_added]
    async fn charge(&self, call: &mut Dialog<'_>) -> Result<()> {
        let times = call
            .run("charge", async |_| {
                let times = self.0.fetch_add(1, Ordering::Relaxed);
                if times < 1 {
                    std::future::pending::<()>().await;
                }
                Ok::<_, std::io::Error>(times)
            })
            .await?;
        call.say(format!("Charged in try {times}.")).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_whose_process_is_gone_begins_again() {
    let mut call = TestDialog::new(Crashing(AtomicU32::new(0)));
    {
        let mut joined = Activity::conversation_update();
        joined.members_added = Some(vec![onhook::ChannelAccount::new("caller")]);
        let gone = tokio::time::timeout(secs(5), call.sends(joined)).await;
        assert!(gone.is_err());
    }
    call.restarts_the_bot();
    call.waits(secs(40)).await;
    assert_eq!(call.heard(), ["Charged in try 1."]);
}

#[on_members_added]
async fn hangs(call: &mut Dialog<'_>) -> Result<()> {
    call.run("hang", async |_| {
        std::future::pending::<()>().await;
        Ok::<_, std::io::Error>(())
    })
    .await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_step_that_never_ends_is_given_up() {
    let mut call = TestDialog::new(handlers![hangs].or(handlers![report]));
    let mut joined = Activity::conversation_update();
    joined.members_added = Some(vec![onhook::ChannelAccount::new("caller")]);
    let gone = tokio::time::timeout(secs(5), call.sends(joined)).await;
    assert!(gone.is_err());
    // Each process ends before its step does.
    for _ in 0..4 {
        call.restarts_the_bot();
        call.waits(secs(34)).await;
    }
    call.waits(secs(60)).await;
    let heard = call.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(
        heard[0].contains("the step `hang` of the dialog `hangs`"),
        "{}",
        heard[0]
    );
    assert!(
        heard[0].contains("did not come to its end in 3 tries"),
        "{}",
        heard[0]
    );
}

#[on_error]
async fn report(turn: &Turn) -> Result<()> {
    let error = turn
        .error()
        .and_then(|error| error.downcast_ref::<DialogError>());
    turn.say(error.map(ToString::to_string).unwrap_or_default())
        .await
}
