//! The process that a bot of a test runs in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use onhook::{AnyHost, Bot, Host, Ids};

use super::exchange::LastLine;

/// Begins the bot's process, as often as a test wants, on one store.
pub(super) struct Process {
    make: Make,
    pub(super) line: LastLine,
    /// How often it has begun.
    begun: AtomicU64,
    #[cfg(feature = "dialog")]
    state: State,
}

enum Make {
    /// A host of the test's own.
    Once(Arc<dyn AnyHost>),
    Again(Box<dyn Fn(u64) -> Arc<dyn AnyHost> + Send + Sync>),
}

/// Ends a process.
#[cfg(feature = "dialog")]
type End = Box<dyn Fn() + Send>;

/// What all processes of a call share.
#[cfg(feature = "dialog")]
#[derive(Clone)]
struct State {
    store: onhook::state::MemoryStore,
    clock: onhook::Clock,
    /// What ends the process that runs, if one does.
    end: Arc<std::sync::Mutex<Option<End>>>,
}

#[cfg(feature = "dialog")]
impl State {
    fn new() -> State {
        let clock = onhook::Clock::starting_at(super::builder::beginning());
        State {
            store: onhook::state::MemoryStore::with_clock(clock.clone()),
            clock,
            end: Arc::default(),
        }
    }
}

impl Process {
    pub(super) fn of<B: Bot + 'static>(bot: B) -> Process {
        #[cfg(feature = "dialog")]
        let state = State::new();
        Process::new(
            bot,
            LastLine::default(),
            #[cfg(feature = "dialog")]
            state,
        )
    }

    pub(super) fn with_host(host: impl AnyHost + 'static) -> Process {
        Process {
            make: Make::Once(Arc::new(host)),
            line: LastLine::default(),
            begun: AtomicU64::new(0),
            #[cfg(feature = "dialog")]
            state: State::new(),
        }
    }

    /// The same with another bot, or another version of it.
    pub(super) fn with<B: Bot + 'static>(&self, bot: B) -> Process {
        let process = Process::new(
            bot,
            self.line.clone(),
            #[cfg(feature = "dialog")]
            self.state.clone(),
        );
        process
            .begun
            .store(self.begun.load(Ordering::Relaxed), Ordering::Relaxed);
        process
    }

    fn new<B: Bot + 'static>(
        bot: B,
        line: LastLine,
        #[cfg(feature = "dialog")] state: State,
    ) -> Process {
        let bot = Arc::new(bot);
        #[cfg(feature = "dialog")]
        let (of, shared) = (line.clone(), state.clone());
        let make = move |seed| {
            let host = Host::builder(Arc::clone(&bot)).ids(Ids::seeded(seed));
            #[cfg(feature = "dialog")]
            let host = {
                let line = of.clone();
                host.state(shared.store.clone())
                    .clock(shared.clock.clone())
                    .connectors(move |_| line.get())
            };
            let host = host.build();
            #[cfg(feature = "dialog")]
            {
                let ends = host.clone();
                let mut end = shared
                    .end
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                if let Some(end) = end.replace(Box::new(move || ends.abandon())) {
                    end();
                }
                drop(end);
                host.attend();
            }
            let host: Arc<dyn AnyHost> = Arc::new(host);
            host
        };
        Process {
            make: Make::Again(Box::new(make)),
            line,
            begun: AtomicU64::new(0),
            #[cfg(feature = "dialog")]
            state,
        }
    }

    /// Whether it can begin more than once.
    pub(super) fn begins_again(&self) -> bool {
        matches!(self.make, Make::Again(_))
    }

    /// Begins it; what ran before has ended.
    pub(super) fn begin(&self) -> Arc<dyn AnyHost> {
        match &self.make {
            Make::Once(host) => Arc::clone(host),
            Make::Again(make) => make(self.begun.fetch_add(1, Ordering::Relaxed) + 1),
        }
    }
}
