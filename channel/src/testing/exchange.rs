//! What stands between the channel and the bot of a test: it writes down what passes, and has faults strike.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use onhook::{
    Activity, ActivityType, AnyHost, Bot, BoxFuture, Connector, Delivery, Error, HookTable, Host,
    Outcome, Refused, ResourceResponse, SendError, Turn,
};
use tokio::sync::Notify;

use super::fault::{Faults, Strike};
use super::saved_call::Log;

/// The bot's host as the channel of a test sees it.
#[derive(Clone)]
pub(super) struct Exchange(Arc<Shared>);

struct Shared {
    /// The process that the bot runs in.
    host: Mutex<Arc<dyn AnyHost>>,
    line: LastLine,
    /// Takes what the bot is not told.
    nobody: Host<Nobody>,
    log: Arc<Log>,
    faults: Faults,
    /// Turns that the call does not know of: of results that came late, or for the second time.
    turns: AtomicUsize,
    ended: Notify,
}

/// The bot's end of the line, for a process that has not been called.
#[derive(Clone, Default)]
pub(super) struct LastLine(Arc<Mutex<Option<Arc<dyn Connector>>>>);

impl LastLine {
    #[cfg(feature = "dialog")]
    pub(super) fn get(&self) -> Option<Arc<dyn Connector>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, line: Arc<dyn Connector>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
    }
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
    pub(super) fn new(host: Arc<dyn AnyHost>, line: LastLine, log: Arc<Log>) -> Exchange {
        Exchange(Arc::new(Shared {
            host: Mutex::new(host),
            line,
            nobody: Host::new(Nobody),
            log,
            faults: Faults::default(),
            turns: AtomicUsize::new(0),
            ended: Notify::new(),
        }))
    }

    /// From now on, the bot runs in this process.
    pub(super) fn moves_to(&self, host: Arc<dyn AnyHost>) {
        *self.0.host.lock().unwrap_or_else(PoisonError::into_inner) = host;
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
        let host = Arc::clone(&self.0.host.lock().unwrap_or_else(PoisonError::into_inner));
        host.accept(activity, wire)
    }

    /// Tells the bot beside the call.
    fn tell_beside(&self, activity: Activity, wire: Arc<dyn Connector>, after: Duration) {
        let exchange = self.clone();
        if after.is_zero() {
            let turn = exchange.begin(activity, wire);
            tokio::spawn(turn);
        } else {
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                exchange.begin(activity, wire).await;
            });
        }
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
        self.0.line.set(Arc::clone(&wire));
        let name = activity
            .name
            .as_deref()
            .filter(|_| activity.kind == ActivityType::CommandResult);
        match name.and_then(|name| self.0.faults.result(name)) {
            Some(Strike::Late(delay)) => {
                let delay = Duration::from_millis(delay);
                self.tell_beside(activity, Arc::clone(&wire), delay);
                self.tell_nobody(wire)
            }
            Some(Strike::Lost) => self.tell_nobody(wire),
            Some(Strike::Doubled) => {
                let first = self.tell(activity.clone(), Arc::clone(&wire));
                self.tell_beside(activity, wire, Duration::ZERO);
                first
            }
            Some(Strike::Fails(_)) | None => self.tell(activity, wire),
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
