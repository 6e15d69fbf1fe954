//! Dialogs and the state of their conversation.

use onhook::Unanswered;
use onhook::prelude::*;
use onhook::question::Confirm;
use onhook::testing::TestDialog;

use crate::handlers::Cart;
use crate::store::Counting;

struct Shop;

#[bot]
impl Shop {
    #[on_members_added]
    async fn sell(&self, call: &mut Dialog<'_>) -> Result<()> {
        while call.ask(Confirm::new("Another book?")).await? {
            call.state::<Cart>().await.items.push("a book".to_owned());
        }
        let items = call.state::<Cart>().await.items.join(", ");
        call.say(format!("You have {items}.")).await
    }

    #[on_event("gift")]
    async fn gift(&self, mut cart: State<'_, Cart>) {
        cart.items.push("a gift".to_owned());
    }

    #[on_message(text = "clear", interrupts)]
    async fn clear(&self, turn: &Turn, mut cart: State<'_, Cart>) -> Result<()> {
        cart.items.clear();
        turn.say("Your cart is empty.").await
    }
}

/// Each change happens once, however often the dialog is replayed, and handlers and dialog see each other's.
#[tokio::test(start_paused = true)]
async fn changes_are_made_once_and_seen_by_all() {
    let mut call = TestDialog::begin(Shop).await;
    call.says("yes").await;
    call.event("gift").await;
    call.restarts_the_bot();
    call.says("yes").await;
    call.says("no").await;
    assert_eq!(
        call.heard().last().unwrap(),
        "You have a book, a gift, a book."
    );
    // The dialog is over, and the state is still there.
    call.event("gift").await;
    assert!(
        call.record()
            .await
            .unwrap()
            .contains(r#"["a book","a gift","a book","a gift"]"#)
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_handler_changes_that_interrupts_is_committed_with_the_dialog() {
    let store = Counting::new();
    let call = TestDialog::with_store(Shop, store.clone());
    call.joins().await;
    call.says("yes").await;
    let (_, before) = store.asked();
    call.says("clear").await;
    assert_eq!(store.asked().1, before + 1);
    call.says("yes").await;
    call.says("no").await;
    assert_eq!(call.heard().last().unwrap(), "You have a book.");
}

/// The dialog has said nothing yet: it tries again, and its change is made once.
#[tokio::test(start_paused = true)]
async fn a_conflict_costs_a_dialog_a_second_try() {
    let store = Counting::new();
    let call = TestDialog::with_store(Shop, store.clone());
    call.joins().await;
    store.conflict_next(2);
    call.says("yes").await;
    call.says("no").await;
    assert_eq!(
        call.heard(),
        ["Another book?", "Another book?", "You have a book."]
    );
}

/// A handler that interrupts has spoken, and would lose its change: that is no second try.
#[tokio::test(start_paused = true)]
async fn a_conflict_after_a_handlers_change_is_an_error() {
    let store = Counting::new();
    let call = TestDialog::with_store(Shop, store.clone());
    call.joins().await;
    call.says("yes").await;
    store.conflict_next(1);
    let error = call.sends(Activity::message("clear")).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("1 of its activities were already sent"),
        "{error}"
    );
}

#[on_members_added]
async fn held(call: &mut Dialog<'_>) -> Result<()> {
    let mut cart = call.state::<Cart>().await;
    cart.items.push("a book".to_owned());
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_under_way_when_the_dialog_breaks_off_is_none() {
    let call = TestDialog::new(handlers![held]);
    let mut joined = Activity::conversation_update();
    joined.members_added = Some(vec![onhook::ChannelAccount::new("caller")]);
    let error = call.sends(joined).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("waits for something that is not `call`'s"),
        "{error}"
    );
    assert!(!call.record().await.unwrap_or_default().contains("a book"));
}

#[on_members_added]
async fn asks_last(call: &mut Dialog<'_>) -> Result<()> {
    call.state::<Cart>().await.items.push("a book".to_owned());
    match call.ask(Confirm::new("Pay?").attempts(1)).await {
        Err(Unanswered::HungUp) => {
            assert_eq!(call.state::<Cart>().await.items.len(), 1);
            Ok(())
        }
        _ => Ok(()),
    }
}

#[tokio::test(start_paused = true)]
async fn a_dialog_has_its_state_when_the_caller_hangs_up() {
    let call = TestDialog::begin(handlers![asks_last]).await;
    call.hangs_up().await;
    assert_eq!(call.record().await, None);
}
