//! Dialogs: what they say and wait for, across turns, restarts and versions.

mod asking;
mod cuts;
mod deploys;
mod mistakes;
mod replies;
mod routing;
mod secrets;
mod steps;
mod stores;

use std::time::Duration;

use onhook::question::{Answer, Ask, Heard, Partial, Verdict};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What the caller says, as it is.
struct Words;

impl Answer for Words {
    type Value = String;

    fn hear(&self, heard: &Heard<'_>, _so_far: &mut Partial) -> Verdict<String> {
        match heard.text() {
            Some(text) if !text.is_empty() => Verdict::Answer(text.to_owned()),
            _ => Verdict::NoMatch,
        }
    }
}

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

fn words<'q>(prompt: &'static str) -> Ask<'q, Words> {
    Ask::new(Words).prompt(prompt)
}

fn number<'q>(prompt: &'static str) -> Ask<'q, Number> {
    Ask::new(Number).prompt(prompt)
}
