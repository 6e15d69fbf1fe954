//! A caller who lets the bot speak for a while, and then speaks into it.

use tokio::sync::oneshot;

use super::engine::Engine;
use super::utterance::Utterance;
use crate::media::FRAME_SAMPLES;

/// What the caller is going to say into what the bot is saying.
#[derive(Debug)]
pub(super) struct Interruption {
    utterance: Utterance,
    /// How many samples of the bot are heard before.
    after: u64,
    /// Dropped if it cannot be said as long after the bot began.
    done: oneshot::Sender<()>,
    /// The bot has begun.
    due: bool,
}

impl Interruption {
    pub(super) fn new(utterance: Utterance, after: u64, done: oneshot::Sender<()>) -> Interruption {
        Interruption {
            utterance,
            after,
            done,
            due: false,
        }
    }
}

impl Engine {
    /// Remembers where the bot began to speak, after 20 ms of it.
    pub(super) fn follow_the_bot(&mut self) {
        let speaks = self.bot.talking().is_some();
        self.speaking_since = speaks.then(|| self.speaking_since.unwrap_or(self.position));
    }

    /// Has the caller begin with the next 20 ms, if it is time.
    pub(super) fn interrupt(&mut self) {
        let Some(mut interruption) = self.interruption.take() else {
            return;
        };
        if interruption.done.is_closed() {
            // Nobody waits for it any more.
            return;
        }
        let Some(since) = self.speaking_since else {
            // It is too late if the bot has spoken.
            self.interruption = Some(interruption).filter(|interruption| !interruption.due);
            return;
        };
        let spoken = self.position.saturating_sub(since);
        let in_time = spoken <= interruption.after.saturating_add(FRAME_SAMPLES as u64);
        if spoken < interruption.after {
            interruption.due = true;
            self.interruption = Some(interruption);
        } else if interruption.due || in_time {
            self.caller_says(interruption.utterance, interruption.done);
        }
    }
}
