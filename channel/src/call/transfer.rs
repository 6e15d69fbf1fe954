//! Transfers: the number that the bot names is called, and what becomes of that.

use std::time::Duration;

use onhook::activity::{HandoffState, HandoffStatus};
use onhook::{Activity, Json, PhoneNumber};
use serde::{Deserialize, Serialize};

use super::engine::Engine;
use super::transcript::{EndedBy, Event};
use crate::media::samples_in;

/// What becomes of a transfer that the bot asks for.
///
/// A transfer that fails changes nothing: the bot is told with `handoff.status`, the call goes on, and so does its
/// recording. One that succeeds ends the bot's part and the recording.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Transfer {
    /// The other side answers, and the bot's part is over.
    #[default]
    Accepted,
    /// Nobody answers.
    NoAnswer,
    /// The other side is on the telephone.
    Busy,
    /// It fails with this reason.
    Failed(String),
}

impl Transfer {
    fn failure(&self) -> Option<&str> {
        match self {
            Transfer::Accepted => None,
            Transfer::NoAnswer => Some("no answer"),
            Transfer::Busy => Some("busy"),
            Transfer::Failed(why) => Some(why),
        }
    }
}

/// How the transfers of a call go, one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transfers {
    /// The last one is how all further ones go.
    pub(crate) outcomes: Vec<Transfer>,
    pub(crate) rings_for: Duration,
    tried: usize,
}

impl Transfers {
    fn next(&mut self) -> Transfer {
        let last = self.outcomes.len().saturating_sub(1);
        let outcome = self.outcomes.get(self.tried.min(last)).cloned();
        self.tried += 1;
        outcome.unwrap_or_default()
    }
}

/// A transfer while it rings at the other side.
#[derive(Debug)]
pub(super) struct Ringing {
    to: String,
    /// Whose activity asked for it.
    asked_by: Option<String>,
    /// Where in the call it is decided, in samples.
    until: u64,
    outcome: Transfer,
}

/// Why a transfer fails that comes too late.
const OVER: &str = "the call is over";

/// The number that `handoff.initiate` names, in E.164 form; or why there is none.
fn number(activity: &Activity) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Target {
        #[serde(rename = "TargetPhoneNumber")]
        number: String,
    }
    match activity.value.as_ref().map(Json::parse::<Target>) {
        Some(Ok(Target { number })) => match number.parse::<PhoneNumber>() {
            Ok(_) => Ok(number),
            Err(error) => Err(error.to_string()),
        },
        _ => Err("`value.TargetPhoneNumber` is missing".to_owned()),
    }
}

impl Engine {
    /// Tries a transfer: it rings at the other side, and the call goes on meanwhile.
    pub(super) fn transfer(&mut self, activity: Activity) {
        let number = number(&activity);
        let asked_by = activity.id;
        let to = match number {
            Ok(number) => number,
            // What is no number may be anything, and is not repeated.
            Err(why) => return self.transferred("?".to_owned(), asked_by, Some(why)),
        };
        if self.hung_up.is_some() {
            return self.transferred(to, asked_by, Some(OVER.to_owned()));
        }
        let outcome = self.dial.transfers.next();
        let rings_for = self.dial.transfers.rings_for;
        if rings_for.is_zero() {
            let failure = outcome.failure().map(str::to_owned);
            return self.transferred(to, asked_by, failure);
        }
        self.note(Event::TransferRings(to.clone()));
        self.ringing = Some(Ringing {
            to,
            asked_by,
            until: self.position.saturating_add(samples_in(rings_for)),
            outcome,
        });
    }

    /// The other side answers now, or it does not.
    pub(super) fn decide_transfer(&mut self) {
        let due = self
            .ringing
            .take_if(|ringing| ringing.until <= self.position);
        if let Some(ringing) = due {
            let failure = ringing.outcome.failure().map(str::to_owned);
            self.transferred(ringing.to, ringing.asked_by, failure);
        }
    }

    /// The call ends while it still rings at the other side.
    pub(super) fn give_up_transfer(&mut self) {
        if let Some(ringing) = self.ringing.take() {
            let failure = Some(OVER.to_owned());
            self.transferred(ringing.to, ringing.asked_by, failure);
        }
    }

    /// Tells the bot what became of it.
    fn transferred(&mut self, to: String, asked_by: Option<String>, failure: Option<String>) {
        let mut status = Activity::event(HandoffStatus::NAME);
        let mut value = HandoffStatus::default();
        value.state = Some(if failure.is_some() {
            HandoffState::Failed
        } else {
            HandoffState::Accepted
        });
        value.message.clone_from(&failure);
        status.value = Json::of(&value).ok();
        status.reply_to_id = asked_by;
        let succeeded = failure.is_none();
        self.note(Event::Transfer { to, failure });
        self.deliver(status);
        if succeeded {
            self.hang_up(EndedBy::Transfer);
        }
    }
}
