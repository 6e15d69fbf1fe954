//! The turns of the bot that are under way, in the order in which they were begun.

use std::collections::VecDeque;

use onhook::activity::ActivityType;
use onhook::{Activity, Delivery, Error, TurnOutcome};
use tokio::task::{AbortHandle, JoinError, JoinSet};

/// What a turn is about, as far as the caller is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The call has begun.
    Beginning,
    /// The caller has spoken.
    Message,
    /// The caller has pressed a key.
    Key,
    /// Something that the caller does not know of.
    Other,
}

impl Cause {
    pub(super) fn of(activity: &Activity) -> Cause {
        match activity.kind {
            ActivityType::Message if activity.dtmf().is_some() => Cause::Key,
            ActivityType::Message => Cause::Message,
            ActivityType::ConversationUpdate => Cause::Beginning,
            _ => Cause::Other,
        }
    }

    /// What the caller did, in a word; nothing if it was not the caller.
    pub(super) fn input(self) -> Option<&'static str> {
        match self {
            Cause::Message => Some("message"),
            Cause::Key => Some("key"),
            Cause::Beginning | Cause::Other => None,
        }
    }
}

/// How a turn ended.
#[derive(Debug)]
pub(super) enum Ended {
    Well(TurnOutcome),
    /// The bot failed or panicked.
    Failed(Error),
    /// Its task is gone.
    Lost(JoinError),
    /// It took too long.
    GivenUp,
}

/// The turns under way. A conversation's turns run one after the other, so only the first of them runs.
#[derive(Debug, Default)]
pub(super) struct Turns {
    tasks: JoinSet<Result<TurnOutcome, Error>>,
    order: VecDeque<Turn>,
    /// Where in the call the first one became the first, in samples.
    first_since: u64,
}

#[derive(Debug)]
struct Turn {
    cause: Cause,
    task: AbortHandle,
    given_up: bool,
}

impl Turns {
    pub(super) fn start(&mut self, cause: Cause, delivery: Delivery, position: u64) {
        if self.order.is_empty() {
            self.first_since = position;
        }
        let task = self.tasks.spawn(delivery);
        self.order.push_back(Turn {
            cause,
            task,
            given_up: false,
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Whether the bot is still at something that the caller did, or at the call's beginning.
    pub(super) fn concern_the_caller(&self) -> bool {
        self.order.iter().any(|turn| turn.cause != Cause::Other)
    }

    /// The next turn that ends; none if there is none.
    pub(super) async fn ended(&mut self) -> Option<(Cause, Ended)> {
        let (task, ended) = match self.tasks.join_next_with_id().await? {
            Ok((task, Ok(outcome))) => (task, Ended::Well(outcome)),
            Ok((task, Err(error))) => (task, Ended::Failed(error)),
            Err(error) => (error.id(), Ended::Lost(error)),
        };
        let place = self.order.iter().position(|turn| turn.task.id() == task)?;
        let turn = self.order.remove(place)?;
        let ended = match ended {
            Ended::Lost(error) if turn.given_up && error.is_cancelled() => Ended::GivenUp,
            ended => ended,
        };
        Some((turn.cause, ended))
    }

    /// A turn has ended here: the next one, if there is one, runs from here on.
    pub(super) fn next_runs(&mut self, position: u64) {
        self.first_since = position;
    }

    /// Gives up the turn that runs if it has run for so many samples.
    pub(super) fn give_up(&mut self, position: u64, longest: u64) {
        let too_long = position.saturating_sub(self.first_since) >= longest;
        if let Some(first) = self.order.front_mut().filter(|_| too_long) {
            first.given_up = true;
            first.task.abort();
        }
    }
}
