//! Every kind of answer, in a dialog that asks for it.

use onhook::prelude::*;
use onhook::question::{Amount, Confirm, Date, Digits, Free, Number, Spelled, Time};
use onhook::testing::TestDialog;
use time::{Date as Day, Month};

use crate::secs;

#[derive(Choice)]
enum Menu {
    #[choice(key = '1', say = "opening hours", or = ["hours", "when are you open"])]
    Hours,
    #[choice(key = '2', say = "book a table", or = ["book", "table"])]
    Book,
    #[choice(other)]
    Other(String),
}

#[on_members_added]
async fn restaurant(call: &mut Dialog<'_>) -> Result<()> {
    loop {
        match call.ask(Menu::choose("How can I help?")).await? {
            Menu::Hours => call.say("From six to midnight.").await?,
            Menu::Other(said) => call.say(format!("I know nothing about {said}.")).await?,
            Menu::Book => break,
        }
    }
    let today = Day::from_calendar_date(2026, Month::November, 28).unwrap();
    let guests = call
        .ask(Number::new("For how many?").between(1..=12))
        .await?;
    let day = call.ask(Date::new("On which day?", today)).await?;
    let time = call.ask(Time::new("At what time?")).await?;
    let deposit = call.ask(Amount::new("Which deposit?")).await?;
    let code = call.ask(Spelled::new("Your voucher?").exactly(3)).await?;
    let number = call
        .ask(
            Digits::exactly(4)
                .prompt("Your number?")
                .ends_with('#')
                .deletes_with('*')
                .between_keys(secs(4)),
        )
        .await?;
    let wish = call.ask(Free::new("Any wishes?").at_most(20)).await?;
    if call.ask(Confirm::new("Shall I book it?")).await? {
        let (cents, currency) = (deposit.minor_units, deposit.currency.unwrap_or_default());
        call.say(format!(
            "{guests}, {day}, {time}, {cents} {currency}, {code}, {number}, {wish}"
        ))
        .await?;
    }
    call.end_call().await
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_answer_is_asked_for() {
    let mut call = TestDialog::begin(handlers![restaurant]).await;
    for text in [
        "parking",
        "When are you open?",
        "I'd like to book a table, please.",
        "four",
        "next Friday",
        "half past seven in the evening",
        "twenty dollars fifty",
        "b as in bravo, 4, x-ray",
    ] {
        call.says(text).await;
        // What was answered comes back from its JSON.
        call.restarts_the_bot();
    }
    call.presses("12*34").await;
    call.restarts_the_bot();
    call.presses("5#").await;
    call.says("A table by the window").await;
    call.says("yes please").await;
    let heard = call.heard();
    assert_eq!(heard[1], "I know nothing about parking.");
    assert_eq!(heard[3], "From six to midnight.");
    assert_eq!(
        heard.last().map(String::as_str),
        Some("4, 2026-12-04, 19:30:00.0, 2050 USD, B4X, 1345, A table by the windo")
    );
}

#[on_members_added]
async fn code(call: &mut Dialog<'_>) -> Result<()> {
    let code = Digits::exactly(4)
        .prompt("Your code?")
        .ends_with('#')
        .between_keys(secs(4))
        .terminator_within(secs(1));
    let code = call.ask(code).await?;
    call.say(format!("It is {code}.")).await
}

#[tokio::test(start_paused = true)]
async fn the_terminator_is_waited_for_by_its_own_time_out() {
    let call = TestDialog::begin(handlers![code]).await;
    call.presses("123").await;
    call.waits(secs(3)).await;
    call.presses("4").await;
    assert_eq!(call.heard(), ["Your code?"]);
    call.waits(secs(1)).await;
    assert_eq!(call.heard(), ["Your code?", "It is 1234."]);
}

#[tokio::test(start_paused = true)]
async fn a_digit_too_many_is_no_match() {
    let call = TestDialog::begin(handlers![code]).await;
    call.presses("12345").await;
    call.presses("1234#").await;
    assert_eq!(call.heard(), ["Your code?", "Your code?", "It is 1234."]);
}
