//! What a call does about a bot that is slow, fails or never comes to an end.

use std::time::Duration;

use onhook::TurnOutcome;

use super::barge_in::BargeIn;
use super::engine::{Engine, Speaker};
use super::transcript::Event;
use super::turns::{Cause, Ended};
use crate::media::samples_in;

/// What the channel says in place of a bot that is slow or has failed, and when.
///
/// A caller who hears nothing for some seconds hangs up. So the channel says "One moment, please." if the bot is
/// still at what the caller did and has said nothing about it for 5 s, and "Sorry, something went wrong." if the
/// bot failed, panicked or was given up: a turn that has not ended after 2 minutes is. The call goes on either way.
/// The figures and words are ours, not the protocol's.
///
/// ```
/// use std::time::Duration;
/// use onhook::prelude::*;
/// use onhook_channel::{Channel, Standin};
///
/// # #[on_message] async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> { turn.say(text).await }
/// let standin = Standin::default()
///     .slow_after(Duration::from_secs(8))
///     .when_slow("Un moment, s'il vous plaît.")
///     .when_failed("Désolé, une erreur s'est produite.");
/// let channel = Channel::builder(handlers![echo]).standin(standin).build();
/// # let _ = channel;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Standin {
    when_slow: String,
    when_failed: String,
    /// In samples.
    slow_after: u64,
    /// In samples.
    longest_turn: u64,
}

impl Standin {
    /// Says nothing, whatever the bot does; turns that take too long are still given up.
    pub fn silent() -> Standin {
        Standin::default().when_slow("").when_failed("")
    }

    /// What is said once if the bot takes long; an empty text is not said.
    pub fn when_slow(self, text: impl Into<String>) -> Standin {
        Standin {
            when_slow: text.into(),
            ..self
        }
    }

    /// What is said if the bot has failed; an empty text is not said.
    pub fn when_failed(self, text: impl Into<String>) -> Standin {
        Standin {
            when_failed: text.into(),
            ..self
        }
    }

    /// How long the caller hears nothing before the bot is called slow.
    pub fn slow_after(self, silence: Duration) -> Standin {
        Standin {
            slow_after: samples_in(silence),
            ..self
        }
    }

    /// After how long a turn is given up: its handler is not run any further, and the next turn's is.
    ///
    /// A handler that blocks its thread cannot be given up, and holds up every call on that thread.
    pub fn longest_turn(self, duration: Duration) -> Standin {
        Standin {
            longest_turn: samples_in(duration),
            ..self
        }
    }
}

impl Default for Standin {
    fn default() -> Standin {
        Standin {
            when_slow: "One moment, please.".to_owned(),
            when_failed: "Sorry, something went wrong.".to_owned(),
            slow_after: samples_in(Duration::from_secs(5)),
            longest_turn: samples_in(Duration::from_secs(120)),
        }
    }
}

/// How long the caller has been waiting.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// Where in the call the caller was last done with saying something that the bot has said nothing to.
    waiting_since: Option<u64>,
    /// What the channel last said about a failure.
    apology: Option<u64>,
}

impl Engine {
    /// The bot is told of something that the caller did: the caller waits for an answer.
    pub(super) fn caller_waits(&mut self) {
        self.patience.waiting_since = Some(self.position);
    }

    pub(super) fn bot_has_spoken(&mut self) {
        self.patience.waiting_since = None;
    }

    /// Speaks for a bot that takes long, and gives up a turn that takes too long.
    pub(super) fn look_after_the_bot(&mut self) {
        if self.turns.is_empty() {
            return;
        }
        let standin = &self.shared.standin;
        self.turns.give_up(self.position, standin.longest_turn);
        let Some(since) = self.patience.waiting_since else {
            return;
        };
        let slow = self.position.saturating_sub(since) >= standin.slow_after;
        if slow && self.bot.is_empty() && self.turns.concern_the_caller() {
            self.patience.waiting_since = None;
            let text = standin.when_slow.clone();
            self.stands_in(&text);
        }
    }

    fn stands_in(&mut self, text: &str) -> Option<u64> {
        if self.hung_up.is_some() || self.controls.hangs_up() || text.is_empty() {
            return None;
        }
        Some(self.channel_says(text, Speaker::Standin, BargeIn::ON))
    }

    pub(super) fn turn_ended(&mut self, (cause, ended): (Cause, Ended)) {
        self.turns.next_runs(self.position);
        let failure = match ended {
            Ended::Well(TurnOutcome::Unhandled) => {
                if let Some(input) = cause.input() {
                    self.note(Event::Unhandled(input));
                }
                None
            }
            Ended::Well(_) => None,
            Ended::Failed(error) => Some(format!("the bot failed: {error:#}")),
            Ended::Lost(error) => Some(format!("the bot's turn was lost: {error}")),
            Ended::GivenUp => Some("the bot's turn took too long and was given up".to_owned()),
        };
        if let Some(failure) = failure {
            self.note(Event::Trouble(failure));
            if cause != Cause::Other {
                self.apologize();
            }
        }
        self.deliver_waiting();
    }

    /// Once for failures that follow each other faster than it can be said.
    fn apologize(&mut self) {
        self.patience.waiting_since = None;
        if self.patience.apology.is_some_and(|id| self.bot.has(id)) {
            return;
        }
        let text = self.shared.standin.when_failed.clone();
        self.patience.apology = self.stands_in(&text);
    }
}
