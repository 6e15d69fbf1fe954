//! What is saved of a turn that fails.

use onhook::prelude::*;
use onhook::state::ValueError;
use onhook::testing::TestDialog;
use onhook::{Error, TurnOutcome};
use serde::{Deserialize, Serialize};

use crate::handlers::Cart;
use crate::store::Counting;

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "apologies")]
struct Apologies(u32);

struct Shop;

#[bot]
impl Shop {
    #[on_message]
    async fn add(&self, turn: &Turn, text: Text<'_>, mut cart: State<'_, Cart>) -> Result<()> {
        cart.items.push(text.to_string());
        turn.say("one moment").await?;
        turn.say(cart.items.join(", ")).await
    }

    #[on_message(text = "fail")]
    async fn fail(&self, mut cart: State<'_, Cart>) -> Result<()> {
        cart.items.clear();
        Err(Error::msg("out of stock"))
    }

    #[on_message(text = "panic")]
    async fn panic(&self, mut cart: State<'_, Cart>) {
        cart.items.clear();
        panic!("on purpose");
    }

    #[on_error]
    async fn apologise(
        &self,
        turn: &Turn,
        error: &Error,
        cart: State<'_, Cart>,
        mut times: State<'_, Apologies>,
    ) -> Result<()> {
        times.0 += 1;
        turn.say(format!(
            "{error} (apology {}, {} items)",
            times.0,
            cart.items.len()
        ))
        .await
    }
}

/// Dropped are the failed handler's changes; those of `on_error`, which has succeeded, are saved.
#[tokio::test(start_paused = true)]
async fn the_changes_of_a_handler_that_fails_are_dropped() {
    let mut call = TestDialog::new(Shop);
    call.says("a book").await;
    call.says("fail").await;
    call.says("panic").await;
    call.restarts_the_bot();
    call.says("a pen").await;
    assert_eq!(
        call.heard(),
        [
            "one moment",
            "a book",
            "out of stock (apology 1, 1 items)",
            "a handler panicked: on purpose (apology 2, 1 items)",
            "one moment",
            "a book, a pen"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_conflict_says_what_was_already_sent_and_goes_to_on_error() {
    let store = Counting::new();
    let call = TestDialog::with_store(Shop, store.clone());
    call.says("a book").await;
    store.conflict_next(1);
    let outcome = call.sends(Activity::message("a pen")).await.unwrap();
    assert!(matches!(outcome, TurnOutcome::ErrorHandled));
    call.says("a cup").await;
    assert_eq!(
        call.heard()[3..],
        [
            "a book, a pen",
            "the state of the conversation was changed by somebody else during this turn: its changes are not saved, and 2 of its activities were already sent (apology 1, 1 items)",
            "one moment",
            "a book, a cup"
        ]
    );
}

#[on_message]
async fn silent(mut cart: State<'_, Cart>, text: Text<'_>) {
    cart.items.push(text.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_an_error_of_its_own_type() {
    let store = Counting::new();
    let call = TestDialog::with_store(handlers![silent], store.clone());
    store.conflict_next(1);
    let error = call.sends(Activity::message("a pen")).await.unwrap_err();
    let expected = ValueError::Conflict {
        scope: "conversation",
        sent: 0,
    };
    assert_eq!(error.downcast_ref(), Some(&expected));
}

#[on_message]
async fn hoard(mut cart: State<'_, Cart>) {
    cart.items.push("x".repeat(300_000));
}

#[tokio::test(start_paused = true)]
async fn a_record_is_bounded() {
    let call = TestDialog::new(handlers![hoard]);
    let error = call.sends(Activity::message("more")).await.unwrap_err();
    assert!(
        matches!(error.downcast_ref(), Some(ValueError::TooLarge { bytes, .. }) if *bytes > 300_000)
    );
    assert_eq!(call.record().await, None);
}

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "odd")]
struct Odd(std::collections::BTreeMap<Vec<u8>, u8>);

#[on_message]
async fn unwritable(mut odd: State<'_, Odd>) {
    odd.0.insert(vec![1], 1);
}

#[tokio::test(start_paused = true)]
async fn a_value_without_json_is_an_error() {
    let call = TestDialog::new(handlers![unwritable]);
    let error = call.sends(Activity::message("more")).await.unwrap_err();
    assert!(
        matches!(
            error.downcast_ref(),
            Some(ValueError::Unwritable { name: "odd", .. })
        ),
        "{error}"
    );
}
