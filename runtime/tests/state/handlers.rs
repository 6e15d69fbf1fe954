//! Plain handlers and their state.

use onhook::prelude::*;
use onhook::testing::{TestDialog, TestTurn};
use onhook::{Bot, Rejection};
use serde::{Deserialize, Serialize};

use crate::store::Counting;

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "cart")]
pub(crate) struct Cart {
    pub(crate) items: Vec<String>,
}

#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "visits")]
struct Visits {
    turns: u32,
}

#[before_turn]
async fn count(mut visits: State<'_, Visits>) {
    visits.turns += 1;
}

#[on_message]
async fn add(
    turn: &Turn,
    text: Text<'_>,
    mut cart: State<'_, Cart>,
    visits: State<'_, Visits>,
) -> Result<()> {
    cart.items.push(text.to_string());
    turn.say(format!("{} items, turn {}", cart.items.len(), visits.turns))
        .await
}

#[on_message(text = "how many?")]
async fn look(turn: &Turn, cart: State<'_, Cart>) -> Result<()> {
    turn.say(format!("{} items", cart.items.len())).await
}

#[on_end_of_conversation]
async fn end(turn: &Turn, mut cart: State<'_, Cart>) {
    assert_eq!(cart.items.len(), 2);
    cart.items.clear();
    let _ = turn;
}

#[on_message]
async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
    turn.say(text).await
}

#[tokio::test(start_paused = true)]
async fn a_value_lives_between_turns_and_processes_until_the_call_ends() {
    let mut call = TestDialog::new(handlers![count, add, end]);
    call.says("a book").await;
    call.restarts_the_bot();
    call.says("a pen").await;
    assert_eq!(call.heard(), ["1 items, turn 1", "2 items, turn 2"]);
    assert!(call.record().await.unwrap().contains("a pen"));
    call.hangs_up().await;
    assert_eq!(call.record().await, None);
}

/// One read and one write, whichever of the turn's handlers have changed something, and no write if none has.
#[tokio::test(start_paused = true)]
async fn a_turn_reads_once_and_writes_once_and_only_what_has_changed() {
    let store = Counting::new();
    let call = TestDialog::with_store(handlers![count, add], store.clone());
    call.says("a book").await;
    assert_eq!(store.asked(), (1, 1));

    let store = Counting::new();
    let call = TestDialog::with_store(handlers![add, look], store.clone());
    call.says("how many?").await;
    assert_eq!(store.asked(), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_bot_without_state_never_asks_the_store() {
    let store = Counting::new();
    let call = TestDialog::with_store(handlers![echo], store.clone());
    call.says("hello").await;
    assert_eq!(store.asked(), (0, 0));
}

struct Shop;

#[bot]
impl Shop {
    #[on_message]
    async fn add(&self, turn: &Turn, text: Text<'_>, cart: Option<State<'_, Cart>>) -> Result<()> {
        let Some(mut cart) = cart else {
            return turn.say("no call").await;
        };
        cart.items.push(text.to_string());
        turn.say(cart.items.join(", ")).await
    }
}

#[tokio::test(start_paused = true)]
async fn methods_and_chains_have_state_too() {
    let call = TestDialog::new(handlers![count].or(Shop));
    call.says("a").await;
    call.says("b").await;
    assert_eq!(call.heard(), ["a", "a, b"]);
}

#[tokio::test]
async fn a_turn_of_a_test_has_the_default() {
    let turn = TestTurn::message("a");
    turn.run(&Shop).await.unwrap();
    assert_eq!(turn.spoken(), ["a"]);
}

#[tokio::test]
async fn without_a_conversation_there_is_no_state() {
    let nowhere = |turn: TestTurn| {
        turn.with(|activity| activity.conversation = Some(onhook::ConversationAccount::new("")))
    };
    let turn = nowhere(TestTurn::message("a"));
    turn.run(&Shop).await.unwrap();
    assert_eq!(turn.spoken(), ["no call"]);

    let error = nowhere(TestTurn::message("how many?"))
        .run(&handlers![look])
        .await
        .unwrap_err();
    assert!(
        error.downcast_ref::<Rejection>().unwrap().is_absent(),
        "{error}"
    );
}

#[on_message]
async fn twice(first: State<'_, Cart>, second: State<'_, Cart>) {
    drop((first, second));
}

#[tokio::test]
async fn a_value_is_taken_once_at_a_time() {
    let error = TestTurn::message("a")
        .run(&handlers![twice])
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`cart` is malformed: the state is taken twice at once"),
        "{error}"
    );
}
