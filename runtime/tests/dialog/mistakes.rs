//! What is wrong with a dialog: one error each, in the first test, with the place and what to do.

use std::sync::atomic::{AtomicU32, Ordering};

use onhook::prelude::*;
use onhook::testing::TestDialog;

use crate::{secs, words};

fn joined() -> Activity {
    let mut joined = Activity::conversation_update();
    joined.members_added = Some(vec![onhook::ChannelAccount::new("caller")]);
    joined
}

/// The place of `code` in this file: its line is the first one after `handler` that has it.
fn place(handler: &str, code: &str) -> String {
    let lines = include_str!("mistakes.rs").lines().enumerate();
    let mut lines = lines.skip_while(|(_, line)| !line.contains(handler));
    let (line, _) = lines.find(|(_, line)| line.contains(code)).unwrap();
    format!("tests/dialog/mistakes.rs:{}", line + 1)
}

/// What the bot fails with when somebody joins.
async fn failure(bot: impl Bot + 'static) -> String {
    let call = TestDialog::new(bot);
    let error = call.sends(joined()).await.unwrap_err().to_string();
    // The conversation is not blocked: it can begin again.
    assert!(
        !call
            .record()
            .await
            .unwrap_or_default()
            .contains("\"dialog\"")
    );
    error
}

#[on_members_added]
async fn sleeps(call: &mut Dialog<'_>) -> Result<()> {
    call.say("Hello.").await?;
    tokio::time::sleep(secs(1)).await;
    call.say("I slept.").await
}

#[on_members_added]
async fn races(call: &mut Dialog<'_>) -> Result<()> {
    tokio::select! {
        name = call.ask(words("Name?")) => drop(name?),
        () = tokio::time::sleep(secs(5)) => {}
    }
    Ok(())
}

#[on_members_added]
async fn races_a_step(call: &mut Dialog<'_>) -> Result<()> {
    let step = call.run("step", async |_| {
        tokio::time::sleep(secs(1)).await;
        Ok::<_, std::io::Error>(())
    });
    let (done, ()) = tokio::join!(step, tokio::time::sleep(secs(5)));
    Ok(done?)
}

#[on_members_added]
async fn yields(_call: &mut Dialog<'_>) -> Result<()> {
    std::future::pending::<()>().await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_foreign_await_is_named_with_its_place() {
    for (error, name, place) in [
        (
            failure(handlers![sleeps]).await,
            "sleeps",
            place("fn sleeps(", "call.say"),
        ),
        (
            failure(handlers![races]).await,
            "races",
            place("fn races(", "call.ask"),
        ),
        (
            failure(handlers![races_a_step]).await,
            "races_a_step",
            place("fn races_a_step(", "call.run"),
        ),
        (
            failure(handlers![yields]).await,
            "yields",
            "its begin".to_owned(),
        ),
    ] {
        assert!(
            error.starts_with(&format!(
                "the dialog `{name}` waits for something that is not `call`'s, after "
            )),
            "{error}"
        );
        assert!(error.contains(&place), "{error}");
        assert!(
            error.ends_with("put it into `call.run(\"..\", |key| ..)`"),
            "{error}"
        );
    }
}

#[on_members_added]
async fn says_for_ever(call: &mut Dialog<'_>) -> Result<()> {
    loop {
        call.say("Again.").await?;
    }
}

#[on_members_added]
async fn grows(call: &mut Dialog<'_>) -> Result<()> {
    loop {
        call.run("load", async |_| {
            Ok::<_, std::io::Error>("x".repeat(10_000))
        })
        .await?;
    }
}

#[on_members_added]
async fn restarts(call: &mut Dialog<'_>) -> Result<()> {
    call.restart_with(1).await
}

#[on_members_added]
async fn panics(call: &mut Dialog<'_>) -> Result<()> {
    call.say("Hello.").await?;
    panic!("out of luck");
}

#[tokio::test(start_paused = true)]
async fn a_loop_without_end_is_named_with_its_place() {
    let error = failure(handlers![says_for_ever]).await;
    assert!(
        error.starts_with("the dialog `says_for_ever` has 1000 entries"),
        "{error}"
    );
    assert!(
        error.contains(&place("fn says_for_ever(", "call.say")),
        "{error}"
    );
    let error = failure(handlers![grows]).await;
    assert!(
        error.starts_with("the dialog `grows` has a record of 27"),
        "{error}"
    );
    let error = failure(handlers![restarts]).await;
    assert!(
        error.starts_with("the dialog `restarts` has restarted 100 times"),
        "{error}"
    );
    let error = failure(handlers![panics]).await;
    assert_eq!(error, "a handler panicked: out of luck");
}

/// Looks at what changes.
#[derive(Default)]
struct Fickle(AtomicU32);

#[bot]
impl Fickle {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        if self.0.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            call.say("Welcome.").await?;
        }
        call.ask(words("Name?")).await?;
        call.say("Good.").await
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_the_same_in_every_replay_is_told_and_blocks_nobody() {
    let call = TestDialog::begin(Fickle::default()).await;
    let error = call
        .sends(Activity::message("Kim"))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(
            "the dialog `greet` does not do what it did before: its journal has `say` where"
        ),
        "{error}"
    );
    assert!(
        error.contains(&format!(
            "{} has `ask` of `Words`",
            place("fn greet(", "call.ask")
        )),
        "{error}"
    );
    for _ in 0..8 {
        let _ = call.sends(Activity::message("Kim")).await;
    }
    assert!(
        !call.record().await.unwrap().contains("\"dialog\""),
        "{:?}",
        call.record().await
    );
}

/// A value that does not come back from JSON as it went.
struct Odd;

impl onhook::question::Answer for Odd {
    type Value = OddValue;

    fn hear(
        &self,
        _heard: &onhook::question::Heard<'_>,
        _so_far: &mut onhook::question::Partial,
    ) -> onhook::question::Verdict<OddValue> {
        onhook::question::Verdict::Answer(OddValue)
    }
}

#[derive(serde::Deserialize)]
struct OddValue;

impl serde::Serialize for OddValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("odd")
    }
}

#[on_members_added]
async fn odd(call: &mut Dialog<'_>) -> Result<()> {
    call.ask(onhook::question::Ask::new(Odd)).await.map(drop)?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_value_that_cannot_be_kept_shows_at_once() {
    let call = TestDialog::begin(handlers![odd]).await;
    let error = call
        .sends(Activity::message("x"))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the dialog `odd` cannot keep what"),
        "{error}"
    );
}
