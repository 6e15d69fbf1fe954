//! A new version of the bot while calls are under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use onhook::prelude::*;
use onhook::testing::TestDialog;

use crate::words;

#[derive(Default)]
struct Charges(AtomicU32);

impl Charges {
    #[expect(clippy::unnecessary_wraps, reason = "a step may fail")]
    fn charge(&self) -> Result<u32, std::io::Error> {
        Ok(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

struct One(Arc<Charges>);

#[bot(version = 1)]
impl One {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        let charged = call.run("charge", async |_| self.0.charge()).await?;
        let name = call.ask(words("Name?")).await?;
        call.say(format!("{name}: {charged}, {}.", call.since(2)))
            .await?;
        call.ask(words("Anything else?")).await.map(drop)?;
        Ok(())
    }
}

/// Says something new to calls that began with it.
struct Guarded(Arc<Charges>);

#[bot(version = 2)]
impl Guarded {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        if call.since(2) {
            call.say("This is new.").await?;
        }
        let charged = call.run("charge", async |_| self.0.charge()).await?;
        let name = call.ask(words("What is your name?")).await?;
        call.say(format!("{name}: {charged}, {}.", call.since(2)))
            .await?;
        call.ask(words("Anything else?")).await.map(drop)?;
        Ok(())
    }
}

/// Says something new to all.
struct Changed(Arc<Charges>);

#[bot(version = 2)]
impl Changed {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.say("This is new.").await?;
        let charged = call.run("charge", async |_| self.0.charge()).await?;
        let name = call.ask(words("Name?")).await?;
        call.say(format!("{name}: {charged}, {}.", call.since(2)))
            .await
    }
}

/// Has no such dialog any more.
struct Gone;

#[bot(version = 3)]
impl Gone {
    #[on_message]
    async fn echo(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(text).await
    }

    #[on_event("other")]
    async fn other(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.say("Other.").await
    }
}

#[tokio::test(start_paused = true)]
async fn prompts_may_change_and_what_is_guarded_is_skipped() {
    let charges = Arc::new(Charges::default());
    let call = TestDialog::begin(One(Arc::clone(&charges))).await;
    let call = call.upgrades_to(Guarded(Arc::clone(&charges)));
    call.says("Kim").await;
    assert_eq!(call.heard(), ["Name?", "Kim: 1, false.", "Anything else?"]);
    let call = TestDialog::begin(Guarded(charges)).await;
    call.says("Kim").await;
    assert_eq!(
        call.heard(),
        [
            "This is new.",
            "What is your name?",
            "Kim: 2, true.",
            "Anything else?"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_dialog_that_was_changed_begins_again_and_its_steps_are_kept() {
    let charges = Arc::new(Charges::default());
    let call = TestDialog::begin(One(Arc::clone(&charges))).await;
    let call = call.upgrades_to(Changed(Arc::clone(&charges)));
    call.says("Kim").await;
    call.says("Kim").await;
    assert_eq!(
        call.heard(),
        ["Name?", "This is new.", "Name?", "Kim: 1, true."]
    );
    assert_eq!(charges.0.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_dialog_that_is_gone_leaves_the_activity_to_the_hooks() {
    let call = TestDialog::begin(One(Arc::default())).await;
    let call = call.upgrades_to(Gone);
    call.says("Kim").await;
    call.says("Lee").await;
    assert_eq!(call.heard(), ["Name?", "Kim", "Lee"]);
}

/// Ends calls whose dialog was changed.
struct Strict;

#[bot(version = 2, on_change = hang_up)]
impl Strict {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.ask(words("Is this new?")).await.map(drop)?;
        Ok(())
    }

    #[on_error]
    async fn failed(&self, turn: &Turn) -> Result<()> {
        let changed = turn.error().and_then(|error| error.downcast_ref());
        assert!(matches!(changed, Some(Unanswered::Changed)));
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_bot_may_end_the_calls_whose_dialog_was_changed() {
    let call = TestDialog::begin(One(Arc::default())).await;
    let call = call.upgrades_to(Strict);
    call.says("Kim").await;
    assert_eq!(call.heard(), ["Name?"]);
    assert!(call.is_over());
}

#[on_members_added]
async fn counts(call: &mut Dialog<'_>) -> Result<()> {
    let count = call.arguments::<u32>().unwrap_or_default();
    let next = call
        .run("next", async |key| {
            Ok::<_, std::io::Error>((count + 1, key.to_string()))
        })
        .await?;
    call.ask(words("More?")).await?;
    call.say(format!("{}", next.0)).await?;
    call.restart_with(next.0).await
}

#[tokio::test(start_paused = true)]
async fn an_endless_dialog_has_a_short_journal() {
    let mut call = TestDialog::begin(handlers![counts]).await;
    let mut longest = 0;
    for _ in 0..500 {
        call.says("yes").await;
        call.restarts_the_bot();
        longest = longest.max(call.record().await.unwrap().len());
    }
    assert_eq!(call.heard()[997..], ["499", "More?", "500", "More?"][..]);
    assert!(longest < 1_500, "{longest}");
}
