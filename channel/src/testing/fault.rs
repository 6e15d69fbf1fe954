//! What goes wrong in a call, on order.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use onhook::CommandError;
use onhook::recording::Action;
use serde::{Deserialize, Serialize};

/// Something that goes wrong.
///
/// Commands are named as in a hook: `recording_start`, either of its names on the wire, or the name of a command of
/// your own. A fault of a command strikes once; several for one command strike one after the other. The transcript has
/// the result where the channel made it, and an [`Event::Fault`](crate::Event::Fault) where it comes late, is lost or
/// comes twice.
///
/// ```
/// use std::time::Duration;
/// use onhook::prelude::*;
/// use onhook_channel::testing::{Fault, TestCall};
///
/// # #[on_members_added]
/// # async fn record(turn: &Turn) -> Result<()> {
/// #     turn.start_recording(RecordingStart::new()).await.map(drop)
/// # }
/// # #[on_command_result("recording_start")]
/// # async fn started(turn: &Turn) -> Result<()> { turn.say("We are recording.").await }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let late = Fault::ResultLate("recording_start", Duration::from_secs(8));
/// let mut call = TestCall::builder(handlers![record, started]).fault(late).dial();
/// call.stays_silent_for(Duration::from_secs(7)).await;
/// call.advance(Duration::from_secs(1)).await;
/// call.hears("We are recording.").await;
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The next result of this command comes so much later.
    ResultLate(&'static str, Duration),
    /// The next result of this command never comes; the command is carried out.
    ResultLost(&'static str),
    /// The next result of this command comes twice.
    ResultDoubled(&'static str),
    /// The next command of this name is not carried out, and fails with this error.
    ResultFails(&'static str, CommandError),
    /// The disk of the recordings is full from now on, see [`TestCall::heals`](super::TestCall::heals).
    StoreFull,
}

/// A fault, checked: the name is one that a command can have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Order {
    Result(String, Strike),
    StoreFull,
}

/// What happens to one result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Strike {
    /// In milliseconds.
    Late(u64),
    Lost,
    Doubled,
    Fails(CommandError),
}

impl Fault {
    #[track_caller]
    pub(super) fn order(self) -> Order {
        let (name, strike) = match self {
            Fault::ResultLate(name, delay) => {
                let delay = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
                (name, Strike::Late(delay))
            }
            Fault::ResultLost(name) => (name, Strike::Lost),
            Fault::ResultDoubled(name) => (name, Strike::Doubled),
            Fault::ResultFails(name, error) => (name, Strike::Fails(error)),
            Fault::StoreFull => return Order::StoreFull,
        };
        let known = action(name).is_some() || name.contains('/');
        assert!(
            known,
            "`{name}` is no command: {} and names with a `/` are",
            Action::ALL.map(Action::short_name).join(", ")
        );
        Order::Result(name.to_owned(), strike)
    }
}

/// The recording command of this name, in source code or on the wire.
fn action(name: &str) -> Option<Action> {
    let short = |action: &Action| action.short_name() == name;
    let wire = || Action::from_wire(name).map(|(action, _)| action);
    Action::ALL.into_iter().find(short).or_else(wire)
}

/// The faults that have not struck yet, in the order in which they were ordered.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<VecDeque<(String, Strike)>>);

impl Faults {
    pub(super) fn order(&self, name: String, strike: Strike) {
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        orders.push_back((name, strike));
    }

    /// What strikes the command before it is carried out.
    pub(super) fn refusal(&self, name: &str) -> Option<CommandError> {
        match self.strikes(name, |strike| matches!(strike, Strike::Fails(_)))? {
            Strike::Fails(error) => Some(error),
            _ => None,
        }
    }

    /// What strikes the result of the command.
    pub(super) fn result(&self, name: &str) -> Option<Strike> {
        self.strikes(name, |strike| !matches!(strike, Strike::Fails(_)))
    }

    fn strikes(&self, name: &str, of_kind: impl Fn(&Strike) -> bool) -> Option<Strike> {
        let same = |ordered: &str| {
            ordered == name || action(ordered).is_some_and(|known| action(name) == Some(known))
        };
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = orders
            .iter()
            .position(|(ordered, strike)| same(ordered) && of_kind(strike))?;
        orders.remove(at).map(|(_, strike)| strike)
    }
}
