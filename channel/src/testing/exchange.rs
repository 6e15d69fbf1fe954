//! What stands between the channel and the bot of a test: it writes down what passes, and has faults strike.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use onhook::{
    Activity, ActivityType, AnyHost, Bot, BoxFuture, Connector, Delivery, Error, HookTable, Host,
    Outcome, Refused, ResourceResponse, SendError, Turn,
};
use tokio::sync::Notify;

use super::fault::{Faults, Strike};
use super::saved_call::Log;
use crate::call::{Event, Notes};

/// The bot's host as the channel of a test sees it.
#[derive(Clone)]
pub(super) struct Exchange(Arc<Shared>);

struct Shared {
    host: Box<dyn AnyHost>,
    /// Takes what the bot is not told.
    nobody: Host<Nobody>,
    log: Arc<Log>,
    faults: Faults,
    notes: OnceLock<Notes>,
    /// Turns that the call does not know of: of results that came late, or for the second time.
    turns: AtomicUsize,
    ended: Notify,
}

/// A bot that does nothing.
struct Nobody;

impl Bot for Nobody {
    const HOOKS: HookTable = HookTable::of(&[]);

    async fn dispatch(&self, _turn: &Turn) -> Result<Outcome, Error> {
        Ok(Outcome::Unhandled)
    }
}

/// The bot's end of the line, written down.
struct Wire {
    line: Arc<dyn Connector>,
    log: Arc<Log>,
}

impl Connector for Wire {
    fn send(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        Box::pin(async move {
            self.log.bot(&activity);
            self.line.send(activity).await
        })
    }

    fn update(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        self.line.update(activity)
    }

    fn delete(&self, activity: Activity) -> BoxFuture<'_, Result<(), SendError>> {
        self.line.delete(activity)
    }
}

impl Exchange {
    pub(super) fn new(host: Box<dyn AnyHost>, log: Arc<Log>) -> Exchange {
        Exchange(Arc::new(Shared {
            host,
            nobody: Host::new(Nobody),
            log,
            faults: Faults::default(),
            notes: OnceLock::new(),
            turns: AtomicUsize::new(0),
            ended: Notify::new(),
        }))
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// Waits until a turn ends that the call does not know of; false if there is none.
    pub(super) async fn turn_ends(&self) -> bool {
        let ended = self.0.ended.notified();
        if self.0.turns.load(Ordering::Relaxed) == 0 {
            return false;
        }
        ended.await;
        true
    }

    fn tell(&self, activity: Activity, wire: Arc<dyn Connector>) -> Result<Delivery, Refused> {
        self.0.log.channel(&activity);
        self.0.host.accept(activity, wire)
    }

    /// Has faults stand in the transcript of the call.
    pub(super) fn note_in(&self, notes: Notes) {
        // There is one call.
        let _ = self.0.notes.set(notes);
    }

    fn note(&self, what: String) {
        if let Some(notes) = self.0.notes.get() {
            notes.note(Event::Fault(what));
        }
    }

    /// Tells the bot for the second time, beside the call.
    fn tell_again(&self, activity: Activity, wire: Arc<dyn Connector>) {
        tokio::spawn(self.begin(activity, wire));
    }

    /// Tells the bot later, beside the call.
    fn tell_late(&self, activity: Activity, wire: Arc<dyn Connector>, name: String, by: Duration) {
        let exchange = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(by).await;
            exchange.note(format!("the result of {name} comes, {by:?} late"));
            exchange.begin(activity, wire).await;
        });
    }

    /// Takes a place among the turns now, and gives what runs the turn.
    fn begin(
        &self,
        activity: Activity,
        wire: Arc<dyn Connector>,
    ) -> impl Future<Output = ()> + use<> {
        let running = Running::new(self.clone());
        let delivery = self.tell(activity, wire);
        async move {
            let _running = running;
            // As over a network, nobody is there whom a failure would be told.
            if let Ok(delivery) = delivery {
                let _ = delivery.await;
            }
        }
    }

    fn tell_nobody(&self, wire: Arc<dyn Connector>) -> Result<Delivery, Refused> {
        (self.0.nobody).accept(Activity::event("nothing"), wire)
    }
}

impl AnyHost for Exchange {
    fn accept(&self, activity: Activity, line: Arc<dyn Connector>) -> Result<Delivery, Refused> {
        let log = Arc::clone(&self.0.log);
        let wire: Arc<dyn Connector> = Arc::new(Wire { line, log });
        let name = activity
            .name
            .as_deref()
            .filter(|_| activity.kind == ActivityType::CommandResult);
        let strike = name.and_then(|name| Some((name.to_owned(), self.0.faults.result(name)?)));
        match strike {
            Some((name, Strike::Late(delay))) => {
                let delay = Duration::from_millis(delay);
                self.note(format!("the result of {name} is held back for {delay:?}"));
                self.tell_late(activity, Arc::clone(&wire), name, delay);
                self.tell_nobody(wire)
            }
            Some((name, Strike::Lost)) => {
                self.note(format!("the result of {name} is lost"));
                self.tell_nobody(wire)
            }
            Some((name, Strike::Doubled)) => {
                self.note(format!("the result of {name} comes twice"));
                let first = self.tell(activity.clone(), Arc::clone(&wire));
                self.tell_again(activity, wire);
                first
            }
            Some((_, Strike::Fails(_))) | None => self.tell(activity, wire),
        }
    }
}

/// Counts a turn until it is dropped.
struct Running(Exchange);

impl Running {
    fn new(exchange: Exchange) -> Running {
        exchange.0.turns.fetch_add(1, Ordering::Relaxed);
        Running(exchange)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.turns.fetch_sub(1, Ordering::Relaxed);
        self.0.0.ended.notify_waiters();
    }
}
