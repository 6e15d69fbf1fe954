//! The commands of one conversation that wait for results.
//!
//! A result goes to one place: to a handler that waits for it, else through the mailbox to the hooks. It is
//! entered here when it arrives, before its turn comes, so that a handler that runs can take it; whoever
//! takes it first has it, and when its turn in the mailbox comes and it has been taken, the turn is skipped.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Notify;

use super::{Command, Envelope};
use crate::activity::Activity;

/// Commands remembered per conversation, results held per command, results held that name no known command;
/// the oldest go first. A result that goes from here still comes to the hooks.
const COMMANDS: usize = 1024;
const RESULTS: usize = 16;

/// A result that has arrived.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) activity: Arc<Activity>,
    /// The name of the command that it answers, once that is known.
    command: OnceLock<&'static str>,
    taken: AtomicBool,
}

impl Arrival {
    /// Takes the result; `false` if it has been taken before.
    pub(crate) fn take(&self) -> bool {
        !self.taken.swap(true, Ordering::AcqRel)
    }

    /// The name of the command that it answers, if that is a command of this conversation.
    pub(crate) fn command(&self) -> Option<&'static str> {
        self.command.get().copied()
    }
}

/// The commands that a conversation's bot has sent.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    commands: VecDeque<Sent>,
    /// Results that reply to an activity not known here, while a send is under way that may have made it.
    strays: VecDeque<Arc<Arrival>>,
    ended: bool,
}

#[derive(Debug)]
struct Sent {
    command_id: String,
    name: &'static str,
    is_named: fn(&str) -> bool,
    /// The send has not returned, so that the id of the activity may still become known.
    in_flight: bool,
    activity_id: Option<String>,
    /// There is a receipt, so that somebody may wait for results.
    awaited: bool,
    results: VecDeque<Arc<Arrival>>,
    answered: bool,
}

impl Sent {
    /// A6413: a result carries its command's name; one that carries another answers something else. The
    /// results of `session.*` in Activity 3.4 carry none.
    fn may_be_answered_by(&self, result: &Activity) -> bool {
        result.name.as_deref().is_none_or(self.is_named)
    }

    fn hold(&mut self, arrival: Arc<Arrival>) {
        self.answered = true;
        let _ = arrival.command.set(self.name);
        if self.awaited {
            push_bounded(&mut self.results, arrival, RESULTS);
        }
    }
}

fn push_bounded<T>(queue: &mut VecDeque<T>, item: T, limit: usize) {
    if queue.len() >= limit {
        queue.pop_front();
    }
    queue.push_back(item);
}

impl Inner {
    /// The command that `result` answers: by command id, else by `replyToId`.
    fn answered_by(&mut self, result: &Activity, command_id: Option<&str>) -> Option<&mut Sent> {
        let sent = self.commands.iter_mut().find(|sent| match command_id {
            Some(id) => sent.command_id == id,
            None => sent.activity_id.is_some() && sent.activity_id == result.reply_to_id,
        })?;
        sent.may_be_answered_by(result).then_some(sent)
    }

    fn find(&mut self, command_id: &str) -> Option<&mut Sent> {
        self.commands
            .iter_mut()
            .find(|sent| sent.command_id == command_id)
    }
}

/// The command id of a result whose value is otherwise not looked at: what else is wrong with it is for
/// whoever reads it.
fn command_id(result: &Activity) -> Option<String> {
    let id = Envelope::command_id(result.value.as_ref());
    id.filter(|id| !id.is_empty())
}

/// What a waiting handler finds.
#[derive(Debug)]
pub(crate) enum Claim {
    Result(Arc<Activity>),
    Nothing,
    Ended,
}

impl Pending {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics while the lock is held; a poisoned one holds whole data.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a command that is about to be sent under `name`, so that its result finds it however soon it
    /// comes.
    pub(crate) fn sending<C: Command>(&self, command_id: &str, name: &'static str) {
        let mut inner = self.lock();
        if inner.commands.len() >= COMMANDS {
            let done = |sent: &Sent| sent.answered && !sent.awaited;
            let oldest = inner.commands.iter().position(done).unwrap_or(0);
            inner.commands.remove(oldest);
        }
        inner.commands.push_back(Sent {
            command_id: command_id.to_owned(),
            name,
            is_named: C::is_named,
            in_flight: true,
            activity_id: None,
            awaited: true,
            results: VecDeque::new(),
            answered: false,
        });
    }

    /// The channel took the command and calls its activity `activity_id`.
    pub(crate) fn sent(&self, command_id: &str, activity_id: Option<&str>) {
        let mut inner = self.lock();
        let mut strays = std::mem::take(&mut inner.strays);
        if let Some(sent) = inner.find(command_id) {
            sent.in_flight = false;
            sent.activity_id = activity_id.map(str::to_owned);
            strays.retain(|stray| {
                let answers = stray.activity.reply_to_id.as_deref() == activity_id
                    && sent.may_be_answered_by(&stray.activity);
                if answers {
                    sent.hold(Arc::clone(stray));
                }
                !answers
            });
        }
        if inner.commands.iter().any(|sent| sent.in_flight) {
            inner.strays = strays;
        }
        drop(inner);
        self.changed.notify_waiters();
    }

    /// The channel did not take the command: no result will come.
    pub(crate) fn not_sent(&self, command_id: &str) {
        let mut inner = self.lock();
        inner.commands.retain(|sent| sent.command_id != command_id);
    }

    /// Nobody waits for results of this command any more: they are the hooks'.
    pub(crate) fn abandoned(&self, command_id: &str) {
        if let Some(sent) = self.lock().find(command_id) {
            sent.awaited = false;
            sent.in_flight = false;
            sent.results = VecDeque::new();
        }
    }

    /// Whether this result answers a command that somebody may be waiting for.
    pub(crate) fn awaits(&self, result: &Activity) -> bool {
        let id = command_id(result);
        let mut inner = self.lock();
        inner
            .answered_by(result, id.as_deref())
            .is_some_and(|sent| sent.awaited)
    }

    /// Enters a result, for whoever takes it first.
    pub(crate) fn arrived(&self, result: Arc<Activity>) -> Arc<Arrival> {
        let id = command_id(&result);
        let arrival = Arc::new(Arrival {
            activity: result,
            command: OnceLock::new(),
            taken: AtomicBool::new(false),
        });
        let mut inner = self.lock();
        if let Some(sent) = inner.answered_by(&arrival.activity, id.as_deref()) {
            sent.hold(Arc::clone(&arrival));
        } else if id.is_none()
            && arrival.activity.reply_to_id.is_some()
            && inner.commands.iter().any(|sent| sent.in_flight)
        {
            push_bounded(&mut inner.strays, Arc::clone(&arrival), RESULTS);
        }
        drop(inner);
        self.changed.notify_waiters();
        arrival
    }

    /// The conversation is over: who waits learns it.
    pub(crate) fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_waiters();
    }

    /// Whether the conversation is over.
    #[cfg(feature = "dialog")]
    pub(crate) fn has_ended(&self) -> bool {
        self.lock().ended
    }

    /// Whether nothing is lost if these commands are forgotten: each has a result that somebody has had or
    /// the hooks will have, or the conversation is over and nobody waits.
    pub(crate) fn is_idle(&self) -> bool {
        let inner = self.lock();
        let busy = |sent: &Sent| sent.awaited || !(sent.answered || inner.ended);
        !inner.commands.iter().any(busy)
    }

    /// Waits for a result of `command_id` that nobody has taken.
    pub(crate) async fn result(&self, command_id: &str) -> Claim {
        loop {
            // Enabled before looking, so that what comes between the look and the wait is not missed.
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            match self.claim(command_id) {
                Claim::Nothing => changed.await,
                claim => return claim,
            }
        }
    }

    fn claim(&self, command_id: &str) -> Claim {
        let mut inner = self.lock();
        if let Some(sent) = inner.find(command_id) {
            while let Some(arrival) = sent.results.pop_front() {
                if arrival.take() {
                    return Claim::Result(Arc::clone(&arrival.activity));
                }
            }
        }
        if inner.ended {
            Claim::Ended
        } else {
            Claim::Nothing
        }
    }
}
