//! The commands of one conversation that wait for results.
//!
//! A result goes to one place: to a handler that waits for it, else through the mailbox to the hooks. It is
//! entered here when it arrives, before it queues, so that a handler that runs can take it; whoever takes
//! it first has it, and when its turn in the mailbox comes and it has been taken, the turn is skipped.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{CommandResultValue, same_command};
use crate::activity::Activity;

/// Commands remembered per conversation, results held per command, results held that name no known command;
/// the oldest go first. A result that goes from here still comes to the hooks.
const COMMANDS: usize = 1024;
const RESULTS: usize = 16;

/// A result that has arrived.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) activity: Arc<Activity>,
    taken: AtomicBool,
}

impl Arrival {
    /// Takes the result; `false` if it has been taken before.
    pub(crate) fn take(&self) -> bool {
        !self.taken.swap(true, Ordering::AcqRel)
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
    /// Results that reply to an activity not known here: the send that made it may not have returned yet.
    strays: VecDeque<Arc<Arrival>>,
    ended: bool,
}

#[derive(Debug)]
struct Sent {
    command_id: String,
    name: String,
    activity_id: Option<String>,
    results: VecDeque<Arc<Arrival>>,
    answered: bool,
}

impl Sent {
    fn hold(&mut self, arrival: Arc<Arrival>) {
        self.answered = true;
        push_bounded(&mut self.results, arrival, RESULTS);
    }
}

fn push_bounded<T>(queue: &mut VecDeque<T>, item: T, limit: usize) {
    if queue.len() >= limit {
        queue.pop_front();
    }
    queue.push_back(item);
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

    /// Enters a command that is about to be sent, so that its result finds it however soon it comes.
    pub(crate) fn sending(&self, command_id: &str, name: &str) {
        let sent = Sent {
            command_id: command_id.to_owned(),
            name: name.to_owned(),
            activity_id: None,
            results: VecDeque::new(),
            answered: false,
        };
        push_bounded(&mut self.lock().commands, sent, COMMANDS);
    }

    /// The channel took the command and calls its activity `activity_id`.
    pub(crate) fn sent(&self, command_id: &str, activity_id: Option<&str>) {
        let Some(activity_id) = activity_id else {
            return;
        };
        let mut inner = self.lock();
        let Inner {
            commands, strays, ..
        } = &mut *inner;
        let Some(sent) = commands
            .iter_mut()
            .find(|sent| sent.command_id == command_id)
        else {
            return;
        };
        sent.activity_id = Some(activity_id.to_owned());
        strays.retain(|stray| {
            let answers = stray.activity.reply_to_id.as_deref() == Some(activity_id);
            if answers {
                sent.hold(Arc::clone(stray));
            }
            !answers
        });
        drop(inner);
        self.changed.notify_waiters();
    }

    /// The channel did not take the command: no result will come.
    pub(crate) fn not_sent(&self, command_id: &str) {
        self.lock()
            .commands
            .retain(|sent| sent.command_id != command_id);
    }

    /// Enters a result and says whether it answers a known command: by command id, else by `replyToId`.
    ///
    /// A result without a name is given its command's.
    pub(crate) fn arrived(&self, mut result: Activity) -> (Arc<Arrival>, bool) {
        let command_id = CommandResultValue::read(&result)
            .ok()
            .and_then(|value| value.command_id);
        let mut inner = self.lock();
        let Inner {
            commands, strays, ..
        } = &mut *inner;
        let found = commands.iter_mut().find(|sent| match &command_id {
            Some(id) => sent.command_id == *id,
            None => sent.activity_id.is_some() && sent.activity_id == result.reply_to_id,
        });
        // A6413: a result carries its command's name; one that carries another answers something else.
        let found = found.filter(|sent| {
            result
                .name
                .as_deref()
                .is_none_or(|name| same_command(name, &sent.name))
        });
        let correlated = found.is_some();
        if let (Some(sent), None) = (&found, &result.name) {
            result.name = Some(sent.name.clone());
        }
        let arrival = Arc::new(Arrival {
            activity: Arc::new(result),
            taken: AtomicBool::new(false),
        });
        match found {
            Some(sent) => sent.hold(Arc::clone(&arrival)),
            None if command_id.is_none() => push_bounded(strays, Arc::clone(&arrival), RESULTS),
            None => {}
        }
        drop(inner);
        self.changed.notify_waiters();
        (arrival, correlated)
    }

    /// The conversation is over: who waits learns it.
    pub(crate) fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_waiters();
    }

    /// Whether a command still waits for its first result.
    pub(crate) fn is_waiting(&self) -> bool {
        let inner = self.lock();
        !inner.ended && inner.commands.iter().any(|sent| !sent.answered)
    }

    /// Waits for a result of `command_id` that nobody has taken.
    pub(crate) async fn result(&self, command_id: &str) -> Claim {
        loop {
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
        if let Some(sent) = inner
            .commands
            .iter_mut()
            .find(|sent| sent.command_id == command_id)
        {
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
