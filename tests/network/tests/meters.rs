//! Counters and histograms of turns reach whoever installs a meter provider.
//!
//! A process has one provider, and a bot asks for it at its first turn: this test is alone in its own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use onhook::prelude::*;
use onhook::testing::Outbox;
use onhook::{ConversationAccount, Host};
use opentelemetry::metrics::{
    Counter, Histogram, HistogramBuilder, InstrumentBuilder, InstrumentProvider, Meter,
    MeterProvider, SyncInstrument,
};
use opentelemetry::{InstrumentationScope, KeyValue};

/// How often each was measured, by instrument, unit and attributes.
#[derive(Clone, Default)]
struct Ledger(Arc<Mutex<BTreeMap<String, usize>>>);

/// One instrument.
struct Instrument {
    name: String,
    ledger: Ledger,
}

impl<T> SyncInstrument<T> for Instrument {
    fn measure(&self, _: T, attributes: &[KeyValue]) {
        let attributes: Vec<_> = attributes
            .iter()
            .map(|pair| format!("{}={}", pair.key, pair.value))
            .collect();
        let row = format!("{} {}", self.name, attributes.join(" "));
        *self.ledger.0.lock().unwrap().entry(row).or_default() += 1;
    }
}

impl Ledger {
    fn instrument(&self, name: &str, unit: Option<&str>) -> Arc<Instrument> {
        Arc::new(Instrument {
            name: format!("{name} {}", unit.unwrap_or_default()),
            ledger: self.clone(),
        })
    }
}

impl InstrumentProvider for Ledger {
    fn u64_counter(&self, builder: InstrumentBuilder<'_, Counter<u64>>) -> Counter<u64> {
        Counter::new(self.instrument(&builder.name, builder.unit.as_deref()))
    }

    fn f64_histogram(&self, builder: HistogramBuilder<'_, Histogram<f64>>) -> Histogram<f64> {
        Histogram::new(self.instrument(&builder.name, builder.unit.as_deref()))
    }
}

impl MeterProvider for Ledger {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        assert_eq!(scope.name(), "onhook");
        Meter::new(Arc::new(self.clone()))
    }
}

#[on_message]
async fn fail(text: Text<'_>) -> Result<()> {
    if *text == *"fail" {
        return Err(onhook::Error::msg("told to fail"));
    }
    Ok(())
}

#[on_invoke("done")]
async fn done() {}

#[tokio::test]
async fn turns_are_counted_by_type_and_outcome() {
    let ledger = Ledger::default();
    opentelemetry::global::set_meter_provider(ledger.clone());
    let host = Host::new(handlers![fail, done]);
    for (kind, text, name) in [
        ("message", "hello", ""),
        ("message", "hello", ""),
        ("message", "fail", ""),
        ("invoke", "", "done"),
        ("typing", "", ""),
        // A type of the sender's own makes no series of its own.
        ("somebody's 1", "", ""),
        ("somebody's 2", "", ""),
    ] {
        let mut activity = onhook::Activity::new(kind);
        activity.text = Some(text.to_owned());
        activity.name = Some(name.to_owned());
        activity.conversation = Some(ConversationAccount::new("call-1"));
        let _ = host.accept(activity, Outbox::new()).unwrap().await;
    }
    let rows = ledger.0.lock().unwrap().clone();
    let mut expected = BTreeMap::new();
    for instrument in ["onhook.turns {turn}", "onhook.turn.duration s"] {
        for (attributes, count) in [
            ("kind=message outcome=handled", 2),
            ("kind=message outcome=failed", 1),
            ("kind=invoke outcome=answered", 1),
            ("kind=typing outcome=unhandled", 1),
            ("kind=other outcome=unhandled", 2),
        ] {
            expected.insert(format!("{instrument} {attributes}"), count);
        }
    }
    assert_eq!(rows, expected);
}
