//! Questions, answers, and what is between them.

use std::time::Duration;

use onhook::prelude::*;
use onhook::question::{Answer, Ask, Confirm, Heard, Partial, Verdict};
use onhook::testing::TestDialog;

/// Digits up to a `#`.
struct Number;

impl Answer for Number {
    type Value = String;

    fn hear(&self, heard: &Heard<'_>, so_far: &mut Partial) -> Verdict<String> {
        match heard.pressed() {
            Some('#') => Verdict::Answer(so_far.take()),
            Some(digit) => {
                so_far.push(digit);
                Verdict::More
            }
            None => Verdict::NoMatch,
        }
    }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

struct Contoso;

#[bot]
impl Contoso {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.say("Welcome.").await?;
        loop {
            let number = call
                .ask(
                    Ask::new(Number)
                        .prompt("Your number?")
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
    assert_eq!(call.heard(), ["Welcome.", "Your number?", "Are you there?"]);
}
