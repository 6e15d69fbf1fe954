//! Counters and histograms of turns, through the OpenTelemetry API: whoever installs a meter provider gets them.

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::metrics::{Counter, Histogram};
use opentelemetry::{KeyValue, global};

use super::{TurnOutcome, telemetry};
use crate::activity::ActivityType;
use crate::error::Error;
use crate::turn::Turn;

struct Meters {
    turns: Counter<u64>,
    durations: Histogram<f64>,
}

/// Made at the first turn: a meter provider is installed before the bot runs.
fn meters() -> &'static Meters {
    static METERS: OnceLock<Meters> = OnceLock::new();
    METERS.get_or_init(|| {
        let meter = global::meter("onhook");
        Meters {
            turns: meter
                .u64_counter("onhook.turns")
                .with_description("Turns that have ended")
                .with_unit("{turn}")
                .build(),
            durations: meter
                .f64_histogram("onhook.turn.duration")
                .with_description("From the begin of a turn to its end")
                .with_unit("s")
                .build(),
        }
    })
}

/// Counts a turn by the type of its activity and its outcome.
pub(super) fn count(turn: &Turn, ran: &Result<TurnOutcome, Error>, took: Duration) {
    // A type that the protocol does not know is the sender's word: it must not make a series of its own.
    let kind = match turn.kind() {
        ActivityType::Other(_) => "other",
        kind => kind.as_str(),
    };
    let attributes = [
        KeyValue::new("kind", kind.to_owned()),
        KeyValue::new("outcome", telemetry::word(ran)),
    ];
    let meters = meters();
    meters.turns.add(1, &attributes);
    meters.durations.record(took.as_secs_f64(), &attributes);
}
