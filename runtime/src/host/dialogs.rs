//! The time-outs of dialogs, and the dialogs of processes that are gone.

use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::{Host, HostBuilder, Inner, RESERVE, key, run};
use crate::activity::{Activity, ConversationReference};
use crate::bot::Bot;
use crate::clock::Clock;
use crate::connector::Connector;
#[cfg(feature = "http")]
use crate::dialog::Connectors;
use crate::dialog::{Dialogs, Fired};
use crate::state::{StateStore, UnixMillis};
use crate::turn::Turn;

/// How often a host asks its store for what is overdue, for how long that must be so, and until when it has it.
const ASK: Duration = Duration::from_secs(1);
const OVERDUE: Duration = Duration::from_secs(2);
const CLAIM: Duration = Duration::from_secs(30);

/// How much a host takes over at once.
const AT_ONCE: usize = 100;

/// What dialogs need.
impl<B> HostBuilder<B> {
    /// Where conversations are kept; in memory unless set, where calls do not survive the process.
    ///
    /// Hosts on one store take over from each other: what a caller does may come to any of them, and a time-out that
    /// its host does not live to see comes to another. Turns of one conversation are in order on one host only, so
    /// route by conversation where you can: on two hosts "4, 2" can become "2, 4", and nothing is lost.
    pub fn state(mut self, store: impl StateStore) -> HostBuilder<B> {
        self.store = Some(Arc::new(store));
        self
    }

    /// The same with a store that something else has too.
    pub fn shared_state(mut self, store: Arc<dyn StateStore>) -> HostBuilder<B> {
        self.store = Some(store);
        self
    }

    /// What the time-outs of dialogs are counted by; the system's clock unless set.
    pub fn clock(mut self, clock: Clock) -> HostBuilder<B> {
        self.clock = clock;
        self
    }

    /// How a conversation is reached where nobody has called: for the time-outs of a host that is gone. The HTTP host
    /// knows; for a channel in this process, give its connector.
    pub fn connectors<F>(mut self, connectors: F) -> HostBuilder<B>
    where
        F: Fn(&ConversationReference) -> Option<Arc<dyn Connector>> + Send + Sync + 'static,
    {
        self.connectors = Some(Arc::new(connectors));
        self
    }

    pub(super) fn dialogs(&mut self) -> Arc<Dialogs> {
        let dialogs = Dialogs::new(self.store.take(), self.clock.clone());
        if let Some(connectors) = self.connectors.take() {
            let _ = dialogs.connectors.set(connectors);
        }
        Arc::new(dialogs)
    }
}

/// Ends the time-outs with the host.
pub(super) struct Attendance {
    dialogs: Arc<Dialogs>,
    begun: std::sync::Once,
}

impl Attendance {
    pub(super) fn new(dialogs: Arc<Dialogs>) -> Attendance {
        Attendance {
            dialogs,
            begun: std::sync::Once::new(),
        }
    }

    #[cfg(feature = "http")]
    pub(super) fn has_store(&self) -> bool {
        self.dialogs.shared
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        self.dialogs.timers.close();
    }
}

impl<B: Bot + 'static> Host<B> {
    /// Begins to look after the dialogs: their time-outs, and what is overdue in a store that other processes have
    /// used. The first activity that is accepted begins it as well; needs a tokio runtime.
    pub fn attend(&self) {
        if !B::DIALOGS {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let attendance = &self.0.attendance;
        attendance.begun.call_once(|| {
            let dialogs = &attendance.dialogs;
            let host = Arc::downgrade(&self.0);
            runtime.spawn(time_outs(host.clone(), Arc::clone(dialogs)));
            if dialogs.shared {
                runtime.spawn(overdue(host, Arc::clone(dialogs)));
            }
        });
    }

    /// Looks after the dialogs no more, as if the process had ended.
    #[doc(hidden)]
    pub fn abandon(&self) {
        self.0.attendance.dialogs.timers.close();
    }

    /// How a conversation is reached, unless it was set.
    #[cfg(feature = "http")]
    pub(crate) fn reached_by(&self, connectors: Connectors) {
        let _ = self.0.attendance.dialogs.connectors.set(connectors);
    }

    /// A time-out has passed: if the dialog still waits for that, it learns of it in a turn of its own.
    async fn time_out(self, record: Arc<str>, wait: Option<u64>, last: Option<Arc<dyn Connector>>) {
        let dialogs = &self.0.attendance.dialogs;
        let Some((open, reference)) = dialogs.overdue(&record).await else {
            return;
        };
        if wait.is_some_and(|wait| wait != open) {
            return;
        }
        let connectors = dialogs.connectors.get();
        let found = connectors.and_then(|connectors| connectors(&reference));
        let Some(connector) = found.or(last) else {
            // Another host may reach it.
            return;
        };
        let activity = Arc::new(Activity::continuation(reference));
        let visit = self.0.settings.registry.visit(key(&activity));
        let place = visit
            .conversation()
            .enter(self.0.settings.queue_limit.saturating_add(RESERVE));
        let Some(place) = place else { return };
        let Some(_slot) = place.turn().await else {
            return;
        };
        let conversation = Arc::clone(visit.conversation());
        let settings = Arc::clone(&self.0.settings);
        let turn = Turn::new(activity, connector, conversation, settings);
        turn.insert(Fired {
            wait: open,
            orphaned: wait.is_none(),
        });
        let running = pin!(run(&self.0.bot, &turn, self.0.turn_timeout));
        // What it fails with, `on_error` has seen, and the turn's record shows.
        #[cfg(feature = "http")]
        let _ = super::telemetry::observed::<B>(&turn, running).await;
        #[cfg(not(feature = "http"))]
        let _ = running.await;
    }
}

/// Tells dialogs of the time-outs that pass, as long as the host is there.
async fn time_outs<B: Bot + 'static>(host: Weak<Inner<B>>, dialogs: Arc<Dialogs>) {
    // Given up when the host is: a process that ends takes them along.
    let mut turns = JoinSet::new();
    while let Some(timer) = dialogs.timers.next().await {
        let Some(inner) = host.upgrade() else { return };
        turns.spawn(Host(inner).time_out(timer.key, Some(timer.wait), timer.connector));
        while turns.try_join_next().is_some() {}
    }
}

/// Takes over what is overdue because its host is gone.
async fn overdue<B: Bot + 'static>(host: Weak<Inner<B>>, dialogs: Arc<Dialogs>) {
    let mut turns = JoinSet::new();
    loop {
        tokio::time::sleep(ASK).await;
        while turns.try_join_next().is_some() {}
        if host.strong_count() == 0 || dialogs.timers.is_closed() {
            return;
        }
        let now = UnixMillis::from(dialogs.clock.now());
        let late = i64::try_from(OVERDUE.as_millis()).unwrap_or(0);
        let before = UnixMillis(now.0.saturating_sub(late));
        // A store that is not available now is asked again.
        let claimed = dialogs.store.due(before, now.after(CLAIM), AT_ONCE).await;
        for record in claimed.unwrap_or_default() {
            let Some(inner) = host.upgrade() else { return };
            turns.spawn(Host(inner).time_out(record.into(), None, None));
        }
    }
}
