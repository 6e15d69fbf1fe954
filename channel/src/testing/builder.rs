//! What a call of a test is set up with.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use onhook::{AnyHost, Bot, Clock, Host, Ids};
use time::OffsetDateTime;

use super::exchange::Exchange;
use super::fault::{Fault, Order};
use super::folder::Folder;
use super::rig::Rig;
use super::saved_call::{Header, Log};
use super::test_call::TestCall;
use crate::store::{FaultyDisk, Store};
use crate::voice::{ToneVoice, Voice};
use crate::{Channel, ChannelBuilder, Dial, RecogniserStyle, Transfer};

/// When every call of a test begins: 2026-01-05T09:00:00Z, a Monday.
const BEGINNING: i64 = 1_767_603_600;

type Setting<T> = Box<dyn FnOnce(T) -> T + Send>;

/// Sets up a [`TestCall`].
#[must_use]
pub struct TestCallBuilder {
    host: Box<dyn AnyHost>,
    pub(super) dial: Dial,
    store: Option<Store>,
    orders: Vec<Order>,
    settings: Vec<Setting<ChannelBuilder>>,
}

impl TestCallBuilder {
    pub(super) fn new<B: Bot + 'static>(bot: B) -> TestCallBuilder {
        TestCallBuilder::with_host(Host::builder(bot).ids(Ids::seeded(1)).build())
    }

    pub(super) fn with_host(host: impl AnyHost + 'static) -> TestCallBuilder {
        TestCallBuilder {
            host: Box::new(host),
            dial: Dial::new(),
            store: None,
            orders: Vec::new(),
            settings: Vec::new(),
        }
    }

    /// The caller's language, a BCP 47 tag; `en-US` unless set.
    pub fn language(mut self, tag: impl Into<String>) -> TestCallBuilder {
        self.dial = self.dial.locale(tag);
        self
    }

    /// The caller's number.
    pub fn from(mut self, number: impl Into<String>) -> TestCallBuilder {
        self.dial = self.dial.from(number);
        self
    }

    /// The number that is called; the bot's id.
    pub fn to(mut self, number: impl Into<String>) -> TestCallBuilder {
        self.dial = self.dial.to(number);
        self
    }

    /// How a transfer goes; it is accepted unless set.
    pub fn transfer(mut self, transfer: Transfer) -> TestCallBuilder {
        self.dial = self.dial.transfer(transfer);
        self
    }

    /// How the recogniser writes what the caller says; to the letter unless set.
    ///
    /// With [`RecogniserStyle::Punctuated`] the bot gets what it gets on a telephone, such as `Yes.` for `yes`.
    pub fn recogniser_style(mut self, style: RecogniserStyle) -> TestCallBuilder {
        self.dial = self.dial.recogniser_style(style);
        self
    }

    /// Changes how it is dialled, in what has no method here.
    pub fn dialling(mut self, set: impl FnOnce(Dial) -> Dial) -> TestCallBuilder {
        self.dial = set(self.dial);
        self
    }

    /// Changes the channel, in what has no method here: how long recordings are kept, what they cost, what carries out
    /// your own commands.
    pub fn channel(
        mut self,
        set: impl FnOnce(ChannelBuilder) -> ChannelBuilder + Send + 'static,
    ) -> TestCallBuilder {
        self.settings.push(Box::new(set));
        self
    }

    /// Where the recordings go; a folder that goes with the call unless set.
    ///
    /// The store of a call can fail by [`Fault::StoreFull`] only if it is not set.
    pub fn store(mut self, store: Store) -> TestCallBuilder {
        self.store = Some(store);
        self
    }

    /// Something that goes wrong in the call.
    ///
    /// # Panics
    /// If the fault names a command that no bot can send.
    #[track_caller]
    pub fn fault(mut self, fault: Fault) -> TestCallBuilder {
        self.orders.push(fault.order());
        self
    }

    pub(super) fn order(mut self, order: Order) -> TestCallBuilder {
        self.orders.push(order);
        self
    }

    /// Calls the bot.
    ///
    /// # Panics
    /// Unless it is called on a tokio runtime whose time is paused, or if there is no place for the recordings.
    #[track_caller]
    pub fn dial(self) -> TestCall {
        let place = *Location::caller();
        let paused = tokio::runtime::Handle::try_current().is_ok() && is_paused();
        assert!(
            paused,
            "a call of a test needs paused time: write `#[tokio::test(start_paused = true)]`, and enable the features \
             `macros` and `test-util` of tokio for tests"
        );
        let disk = FaultyDisk::default();
        let mut dial = self.dial;
        if dial.conversation_id.is_empty() {
            // From a source of its own: a replay has the id, and all others must be the same.
            dial.conversation_id = Ids::seeded(3).next();
        }
        let log = Arc::new(Log::new(Header::new(&dial)));
        let exchange = Exchange::new(self.host, Arc::clone(&log));
        let (folder, disk, store) = if let Some(store) = self.store {
            (None, None, store)
        } else {
            let folder = Folder::new();
            let store = Store::on(disk.clone(), folder.path());
            (Some(folder), Some(disk), store)
        };
        let refusals = exchange.clone();
        let mut builder = Channel::with_host(exchange.clone())
            .clock(Clock::starting_at(beginning()))
            .ids(Ids::seeded(2))
            .sent_ids(Ids::seeded(4))
            .store(store)
            .refusals(move |name| refusals.faults().refusal(name));
        for set in self.settings {
            builder = set(builder);
        }
        let channel = builder.build();
        let rig = Rig {
            speaks_in_tones: channel.voice_name() == ToneVoice.name(),
            exchange,
            log,
            disk,
            folder,
        };
        for order in self.orders {
            rig.suffers(order, &place);
        }
        TestCall::new(channel.dial(dial), rig)
    }
}

impl fmt::Debug for TestCallBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestCallBuilder")
            .field("dial", &self.dial)
            .field("faults", &self.orders)
            .finish_non_exhaustive()
    }
}

pub(super) fn beginning() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(BEGINNING).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Whether tokio's time stands still while real time goes on.
fn is_paused() -> bool {
    let (tokio, real) = (tokio::time::Instant::now(), std::time::Instant::now());
    while real.elapsed() < std::time::Duration::from_micros(50) {
        std::hint::spin_loop();
    }
    tokio::time::Instant::now() == tokio
}
