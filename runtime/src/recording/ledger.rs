//! Which commands of a conversation were handled, and what was answered.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Action, CommandId, Fingerprint};

/// The memory of a conversation's commands: a command that comes twice is carried out once and answered
/// twice. `R` is what was answered.
///
/// It holds at most [`Ledger::CAPACITY`] commands, the oldest leaving first, for as long as the conversation
/// lasts and [`Ledger::AFTERLIFE`] more. Times are offsets on one clock of the caller's.
///
/// A command in another [`Dialect`](super::Dialect) is the same command; the caller answers it under the name
/// it came with.
/// ```
/// use std::time::Duration;
/// use onhook::recording::{CommandId, Fingerprint, Ledger, Seen};
///
/// let mut ledger = Ledger::default();
/// let id = CommandId::of(Some("7"), None).unwrap();
/// let data = Fingerprint::of(None);
/// assert_eq!(ledger.check(&id, "recording_start_command", data), Seen::New);
/// ledger.accept(id.clone(), "recording_start_command", data, Duration::ZERO);
/// assert_eq!(ledger.check(&id, "recording_start_command", data), Seen::UnderWay);
/// ledger.remember(id.clone(), "recording_start_command", data, "started", Duration::from_secs(1));
/// assert_eq!(ledger.check(&id, "recording_start_command", data), Seen::Replay(&"started"));
/// assert_eq!(ledger.check(&id, "recording_stop_command", data), Seen::Conflict);
/// ```
#[derive(Clone, Debug)]
pub struct Ledger<R> {
    // A thousand short entries are searched faster than a command is parsed; a map would need the order besides.
    entries: VecDeque<Entry<R>>,
    ended: Option<Duration>,
}

#[derive(Clone, Debug)]
struct Entry<R> {
    id: CommandId,
    name: Name,
    fingerprint: Fingerprint,
    result: Option<R>,
    at: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Recording(Action),
    Other(Box<str>),
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Action::from_wire(name).map_or_else(
            || Self::Other(name.into()),
            |(action, _)| Self::Recording(action),
        )
    }
}

/// What the [`Ledger`] knows of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a, R> {
    /// Nothing: carry it out.
    New,
    /// It was accepted and has no result yet: do not carry it out again; the result is still to come.
    UnderWay,
    /// It was carried out: answer this again.
    Replay(&'a R),
    /// The id was used for another command or other data: refuse it.
    Conflict,
}

impl<R> Default for Ledger<R> {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            ended: None,
        }
    }
}

impl<R> Ledger<R> {
    /// The most commands a ledger holds.
    pub const CAPACITY: usize = 1_024;

    /// How long a command is remembered after the conversation, or after it came if that is later.
    pub const AFTERLIFE: Duration = Duration::from_secs(10 * 60);

    /// Whether this command was here before.
    pub fn check(&self, id: &CommandId, name: &str, fingerprint: Fingerprint) -> Seen<'_, R> {
        let Some(entry) = self.entries.iter().rev().find(|entry| entry.id == *id) else {
            return Seen::New;
        };
        if entry.name != Name::from(name) || entry.fingerprint != fingerprint {
            return Seen::Conflict;
        }
        entry.result.as_ref().map_or(Seen::UnderWay, Seen::Replay)
    }

    /// Notes that a command is being carried out.
    pub fn accept(&mut self, id: CommandId, name: &str, fingerprint: Fingerprint, at: Duration) {
        self.record(id, name, fingerprint, None, at);
    }

    /// Notes what was answered to a command, accepted before or not.
    pub fn remember(
        &mut self,
        id: CommandId,
        name: &str,
        fingerprint: Fingerprint,
        result: R,
        at: Duration,
    ) {
        self.record(id, name, fingerprint, Some(result), at);
    }

    /// The conversation ended at `now`; the first end counts.
    pub fn end(&mut self, now: Duration) {
        self.ended.get_or_insert(now);
    }

    /// Forgets what is too old at `now`; nothing before the conversation ended. True when nothing is left of
    /// an ended conversation and the ledger itself may go.
    pub fn expire(&mut self, now: Duration) -> bool {
        let Some(ended) = self.ended else {
            return false;
        };
        let alive = |since: Duration| now < since.saturating_add(Self::AFTERLIFE);
        self.entries.retain(|entry| alive(entry.at.max(ended)));
        self.entries.is_empty() && !alive(ended)
    }

    /// How many commands are remembered.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True when no command is remembered.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// An entry keeps its place and time when its result arrives: age is counted from when the command came.
    fn record(
        &mut self,
        id: CommandId,
        name: &str,
        fingerprint: Fingerprint,
        result: Option<R>,
        at: Duration,
    ) {
        let name = Name::from(name);
        if let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.id == id) {
            // A conflicting command is refused and must not take the place of the one that was carried out.
            if entry.name == name && entry.fingerprint == fingerprint && result.is_some() {
                entry.result = result;
            }
            return;
        }
        if self.entries.len() >= Self::CAPACITY {
            // A command under way would be carried out twice if it were forgotten.
            let oldest_answered = self.entries.iter().position(|entry| entry.result.is_some());
            self.entries.remove(oldest_answered.unwrap_or(0));
        }
        self.entries.push_back(Entry {
            id,
            name,
            fingerprint,
            result,
            at,
        });
    }
}
