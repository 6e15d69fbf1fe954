//! Questions, answers, and what is between them.

use onhook::prelude::*;
use onhook::question::{Confirm, OrEvent};
use onhook::testing::TestDialog;

use crate::{number, secs, words};

struct Contoso;

#[bot]
impl Contoso {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.say("Welcome.").await?;
        loop {
            let number = call
                .ask(
                    number("Your number?")
                        .no_input(["Are you there?", "Last chance."])
                        .no_match(["I did not understand."])
                        .help("It is on your bill.")
                        .check(|number: &String| {
                            if number.len() == 3 {
                                Ok(())
                            } else {
                                Err("It has three digits.")
                            }
                        }),
                )
                .await;
            match number {
                Ok(number) => {
                    call.say(format!("You said {number}.")).await?;
                    if !call.ask(Confirm::new("Another one?")).await? {
                        break;
                    }
                }
                Err(Unanswered::NoInput) => {
                    call.say("You are silent.").await?;
                    break;
                }
                Err(Unanswered::NoMatch) => {
                    call.say("You are not understood.").await?;
                    break;
                }
                Err(other) => return Err(other.into()),
            }
        }
        call.say("Good-bye.").await?;
        call.end_call().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_dialog_asks_and_hears() {
    let call = TestDialog::begin(Contoso).await;
    assert_eq!(call.heard(), ["Welcome.", "Your number?"]);
    call.presses("123#").await;
    call.says("yes").await;
    call.presses("456#2").await;
    assert_eq!(
        call.heard(),
        [
            "Welcome.",
            "Your number?",
            "You said 123.",
            "Another one?",
            "Your number?",
            "You said 456.",
            "Another one?",
            "Good-bye."
        ]
    );
    assert!(call.is_over());
}

#[tokio::test(start_paused = true)]
async fn silence_no_match_and_invalid_are_three_things() {
    let call = TestDialog::begin(Contoso).await;
    call.waits(secs(8)).await;
    call.says("blue").await;
    call.presses("12#").await;
    assert_eq!(
        call.heard(),
        [
            "Welcome.",
            "Your number?",
            "Are you there?",
            "I did not understand.",
            "You are not understood.",
            "Good-bye."
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_words_of_a_check_are_said_before_the_prompt() {
    let call = TestDialog::begin(Contoso).await;
    call.presses("12#").await;
    assert_eq!(call.heard()[2..], ["It has three digits.", "Your number?"]);
}

#[tokio::test(start_paused = true)]
async fn prompts_upon_silence_taper_and_end() {
    let call = TestDialog::begin(Contoso).await;
    call.waits(secs(60)).await;
    assert_eq!(
        call.heard()[2..],
        [
            "Are you there?",
            "Last chance.",
            "You are silent.",
            "Good-bye."
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn help_and_repeat_are_no_attempts() {
    let call = TestDialog::begin(Contoso).await;
    for _ in 0..5 {
        call.says("Help!").await;
        call.says("repeat that").await;
    }
    let help = ["It is on your bill.", "Your number?", "Your number?"];
    assert_eq!(call.heard()[2..], help.repeat(5));
    call.presses("123#").await;
    assert_eq!(call.heard().last().unwrap(), "Another one?");
}

#[tokio::test(start_paused = true)]
async fn every_turn_may_be_another_process() {
    let mut call = TestDialog::begin(Contoso).await;
    for key in ["1", "2", "3", "#"] {
        call.restarts_the_bot();
        call.presses(key).await;
    }
    call.restarts_the_bot();
    call.says("no").await;
    assert_eq!(
        call.heard(),
        [
            "Welcome.",
            "Your number?",
            "You said 123.",
            "Another one?",
            "Good-bye."
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_time_out_comes_to_another_process() {
    let mut call = TestDialog::begin(Contoso).await;
    call.restarts_the_bot();
    call.waits(secs(10)).await;
    // The caller has perhaps not heard the question: it is asked again, and that is no attempt.
    assert_eq!(call.heard(), ["Welcome.", "Your number?", "Your number?"]);
    call.waits(secs(6)).await;
    assert_eq!(call.heard()[3..], ["Are you there?"]);
}

#[on_members_added]
async fn options(call: &mut Dialog<'_>) -> Result<()> {
    let none = call.ask(words("One?").attempts(1).optional()).await?;
    let default = call
        .ask(words("Two?").attempts(1).default("two".to_owned()))
        .await?;
    let event = match call.ask(words("Three?").or_event("agent-free")).await? {
        OrEvent::Answer(answer) => answer,
        OrEvent::Event(event) => event.name.unwrap_or_default(),
    };
    let late = call.within(secs(12)).ask(words("Four?").attempts(99)).await;
    call.say(format!("{none:?} {default} {event} {late:?}"))
        .await
}

#[tokio::test(start_paused = true)]
async fn a_question_may_do_without_an_answer() {
    let mut call = TestDialog::begin(handlers![options]).await;
    call.waits(secs(6)).await;
    call.waits(secs(6)).await;
    call.restarts_the_bot();
    call.event("weather").await;
    call.event("agent-free").await;
    call.waits(secs(30)).await;
    assert_eq!(
        call.heard(),
        [
            "One?",
            "Two?",
            "Three?",
            "Four?",
            "Four?",
            "Four?",
            "None two agent-free Err(NoInput)"
        ]
    );
}

#[on_members_added]
async fn doubt(call: &mut Dialog<'_>) -> Result<()> {
    let city = call.ask(words("Which city?").confirm_below(0.6)).await?;
    call.say(format!("To {city}.")).await
}

fn said(text: &str, confidence: f64) -> Activity {
    let mut activity = Activity::message(text);
    activity.channel_data = format!("{{\"confidence\":{confidence}}}").parse().ok();
    activity
}

#[tokio::test(start_paused = true)]
async fn what_was_understood_badly_is_confirmed() {
    let mut call = TestDialog::begin(handlers![doubt]).await;
    call.sends(said("Bremen", 0.4)).await.unwrap();
    call.says("no").await;
    call.sends(said("Dresden", 0.5)).await.unwrap();
    call.restarts_the_bot();
    call.says("yes").await;
    assert_eq!(
        call.heard(),
        [
            "Which city?",
            "Did you say Bremen?",
            "Which city?",
            "Did you say Dresden?",
            "To Dresden."
        ]
    );
    let call = TestDialog::begin(handlers![doubt]).await;
    call.sends(said("Bonn", 0.9)).await.unwrap();
    assert_eq!(call.heard(), ["Which city?", "To Bonn."]);
}

#[on_members_added]
async fn two_numbers(call: &mut Dialog<'_>) -> Result<()> {
    call.wait_for_event("ready").await?;
    let (one, two) = (
        call.ask(number("One?")).await?,
        call.ask(number("Two?")).await?,
    );
    call.say(format!("{one} {two}")).await
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_ahead_of_the_question_are_taken_first() {
    let call = TestDialog::begin(handlers![two_numbers]).await;
    call.presses("12#3").await;
    call.event("ready").await;
    call.presses("4#").await;
    assert_eq!(call.heard(), ["Two?", "12 34"]);
}

#[tokio::test(start_paused = true)]
async fn an_activity_that_comes_again_is_not_answered_again() {
    let mut call = TestDialog::begin(Contoso).await;
    call.presses("123#").await;
    call.restarts_the_bot();
    call.is_redelivered().await;
    assert_eq!(call.heard().len(), 4);
}
